"""Photographs are those of their packages; the central square is cut as Pillow would cut it."""

import numpy as np
import pytest
import skimage.data
from PIL import Image
from sklearn.datasets import load_sample_image

from course_lib.data import PHOTOS, central_square, photo
from course_lib.data.photos import Photo


@pytest.mark.parametrize("name", PHOTOS)
def test_every_photograph_is_rgb_in_range_with_a_credit(name):
    image = photo(name)
    assert image.ndim == 3
    assert image.shape[-1] == 3
    assert image.dtype == np.float32
    assert 0 <= image.min() < 0.1 < 0.9 < image.max() <= 1
    assert PHOTOS[name].credit


@pytest.mark.parametrize("name", ["chelsea", "coffee", "astronaut", "rocket"])
def test_photographs_of_scikit_image(name):
    wanted = getattr(skimage.data, name)()
    np.testing.assert_array_equal(np.round(photo(name) * 255), wanted)


@pytest.mark.parametrize("name", ["china", "flower"])
def test_photographs_of_scikit_learn(name):
    wanted = load_sample_image(f"{name}.jpg")
    np.testing.assert_array_equal(np.round(photo(name) * 255), wanted)


def test_a_grey_photograph_has_three_equal_channels():
    image = photo("camera")
    np.testing.assert_array_equal(np.round(image[..., 1] * 255), skimage.data.camera())
    np.testing.assert_array_equal(image[..., 0], image[..., 2])


def test_unknown_and_damaged_photographs(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match=r"the photographs are astronaut, .*; got 'dog'"):
        photo("dog")
    folder = tmp_path / "course_photos"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "a.jpg").write_bytes(b"\xff\xd8\xff half a photograph")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(PHOTOS, "half", Photo("course_photos", "a.jpg", "nobody"))
    with pytest.raises(OSError, match=r"a\.jpg is damaged .*pip install --force-reinstall"):
        photo("half")


@pytest.mark.parametrize("name", ["chelsea", "china", "rocket"])
@pytest.mark.parametrize(("size", "short_side"), [(224, None), (160, 160), (64, 73)])
def test_the_square_is_what_pillow_makes_of_bytes(name, size, short_side):
    """Of bytes, Pillow rounds and cuts off overshoots after each of two directions."""
    image = Image.fromarray(np.round(photo(name) * 255).astype("uint8"))
    scale = (short_side or 256) / min(image.size)
    image = image.resize([round(side * scale) for side in image.size], Image.Resampling.BICUBIC)
    left, top = ((side - size) // 2 for side in image.size)
    wanted = np.asarray(image.crop((left, top, left + size, top + size)), "float32") / 255
    found = central_square(photo(name), size, short_side)
    assert found.shape == (size, size, 3)
    assert found.dtype == np.float32
    assert 0 <= found.min() <= found.max() <= 1
    difference = 255 * np.abs(found - wanted)
    assert np.quantile(difference, 0.999) < 1.5
    assert difference.max() < 8


def test_fine_stripes_do_not_alias():
    stripes = np.tile(np.array([0.0, 1.0], "float32"), (64, 256))[..., None]
    np.testing.assert_allclose(central_square(stripes, 8, 8), 0.5, atol=0.02)


def test_an_image_of_the_right_size_stays():
    image = np.random.RandomState(0).uniform(size=(32, 32, 3)).astype("float32")
    np.testing.assert_array_equal(central_square(image, 32, 32), image)


@pytest.mark.parametrize(
    ("shape", "options", "message"),
    [
        ((1, 8, 8, 3), {}, r"one image \(H, W, C\) is needed, got \(1, 8, 8, 3\)"),
        ((8, 8), {}, r"one image \(H, W, C\) is needed, got \(8, 8\)"),
        ((8, 8, 3), {"size": 9, "short_side": 8}, "size must be 1 to short_side, 8, got 9"),
        ((8, 8, 3), {"size": 0}, "size must be 1 to short_side, 0, got 0"),
    ],
)
def test_bad_input(shape, options, message):
    with pytest.raises(ValueError, match=message):
        central_square(np.zeros(shape, "float32"), **options)
