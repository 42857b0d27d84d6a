"""Random rectangles of a drawn area and shape, for crops and for erasing.

A box is (top, left, height, width) in whole pixels.
"""

import numpy as np

TRIES = 10  # as many pairs of area and shape are drawn; the first whose box fits is taken


def fitting_boxes(
    generator: np.random.Generator, areas: np.ndarray, ratios: np.ndarray, side: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Take the first box of each image that fits into it, at a place drawn evenly.

    Args:
        generator: of the places.
        areas: (N, tries), shares of the image's area.
        ratios: (N, tries), width over height.
        side: height and width of the images, pixels.

    Returns:
        (N, 4), int64: the boxes; and (N,), bool: whether one fitted.  Where none did, the box is
        the largest one that fits into the image, in its middle, with the last ratio.
    """
    height, width = side
    tall = np.sqrt(areas * height * width / ratios)
    wide = tall * ratios
    heights, widths = np.rint(tall).astype(int), np.rint(wide).astype(int)
    fits = (heights >= 1) & (widths >= 1) & (heights <= height) & (widths <= width)
    found = fits.any(axis=1)
    chosen = np.arange(len(areas)), fits.argmax(axis=1)
    last = ratios[:, -1]
    h = np.where(found, heights[chosen], np.clip(np.rint(width / last), 1, height))
    w = np.where(found, widths[chosen], np.clip(np.rint(height * last), 1, width))
    h, w = h.astype(int), w.astype(int)
    top = np.where(found, generator.integers(height - h + 1), (height - h) // 2)
    left = np.where(found, generator.integers(width - w + 1), (width - w) // 2)
    return np.stack([top, left, h, w], axis=1), found


def centered_boxes(
    generator: np.random.Generator, heights: np.ndarray, widths: np.ndarray, side: tuple[int, int]
) -> np.ndarray:
    """Draw the center of each box from all pixels, and cut off what sticks out of the image.

    So a box near the edge is smaller than was asked for.

    Args:
        generator: of the centers.
        heights: (N,), int, pixels.
        widths: (N,), int, pixels.
        side: height and width of the images, pixels.

    Returns:
        (N, 4), int64, each box inside the image.
    """
    ends = []
    for size, length in zip((heights, widths), side, strict=True):
        first = generator.integers(length, size=len(size)) - size // 2
        ends.append((np.clip(first, 0, length), np.clip(first + size, 0, length)))
    (top, bottom), (left, right) = ends
    return np.stack([top, left, bottom - top, right - left], axis=1)
