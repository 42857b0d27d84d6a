"""Shifts by hand, components against scikit-learn, and what scale the pixels have."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from course_lib.data.augment import ColorShift, PCAColor

DRAW = np.random.default_rng(7)
# Three channels that vary together, about one axis most, as those of photographs do.
MIX = np.array([[0.2, 0.05, 0.0], [0.2, 0.0, 0.02], [0.2, -0.05, 0.01]])
IMAGES = np.clip(0.5 + DRAW.normal(size=(150, 6, 5, 3)) @ MIX.T, 0, 1).astype("float32")


def generator():
    return np.random.default_rng(8)


def test_each_channel_has_its_own_shift_and_ends_at_the_range():
    image = np.full((2, 2, 2, 3), 0.5, "float32")
    found = ColorShift(1.0).apply(image, np.array([[0.1, -0.2, 0.0], [0.75, -0.75, 0.5]]))
    np.testing.assert_allclose(found[0, 1, 0], [0.6, 0.3, 0.5])
    np.testing.assert_array_equal(found[1, 0, 1], [1.0, 0.0, 1.0])


def test_shifts_are_drawn_evenly_and_apart_for_each_channel():
    (shifts,) = ColorShift(0.3).draw(generator(), (20_000, 1, 1, 3))
    assert 0.299 < np.abs(shifts).max() <= 0.3
    np.testing.assert_allclose(shifts.mean(axis=0), 0.0, atol=5 * 0.3 / np.sqrt(3 * 20_000))
    np.testing.assert_allclose(shifts.std(axis=0), 0.3 / np.sqrt(3), rtol=0.02)
    np.testing.assert_allclose(np.corrcoef(shifts.T), np.eye(3), atol=0.04)


def test_components_and_eigenvalues_are_scikit_learn_s():
    """Over all pixels of the training set: 150 images, more than are summed up at once."""
    pixels = IMAGES.reshape(-1, 3).astype("float64")
    reference = PCA().fit(pixels)
    found = PCAColor.fit(IMAGES)
    unbiased = len(pixels) / (len(pixels) - 1)
    np.testing.assert_allclose(found.scales * unbiased, reference.explained_variance_, rtol=1e-6)
    cosines = np.sum(found.components.T * reference.components_, axis=1)
    np.testing.assert_allclose(np.abs(cosines), 1.0, atol=1e-6)
    assert found.sd == 0.1


def test_deviation_is_the_root():
    variance, deviation = PCAColor.fit(IMAGES), PCAColor.fit(IMAGES, measure="deviation")
    np.testing.assert_allclose(deviation.scales**2, variance.scales)


def test_the_shift_is_components_times_alphas_times_scales():
    augment = PCAColor(np.array([[0.6, -0.8], [0.8, 0.6]]), np.array([0.5, 0.1]))
    image = np.full((1, 2, 2, 2), 0.5, "float32")
    found = augment.apply(image, np.array([[0.2, -1.0]]))
    # 0.2 * 0.5 * (0.6, 0.8) - 1.0 * 0.1 * (-0.8, 0.6)
    np.testing.assert_allclose(found[0, 0, 0], [0.5 + 0.06 + 0.08, 0.5 + 0.08 - 0.06], rtol=1e-6)


def test_alphas_are_normal_once_for_each_image_and_component():
    (alphas,) = PCAColor.fit(IMAGES).draw(generator(), (20_000, 9, 9, 3))
    assert alphas.shape == (20_000, 3)
    np.testing.assert_allclose(alphas.mean(axis=0), 0.0, atol=5 * 0.1 / np.sqrt(20_000))
    np.testing.assert_allclose(alphas.std(axis=0), 0.1, rtol=0.03)
    assert np.mean(np.abs(alphas) < 0.1) == pytest.approx(0.6827, abs=0.01)


def test_shifts_vary_as_the_training_set_does_with_deviations_and_sd_one():
    """Then the shifts' covariance is that of the pixels."""
    augment = PCAColor.fit(IMAGES, sd=1.0, measure="deviation")
    (alphas,) = augment.draw(generator(), (50_000, 1, 1, 3))
    shifts = (alphas * augment.scales) @ augment.components.T
    np.testing.assert_allclose(np.cov(shifts.T), np.cov(IMAGES.reshape(-1, 3).T), atol=1e-3)


def test_one_color_has_no_components():
    augment = PCAColor.fit(np.full((2, 3, 3, 3), 0.3, "float32"))
    np.testing.assert_allclose(augment.scales, 0.0, atol=1e-12)


def test_refusals():
    with pytest.raises(ValueError, match="3 channels of the components, got 1"):
        PCAColor.fit(IMAGES)(IMAGES[..., :1].copy(), np.zeros(150), generator())
    with pytest.raises(ValueError, match=r"measure must be one of .*got 'sd'"):
        PCAColor.fit(IMAGES, measure="sd")
    with pytest.raises(ValueError, match="got uint8"):
        PCAColor.fit((IMAGES * 255).astype("uint8"))
