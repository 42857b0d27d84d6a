"""The kernel lab: its arithmetic in Python and in JavaScript, and its figure."""

import base64
import re
import zlib

import numpy as np
import pytest

from course_lib.widgets.conv import KERNELS, conv, convolve, png
from course_lib.widgets.pictures import decode


def by_hand(pixels, kernel, stride, padding):
    """Sum the products one by one."""
    padded = np.pad(pixels, padding)
    side = (len(padded) - 5) // stride + 1
    return [
        sum(
            padded[i * stride + a, j * stride + b] * kernel[a, b]
            for a in range(5)
            for b in range(5)
        )
        for i in range(side)
        for j in range(side)
    ]


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 0), (3, 2), (1, 2)])
def test_both_languages_agree_with_sums_by_hand(call, stride, padding):
    rng = np.random.default_rng(0)
    pixels, kernel = rng.random((9, 9)), rng.normal(size=(5, 5))
    expected = by_hand(pixels, kernel, stride, padding)
    given = [pixels.ravel().tolist(), 9, kernel.ravel().tolist(), stride, padding]
    assert np.allclose(call("conv", "convolve", *given), expected)
    assert np.allclose(convolve(pixels, kernel, stride, padding).ravel(), expected)
    assert call("conv", "outputs", 9, stride, padding) ** 2 == len(expected)


def test_both_languages_have_the_same_kernels(call):
    theirs = call("conv", "KERNELS")
    assert list(theirs) == list(KERNELS)
    for name, kernel in KERNELS.items():
        assert np.allclose(theirs[name], kernel.ravel())


def test_both_languages_read_the_same_pixels(call):
    digits = next(iter(conv(32).settings["pictures"].values()))
    assert np.allclose(call("conv", "decode", digits), decode(digits).ravel())


def test_kernel_larger_than_the_picture_has_no_output(call):
    assert call("conv", "outputs", 4, 1, 0) == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 27}, "size must be an integer from 28 to 64, got 27"),
        ({"size": 28.0}, "got 28.0"),
        ({"kernel": "sobel"}, "kernel must be one of"),
        ({"stride": 0}, "stride must be an integer from 1 to 3"),
        ({"padding": 3}, "padding must be an integer from 0 to 2"),
    ],
)
def test_arguments_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        conv(**options)


def test_figure_is_small_and_described():
    html = conv(32, kernel="blur").html()
    assert len(html) < 10_000
    assert 'role="img"' in html
    assert "kernel for blur" in html
    assert "output map of 28 by 28 numbers" in html


def test_figure_frames_the_middle():
    frames = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"', conv(32).html())
    assert ("87.5", "87.5", "31.2") in frames  # 14 of 32 pixels from the edge, 5 wide


def test_png_holds_the_colours():
    colours = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    data = png(colours)
    assert data.startswith(b"\x89PNG")
    body = data[data.index(b"IDAT") + 4 : data.index(b"IEND") - 8]
    rows = zlib.decompress(body)
    assert rows == b"\0" + colours[0].tobytes() + b"\0" + colours[1].tobytes()
    assert base64.b64encode(data).decode() not in conv(28).html()
