"""Geometry on one white pixel, by hand; values against SciPy and Pillow; statistics of draws."""

import math

import numpy as np
import pytest
import scipy.ndimage
from PIL import Image

from course_lib.data.augment import Affine, Elastic
from course_lib.data.augment.warp import affine_matrices

DRAW = np.random.default_rng(5)
IMAGE = DRAW.random((1, 21, 21, 1), dtype="float32")


def generator():
    return np.random.default_rng(6)


def white(row, column, height=9, width=9):
    image = np.zeros((1, height, width, 1), "float32")
    image[0, row, column] = 1.0
    return image


def where(images):
    return [tuple(place) for place in np.argwhere(images[0, ..., 0] > 0.99).tolist()]


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({}, (4, 7)),
        ({"degrees": 90}, (1, 4)),  # from the right to the top: counter-clockwise as seen
        ({"degrees": -90}, (7, 4)),
        ({"degrees": 180}, (4, 1)),
        ({"shear": 45}, (4, 7)),  # the middle row stays
        ({"zoom": 4 / 3}, (4, 8)),  # 3 pixels from the center become 4
        ({"degrees": 90, "zoom": 4 / 3}, (0, 4)),
    ],
)
def test_a_pixel_right_of_the_center(settings, place):
    found = Affine().apply(white(4, 7), affine_matrices(**settings))
    assert where(found) == [place]


@pytest.mark.parametrize(("row", "column"), [(2, 2), (6, 6)])
def test_a_shear_makes_upright_lines_lean_to_the_left(row, column):
    """By 45 degrees, 2 pixels above the center move 2 to the left, 2 below it 2 to the right."""
    found = Affine().apply(white(row, 4), affine_matrices(shear=45))
    assert where(found) == [(row, column)]


def test_shear_comes_before_rotation():
    """(0, -2) leans to (-2, -2); a quarter turn carries that to the lower left, (-2, 2)."""
    found = Affine().apply(white(2, 4), affine_matrices(degrees=90, shear=45))
    assert where(found) == [(6, 2)]


def test_shifts_are_pixels_right_and_down():
    found = Affine().apply(white(4, 4), affine_matrices(), [(3, -2)])
    assert where(found) == [(2, 7)]


def test_the_center_of_an_even_image_lies_between_pixels():
    found = Affine().apply(white(0, 0, 4, 4), affine_matrices(degrees=90))
    assert where(found) == [(3, 0)]


def test_fill_comes_in_from_outside():
    found = Affine(fill=0.25).apply(white(4, 4), affine_matrices(), [(2, 0)])
    assert (found[0, :, :2] == 0.25).all()
    assert where(found) == [(4, 6)]


@pytest.mark.parametrize("degrees", [10, -35, 100])
def test_rotation_is_pillow_s(degrees):
    wanted = Image.fromarray(IMAGE[0, ..., 0]).rotate(degrees, Image.Resampling.BILINEAR)
    found = Affine().apply(IMAGE, affine_matrices(degrees=degrees))[0, ..., 0]
    y, x = np.mgrid[-10:11, -10:11]
    inside = np.hypot(x, y) < 9.5  # Pillow treats the edge in another way
    np.testing.assert_allclose(found[inside], np.asarray(wanted)[inside], atol=1e-5)


def test_any_matrix_is_scipy_s():
    matrix = affine_matrices(degrees=20, shear=15, zoom=1.3)
    # SciPy counts (row, column), and its matrix leads from the new place to the old one.
    back = np.linalg.inv(matrix[0][::-1, ::-1])
    center, shift = np.array([10, 10]), np.array([-1.5, 2.25])
    wanted = scipy.ndimage.affine_transform(
        IMAGE[0, ..., 0],
        back,
        center - back @ (center + shift),
        order=1,
        mode="grid-constant",
        cval=0.5,
    )
    found = Affine(fill=0.5).apply(IMAGE, matrix, [shift[::-1]])
    np.testing.assert_allclose(found[0, ..., 0], wanted, atol=1e-5)


def test_draws_are_even_within_their_limits():
    augment = Affine(degrees=30, shear=20, shift=0.1, zoom=2.0)
    matrices, shifts = augment.draw(generator(), (20_000, 50, 100, 1))
    first = matrices[:, :, 0]  # what becomes of a step to the right: not sheared
    degrees = np.degrees(np.arctan2(-first[:, 1], first[:, 0]))
    zoom = np.log2(np.hypot(*first.T))
    # The matrix is zoom * rotation * shear; its two columns hold zoom^2 tan(shear) as product.
    lean = np.degrees(np.arctan(np.sum(first * matrices[:, :, 1], axis=1) / 4.0**zoom))
    for values, limit in [
        (degrees, 30),
        (lean, 20),
        (zoom, 1),
        (shifts[:, 0], 10),
        (shifts[:, 1], 5),
    ]:
        assert np.abs(values).max() <= limit * (1 + 1e-9)
        assert np.abs(values).max() > 0.99 * limit
        # An even distribution over +-limit: mean 0, standard deviation limit / sqrt(3).
        assert values.mean() == pytest.approx(0, abs=5 * limit / math.sqrt(3 * 20_000))
        assert values.std() == pytest.approx(limit / math.sqrt(3), rel=0.02)


def test_a_field_moves_a_pixel():
    """New values are read at the place plus the field: reading 2 to the right moves it 2 left."""
    fields = np.zeros((1, 2, 9, 9), "float32")
    fields[:, 0], fields[:, 1] = -1, 2
    assert where(Elastic().apply(white(4, 4), fields)) == [(5, 2)]


def test_elastic_fields_are_as_large_as_stated_and_equally_so_at_the_edge():
    """alpha / (sigma sqrt(12 pi)) = 34 / (4 * 6.14) = 1.38 pixels."""
    (fields,) = Elastic().draw(generator(), (300, 29, 29, 1))
    wanted = 34 / (4 * math.sqrt(12 * math.pi))
    assert wanted == pytest.approx(1.384, abs=1e-3)
    assert fields.std() == pytest.approx(wanted, rel=0.03)
    corners = fields[:, :, [0, 0, -1, -1], [0, -1, 0, -1]]
    assert corners.std() == pytest.approx(wanted, rel=0.06)
    assert np.abs(fields.mean()) < 0.1
    neighbors = np.corrcoef(fields[:, 0, :, :-1].ravel(), fields[:, 0, :, 1:].ravel())[0, 1]
    # A Gaussian of sigma, with itself one pixel on: exp(-1 / (4 sigma^2)).
    assert neighbors == pytest.approx(math.exp(-1 / 64), abs=2e-3)
    directions = np.corrcoef(fields[:, 0].ravel(), fields[:, 1].ravel())[0, 1]
    assert abs(directions) < 0.05


def test_elastic_smooths_as_scipy_s_gaussian():
    noise = generator().random((1, 2, 29 + 32, 29 + 32), dtype="float32") * 2 - 1
    (fields,) = Elastic(alpha=5.0).draw(generator(), (1, 29, 29, 1))
    wanted = scipy.ndimage.gaussian_filter(noise, 4, axes=(2, 3), truncate=4.0)
    np.testing.assert_allclose(fields, 5 * wanted[:, :, 16:-16, 16:-16], atol=1e-5)


def test_elastic_values_are_scipy_s():
    (fields,) = Elastic(alpha=20.0, sigma=3.0).draw(generator(), IMAGE.shape)
    places = np.mgrid[:21, :21] + fields[0]
    wanted = scipy.ndimage.map_coordinates(IMAGE[0, ..., 0], places, order=1, mode="grid-constant")
    found = Elastic().apply(IMAGE, fields)[0, ..., 0]
    np.testing.assert_allclose(found, wanted, atol=1e-5)
