"""Lab of the LeNet chapter: move a kernel over a picture, see the products and their sum."""

import base64
import struct
import zlib

import numpy as np

from course_lib.figure import figure_html
from course_lib.widgets.lab import Lab, check_choice, check_range
from course_lib.widgets.pictures import decode, pictures

SIDE = 5  # of the kernel, as in LeNet-5
EDGES = (-1.0, -1.0, 0.0, 1.0, 1.0)  # one row of the kernel that finds vertical edges
KERNELS = {
    "vertical edges": np.tile(EDGES, (SIDE, 1)),
    "horizontal edges": np.tile(EDGES, (SIDE, 1)).T,
    "outline": np.where(np.arange(25) == 12, 24.0, -1.0).reshape(SIDE, SIDE),
    "blur": np.full((SIDE, SIDE), 0.04),
    "identity": np.where(np.arange(25) == 12, 1.0, 0.0).reshape(SIDE, SIDE),
}


def conv(
    size: int = 28, *, kernel: str = "vertical edges", stride: int = 1, padding: int = 0
) -> Lab:
    """Show a 5x5 kernel that moves over a picture: its 25 products, their sum, the whole output.

    LeCun et al. 1998, section II: layer C1 is six such kernels on a picture of 32x32 pixels.

    Args:
        size: side of the picture, 28 to 64 pixels.
        kernel: what the lab starts with, one of `KERNELS`.
        stride: pixels from one output to the next, 1 to 3.
        padding: rows and columns of zeros on each side, 0 to 2.

    Returns:
        The lab, the last expression of a cell.

    Raises:
        ValueError: an argument outside these bounds.
    """
    check_range("size", size, 28, 64)
    check_choice("kernel", kernel, KERNELS)
    check_range("stride", stride, 1, 3)
    check_range("padding", padding, 0, 2)
    settings = {
        "size": size,
        "stride": stride,
        "padding": padding,
        "kernel": [float(weight) for weight in KERNELS[kernel].flat],
        "pictures": pictures(size),
    }
    return Lab("conv", settings, lambda: figure(settings, kernel))


def convolve(pixels: np.ndarray, kernel: np.ndarray, stride: int, padding: int) -> np.ndarray:
    """Slide the kernel over a picture: (n, n) pixels to (m, m) sums of products."""
    padded = np.pad(pixels, padding)
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape)[::stride, ::stride]
    return np.einsum("ijkl,kl->ij", windows, kernel)


def figure(settings: dict, name: str) -> str:
    """Draw picture, kernel and output map as a figure without scripts."""
    stride, padding = settings["stride"], settings["padding"]
    pixels = decode(next(iter(settings["pictures"].values())))
    kernel = np.array(settings["kernel"]).reshape(SIDE, SIDE)
    output = convolve(pixels, kernel, stride, padding)
    size, across, row = len(pixels), len(output), len(output) // 2
    column = across // 2
    top, left = ((at * stride - padding) * 200 / size for at in (row, column))
    cell = 200 / across
    side = SIDE * 200 / size
    alt = (
        f"A picture of {size} by {size} pixels with a 5 by 5 window, the kernel for {name}, and "
        f"the output map of {across} by {across} numbers with one of them framed."
    )
    drawing = "".join(
        [
            _picture(_grey(pixels), x=0),
            _frame(left, top, side),
            _weights(kernel, x=240),
            _picture(_signed(output), x=400),
            _frame(400 + column * cell, row * cell, cell),
            '<text x="220" y="104" text-anchor="middle">\N{ASTERISK OPERATOR}</text>'
            '<text x="380" y="104" text-anchor="middle">=</text>',
        ]
    )
    caption = (
        "A 5\N{MULTIPLICATION SIGN}5 kernel moves over the picture. Each number of the output map "
        "is the sum of 25 products, pixel times weight, at one position of the window."
    )
    svg = (
        '<svg viewBox="-2 -2 604 204" style="width:100%;max-width:44rem" fill="currentColor" '
        f'font-size="15">{drawing}</svg>'
    )
    return figure_html(svg, alt, caption)


def _picture(levels: np.ndarray, *, x: int) -> str:
    data = base64.b64encode(png(levels)).decode()
    return (
        f'<image x="{x}" y="0" width="200" height="200" style="image-rendering:pixelated" '
        f'href="data:image/png;base64,{data}"/>'
    )


def _frame(x: float, y: float, side: float) -> str:
    box = f'x="{x:.1f}" y="{y:.1f}" width="{side:.1f}" height="{side:.1f}" fill="none"'
    return (
        f'<rect {box} stroke="#000" stroke-width="4"/><rect {box} stroke="#ff5cc8" '
        'stroke-width="2"/>'
    )


def _weights(kernel: np.ndarray, *, x: int) -> str:
    texts = "".join(
        f'<text x="{x + 12 + 24 * j}" y="{56 + 24 * i}" text-anchor="middle">'
        + f"{weight:g}</text>".replace("-", "\N{MINUS SIGN}")
        for i, row in enumerate(kernel.tolist())
        for j, weight in enumerate(row)
    )
    return texts + (
        f'<rect x="{x}" y="36" width="120" height="124" fill="none" stroke="currentColor"/>'
    )


def _grey(pixels: np.ndarray) -> np.ndarray:
    return np.repeat((16 + 239 * pixels)[..., None], 3, axis=-1).astype(np.uint8)


def _signed(values: np.ndarray) -> np.ndarray:
    """Colour orange above zero and blue below, on a dark ground."""
    share = (values / max(1e-9, np.abs(values).max()))[..., None]
    colour = np.where(share < 0, (86, 160, 255), (255, 176, 0))
    return (16 + np.abs(share) * (colour - 16)).astype(np.uint8)


def png(colours: np.ndarray) -> bytes:
    """Encode an image.

    Args:
        colours: (height, width, 3), uint8.

    Returns:
        A PNG file.
    """
    height, width, _ = colours.shape
    rows = b"".join(b"\0" + row.tobytes() for row in colours)

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", head),
            chunk(b"IDAT", zlib.compress(rows, 9)),
            chunk(b"IEND", b""),
        ]
    )
