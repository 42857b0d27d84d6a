"""Mix images of a batch in pairs, and their labels with them.

Labels become shares of classes, (N, classes), which add up to 1.  A net learns from them with the
loss `keras.losses.CategoricalCrossentropy`, not with its sparse form, which takes whole numbers.
The accuracy on such a batch says little, as no answer is wholly right; measure it on images that
are not mixed.
"""

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from course_lib.data.augment import boxes
from course_lib.data.augment.augmentation import Augmentation, check_range, check_whole


@dataclass(frozen=True)
class _Mixing(Augmentation):
    """Pairs of images, and labels as shares; the share of the first is drawn from Beta(a, a)."""

    classes: int
    alpha: float

    def __post_init__(self):
        check_whole("classes", self.classes, 2)
        check_range("alpha", self.alpha, 0)

    @abstractmethod
    def draw(self, generator: np.random.Generator, shape: tuple[int, ...]) -> tuple:
        """Return the partner of each image, (N,), and what says how the two are mixed."""

    @abstractmethod
    def apply(self, images, labels, partners, drawn):
        """Return the mixed images and labels."""

    def change(self, images, labels, generator):
        return self.apply(images, labels, *self.draw(generator, images.shape))

    def _pairs(self, generator, count) -> tuple[np.ndarray, np.ndarray]:
        shares = generator.beta(self.alpha, self.alpha, count) if self.alpha else np.ones(count)
        return generator.permutation(count), shares


@dataclass(frozen=True)
class MixUp(_Mixing):
    """Average each image with another one of the batch, and the labels likewise.

    Zhang et al., "mixup: beyond empirical risk minimization", ICLR 2018, section 2:
    `share * first + (1 - share) * second`, with the share drawn from Beta(alpha, alpha).  The
    paper's experiments on ImageNet take 0.1 to 0.4.  Here each pair draws a share of its own.

    Args:
        classes: number of classes.
        alpha: of the Beta distribution; 0 mixes nothing, 1 takes all shares evenly.
    """

    alpha: float = 0.2

    def draw(self, generator, shape):
        """Return the partners, (N,), int64, and the shares of the first images, (N,)."""
        return self._pairs(generator, shape[0])

    def apply(self, images, labels, partners, shares):
        """Mix.

        Args:
            images: (N, H, W, C), float32.
            labels: (N,), whole numbers below `classes`, or (N, classes), shares.
            partners: (N,), the row of each image's partner.
            shares: (N,), of the image itself; its partner has the rest.

        Returns:
            (N, H, W, C), float32, and (N, classes), float32.

        Raises:
            ValueError: labels that are neither.
        """
        labels = shares_of_classes(labels, self.classes)
        shares = np.asarray(shares, "float32")
        result = np.empty_like(images)
        for image, partner, share, target in zip(images, partners, shares, result, strict=True):
            # A step from the image to its partner: it needs no array beside the result, does not
            # leave [0, 1] by rounding, and changes nothing where the image has the whole share.
            np.subtract(images[partner], image, out=target)
            np.multiply(target, np.float32(1.0) - share, out=target)
            np.add(target, image, out=target)
        return result, _mixed(labels, partners, shares)


@dataclass(frozen=True)
class CutMix(_Mixing):
    """Cover a box of each image with the same box of another one of the batch.

    Yun et al., "CutMix: regularization strategy to train strong classifiers with localizable
    features", ICCV 2019, section 3.1: a share is drawn from Beta(alpha, alpha), the box has
    `sqrt(1 - share)` of height and of width, and its center is drawn from all pixels.  As the edge
    cuts it and pixels are whole, labels get the share of pixels that the box really covers.  Here
    each pair draws a box of its own.

    Args:
        classes: number of classes.
        alpha: of the Beta distribution; 0 mixes nothing, 1 takes all shares evenly, as the paper.
    """

    alpha: float = 1.0

    def draw(self, generator, shape):
        """Return the partners, (N,), int64, and the boxes.

        Boxes are (N, 4), int64: top, left, height, width, pixels.
        """
        partners, shares = self._pairs(generator, shape[0])
        side = np.sqrt(1.0 - shares)
        heights, widths = (np.floor(side * length).astype(int) for length in shape[1:3])
        return partners, boxes.centered_boxes(generator, heights, widths, shape[1:3])

    def apply(self, images, labels, partners, pasted):
        """Mix.

        Args:
            images: (N, H, W, C), float32.
            labels: (N,), whole numbers below `classes`, or (N, classes), shares.
            partners: (N,), the row of each image's partner.
            pasted: (N, 4), top, left, height and width of what comes from the partner, pixels.

        Returns:
            (N, H, W, C), float32, and (N, classes), float32.

        Raises:
            ValueError: labels that are neither.
        """
        labels = shares_of_classes(labels, self.classes)
        result = images.copy()
        for target, partner, (top, left, height, width) in zip(
            result, partners, pasted, strict=True
        ):
            box = slice(top, top + height), slice(left, left + width)
            target[box] = images[partner][box]
        pasted = np.asarray(pasted)
        covered = pasted[:, 2] * pasted[:, 3] / (images.shape[1] * images.shape[2])
        return result, _mixed(labels, partners, 1.0 - covered)


def shares_of_classes(labels: np.ndarray, classes: int) -> np.ndarray:
    """Return labels as shares of classes: 1 for the right one, 0 for others.

    Args:
        labels: (N,), whole numbers from 0 to `classes` - 1, or (N, classes), returned as they are.
        classes: number of classes.

    Returns:
        (N, classes), float32.

    Raises:
        ValueError: labels that are neither.
    """
    labels = np.asarray(labels)
    if labels.ndim == 2 and labels.shape[1] == classes:
        return labels.astype("float32")
    whole = labels.ndim == 1 and np.issubdtype(labels.dtype, np.integer)
    if not whole or labels.min() < 0 or labels.max() >= classes:
        span = f" from {labels.min()} to {labels.max()}" if labels.size else ""
        raise ValueError(
            f"labels must be (N,), whole numbers from 0 to {classes - 1}, or (N, {classes}) shares "
            f"of classes, got {labels.shape} of {labels.dtype}{span}"
        )
    return np.eye(classes, dtype="float32")[labels]


def _mixed(labels: np.ndarray, partners: np.ndarray, shares: np.ndarray) -> np.ndarray:
    kept = np.asarray(shares, "float32")[:, None]
    return kept * labels + (np.float32(1.0) - kept) * labels[partners]
