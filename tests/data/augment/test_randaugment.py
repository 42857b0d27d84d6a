"""All operations are drawn, evenly, and have the sizes of the paper."""

import numpy as np
import pytest

from course_lib.data.augment import RandAugment
from course_lib.data.augment.randaugment import OPERATIONS

IMAGE = np.random.default_rng(12).random((1, 33, 33, 3), dtype="float32")
STRENGTHLESS = ("autocontrast", "equalize")
NAMES = tuple(OPERATIONS)


def generator():
    return np.random.default_rng(13)


def white(row, column):
    image = np.zeros((331, 331, 1), "float32")
    image[row, column] = 1.0
    return image


def test_the_fourteen_operations_of_the_paper():
    assert len(OPERATIONS) == 14


def test_each_is_drawn_as_often_with_either_sign():
    chosen, strengths = RandAugment(2, 5).draw(generator(), (14_000, 9, 9, 3))
    assert chosen.shape == strengths.shape == (14_000, 2)
    # Standard deviation of a share: sqrt(1/14 * 13/14 / 28,000) = 0.0015.
    shares = np.bincount(chosen.ravel(), minlength=14) / chosen.size
    np.testing.assert_allclose(shares, 1 / 14, atol=5 * 0.0015)
    assert set(np.unique(strengths)) == {-0.5, 0.5}
    assert strengths.mean() == pytest.approx(0, abs=0.02)
    assert np.mean(chosen[:, 0] == chosen[:, 1]) == pytest.approx(1 / 14, abs=0.011)


@pytest.mark.parametrize("name", [n for n in NAMES if n not in STRENGTHLESS])
def test_magnitude_zero_is_no_change(name):
    np.testing.assert_array_equal(OPERATIONS[name](IMAGE[0], 0.0), IMAGE[0])


@pytest.mark.parametrize("name", [n for n in NAMES if n != "identity"])
def test_full_strength_is_a_change_within_the_range(name):
    for strength in (-1.0, 1.0):
        found = OPERATIONS[name](IMAGE[0] * np.float32(0.9), strength)
        assert found.dtype == np.float32
        assert 0.0 <= found.min() <= found.max() <= 1.0
        assert np.abs(found - IMAGE[0] * np.float32(0.9)).mean() > 0.01


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("translate_x", (100, 100), (100, 250)),  # 150 of 331 pixels
        ("translate_y", (100, 100), (250, 100)),
        ("shear_x", (65, 165), (65, 135)),  # 100 above the center move by 0.3 * 100 to the left
        ("shear_y", (165, 265), (195, 265)),
        ("rotate", (165, 265), (115, 252)),  # 100 * (sin, cos) 30 degrees = (50, 86.6)
    ],
)
def test_sizes_on_one_white_pixel(name, start, end):
    found = OPERATIONS[name](white(*start), 1.0)[..., 0]
    found[found == 0.5] = 0.0  # the grey that came in
    brightest = np.unravel_index(found.argmax(), found.shape)
    assert brightest == end


def test_operations_follow_one_another():
    chosen = np.array([[NAMES.index("brightness"), NAMES.index("solarize")]])
    found = RandAugment().apply(IMAGE, chosen, np.array([[-0.5, 0.8]]))
    darker = OPERATIONS["brightness"](IMAGE[0], -0.5)
    np.testing.assert_array_equal(found[0], OPERATIONS["solarize"](darker, 0.8))
    np.testing.assert_allclose(darker, IMAGE[0] * 0.55, rtol=1e-5)
