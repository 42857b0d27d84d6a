"""Measure nets, and say what a difference over a few seeds allows to be said."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from course_lib.data.load import Split

BATCH = 500  # images at once; only speed and memory depend on it
VERDICTS = ("visible", "within noise", "opposite")

# 97.5 % point of Student's t by degrees of freedom: 1 to 30, then 1.96 is approached from above,
# so the last entry is used beyond 30 and gives an interval that is a little too wide.
T_975 = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)


@dataclass(frozen=True)
class Difference:
    """Mean of paired differences with the ends of its 95 % interval, and the number of pairs."""

    mean: float
    low: float
    high: float
    pairs: int


def probabilities(model, images: np.ndarray) -> np.ndarray:
    """Run a net in inference mode.

    Args:
        model: a Keras classifier that gives probabilities.
        images: (B, H, W, C), float32 in [0, 1].

    Returns:
        (B, classes), float32.
    """
    return np.asarray(model.predict(images, batch_size=BATCH, verbose=0))


def error(model, split: Split) -> float:
    """Return the share of images, 0 to 1, whose likeliest class is wrong, in inference mode."""
    return float(np.mean(probabilities(model, split.images).argmax(axis=-1) != split.labels))


def accuracy(model, split: Split) -> float:
    """Return the share of images, 0 to 1, whose likeliest class is right, in inference mode."""
    return 1.0 - error(model, split)


def mean_and_sd(values: Sequence[float]) -> tuple[float, float]:
    """Return the mean and the standard deviation with n - 1; the latter is NaN for one value."""
    data = np.asarray(values, dtype="float64")
    if data.size == 0:
        raise ValueError("at least one value is needed, got none")
    return float(data.mean()), float(data.std(ddof=1)) if data.size > 1 else math.nan


def paired_difference(a: Sequence[float], b: Sequence[float]) -> Difference:
    """Compare two lists of results that share their seeds.

    Args:
        a: one result a seed.
        b: the other arm's results, for the same seeds in the same order.

    Returns:
        The mean of a - b with its 95 % interval by Student's t.  With one pair the interval is
        infinite: one run tells nothing about noise.

    Raises:
        ValueError: the lists are empty or differ in length.
    """
    if len(a) != len(b) or not len(a):
        raise ValueError(f"as many results in a as in b are needed, got {len(a)} and {len(b)}")
    pairs = len(a)
    mean, sd = mean_and_sd(np.asarray(a, dtype="float64") - np.asarray(b, dtype="float64"))
    if pairs == 1:
        return Difference(mean, -math.inf, math.inf, 1)
    half = T_975[min(pairs - 1, len(T_975)) - 1] * sd / math.sqrt(pairs)
    return Difference(mean, mean - half, mean + half, pairs)


def verdict(difference: Difference, expected: str) -> str:
    """Say whether a predicted difference was seen.

    Args:
        difference: of paired results.
        expected: the prediction made before the run: "less" (a below b) or "greater".

    Returns:
        "visible" where the whole 95 % interval lies on the expected side of 0, "opposite" where it
        lies on the other side, and "within noise" where it holds 0.

    Raises:
        ValueError: unknown `expected`.
    """
    if expected not in ("less", "greater"):
        raise ValueError(f"expected must be 'less' or 'greater', got {expected!r}")
    if difference.low <= 0.0 <= difference.high:
        return "within noise"
    return "visible" if (difference.mean < 0.0) == (expected == "less") else "opposite"
