"""Photographs to try nets on: they travel in scikit-image and scikit-learn."""

import io
from typing import NamedTuple

import numpy as np

from course_lib.data.packages import package_file


class Photo(NamedTuple):
    """Where a photograph lies: a package and a file in it; who made it, and its license."""

    package: str
    file: str
    credit: str


# Credits as the documentation of scikit-image's `data` module and the README beside scikit-learn's
# images give them.
PHOTOS = {
    "astronaut": Photo("skimage", "data/astronaut.png", "Eileen Collins, NASA, public domain"),
    "camera": Photo("skimage", "data/camera.png", "Lav Varshney, CC0"),
    "chelsea": Photo("skimage", "data/chelsea.png", "Stéfan van der Walt, CC0"),
    "coffee": Photo("skimage", "data/coffee.png", "Rachel Michetti, CC0"),
    "motorcycle": Photo(
        "skimage",
        "data/motorcycle_left.png",
        "Scharstein et al. 2014, Middlebury stereo benchmark; no license is stated",
    ),
    "rocket": Photo("skimage", "data/rocket.jpg", "SpaceX, public domain"),
    "china": Photo("sklearn", "datasets/images/china.jpg", "danielbuechele, CC BY 2.0"),
    "flower": Photo("sklearn", "datasets/images/flower.jpg", "vultilion, CC BY 2.0"),
}
CROP = 0.875  # of the short side: 224 of 256 pixels


def photo(name: str) -> np.ndarray:
    """Load a photograph.

    Args:
        name: one of `PHOTOS`, which has the credits, too.

    Returns:
        (H, W, 3), float32 in [0, 1], RGB; a grey photograph has three equal channels.

    Raises:
        ValueError: there is no such photograph.
        ModuleNotFoundError: the package that holds it is not installed.
        OSError: its file is damaged.
    """
    from PIL import Image

    if name not in PHOTOS:
        raise ValueError(f"the photographs are {', '.join(PHOTOS)}; got {name!r}")
    path = package_file(PHOTOS[name].package, PHOTOS[name].file, extra="data")
    try:
        with Image.open(io.BytesIO(path.read_bytes())) as image:
            return np.asarray(image.convert("RGB"), "float32") / 255.0
    except (OSError, SyntaxError) as error:
        raise OSError(
            f'{path} is damaged ({error}); run: pip install --force-reinstall "course_lib[data]"'
        ) from error


def central_square(image: np.ndarray, size: int = 224, short_side: int | None = None) -> np.ndarray:
    """Resize an image so that its short side fits, then cut a square from its center.

    The preparation of one crop to test with, Krizhevsky et al. 2012, section 2: short side 256,
    center 224.  Bicubic, with the filter widened so that fine patterns do not alias.

    Args:
        image: (H, W, C), float in [0, 1].
        size: side of the square, pixels.
        short_side: of the resized image, pixels, at least `size`; `None` takes size / 0.875.

    Returns:
        (size, size, C), float32 in [0, 1].

    Raises:
        ValueError: the image has another number of axes, or `short_side` is below `size`.
    """
    from PIL import Image

    if image.ndim != 3:
        raise ValueError(f"one image (H, W, C) is needed, got {image.shape}")
    short_side = round(size / CROP) if short_side is None else short_side
    if not 1 <= size <= short_side:
        raise ValueError(f"size must be 1 to short_side, {short_side}, got {size}")
    height, width, channels = image.shape
    scale = short_side / min(height, width)
    resized = (round(width * scale), round(height * scale))  # Pillow's order
    left, top = ((side - size) // 2 for side in resized)
    square = np.empty((size, size, channels), "float32")
    for c in range(channels):  # Pillow has no float image of several channels
        plane = Image.fromarray(image[..., c].astype("float32"))
        plane = plane.resize(resized, Image.Resampling.BICUBIC)
        square[..., c] = np.asarray(plane)[top : top + size, left : left + size]
    return np.clip(square, 0.0, 1.0)  # the cubic filter overshoots at edges
