"""Intervals and tests against published numbers, other formulas and simulation."""

import math

import numpy as np
import pytest
import scipy.stats

from course_lib.evaluate import (
    bootstrap_interval,
    expected_calibration_error,
    mcnemar,
    seeds_needed,
    wilson_interval,
)


@pytest.fixture
def draw():
    return np.random.default_rng(0)


def answers(right, wrong):
    return np.array([True] * right + [False] * wrong)


@pytest.mark.parametrize(("right", "wrong"), [(81, 182), (15, 133), (0, 20), (29, 1), (500, 0)])
def test_wilson_by_its_formula(right, wrong):
    n, p, z = right + wrong, right / (right + wrong), scipy.stats.norm.ppf(0.975)
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    found = wilson_interval(answers(right, wrong))
    assert found == pytest.approx((p, middle - half, middle + half), abs=1e-12)


def test_wilson_is_newcombe_s():
    """Newcombe, Statistics in Medicine 17, 1998, table I: 81 of 263."""
    found = wilson_interval(answers(81, 182))
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)


@pytest.mark.parametrize("truth", [0.5, 0.9, 0.97])
def test_wilson_covers_as_often_as_it_says(truth):
    """Each count of right answers, weighted by its probability."""
    found = [wilson_interval(answers(k, 100 - k)) for k in range(101)]
    covered = [interval.low <= truth <= interval.high for interval in found]
    share = np.sum(scipy.stats.binom.pmf(np.arange(101), 100, truth)[covered])
    assert share == pytest.approx(0.95, abs=0.025)


@pytest.mark.parametrize("method", ["percentile", "basic"])
def test_bootstrap_is_scipy_s(draw, method):
    values = draw.exponential(size=80)
    found = bootstrap_interval(np.mean, values, resamples=5_000, method=method)
    wanted = scipy.stats.bootstrap(
        (values,), np.mean, n_resamples=5_000, method=method
    ).confidence_interval
    assert found.value == values.mean()
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high), abs=0.02)


def test_bootstrap_keeps_rows_together(draw):
    """A difference that is the same on every image has an interval without width."""
    a = draw.normal(size=50)
    found = bootstrap_interval(lambda x, y: float(np.mean(x - y)), a + 0.1, a, resamples=50)
    assert (found.low, found.high) == pytest.approx((0.1, 0.1))


def test_bootstrap_takes_a_measure_of_several_arrays(draw):
    probabilities = draw.dirichlet(np.ones(3), size=60)
    labels = draw.integers(3, size=60)
    found = bootstrap_interval(expected_calibration_error, probabilities, labels, resamples=100)
    again = bootstrap_interval(expected_calibration_error, probabilities, labels, resamples=100)
    other = bootstrap_interval(
        expected_calibration_error, probabilities, labels, resamples=100, seed=1
    )
    assert 0.0 < found.low < found.high < 1.0
    assert found == again
    assert found != other


def test_bootstrap_by_default_takes_percentiles(draw):
    values = draw.exponential(size=80)
    found = bootstrap_interval(np.mean, values, resamples=50)
    assert found == bootstrap_interval(np.mean, values, resamples=50, method="percentile")
    basic = bootstrap_interval(np.mean, values, resamples=50, method="basic")
    assert basic == pytest.approx(
        (found.value, 2 * found.value - found.high, 2 * found.value - found.low)
    )
    assert basic != found


def answered(draw, count, off):
    """Probabilities of two classes, `off` too sure at any confidence, and labels.

    Their calibration error is `off` exactly, as the number of images grows.
    """
    sure = draw.uniform(0.6, 1.0, count)
    labels = (draw.uniform(size=count) > sure - off).astype(int)
    return np.stack([sure, 1.0 - sure], axis=1), labels


def coverage(draw, off, truth, statistic, *, count=200, trials=100):
    """Return how often the interval of each method holds the truth."""
    covered = {"percentile": 0, "basic": 0}
    for _ in range(trials):
        found = bootstrap_interval(statistic, *answered(draw, count, off), resamples=150)
        mirrored = 2 * found.value - found.high, 2 * found.value - found.low
        for method, (low, high) in (("percentile", found[1:]), ("basic", mirrored)):
            covered[method] += low <= truth <= high
    return {method: times / trials for method, times in covered.items()}


def test_the_basic_interval_takes_the_calibration_error_s_bias_out(draw):
    found = coverage(draw, 0.03, 0.03, expected_calibration_error)
    assert found["percentile"] < 0.4
    assert found["basic"] > 0.75


def test_no_interval_is_to_be_trusted_where_a_net_is_calibrated(draw):
    found = coverage(draw, 0.0, 0.0, expected_calibration_error)
    assert found["percentile"] == 0.0
    assert found["basic"] < 0.85


def test_a_mean_needs_no_such_care(draw):
    def brier(probabilities, labels):
        return float(np.mean((probabilities[:, 0] - (labels == 0)) ** 2))

    sure = draw.uniform(0.6, 1.0, 1_000_000)
    truth = np.mean((sure - 0.05) * (1 - sure) ** 2 + (1.05 - sure) * sure**2)
    found = coverage(draw, 0.05, truth, brier)
    assert all(0.87 <= share <= 1.0 for share in found.values())


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("method", ["percentile", "basic"])
def test_a_measure_that_is_not_finite_on_a_resample_is_refused(value, method):
    """As the recall of a class that a resample lacks."""

    def rare(labels):
        return float(labels.mean()) if labels.any() else value

    labels = np.array([1] + [0] * 19)
    with pytest.raises(ValueError, match=r"got 0\.05 for all rows, and NaN .* in \d+ of 51 calls"):
        bootstrap_interval(rare, labels, resamples=50, method=method)
    with pytest.raises(ValueError, match=r"must be finite, got .* in 51 of 51 calls"):
        bootstrap_interval(rare, 0 * labels, resamples=50, method=method)


@pytest.mark.parametrize(
    ("only_a", "only_b", "both"), [(10, 5, 80), (1, 12, 0), (0, 6, 3), (7, 7, 7)]
)
def test_mcnemar_counts_the_tails_of_a_fair_coin(only_a, only_b, both):
    a = answers(only_a + both, only_b + 4)
    b = np.concatenate([answers(0, only_a), answers(both + only_b, 4)])
    n, k = only_a + only_b, min(only_a, only_b)
    tail = sum(math.comb(n, i) for i in range(k + 1)) / 2**n
    assert mcnemar(a, b) == (only_a, only_b, pytest.approx(min(1.0, 2 * tail)))
    assert mcnemar(b, a) == (only_b, only_a, pytest.approx(min(1.0, 2 * tail)))


def test_nets_that_agree_do_not_differ():
    assert mcnemar(answers(5, 5), answers(5, 5)) == (0, 0, 1.0)


@pytest.mark.parametrize(
    ("effect", "pairs"),  # power 0.8, two-sided 5 %, as G*Power 3.1 gives them
    [(0.2, 199), (0.5, 34), (0.8, 15), (1.0, 10)],
)
def test_seeds_are_those_of_published_tables(effect, pairs):
    assert seeds_needed(1.0, effect) == pairs
    assert seeds_needed(0.01, -0.01 * effect) == pairs  # neither unit nor sign matters


@pytest.mark.parametrize(("effect", "power"), [(0.8, 0.8), (1.5, 0.9)])
def test_seeds_are_enough_and_one_less_is_not_in_a_simulation(draw, effect, power):
    def seen(pairs):
        runs = draw.normal(effect, 1.0, (20_000, pairs))
        return np.mean(scipy.stats.ttest_1samp(runs, 0.0, axis=1).pvalue < 0.05)

    pairs = seeds_needed(1.0, effect, power=power)
    assert seen(pairs) > power - 0.01
    assert seen(pairs - 1) < power + 0.01


@pytest.mark.parametrize(("sd", "pairs"), [(0.0, 2), (1e-9, 2)])
def test_hardly_any_noise_needs_the_fewest_pairs(sd, pairs):
    assert seeds_needed(sd, 1.0) == pairs


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: wilson_interval([]), "one true or false an image"),
        (lambda: wilson_interval([0.5, 1.0]), "got shape .* of float64"),
        (lambda: wilson_interval([True], level=95), "level must be between 0 and 1, got 95"),
        (lambda: mcnemar([True], [True, False]), "got 1 and 2"),
        (lambda: bootstrap_interval(np.mean), "got .* rows"),
        (lambda: bootstrap_interval(np.mean, [1.0]), r"got \[1\] rows"),
        (lambda: bootstrap_interval(np.mean, [1, 2], [1]), r"got \[2, 1\] rows"),
        (lambda: bootstrap_interval(np.mean, [1, 2], resamples=0), "and 0 resamples"),
        (lambda: bootstrap_interval(np.mean, [1, 2], method="bca"), "method must be one of"),
        (lambda: seeds_needed(1.0, 0.0), "difference not 0"),
        (lambda: seeds_needed(-1.0, 1.0), "sd must be at least 0"),
        (lambda: seeds_needed(math.nan, 1.0), "sd must be at least 0"),
        (lambda: seeds_needed(1.0, 1.0, power=1.0), "power must be"),
        (lambda: seeds_needed(1.0, 1.0, alpha=0.0), "alpha must be"),
        (lambda: seeds_needed(1.0, 1e-6), "more than 10,000 pairs"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
