"""Calibration by hand, against scikit-learn's curve, and a temperature that is known."""

import numpy as np
import pytest
import scipy.special
from sklearn.calibration import calibration_curve

from course_lib.evaluate import (
    expected_calibration_error,
    fit_temperature,
    log_probabilities,
    reliability_bins,
)

DRAW = np.random.default_rng(0)
LOGITS = DRAW.normal(scale=2.0, size=(4_000, 5))
LABELS = np.array([DRAW.choice(5, p=p) for p in scipy.special.softmax(LOGITS, axis=1)])


def test_error_by_hand():
    """Two answers at 0.6, one right; two at 0.9, both right: (2 * 0.1 + 2 * 0.1) / 4."""
    probabilities = np.array([[0.6, 0.4], [0.4, 0.6], [0.9, 0.1], [0.1, 0.9]])
    labels = np.array([0, 0, 0, 1])
    assert expected_calibration_error(probabilities, labels, bins=10) == pytest.approx(0.1)
    # One bin: mean confidence 0.75, accuracy 0.75
    assert expected_calibration_error(probabilities, labels, bins=1) == pytest.approx(0.0)


def test_a_bin_holds_its_upper_edge():
    found = reliability_bins(np.array([[0.5, 0.5], [0.75, 0.25], [1.0, 0.0]]), [0, 0, 0], bins=4)
    np.testing.assert_array_equal(found.answers, [0, 1, 1, 1])
    assert np.isnan(found.accuracy[0])


def test_a_sum_of_rounded_numbers_may_exceed_one():
    found = reliability_bins(np.array([[1.0 + 1e-7, 0.0]]), [0])
    assert found.answers[-1] == 1


@pytest.mark.parametrize("bins", [4, 15])
def test_bins_are_scikit_learn_s(bins):
    probabilities = scipy.special.softmax(LOGITS, axis=1)
    found = reliability_bins(probabilities, LABELS, bins=bins)
    right = probabilities.argmax(axis=1) == LABELS
    accuracy, confidence = calibration_curve(right, probabilities.max(axis=1), n_bins=bins)
    filled = found.answers > 0
    np.testing.assert_allclose(found.accuracy[filled], accuracy)
    np.testing.assert_allclose(found.confidence[filled], confidence)
    assert found.answers.sum() == len(LABELS)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_temperature_that_spoiled_logits_is_found(temperature):
    assert fit_temperature(LOGITS * temperature, LABELS) == pytest.approx(temperature, rel=0.05)


def test_temperature_is_the_same_from_probabilities():
    wanted = fit_temperature(LOGITS, LABELS)
    found = fit_temperature(log_probabilities(scipy.special.softmax(LOGITS, axis=1)), LABELS)
    assert found == pytest.approx(wanted, rel=1e-6)


def test_temperature_is_the_lowest_point_of_the_loss():
    """An exhaustive search agrees."""
    logits = 2.0 * LOGITS
    grid = np.linspace(1.5, 2.5, 501)
    own = np.arange(len(LABELS)), LABELS
    losses = [-scipy.special.log_softmax(logits / t, axis=1)[own].mean() for t in grid]
    assert fit_temperature(logits, LABELS) == pytest.approx(grid[np.argmin(losses)], abs=2e-3)


def test_temperature_repairs_what_it_can():
    wrong = 3.0 * LOGITS
    t = fit_temperature(wrong[:2000], LABELS[:2000])
    before, after = (
        expected_calibration_error(scipy.special.softmax(z, axis=1), LABELS[2000:])
        for z in (wrong[2000:], wrong[2000:] / t)
    )
    assert after < 0.03 < 0.15 < before


@pytest.mark.parametrize("labels", [LOGITS.argmax(axis=1), LOGITS.argmin(axis=1)])
def test_no_best_temperature_is_said(labels):
    with pytest.raises(ValueError, match=r"4000 images, of which .*% are right; take more"):
        fit_temperature(LOGITS, labels)


@pytest.mark.parametrize("margin", [0.3, 3.0, 10.0, 40.0])
def test_no_temperature_is_the_best_where_all_are_right(margin):
    """The loss is exactly 0 from some temperature down, so no end of the range looks best."""
    labels = np.arange(200) % 10
    with pytest.raises(ValueError, match=r"200 images, of which 100\.0% are right"):
        fit_temperature(margin * np.eye(10)[labels], labels)


def test_logarithms_stay_finite():
    found = log_probabilities(np.array([[1.0, 0.0]], "float32"))
    assert np.isfinite(found).all()
    np.testing.assert_allclose(scipy.special.softmax(found, axis=1), [[1.0, 0.0]], atol=1e-37)


@pytest.mark.parametrize("bins", [0, 2.5, -1])
def test_bins_are_a_number_of_bins(bins):
    with pytest.raises(ValueError, match="bins must be an integer of at least 1, got"):
        reliability_bins(np.array([[1.0, 0.0]]), [0], bins=bins)


def test_logits_are_no_probabilities():
    with pytest.raises(ValueError, match=r"softmax\(logits, axis=-1\) makes probabilities"):
        expected_calibration_error(LOGITS, LABELS)
