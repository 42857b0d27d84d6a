"""Mirror images and crop them: at random to train, ten times to test.

Two crops go by one name.  Krizhevsky, Sutskever, Hinton, "ImageNet classification with deep
convolutional neural networks", NeurIPS 2012, section 4.1, cut 224 of 256 pixels and resize
nothing: `RandomCrop`.  Szegedy et al., "Going deeper with convolutions", CVPR 2015, section 6, cut
8 to 100 % of the area, at ratios of 3:4 to 4:3, and resize that: `RandomResizedCrop`.
"""

from dataclasses import dataclass

import numpy as np

from course_lib.data.augment import boxes
from course_lib.data.augment.augmentation import (
    PerImage,
    check_images,
    check_interval,
    check_range,
    check_whole,
)
from course_lib.data.augment.interpolate import resize


@dataclass(frozen=True)
class Mirror(PerImage):
    """Swap left and right of some of the images.

    Wrong where side matters: a mirrored digit or letter is another one or none.

    Args:
        probability: of an image to be mirrored.
    """

    probability: float = 0.5

    def __post_init__(self):
        check_range("probability", self.probability, 0, 1)

    def draw(self, generator, shape):
        """Return (N,), bool: which images are mirrored."""
        return (generator.random(shape[0]) < self.probability,)

    def apply(self, images: np.ndarray, mirrored: np.ndarray) -> np.ndarray:
        """Return the images, (N, H, W, C), of which some are mirrored."""
        result = np.empty_like(images)
        for image, swap, target in zip(images, mirrored, result, strict=True):
            if swap:
                # Channel by channel, since steps between single numbers are copied faster than
                # whole pixels.
                for channel in range(image.shape[2]):
                    target[:, :, channel] = image[:, ::-1, channel]
            else:
                target[:] = image
        return result


@dataclass(frozen=True)
class RandomCrop(PerImage):
    """Cut a square at a place drawn evenly, and resize nothing (Krizhevsky 2012, section 4.1).

    With a frame of zeros it moves images of one size, as He et al., "Deep residual learning for
    image recognition", CVPR 2016, section 4.2, do with 4 pixels on CIFAR-10.

    Args:
        size: side of the crop, pixels.
        padding: width of a frame of zeros that is put around first, pixels.
    """

    size: int
    padding: int = 0

    def __post_init__(self):
        check_whole("size", self.size, 1)
        check_whole("padding", self.padding, 0)

    def draw(self, generator, shape):
        """Return two arrays (N,): the first row and the first column of each crop.

        They count from the frame's corner.

        Raises:
            ValueError: the crop is larger than the framed image.
        """
        _check_fits(self.size, shape, self.padding)
        room = [length + 2 * self.padding - self.size + 1 for length in shape[1:3]]
        return tuple(generator.integers(places, size=shape[0]) for places in room)

    def apply(self, images: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Return the crops, (N, size, size, C)."""
        if self.padding:
            frame = (self.padding, self.padding)
            images = np.pad(images, [(0, 0), frame, frame, (0, 0)])
        result = np.empty((len(images), self.size, self.size, images.shape[3]), images.dtype)
        for image, row, column, target in zip(images, rows, columns, result, strict=True):
            target[:] = image[row : row + self.size, column : column + self.size]
        return result


@dataclass(frozen=True)
class RandomResizedCrop(PerImage):
    """Cut a box of random area and shape, and resize it to a square (Szegedy 2015, section 6).

    The paper does not say how the ratio is spread; here its logarithm is even, so that lying and
    standing boxes are equally likely.

    Args:
        size: side of the result, pixels.
        area: least and largest share of the image's area.
        ratio: least and largest width over height.
    """

    size: int
    area: tuple[float, float] = (0.08, 1.0)
    ratio: tuple[float, float] = (3 / 4, 4 / 3)

    def __post_init__(self):
        check_whole("size", self.size, 1)
        check_interval("area", self.area, 1.0)
        check_interval("ratio", self.ratio)

    def draw(self, generator, shape):
        """Return (N, 4), int64: top, left, height and width of each box, pixels.

        Where ten draws give no box that fits, it is the largest of the last ratio, in the middle.
        """
        tries = shape[0], boxes.TRIES
        areas = generator.uniform(*self.area, size=tries)
        ratios = np.exp(generator.uniform(*np.log(self.ratio), size=tries))
        return (boxes.fitting_boxes(generator, areas, ratios, shape[1:3])[0],)

    def apply(self, images: np.ndarray, cut: np.ndarray) -> np.ndarray:
        """Return the boxes `cut`, resized: (N, size, size, C)."""
        return np.stack(
            [
                resize(image[top : top + height, left : left + width], self.size, self.size)
                for image, (top, left, height, width) in zip(images, cut, strict=True)
            ]
        )


def ten_crops(images: np.ndarray, size: int) -> np.ndarray:
    """Cut the four corners and the center, and mirror all five.

    Krizhevsky 2012, section 4.1, averages a net's predictions over the ten.

    Args:
        images: (N, H, W, C), float32 in [0, 1].
        size: side of a crop, pixels.

    Returns:
        (N, 10, size, size, C): top left, top right, bottom left, bottom right, center, then their
        mirror images in the same order.

    Raises:
        ValueError: `size` is not between 1 and the images' sides, or these are no images.
    """
    check_images(images)
    check_whole("size", size, 1)
    _check_fits(size, images.shape)
    bottom, right = (length - size for length in images.shape[1:3])
    places = [(0, 0), (0, right), (bottom, 0), (bottom, right), (bottom // 2, right // 2)]
    crops = np.stack([images[:, y : y + size, x : x + size] for y, x in places], axis=1)
    return np.concatenate([crops, crops[:, :, :, ::-1]], axis=1)


def _check_fits(size: int, shape: tuple[int, ...], padding: int = 0) -> None:
    height, width = (length + 2 * padding for length in shape[1:3])
    if size > min(height, width):
        framed = f", {padding} pixels of padding on each side included" if padding else ""
        raise ValueError(
            f"size must be at most {min(height, width)}, as the images have {height}x{width} "
            f"pixels{framed}, got {size}"
        )
