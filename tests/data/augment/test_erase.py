"""What is covered, how much of it and how often."""

import numpy as np
import pytest

from course_lib.data.augment import Cutout, RandomErasing

GREY = np.full((1, 6, 8, 2), 0.5, "float32")


def generator():
    return np.random.default_rng(9)


def test_a_box_is_top_left_height_width():
    found = Cutout(2, fill=1.0).apply(GREY, np.array([[1, 5, 2, 3]]))
    assert (found[0, 1:3, 5:8] == 1.0).all()
    assert found.sum() == pytest.approx(0.5 * GREY.size + 0.5 * 2 * 3 * 2)


def test_cutout_may_stick_out():
    """The center is any of 8x8 pixels; a square of 4 is whole at 5x5 of them."""
    count = 20_000
    (boxes,) = Cutout(4).draw(generator(), (count, 8, 8, 1))
    whole = np.mean(boxes[:, 2] * boxes[:, 3] == 16)
    assert whole == pytest.approx(25 / 64, abs=5 * 0.0035)
    # Rows covered from a center 0..7 with half 2: 2 3 4 4 4 4 4 3, of which the mean is 3.5.
    assert boxes[:, 2].mean() == pytest.approx(3.5, abs=0.03)


def test_erased_images_their_areas_and_shapes():
    """Zhong et al. 2020: half of the images, 2 to 40 %, height over width 0.3 to 3.33."""
    count = 20_000
    boxes, seeds = RandomErasing().draw(generator(), (count, 500, 500, 3))
    covered = boxes[boxes[:, 2] > 0]
    assert len(covered) / count == pytest.approx(0.5, abs=5 * 0.0036)
    area = covered[:, 2] * covered[:, 3] / 500**2
    ratio = covered[:, 2] / covered[:, 3]
    assert 0.0195 < area.min() < 0.021
    assert 0.39 < area.max() < 0.401
    assert 0.29 < ratio.min() < 0.32
    assert 3.2 < ratio.max() < 3.4
    # Below 0.3 every ratio fits (0.3 * 3.33 < 1), so areas there are even.
    small = area[area < 0.3]
    assert np.mean(small < 0.16) == pytest.approx(0.5, abs=0.025)
    # The ratio itself is even where all fit, not its logarithm: 1 lies at 0.23 of its span.
    thin = ratio[area < 0.3]
    assert np.mean(thin < 1.0) == pytest.approx((1 - 0.3) / (1 / 0.3 - 0.3), abs=0.02)
    assert (covered[:, :2] + covered[:, 2:] <= 500).all()
    assert len(np.unique(seeds)) == count


def test_random_pixels_are_even_and_differ_between_channels():
    image = np.full((1, 100, 100, 3), 0.5, "float32")
    found = RandomErasing().apply(image, np.array([[0, 0, 100, 100]]), [3])
    assert found.min() >= 0.0
    assert found.mean() == pytest.approx(0.5, abs=0.01)
    assert found.std() == pytest.approx(1 / np.sqrt(12), abs=0.01)
    np.testing.assert_allclose(np.corrcoef(found.reshape(-1, 3).T), np.eye(3), atol=0.05)


def test_a_value_instead_of_random_pixels():
    found = RandomErasing(fill=0.0).apply(GREY, np.array([[2, 0, 3, 4]]), [3])
    assert np.argwhere(found[0, ..., 0] == 0.0).tolist() == [
        [y, x] for y in (2, 3, 4) for x in range(4)
    ]


def test_nothing_is_covered_where_no_box_fits():
    """0.9 of the area, at least twice as high as wide, does not fit into a square."""
    erasing = RandomErasing(1.0, area=(0.9, 0.9), ratio=(2.0, 3.0))
    boxes, _ = erasing.draw(generator(), (50, 20, 20, 1))
    assert (boxes == 0).all()
