"""A few random operations of one strength: two numbers in place of a search for a policy.

Cubuk, Zoph, Shlens, Le, "RandAugment: practical automated data augmentation with a reduced search
space", NeurIPS 2020, section 3.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_lib.data.augment import operations as op
from course_lib.data.augment.augmentation import PerImage, check_range, check_whole
from course_lib.data.augment.warp import Affine, affine_matrices

HIGHEST = 10  # magnitude of the largest changes, which are those of AutoAugment (2019, table 6)
_MOVE = Affine(fill=0.5)  # grey comes in from outside, as in AutoAugment's code


def _moved(image, matrix=None, shift=(0.0, 0.0)) -> np.ndarray:
    matrices = affine_matrices() if matrix is None else matrix
    return _MOVE.apply(image[None], matrices, shift)[0]


def _shear_down(image, strength) -> np.ndarray:
    return _moved(image, np.array([[[1.0, 0.0], [0.3 * strength, 1.0]]]))


# Name: the image and a strength of -1 to 1 in, the image out.  Strength 0 changes nothing, but in
# the two that have no strength.
OPERATIONS: dict[str, Callable[[np.ndarray, float], np.ndarray]] = {
    "identity": lambda image, s: image,
    "autocontrast": lambda image, s: op.autocontrast(image),
    "equalize": lambda image, s: op.equalize(image),
    "rotate": lambda image, s: _moved(image, affine_matrices(degrees=30.0 * s)),
    "solarize": lambda image, s: op.solarize(image, 1.0 - abs(s) if s else 2.0),
    "color": lambda image, s: op.color(image, 1.0 + 0.9 * s),
    "posterize": lambda image, s: op.posterize(image, 8 - round(4 * abs(s))),
    "contrast": lambda image, s: op.contrast(image, 1.0 + 0.9 * s),
    "brightness": lambda image, s: op.brightness(image, 1.0 + 0.9 * s),
    "sharpness": lambda image, s: op.sharpness(image, 1.0 + 0.9 * s),
    "shear_x": lambda image, s: _moved(
        image, affine_matrices(shear=np.degrees(np.arctan(0.3 * s)))
    ),
    "shear_y": _shear_down,
    "translate_x": lambda image, s: _moved(image, shift=(image.shape[1] * 150 / 331 * s, 0.0)),
    "translate_y": lambda image, s: _moved(image, shift=(0.0, image.shape[0] * 150 / 331 * s)),
}


@dataclass(frozen=True)
class RandAugment(PerImage):
    """Apply a few of the 14 operations of `OPERATIONS`, drawn evenly for each image.

    The paper's two numbers are N, `operations`, and M, `magnitude`.  The strength is
    `magnitude / 10` of AutoAugment's largest change: a rotation by 30 degrees, a shear by 0.3, a
    shift by 150/331 of the side, 4 bits less, a color, contrast, brightness or sharpness of 1 +-
    0.9.  Its sign is drawn evenly.  Two things differ from AutoAugment's code: color and its like
    start from 1 instead of 0.1, and solarize from "none" instead of "all", so that magnitude 0 is
    no change.  "autocontrast" and "equalize" have no strength and act at every magnitude; with
    `operations` 0 the images stay as they are.

    Args:
        operations: number of operations for each image, one after the other; drawn with
            replacement.
        magnitude: 0 to 10.
    """

    operations: int = 2
    magnitude: float = 9.0

    def __post_init__(self):
        check_whole("operations", self.operations, 0)
        check_range("magnitude", self.magnitude, 0, HIGHEST)

    def draw(self, generator, shape):
        """Return (N, operations), int64, rows of `OPERATIONS`, and their strengths, -1 to 1."""
        size = shape[0], self.operations
        signs = generator.choice((-1.0, 1.0), size=size)
        return generator.integers(len(OPERATIONS), size=size), signs * self.magnitude / HIGHEST

    def apply(self, images: np.ndarray, chosen: np.ndarray, strengths: np.ndarray) -> np.ndarray:
        """Return the images, (N, H, W, C), each changed by its operations in order."""
        result = np.empty_like(images)
        for image, which, strength, target in zip(images, chosen, strengths, result, strict=True):
            target[:] = _changed(image, which, strength)
        return result


def _changed(image: np.ndarray, chosen: np.ndarray, strengths: np.ndarray) -> np.ndarray:
    functions = tuple(OPERATIONS.values())
    for which, strength in zip(chosen, strengths, strict=True):
        image = functions[which](image, float(strength))
    return image
