"""What every augmentation is: a change of a batch that one NumPy generator draws.

Drawing and applying are apart.  `draw` takes random numbers from the generator and returns one
draw for each image; `apply` is a pure function of the images and the draws.  So a draw can be
looked at, and applied again, or written by hand.

All of it is NumPy, not `keras.ops`: a batch is made on the CPU, beside the trainer, and is then
the same to the last bit on every backend, and in a worker process, which may not call a backend.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

ONE = int(np.float32(1.0).view("uint32"))  # the bits of 1.0


class Augmentation(ABC):
    """A random change of a batch of images and, where it mixes images, of their labels."""

    def __call__(self, images: np.ndarray, labels: np.ndarray, generator: np.random.Generator):
        """Change a batch, which itself stays as it was.

        Args:
            images: (N, H, W, C), float32 in [0, 1].
            labels: (N,) or (N, classes).
            generator: where the random numbers come from; equal generators, equal results.

        Returns:
            The changed images, float32 in [0, 1], and their labels.

        Raises:
            ValueError: the images are not what is said above, there are more or fewer labels than
                images, or `generator` is no generator.
        """
        check_images(images)
        if len(labels) != len(images):
            raise ValueError(
                f"as many labels as images are needed, got {len(labels)} labels for "
                f"{len(images)} images"
            )
        if not isinstance(generator, np.random.Generator):
            raise ValueError(f"generator must be numpy.random.default_rng(seed), got {generator!r}")
        return self.change(images, labels, generator)

    @abstractmethod
    def change(self, images, labels, generator):
        """Do what a call does, on a batch that has been checked."""


class PerImage(Augmentation):
    """A change that is drawn once for each image, and that leaves labels as they are.

    `apply(images, *draws)` changes the images; each draw has one entry for each image.
    """

    apply: Callable[..., np.ndarray]

    @abstractmethod
    def draw(self, generator: np.random.Generator, shape: tuple[int, ...]) -> tuple:
        """Return one draw for each image.

        Args:
            generator: where the random numbers come from.
            shape: (N, H, W, C), of the images.
        """

    def change(self, images, labels, generator):
        return self.apply(images, *self.draw(generator, images.shape)), labels


@dataclass(frozen=True, init=False)
class Compose(Augmentation):
    """Several augmentations, one after the other.

    Crops come first, because whatever follows then works on fewer pixels; the order of the others
    changes the result, and is a choice.

    Args:
        steps: the augmentations; with none of them, images stay as they are.

    Example:
        >>> from course_lib.data.augment import Compose, Mirror, RandomCrop
        >>> augment = Compose(RandomCrop(24), Mirror())
        >>> images, labels = np.zeros((2, 28, 28, 1), "float32"), np.array([3, 7])
        >>> changed, labels = augment(images, labels, np.random.default_rng(0))
        >>> changed.shape, labels
        ((2, 24, 24, 1), array([3, 7]))
    """

    steps: tuple[Augmentation, ...]

    def __init__(self, *steps: Augmentation):
        for step in steps:
            if not isinstance(step, Augmentation):
                raise ValueError(f"a step must be an augmentation such as Mirror(), got {step!r}")
        object.__setattr__(self, "steps", steps)

    def change(self, images, labels, generator):
        for step in self.steps:
            images, labels = step.change(images, labels, generator)
        return images, labels


def check_images(images: np.ndarray) -> None:
    """Refuse what is no batch of images, float32 in [0, 1].

    Args:
        images: (N, H, W, C) is expected, with at least one image.

    Raises:
        ValueError: other axes, another type, values outside [0, 1] or NaN.
    """
    shape = np.shape(images)
    if len(shape) != 4 or 0 in shape:
        raise ValueError(
            f"images must have the axes (N, H, W, C), none of them empty, got the shape {shape}; "
            "images[None] adds the first, images[..., None] the last"
        )
    if not isinstance(images, np.ndarray) or images.dtype != np.float32:
        kind = getattr(images, "dtype", type(images).__name__)
        raise ValueError(
            f"images must be a float32 array in [0, 1], got {kind}; for integers of 0 to 255 "
            'write images.astype("float32") / 255'
        )
    # As whole numbers, the bits of floats from 0 to 1 are in order, and those of negative ones and
    # of NaN lie above: one pass over the batch answers all three questions, unless there is a -0.
    if images.view("uint32").max() <= ONE:
        return
    low, high = images.min(), images.max()
    if not (low >= 0.0 and high <= 1.0):  # so written, NaN is refused, too
        raise ValueError(
            f"images must lie in [0, 1] and hold no NaN, got values from {low:g} to {high:g}; "
            "divide images of 0 to 255 by 255, and look for NaN where they come from"
        )


def check_range(name: str, value: float, low: float, high: float = np.inf) -> None:
    """Refuse a setting outside [low, high].

    Args:
        name: of the setting, for the message.
        value: what was given.
        low: least allowed value.
        high: largest allowed value.

    Raises:
        ValueError: the value lies outside, or is NaN.
    """
    if not low <= value <= high:
        allowed = f"at least {low:g}" if high == np.inf else f"between {low:g} and {high:g}"
        raise ValueError(f"{name} must be {allowed}, got {value!r}")


def check_whole(name: str, value: int, low: int, high: float = np.inf) -> None:
    """Refuse a setting that is no whole number in [low, high].

    Args:
        name: of the setting, for the message.
        value: what was given.
        low: least allowed value.
        high: largest allowed value.

    Raises:
        ValueError: no whole number, or outside.
    """
    if not isinstance(value, int | np.integer):
        raise ValueError(f"{name} must be a whole number, got {value!r}")
    check_range(name, value, low, high)


def check_interval(name: str, interval: tuple[float, float], high: float = np.inf) -> None:
    """Refuse an interval that is not 0 < low <= high.

    Args:
        name: of the setting, for the message.
        interval: its two ends.
        high: largest allowed upper end.

    Raises:
        ValueError: the ends are out of order, not above 0, or too large.
    """
    if len(interval) != 2 or not 0.0 < interval[0] <= interval[1] <= high:
        allowed = "0 < low <= high" + ("" if high == np.inf else f" <= {high:g}")
        raise ValueError(f"{name} must be (low, high) with {allowed}, got {interval!r}")
