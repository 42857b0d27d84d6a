"""Reading between pixels: against SciPy and Pillow, exactly where nothing is interpolated."""

import numpy as np
import pytest
import scipy.ndimage
from PIL import Image

from course_lib.data.augment.interpolate import resize, sample

DRAW = np.random.default_rng(1)
IMAGE = DRAW.random((13, 17, 3), dtype="float32")
GRID = np.mgrid[:13, :17].astype("float32")


@pytest.mark.parametrize("fill", [0.0, 1.0])
def test_sample_is_scipy_s_bilinear_interpolation(fill):
    """Places inside, on the edge, within a pixel of it, and far outside."""
    places = DRAW.uniform(-6, 22, size=(2, 40, 30)).astype("float32")
    wanted = np.stack(
        [
            scipy.ndimage.map_coordinates(channel, places, order=1, mode="grid-constant", cval=fill)
            for channel in np.moveaxis(IMAGE, -1, 0)
        ],
        axis=-1,
    )
    found = sample(IMAGE, *places, fill)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, wanted, atol=3e-6)


def test_sample_at_pixels_is_exact():
    np.testing.assert_array_equal(sample(IMAGE, *GRID), IMAGE)
    np.testing.assert_array_equal(sample(IMAGE, *(GRID + 1))[:-1, :-1], IMAGE[1:, 1:])


def test_sample_far_away_is_the_fill():
    places = np.full((2, 1, 4), 1e9, "float32")
    places[0, 0] = [-1, 13, -1e9, 6]
    places[1, 0] = [3, 3, 3, 17]
    assert sample(IMAGE, *places, 0.25).ravel().tolist() == [0.25] * 12


def test_half_way_is_the_mean():
    image = np.array([[0.0, 0.2], [0.4, 0.8]], "float32")[..., None]
    half = np.full((1, 1), 0.5, "float32")
    assert sample(image, half, half).item() == pytest.approx(0.35)
    assert sample(image, half - 1, half * 0).item() == pytest.approx(0.0)
    assert sample(image, half - 1, half * 2, 1.0).item() == pytest.approx(0.6)


@pytest.mark.parametrize("size", [(13, 17), (26, 34), (40, 9), (7, 8), (1, 1), (14, 16)])
def test_resize_is_pillow_s(size):
    height, width = size
    wanted = np.stack(
        [
            np.asarray(
                Image.fromarray(IMAGE[..., i]).resize((width, height), Image.Resampling.BILINEAR)
            )
            for i in range(3)
        ],
        axis=-1,
    )
    found = resize(IMAGE, height, width)
    assert found.shape == (*size, 3)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_resize_to_the_same_size_is_an_exact_copy():
    found = resize(IMAGE, 13, 17)
    np.testing.assert_array_equal(found, IMAGE)
    assert not np.shares_memory(found, IMAGE)


@pytest.mark.parametrize("value", [0.0, 1.0, 0.1])
def test_no_value_leaves_the_range(value):
    image = np.full((11, 7, 1), value, "float32")
    places = DRAW.uniform(0, 6, size=(2, 50, 50)).astype("float32")
    for found in (sample(image, *places), resize(image, 29, 5)):
        np.testing.assert_allclose(found, value, atol=1e-6)
        assert 0.0 <= found.min() <= found.max() <= 1.0
