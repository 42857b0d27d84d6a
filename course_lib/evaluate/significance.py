"""Chance on a finite test split: intervals, two nets on the same images, how many seeds.

Which question needs which: `wilson_interval` and `bootstrap_interval` say how far a number could
move on other test images; `mcnemar` compares two trained nets on the same images; seeds, with
`evaluate.paired_difference` and `seeds_needed`, compare two ways to train.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

MOST_SEEDS = 10_000  # more than anybody trains
METHODS = ("percentile", "basic")


class Interval(NamedTuple):
    """A measured value with the ends of its interval."""

    value: float
    low: float
    high: float


class McNemar(NamedTuple):
    """Images that only one of two nets answers right, and the two-sided p-value."""

    only_a: int
    only_b: int
    p_value: float


def wilson_interval(right, *, level: float = 0.95) -> Interval:
    """Return an accuracy with its Wilson interval over test images.

    Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22, 1927.
    It stays inside [0, 1] and has a width at 0 and at 100 % right, where the mean with 1.96
    standard errors has none.

    Args:
        right: (N,), for each image whether the answer is right.
        level: of confidence, between 0 and 1.

    Raises:
        ValueError: no image, values other than true and false, or another level.
    """
    from scipy.stats import binomtest

    right = _answers(right)
    _check_share("level", level)
    found = binomtest(int(right.sum()), len(right)).proportion_ci(level, method="wilson")
    return Interval(float(right.mean()), float(found.low), float(found.high))


def bootstrap_interval(
    statistic: Callable[..., float],
    *arrays: np.ndarray,
    level: float = 0.95,
    resamples: int = 2_000,
    seed: int = 0,
    method: str = "percentile",
) -> Interval:
    """Return any measure with a bootstrap interval over resampled images.

    Davison and Hinkley, "Bootstrap Methods and their Application", 1997, chapter 5.  Rows of all
    arrays are drawn together, so an image keeps its label and the answers of both nets that are
    compared; `scipy.stats.bootstrap` cannot do that for arrays of different shapes.

    "percentile" takes the quantiles of the resampled measures.  It stays in the measure's range,
    and suits what a finite number of images does not bias, such as means and differences of them.
    The calibration error is biased upward, and resampling adds the same bias again: its percentile
    interval lies too high.  "basic" mirrors the quantiles at the measured value, which takes the
    bias out; its ends may lie past the range, below 0.  Either may leave a biased value outside.
    Where a net is calibrated so well that its error is mostly bias, trust neither.

    Args:
        statistic: takes the arrays and returns a finite number, such as `sklearn.metrics.f1_score`.
        *arrays: (N, ...) each.
        level: of confidence, between 0 and 1.
        resamples: how often N rows are drawn with replacement.
        seed: of the draws.
        method: "percentile", or "basic" for the calibration error.

    Raises:
        ValueError: no array, arrays of different lengths, fewer than 2 rows, fewer than 1
            resample, another level or method, or a measure that is not finite.

    Example:
        >>> bootstrap_interval(sklearn.metrics.f1_score, labels, answers)
        >>> bootstrap_interval(expected_calibration_error, shares, labels, method="basic")
    """
    data = [np.asarray(array) for array in arrays]
    lengths = [len(array) for array in data]
    if len(set(lengths)) != 1 or lengths[0] < 2 or resamples < 1:
        raise ValueError(
            "arrays with as many rows, at least 2, and at least 1 resample are needed, got "
            f"{lengths} rows and {resamples} resamples"
        )
    _check_share("level", level)
    if method not in METHODS:
        raise ValueError(f"method must be one of {METHODS}, got {method!r}")
    value = float(statistic(*data))
    draw = np.random.default_rng(seed)
    values = []
    for _ in range(resamples):
        rows = draw.integers(lengths[0], size=lengths[0])
        values.append(float(statistic(*(array[rows] for array in data))))
    if lost := np.count_nonzero(~np.isfinite([value, *values])):
        raise ValueError(
            f"the measure must be finite, got {value:g} for all rows, and NaN or infinity in "
            f"{lost} of {resamples + 1} calls; a resample may lack a class, so give a measure "
            "that is a number without it, too"
        )
    low, high = (float(np.quantile(values, (1 + side * level) / 2)) for side in (-1, 1))
    if method == "basic":
        low, high = 2 * value - high, 2 * value - low
    return Interval(value, low, high)


def mcnemar(right_a, right_b) -> McNemar:
    """Test whether two trained nets differ in accuracy on the same images, exactly.

    McNemar, "Note on the Sampling Error of the Difference between Correlated Proportions or
    Percentages", Psychometrika 12, 1947.  Images that both nets answer right, or both wrong, tell
    nothing; of the others each net should win half.  The p-value is exact, from the binomial
    distribution, and does not know of seeds: it is about these two nets.

    Args:
        right_a: (N,), for each image whether the first net is right.
        right_b: (N,), of the second net, for the same images in the same order.

    Raises:
        ValueError: no image, different numbers of them, or values other than true and false.
    """
    from scipy.stats import binomtest

    a, b = _answers(right_a), _answers(right_b)
    if len(a) != len(b):
        raise ValueError(f"answers for the same images are needed, got {len(a)} and {len(b)}")
    only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
    if not only_a + only_b:
        return McNemar(0, 0, 1.0)
    return McNemar(only_a, only_b, float(binomtest(only_a, only_a + only_b).pvalue))


def seeds_needed(sd: float, difference: float, *, power: float = 0.8, alpha: float = 0.05) -> int:
    """Return how many pairs of runs a paired t-test needs to see a difference.

    Cohen, "Statistical Power Analysis for the Behavioral Sciences", 2nd edition, 1988, chapter 2.
    The two-sided test at level `alpha` has at least this power, from the noncentral t
    distribution, if differences scatter as a normal distribution does.

    Args:
        sd: standard deviation of the difference between paired runs, in the unit of
            `difference`; from a trial of some seeds.
        difference: the smallest one that matters.
        power: probability of seeing it, between 0 and 1.
        alpha: probability of seeing one where there is none, between 0 and 1.

    Returns:
        The smallest number of pairs, at least 2.

    Raises:
        ValueError: an sd below 0, a difference of 0, a share outside (0, 1), or more than 10,000
            pairs are needed.
    """
    if not 0.0 <= sd < math.inf or not 0.0 < abs(difference) < math.inf:
        raise ValueError(
            f"sd must be at least 0 and difference not 0, got {sd!r} and {difference!r}"
        )
    _check_share("power", power)
    _check_share("alpha", alpha)
    if sd == 0.0:
        return 2  # the fewest pairs that have a standard deviation
    effect = abs(difference) / sd
    few, enough = 1, MOST_SEEDS
    if _power(enough, effect, alpha) < power:
        raise ValueError(
            f"more than {MOST_SEEDS:,} pairs are needed to see {difference:g} with an sd of "
            f"{sd:g}; look for a larger difference or a smaller sd"
        )
    while enough - few > 1:
        middle = (few + enough) // 2
        if _power(middle, effect, alpha) >= power:
            enough = middle
        else:
            few = middle
    return enough


def _power(pairs: int, effect: float, alpha: float) -> float:
    """Return the probability that a paired t-test rejects, for a mean of `effect` sd."""
    from scipy.stats import nct, t

    critical = t.ppf(1 - alpha / 2, pairs - 1)
    shift = effect * math.sqrt(pairs)
    if shift > critical + 20:  # certain; SciPy's tails give NaN out there
        return 1.0
    return float(nct.sf(critical, pairs - 1, shift) + nct.sf(critical, pairs - 1, -shift))


def _answers(right) -> np.ndarray:
    right = np.asarray(right)
    if right.ndim != 1 or not len(right) or not np.isin(right, (0, 1)).all():
        raise ValueError(
            "one true or false an image is needed, (N,), such as "
            f"probabilities.argmax(axis=1) == labels, got shape {right.shape} of {right.dtype}"
        )
    return right.astype(bool)


def _check_share(name: str, value: float) -> None:
    if not 0.0 < value < 1.0:
        raise ValueError(f"{name} must be between 0 and 1, got {value!r}")
