"""Colours as eyes see them: contrast, and distances for those who see fewer."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

# Machado, Oliveira and Fernandes 2009, table 1, severity 1; on linear RGB.
SIGHT = {
    "full": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
WHITE = XYZ.sum(1)


def linear(color: str) -> np.ndarray:
    """Turn "#2b7bd0" into linear RGB, 0 to 1."""
    channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(first: str, second: str) -> float:
    """Contrast of two colours as WCAG 2 defines it, 1 to 21."""
    low, high = sorted(float(XYZ[1] @ linear(color)) for color in (first, second))
    return (high + 0.05) / (low + 0.05)


def lab(color: str, sight: str = "full") -> np.ndarray:
    """CIELAB of a colour as somebody with that sight sees it."""
    seen = XYZ @ np.clip(SIGHT[sight] @ linear(color), 0, 1) / WHITE
    f = np.where(seen > 216 / 24389, np.cbrt(seen), (24389 / 27 * seen + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def nearest(colors: Sequence[str], sight: str) -> float:
    """Smallest distance in CIELAB between two of the colours."""
    points = [lab(color, sight) for color in colors]
    return min(float(np.linalg.norm(a - b)) for a, b in combinations(points, 2))
