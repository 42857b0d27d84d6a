"""Say what a difference over a few seeds allows to be said."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

VERDICTS = ("visible", "within noise", "opposite")


@dataclass(frozen=True)
class Difference:
    """Mean of paired differences with the ends of its 95 % interval, and the number of pairs."""

    mean: float
    low: float
    high: float
    pairs: int


def mean_and_sd(values: Sequence[float]) -> tuple[float, float]:
    """Return the mean and the standard deviation with n - 1; the latter is NaN for one value.

    Raises:
        ValueError: no value, or one that is not finite, with which no comparison means anything.
    """
    data = np.asarray(values, dtype="float64")
    if data.size == 0:
        raise ValueError("at least one value is needed, got none")
    if not np.isfinite(data).all():
        place = int(np.flatnonzero(~np.isfinite(data))[0])
        raise ValueError(f"values must be finite, got {data.ravel()[place]} at place {place}")
    return float(data.mean()), float(data.std(ddof=1)) if data.size > 1 else math.nan


def paired_difference(
    a: Sequence[float], b: Sequence[float], *, overlap: float = 0.0
) -> Difference:
    """Compare two lists of results that share their seeds.

    Args:
        a: one result a seed.
        b: the other arm's results, for the same seeds in the same order.
        overlap: images tested over images trained on, where each seed has split the same images
            anew.  Such results depend on each other, and an interval that ignores it is too
            narrow; the correction is that of Nadeau and Bengio, "Inference for the generalization
            error", Machine Learning 52, 2003, section 3.

    Returns:
        The mean of a - b with its 95 % interval by Student's t.  With one pair the interval is
        infinite: one run tells nothing about noise.

    Raises:
        ValueError: the lists are empty or differ in length, or `overlap` is below 0.
    """
    from scipy.stats import t

    if len(a) != len(b) or not len(a):
        raise ValueError(f"as many results in a as in b are needed, got {len(a)} and {len(b)}")
    if overlap < 0:
        raise ValueError(f"overlap must be at least 0, got {overlap}")
    pairs = len(a)
    mean, sd = mean_and_sd(np.asarray(a, dtype="float64") - np.asarray(b, dtype="float64"))
    if pairs == 1:
        return Difference(mean, -math.inf, math.inf, 1)
    independent = pairs / (1.0 + pairs * overlap)
    # Three decimals, as tables print them: stored intervals were computed so, and stay the same
    half = round(float(t.ppf(0.975, pairs - 1)), 3) * sd / math.sqrt(independent)
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
