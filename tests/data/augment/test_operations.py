"""Each operation is Pillow's, up to the whole numbers that Pillow rounds to."""

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps

from course_lib.data.augment import operations as op

DRAW = np.random.default_rng(11)
# Grey levels that crowd around the middle, as in a photograph; 40 % of them are one value.
LEVELS = np.clip(DRAW.normal(120, 40, size=(31, 37, 3)), 0, 255).astype("uint8")
LEVELS[DRAW.random((31, 37)) < 0.4] = (90, 100, 110)
IMAGE = LEVELS.astype("float32") / 255


def pillow(function):
    return np.asarray(function(Image.fromarray(LEVELS))).astype("float32") / 255


@pytest.mark.parametrize(
    ("ours", "theirs", "levels"),
    [
        (op.autocontrast, ImageOps.autocontrast, 1),
        (op.equalize, ImageOps.equalize, 0),
        (lambda i: op.posterize(i, 3), lambda i: ImageOps.posterize(i, 3), 0),
        (lambda i: op.posterize(i, 8), lambda i: i, 0),
        (lambda i: op.solarize(i, 128 / 255), lambda i: ImageOps.solarize(i, 128), 0),
        *(
            (lambda i, f=factor, o=ours: o(i, f), lambda i, f=factor, e=theirs: e(i).enhance(f), 2)
            for factor in (0.1, 0.6, 1.0, 1.9)
            for ours, theirs in (
                (op.color, ImageEnhance.Color),
                (op.contrast, ImageEnhance.Contrast),
                (op.brightness, ImageEnhance.Brightness),
                (op.sharpness, ImageEnhance.Sharpness),
            )
        ),
    ],
)
def test_values_are_pillow_s(ours, theirs, levels):
    found = ours(IMAGE)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, pillow(theirs), atol=(levels + 0.01) / 255)


@pytest.mark.parametrize("operation", [op.color, op.contrast, op.brightness, op.sharpness])
def test_factor_one_is_exactly_the_image(operation):
    np.testing.assert_array_equal(operation(IMAGE, 1.0), IMAGE)


@pytest.mark.parametrize("value", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("operation", [op.autocontrast, op.equalize])
def test_one_color_stays(operation, value):
    image = np.full((9, 9, 2), value, "float32")
    np.testing.assert_array_equal(operation(image), image)


def test_autocontrast_uses_the_whole_range_of_each_channel():
    found = op.autocontrast(IMAGE)
    np.testing.assert_allclose(found.min(axis=(0, 1)), 0.0)
    np.testing.assert_allclose(found.max(axis=(0, 1)), 1.0)


def test_solarize_inverts_from_the_threshold_on():
    image = np.array([0.0, 0.5, 0.75], "float32").reshape(1, 3, 1)
    assert op.solarize(image, 0.5).ravel().tolist() == [0.0, 0.5, 0.25]
    assert op.solarize(image, 0.6).ravel().tolist() == [0.0, 0.5, 0.25]
    assert op.solarize(image, 0.4).ravel().tolist() == [0.0, 0.5, 0.25]
    assert op.solarize(image, 0.0).ravel().tolist() == [1.0, 0.5, 0.25]


def test_grey_images_have_no_color_to_change():
    np.testing.assert_allclose(op.color(IMAGE[..., :1], 1.9), IMAGE[..., :1], atol=1e-6)


def test_images_too_small_to_smooth_stay():
    np.testing.assert_array_equal(op.sharpness(IMAGE[:2], 0.1), IMAGE[:2])
