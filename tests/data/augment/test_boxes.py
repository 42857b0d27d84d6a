"""Boxes: inside the image, of the area that was drawn, at places drawn evenly."""

import numpy as np

from course_lib.data.augment import boxes


def draw():
    return np.random.default_rng(2)


def test_the_first_pair_that_fits_is_taken():
    """20x10 pixels: a square of half the area is 10x10; one of the whole area does not fit."""
    areas = np.array([[0.5, 0.02], [1.0, 0.02], [1.0, 1.0]])
    found, fitted = boxes.fitting_boxes(draw(), areas, np.ones((3, 2)), (20, 10))
    assert found[:, 2:].tolist() == [[10, 10], [2, 2], [10, 10]]
    assert fitted.tolist() == [True, True, False]
    assert found[2].tolist() == [5, 0, 10, 10]  # the largest, in the middle


def test_ratio_is_width_over_height():
    found, _ = boxes.fitting_boxes(draw(), np.full((1, 1), 0.08), np.full((1, 1), 2.0), (20, 20))
    assert found[0, 2:].tolist() == [4, 8]


def test_places_are_drawn_evenly():
    count = 12_000
    found, _ = boxes.fitting_boxes(draw(), np.full((count, 1), 9 / 25), np.ones((count, 1)), (5, 5))
    places = np.bincount(found[:, 0] * 3 + found[:, 1], minlength=9) / count
    # Standard deviation of a share: sqrt(1/9 * 8/9 / 12,000) = 0.0029.
    np.testing.assert_allclose(places, 1 / 9, atol=5 * 0.0029)


def test_centers_are_drawn_from_all_pixels_and_edges_cut():
    count = 20_000
    found = boxes.centered_boxes(draw(), np.full(count, 3), np.full(count, 1), (4, 5))
    top, left, height, width = found.T
    assert set(zip(top.tolist(), height.tolist(), strict=True)) == {(0, 2), (0, 3), (1, 3), (2, 2)}
    assert set(width.tolist()) == {1}
    # Standard deviation of a share: sqrt(1/4 * 3/4 / 20,000) = 0.0031.
    np.testing.assert_allclose(np.mean(height == 3), 0.5, atol=5 * 0.0035)
    np.testing.assert_allclose(np.bincount(left) / count, 0.2, atol=5 * 0.0028)


def test_boxes_of_no_size_cover_nothing():
    found = boxes.centered_boxes(draw(), np.zeros(9, int), np.zeros(9, int), (4, 5))
    assert (found[:, 2:] == 0).all()
