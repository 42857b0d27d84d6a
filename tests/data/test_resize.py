"""Padding and shrinking: exact on images small enough to check by hand."""

import numpy as np
import pytest

from course_lib.data import pad_to, shrink


def test_pad_puts_zeros_around():
    padded = pad_to(np.ones((2, 28, 28, 1), "float32"), 32)
    assert padded.shape == (2, 32, 32, 1)
    assert padded.dtype == np.float32
    assert padded[:, 2:30, 2:30].min() == 1.0
    assert padded.sum() == 2 * 28 * 28


def test_pad_odd_frame_and_no_frame():
    padded = pad_to(np.ones((1, 2, 4, 1)), 5)
    assert padded[0, :, :, 0].tolist() == [[0] * 5] + [[1, 1, 1, 1, 0]] * 2 + [[0] * 5] * 2
    np.testing.assert_array_equal(pad_to(padded, 5), padded)


def test_pad_refuses_to_cut():
    with pytest.raises(ValueError, match="side must be at least 28, got 20"):
        pad_to(np.ones((1, 28, 20, 1)), 20)


def test_shrink_takes_means():
    image = np.array([[1, 3, 0, 0], [5, 7, 0, 8]], "float32")[None, :, :, None]
    small = shrink(image, 2)
    assert small[0, :, :, 0].tolist() == [[4.0, 2.0]]
    assert small.dtype == np.float32
    np.testing.assert_array_equal(shrink(image, 1), image)


def test_shrink_keeps_channels_apart():
    image = np.stack([np.zeros((2, 2)), np.ones((2, 2))], axis=-1)[None]
    assert shrink(image, 2)[0, 0, 0].tolist() == [0.0, 1.0]


@pytest.mark.parametrize("factor", [3, 0])
def test_shrink_refuses_what_does_not_divide(factor):
    with pytest.raises(ValueError, match=f"factor must divide the 28x28 pixels, got {factor}"):
        shrink(np.ones((1, 28, 28, 1)), factor)
