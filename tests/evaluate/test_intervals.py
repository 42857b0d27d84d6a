"""Intervals against SciPy, verdicts on both sides of the rule."""

import math

import numpy as np
import pytest
import scipy.stats

from course_lib import evaluate
from course_lib.evaluate import Difference

# 97.5 % point of Student's t for 1 to 10 degrees of freedom, as printed tables have it
PRINTED = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)


def test_mean_and_sd():
    assert evaluate.mean_and_sd([1.0, 3.0]) == (2.0, pytest.approx(math.sqrt(2)))
    mean, sd = evaluate.mean_and_sd([5.0])
    assert mean == 5.0
    assert math.isnan(sd)
    with pytest.raises(ValueError, match="got none"):
        evaluate.mean_and_sd([])


@pytest.mark.parametrize("freedom", range(1, 11))
def test_interval_has_the_point_of_printed_tables_to_the_digit(freedom):
    """Results that were stored with a table must give the same ends."""
    a = np.linspace(-1.0, 1.0, freedom + 1)
    found = evaluate.paired_difference(a, np.zeros(freedom + 1))
    _, sd = evaluate.mean_and_sd(a)
    half = PRINTED[freedom - 1] * sd / math.sqrt(freedom + 1)
    assert (found.low, found.high) == (found.mean - half, found.mean + half)


@pytest.mark.parametrize("pairs", [2, 3, 5, 30, 100])
def test_interval_is_scipy_s(pairs):
    draw = np.random.default_rng(pairs)
    a, b = draw.normal(1.0, 0.5, pairs), draw.normal(size=pairs)
    found = evaluate.paired_difference(a, b)
    low, high = scipy.stats.ttest_rel(a, b).confidence_interval(0.95)
    digits = {"abs": 3e-4 * (high - low)}
    assert found.low == pytest.approx(low, **digits)
    assert found.high == pytest.approx(high, **digits)
    assert found.pairs == pairs


def test_one_pair_says_nothing_about_noise():
    found = evaluate.paired_difference([0.1], [0.5])
    assert (found.low, found.high) == (-math.inf, math.inf)
    assert evaluate.verdict(found, "less") == "within noise"


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_no_verdict_on_what_is_no_number(wrong):
    with pytest.raises(ValueError, match=rf"values must be finite, got {wrong} at place 1"):
        evaluate.paired_difference([0.1, wrong, 0.2], [0.1, 0.1, 0.1])


def test_pairing_matters():
    """Seeds that move both arms together cancel: a real but small difference is seen."""
    seeds = np.array([0.1, 0.5, 0.9])
    found = evaluate.paired_difference(seeds + 0.01, seeds)
    assert evaluate.verdict(found, "greater") == "visible"


def test_splits_that_share_images_widen_the_interval():
    a, b = [0.3, 0.5, 0.4, 0.6], [0.1] * 4
    apart, shared = (evaluate.paired_difference(a, b, overlap=o) for o in (0.0, 1 / 3))
    assert shared.mean == apart.mean
    wider = (shared.high - shared.low) / (apart.high - apart.low)
    assert wider == pytest.approx(np.sqrt((1 / 4 + 1 / 3) / (1 / 4)))
    with pytest.raises(ValueError, match="overlap must be at least 0, got -1"):
        evaluate.paired_difference(a, b, overlap=-1)


def test_the_overlap_keeps_the_promise_of_95_percent():
    """Two equal learners judged on five random splits of 60 images that share their difficulty."""
    draw = np.random.default_rng(0)
    missed = {0.0: 0, 1 / 3: 0}
    for _ in range(300):
        gap = draw.normal(size=60)  # of the two learners on each image; the truth is 0
        found = [gap[draw.permutation(60)[:15]].mean() for _ in range(5)]
        for overlap in missed:
            d = evaluate.paired_difference(found, [0.0] * 5, overlap=overlap)
            missed[overlap] += not d.low <= 0.0 <= d.high
    assert missed[0.0] > 2 * missed[1 / 3]
    assert missed[1 / 3] / 300 < 0.12


@pytest.mark.parametrize("lengths", [(0, 0), (2, 3)])
def test_unpaired_results_are_refused(lengths):
    a, b = ([0.0] * n for n in lengths)
    with pytest.raises(ValueError, match=f"got {lengths[0]} and {lengths[1]}"):
        evaluate.paired_difference(a, b)


@pytest.mark.parametrize(
    ("low", "high", "expected", "wanted"),
    [
        (-0.3, -0.1, "less", "visible"),
        (-0.3, -0.1, "greater", "opposite"),
        (0.1, 0.3, "greater", "visible"),
        (0.1, 0.3, "less", "opposite"),
        (-0.1, 0.3, "greater", "within noise"),
        (0.0, 0.3, "greater", "within noise"),
    ],
)
def test_verdict(low, high, expected, wanted):
    found = evaluate.verdict(Difference((low + high) / 2, low, high, 5), expected)
    assert found == wanted
    assert found in evaluate.VERDICTS


def test_verdict_needs_a_direction():
    with pytest.raises(ValueError, match="got 'smaller'"):
        evaluate.verdict(Difference(0, 0, 0, 3), "smaller")
