"""Errors by hand, intervals against SciPy, verdicts on both sides of the rule."""

import math

import keras
import numpy as np
import pytest
import scipy.stats

from course_lib import evaluate
from course_lib.data import Split
from course_lib.evaluate import Difference


@pytest.fixture(scope="module")
def brightest():
    """A net that answers with the index of the brighter of two pixels."""
    inputs = keras.Input((1, 2, 1))
    return keras.Model(inputs, keras.layers.Softmax()(keras.layers.Flatten()(inputs)))


def test_error_counts_wrong_answers(brightest):
    pixels = np.array([[1, 0], [0, 1], [0.2, 0.9], [0.8, 0.3]], "float32")
    split = Split(pixels[:, None, :, None], np.array([0, 1, 0, 0], "int32"))
    assert evaluate.error(brightest, split) == 0.25
    assert evaluate.accuracy(brightest, split) == 0.75
    assert evaluate.probabilities(brightest, split.images).shape == (4, 2)


def test_error_is_taken_in_inference_mode():
    """Dropout at rate 1 minus a little would destroy every answer in training mode."""
    inputs = keras.Input((1, 2, 1))
    dropped = keras.layers.Dropout(0.99)(keras.layers.Flatten()(inputs))
    model = keras.Model(inputs, keras.layers.Softmax()(dropped))
    images = np.tile(np.array([0, 1], "float32")[None, None, :, None], (50, 1, 1, 1))
    assert evaluate.error(model, Split(images, np.ones(50, "int32"))) == 0.0


def test_mean_and_sd():
    assert evaluate.mean_and_sd([1.0, 3.0]) == (2.0, pytest.approx(math.sqrt(2)))
    mean, sd = evaluate.mean_and_sd([5.0])
    assert mean == 5.0
    assert math.isnan(sd)
    with pytest.raises(ValueError, match="got none"):
        evaluate.mean_and_sd([])


def test_t_table_is_student_s():
    wanted = scipy.stats.t.ppf(0.975, np.arange(1, 31))
    np.testing.assert_allclose(evaluate.T_975, wanted, atol=5.1e-4)


@pytest.mark.parametrize("pairs", [2, 3, 5, 30])
def test_interval_is_scipy_s(pairs):
    draw = np.random.default_rng(pairs)
    a, b = draw.normal(1.0, 0.5, pairs), draw.normal(size=pairs)
    found = evaluate.paired_difference(a, b)
    low, high = scipy.stats.ttest_rel(a, b).confidence_interval(0.95)
    digits = {"abs": 1e-3 * (high - low)}
    assert found.low == pytest.approx(low, **digits)
    assert found.high == pytest.approx(high, **digits)
    assert found.pairs == pairs


def test_interval_beyond_the_table_is_a_little_too_wide():
    draw = np.random.default_rng(0)
    a, b = draw.normal(size=50), draw.normal(size=50)
    found = evaluate.paired_difference(a, b)
    low, high = scipy.stats.ttest_rel(a, b).confidence_interval(0.95)
    assert 1.0 < (found.high - found.low) / (high - low) < 1.03


def test_one_pair_says_nothing_about_noise():
    found = evaluate.paired_difference([0.1], [0.5])
    assert (found.low, found.high) == (-math.inf, math.inf)
    assert evaluate.verdict(found, "less") == "within noise"


def test_pairing_matters():
    """Seeds that move both arms together cancel: a real but small difference is seen."""
    seeds = np.array([0.1, 0.5, 0.9])
    found = evaluate.paired_difference(seeds + 0.01, seeds)
    assert evaluate.verdict(found, "greater") == "visible"


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
