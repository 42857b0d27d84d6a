"""Small pictures for the labs, written as hexadecimal digits: 0 is black, f is white."""

from itertools import pairwise

import numpy as np

# The first test image of Fashion-MNIST (Xiao et al. 2017, MIT licence) in 16 grey levels; the rows
# above and below are black.
BOOT = (
    "0000000000000000000000000200",
    "0000000000000000251000000700",
    "0000000000000000586000015600",
    "0000000000000003879a9a89a800",
    "0000000000000018889a9aa99800",
    "000000000000007768a99aa89910",
    "000000000000058569989aa89a30",
    "00000000000068666a8899a89a70",
    "00000000002676778989999899a0",
    "000000013577678889aa999889a3",
    "001344578777777888989989a9b4",
    "04657777778887799897aa889ac3",
    "4a866666666677899abbcccbcbb2",
    "17abbba987779bbccfcaeffffdc3",
    "000146abcccccb950000acbaa991",
)
SEVEN = ((0.25, 0.22), (0.75, 0.22), (0.42, 0.80))  # corners of a pen stroke, x and y as 0-1
FIVE = (
    *((0.70, 0.18), (0.34, 0.18), (0.32, 0.46), (0.50, 0.41)),
    *((0.66, 0.48), (0.68, 0.62), (0.58, 0.76), (0.42, 0.79), (0.28, 0.72)),
)


def pictures(size: int) -> dict[str, str]:
    """Draw the pictures that the labs offer.

    Args:
        size: side in pixels, 28 or more.

    Returns:
        `size * size` hexadecimal digits, row after row, by name.
    """
    named = {"digit 5": stroke(FIVE, size), "digit 7": stroke(SEVEN, size), "boot": boot(size)}
    return {name: encode(pixels) for name, pixels in named.items()}


def stroke(corners: tuple[tuple[float, float], ...], size: int) -> np.ndarray:
    """Draw a line through `corners` with a pen of one tenth of the side.

    Args:
        corners: x and y as fractions of the side.
        size: side in pixels.

    Returns:
        (size, size), values in [0, 1].
    """
    y, x = (np.mgrid[:size, :size] + 0.5) / size
    distance = np.full((size, size), np.inf)
    for (x0, y0), (x1, y1) in pairwise(corners):
        dx, dy = x1 - x0, y1 - y0
        along = np.clip(((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy), 0, 1)
        distance = np.minimum(distance, np.hypot(x - x0 - along * dx, y - y0 - along * dy))
    return np.clip(0.5 + (0.05 - distance) * size, 0, 1)


def boot(size: int) -> np.ndarray:
    """Place the boot in the middle: (size, size), values in [0, 1]."""
    rows = np.array([[int(digit, 16) / 15 for digit in row] for row in BOOT])
    height, width = rows.shape
    top, left = (size - height) // 2, (size - width) // 2
    pixels = np.zeros((size, size))
    pixels[top : top + height, left : left + width] = rows
    return pixels


def encode(pixels: np.ndarray) -> str:
    """Write values in [0, 1] as hexadecimal digits."""
    return "".join("0123456789abcdef"[level] for level in np.rint(pixels * 15).astype(int).flat)


def decode(digits: str) -> np.ndarray:
    """Read hexadecimal digits as a square of values in [0, 1]."""
    side = round(len(digits) ** 0.5)
    return np.array([int(digit, 16) / 15 for digit in digits]).reshape(side, side)
