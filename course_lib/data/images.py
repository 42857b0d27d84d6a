"""Check arrays of images and labels before a net sees them.

Nets take what they are given: images from 0 to 255, NaN or labels that begin at 1 train badly or
not at all, and without a message.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

SLACK = 1e-3  # past [0, 1], which resizing with a cubic filter and rounding may cause


def check_images(
    images: np.ndarray, labels: np.ndarray | None = None, *, classes: int | None = None
) -> None:
    """Raise an error that says what is wrong with images, or with their labels.

    Args:
        images: shall be (N, H, W, C) with C 1 or 3, float32, finite, in [0, 1].
        labels: shall be (N,), whole numbers from 0, at least two different ones.
        classes: how many there are; labels shall be smaller.

    Raises:
        ValueError: they are not; the message says what was found and what to do.
    """
    _check_shape(np.asarray(images))
    _check_values(np.asarray(images))
    if labels is not None:
        check_labels(labels, len(images), classes)


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Put the name of a split before the errors of the checks inside."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{name} split: {error}") from error


def _check_shape(images):
    if images.dtype == object:
        raise ValueError(
            "images differ in size, so they are no array of numbers; resize them to one height "
            "and width first"
        )
    if images.ndim == 3:
        raise ValueError(
            f"images must be (N, H, W, C), got {images.shape}; images[..., None] adds the "
            "channel of grey images, image[None] makes a batch of one image"
        )
    if images.ndim != 4:
        raise ValueError(f"images must be (N, H, W, C), got {images.shape}")
    if not images.size:
        raise ValueError(f"there are no images: their shape is {images.shape}")
    if images.shape[-1] not in (1, 3):
        advice = (
            "; these have the channels first: np.moveaxis(images, 1, -1) moves them to the end"
            if images.shape[1] in (1, 3)
            else ""
        )
        raise ValueError(f"images must have 1 or 3 channels, got {images.shape}{advice}")


def _check_values(images):
    if images.dtype == np.uint8:
        raise ValueError('images are 8-bit integers: images.astype("float32") / 255 makes [0, 1]')
    if images.dtype != np.float32:
        raise ValueError(
            f'images must be float32, got {images.dtype}; images.astype("float32") converts them'
        )
    check_finite(images)
    low, high = float(images.min()), float(images.max())
    if low >= -SLACK and high <= 1 + SLACK:
        return
    if low >= 0 and 2 < high <= 255:
        advice = "these look like 0 to 255: divide by 255"
    elif low >= -1 - SLACK and high <= 1 + SLACK:
        advice = "these look like -1 to 1: (images + 1) / 2 makes [0, 1]"
    else:
        advice = "they may have been standardized; the nets do that themselves"
    raise ValueError(f"images must be in [0, 1], got {low:g} to {high:g}; {advice}")


def check_finite(images: np.ndarray) -> None:
    """Raise an error where images, (N, ...), of any range hold NaN or infinity, or there are none.

    Raises:
        ValueError: they do; the message gives the number of the first.
    """
    if not len(images):
        raise ValueError("there are no images")
    bad = np.flatnonzero(~np.isfinite(images).all(axis=tuple(range(1, images.ndim))))
    if len(bad):
        raise ValueError(
            f"{len(bad)} of {len(images)} images hold NaN or infinity, the first is number "
            f"{bad[0]}; leave them out, or find what divided by zero"
        )


def check_labels(labels: np.ndarray, count: int, classes: int | None = None) -> None:
    """Raise an error that says what is wrong with the labels of images.

    Args:
        labels: as `check_images` takes them.
        count: of the images.
        classes: how many there are; labels shall be smaller.

    Raises:
        ValueError: they are no labels; the message says what was found and what to do.
    """
    labels = np.asarray(labels)
    if labels.ndim == 2 and labels.shape[1] > 1:
        raise ValueError(
            f"labels must be (N,), got {labels.shape}; labels.argmax(axis=1) undoes one-hot rows"
        )
    if labels.shape != (count,):
        raise ValueError(f"labels must be ({count},), one for each image, got {labels.shape}")
    if not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(
            f"labels must be whole numbers, got {labels.dtype}; np.unique(labels, "
            "return_inverse=True) gives the names of the classes and such numbers"
        )
    if labels.min() < 0:
        raise ValueError(f"labels must begin at 0, got {labels.min()}")
    if classes is not None and labels.max() >= classes:
        advice = "; subtract 1" if labels.min() == 1 and labels.max() == classes else ""
        raise ValueError(
            f"{classes} classes have the labels 0 to {classes - 1}, got {labels.max()}{advice}"
        )
    found = np.unique(labels)
    if len(found) < 2:
        raise ValueError(f"all {count} labels are {found[0]}: at least two classes are needed")
