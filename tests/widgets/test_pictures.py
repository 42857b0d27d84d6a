"""The small pictures of the labs."""

import numpy as np
import pytest

from course_lib.widgets.pictures import boot, decode, encode, pictures, stroke


@pytest.mark.parametrize("size", [28, 32, 64])
def test_pictures_fill_a_square(size):
    for digits in pictures(size).values():
        pixels = decode(digits)
        assert pixels.shape == (size, size)
        assert pixels.min() == 0
        assert pixels.max() == 1


def test_encode_keeps_sixteen_levels():
    pixels = np.arange(16).reshape(4, 4) / 15
    assert encode(pixels) == "0123456789abcdef"
    assert np.array_equal(decode(encode(pixels)), pixels)


def test_stroke_is_white_on_the_line_and_black_away_from_it():
    pixels = stroke(((0.25, 0.5), (0.75, 0.5)), 40)
    assert pixels[20, 20] == 1
    assert pixels[20, 2] == pixels[5, 20] == 0
    assert np.allclose(pixels, pixels[::-1], atol=1e-9)  # a horizontal line in the middle


def test_boot_is_in_the_middle():
    pixels = boot(40)
    rows, columns = (np.flatnonzero(pixels.max(axis=axis)) for axis in (1, 0))
    assert (rows[0], rows[-1]) == (12, 26)  # 15 rows
    assert (columns[0], columns[-1]) == (6, 33)  # 28 columns
    assert np.array_equal(pixels[6:34, 6:34], boot(28))
