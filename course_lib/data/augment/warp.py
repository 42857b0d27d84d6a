"""Turn, shear, shift, enlarge and warp images.

Rotation, shear, shift and enlargement are one matrix, so pixels are interpolated once, however many
of them are asked for.  Angles are degrees, counter-clockwise as one sees the image.
"""

from dataclasses import dataclass

import numpy as np

from course_lib.data.augment.augmentation import PerImage, check_range
from course_lib.data.augment.interpolate import sample


def affine_matrices(degrees=0.0, shear=0.0, zoom=1.0) -> np.ndarray:
    """Return the matrices that shear, then enlarge, then turn about the origin.

    Args:
        degrees: (N,) or one number, counter-clockwise as seen.
        shear: (N,) or one number, degrees by which upright lines lean to the left.
        zoom: (N,) or one number, factor of enlargement.

    Returns:
        (N, 2, 2), float64, for columns (x to the right, y down).

    Example:
        A quarter turn carries what lies on the right to the top:

        >>> (affine_matrices(degrees=90.0)[0] @ [1, 0]).round() + 0.0
        array([ 0., -1.])
    """
    angle, lean, scale = np.atleast_1d(*np.broadcast_arrays(degrees, shear, zoom))
    cos, sin, tan = np.cos(np.radians(angle)), np.sin(np.radians(angle)), np.tan(np.radians(lean))
    turned = np.stack([np.stack([cos, sin], -1), np.stack([-sin, cos], -1)], -2)
    one, zero = np.ones_like(tan), np.zeros_like(tan)
    sheared = np.stack([np.stack([one, tan], -1), np.stack([zero, one], -1)], -2)
    return scale[:, None, None] * turned @ sheared


@dataclass(frozen=True)
class Affine(PerImage):
    """Rotation, shear, shift and enlargement about the center, each drawn for each image.

    A shear up and down is one sideways between two rotations, so one direction is enough.  A
    setting that is left out changes nothing.

    Args:
        degrees: largest rotation, to either side; drawn evenly.
        shear: largest lean of upright lines, degrees, to either side, below 90; drawn evenly.
        shift: largest shift, as a share of height and of width; drawn evenly for each.
        zoom: largest enlargement, at least 1; its logarithm is drawn evenly, down to 1 / zoom.
        fill: value that comes in from outside.
    """

    degrees: float = 0.0
    shear: float = 0.0
    shift: float = 0.0
    zoom: float = 1.0
    fill: float = 0.0

    def __post_init__(self):
        check_range("degrees", self.degrees, 0, 180)
        check_range("shear", self.shear, 0, 89)
        check_range("shift", self.shift, 0, 1)
        check_range("zoom", self.zoom, 1)
        check_range("fill", self.fill, 0, 1)

    def draw(self, generator, shape):
        """Return (N, 2, 2) matrices, as of `affine_matrices`, and (N, 2) shifts.

        Shifts are pixels to the right and down.
        """
        count, height, width, _ = shape
        degrees, shear, zoom = generator.uniform(-1.0, 1.0, size=(3, count))
        matrices = affine_matrices(self.degrees * degrees, self.shear * shear, self.zoom**zoom)
        return matrices, generator.uniform(-1, 1, (count, 2)) * self.shift * (width, height)

    def apply(self, images: np.ndarray, matrices: np.ndarray, shifts=(0.0, 0.0)) -> np.ndarray:
        """Return the images, (N, H, W, C), each moved by its matrix and then its shift."""
        height, width = images.shape[1:3]
        y = np.arange(height, dtype="float32")[:, None] - np.float32((height - 1) / 2)
        x = np.arange(width, dtype="float32") - np.float32((width - 1) / 2)
        result = np.empty_like(images)
        shifts = np.broadcast_to(shifts, (len(images), 2)).astype("float32")
        # Each new pixel asks where it came from, so the inverse is what is needed.
        inverses = np.linalg.inv(matrices).astype("float32")
        for i, ((a, b), (c, d)) in enumerate(inverses):
            down, right = y - shifts[i, 1], x - shifts[i, 0]
            columns = (a * right + np.float32((width - 1) / 2)) + b * down
            rows = (d * down + np.float32((height - 1) / 2)) + c * right
            result[i] = sample(images[i], rows, columns, self.fill)
        return result


@dataclass(frozen=True)
class Elastic(PerImage):
    """Move each pixel by a smooth random field (elastic distortion).

    Simard, Steinkraus, Platt, "Best practices for convolutional neural networks applied to visual
    document analysis", ICDAR 2003, section 2: numbers between -1 and 1 for each pixel and
    direction, smoothed by a Gaussian, times a factor.  Their best values, for digits of 29x29
    pixels, are 34 and 4.  A pixel then moves by `alpha / (sigma * sqrt(12 pi))` pixels in each
    direction (standard deviation): 1.4 for their values.  The random numbers go on beyond the
    edge, so that pixels there move as far as others.

    Args:
        alpha: factor, pixels; 0 changes nothing.
        sigma: standard deviation of the Gaussian, pixels; it is cut off at 4 sigma.
        fill: value that comes in from outside.
    """

    alpha: float = 34.0
    sigma: float = 4.0
    fill: float = 0.0

    def __post_init__(self):
        check_range("alpha", self.alpha, 0)
        check_range("sigma", self.sigma, 0.1)
        check_range("fill", self.fill, 0, 1)

    def draw(self, generator, shape):
        """Return (N, 2, H, W), float32: how far down and right of a pixel its new value lies."""
        count, height, width, _ = shape
        margin = round(4 * self.sigma)
        wide = (count, 2, height + 2 * margin, width + 2 * margin)
        noise = generator.random(wide, dtype="float32")
        noise *= np.float32(2 * self.alpha)
        noise -= np.float32(self.alpha)
        down, across = (_gaussian(self.sigma, margin, length) for length in (height, width))
        return (down @ noise @ across.T,)

    def apply(self, images: np.ndarray, fields: np.ndarray) -> np.ndarray:
        """Return the images, (N, H, W, C), each pixel read at its place plus its field."""
        height, width = images.shape[1:3]
        y, x = np.arange(height, dtype="float32")[:, None], np.arange(width, dtype="float32")
        result = np.empty_like(images)
        for image, (down, right), target in zip(images, fields, result, strict=True):
            target[:] = sample(image, y + down, x + right, self.fill)
        return result


def _gaussian(sigma: float, margin: int, length: int) -> np.ndarray:
    """Return a matrix, (length, length + 2 margin), that smooths a line and cuts its margins off.

    Two products with such matrices smooth a field faster than a filter that runs over it.
    """
    weights = np.exp(-0.5 * (np.arange(-margin, margin + 1) / sigma) ** 2)
    matrix: np.ndarray = np.zeros((length, length + 2 * margin), "float32")
    for row in range(length):
        matrix[row, row : row + 2 * margin + 1] = weights / weights.sum()
    return matrix
