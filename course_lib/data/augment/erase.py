"""Cover a rectangle of each image: a square of one size (cutout), or any (random erasing)."""

from dataclasses import dataclass

import numpy as np

from course_lib.data.augment import boxes
from course_lib.data.augment.augmentation import PerImage, check_interval, check_range, check_whole


@dataclass(frozen=True)
class Cutout(PerImage):
    """Cover a square around a random pixel.

    DeVries, Taylor, "Improved regularization of convolutional neural networks with cutout", 2017,
    section 3.2.  The square may stick out, and then less of the image is covered.  They cover with
    0 after the mean was subtracted; for images in [0, 1] that is the mean, so pass it.

    Args:
        size: side of the square, pixels; 0 covers nothing.
        fill: value of the covered pixels; the mean of the data is the paper's.
    """

    size: int
    fill: float = 0.0

    def __post_init__(self):
        check_whole("size", self.size, 0)
        check_range("fill", self.fill, 0, 1)

    def draw(self, generator, shape):
        """Return (N, 4), int64: top, left, height and width of what is covered, pixels."""
        size = np.full(shape[0], self.size)
        return (boxes.centered_boxes(generator, size, size, shape[1:3]),)

    def apply(self, images: np.ndarray, covered: np.ndarray) -> np.ndarray:
        """Return the images, (N, H, W, C), with their boxes covered."""
        result = images.copy()
        for image, (top, left, height, width) in zip(result, covered, strict=True):
            image[top : top + height, left : left + width] = self.fill
        return result


@dataclass(frozen=True)
class RandomErasing(PerImage):
    """Cover a rectangle of random area and shape in some of the images.

    Zhong et al., "Random erasing data augmentation", AAAI 2020, algorithm 1; its settings are the
    defaults.  The rectangle lies inside the image; where ten draws give none that fits, nothing is
    covered.

    Args:
        probability: of an image to be changed.
        area: least and largest share of the image's area; drawn evenly.
        ratio: least and largest height over width; drawn evenly, as in the paper.
        fill: value of the covered pixels, or None for random ones, drawn evenly from 0 to 1 for
            each pixel and channel, the paper's best.
    """

    probability: float = 0.5
    area: tuple[float, float] = (0.02, 0.4)
    ratio: tuple[float, float] = (0.3, 1 / 0.3)
    fill: float | None = None

    def __post_init__(self):
        check_range("probability", self.probability, 0, 1)
        check_interval("area", self.area, 1.0)
        check_interval("ratio", self.ratio)
        if self.fill is not None:
            check_range("fill", self.fill, 0, 1)

    def draw(self, generator, shape):
        """Return the boxes and the seeds of the random pixels.

        Boxes are (N, 4), int64: top, left, height and width, pixels; all 0 where nothing is
        covered.  Seeds are (N,), int64.
        """
        tries = shape[0], boxes.TRIES
        areas = generator.uniform(*self.area, size=tries)
        ratios = 1.0 / generator.uniform(*self.ratio, size=tries)
        covered, found = boxes.fitting_boxes(generator, areas, ratios, shape[1:3])
        covered[~found | (generator.random(shape[0]) >= self.probability)] = 0
        return covered, generator.integers(2**63, size=shape[0])

    def apply(self, images: np.ndarray, covered: np.ndarray, seeds: np.ndarray) -> np.ndarray:
        """Return the images, (N, H, W, C), with their boxes covered."""
        result = images.copy()
        for image, (top, left, height, width), seed in zip(result, covered, seeds, strict=True):
            box = image[top : top + height, left : left + width]
            if not box.size:
                continue
            if self.fill is None:
                box[:] = np.random.default_rng(seed).random(box.shape, dtype="float32")
            else:
                box[:] = self.fill
        return result
