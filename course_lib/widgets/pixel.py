"""Lab of the chapter on 1x1 convolutions: one pixel's channels, weighed and added up.

Lin, Chen and Yan 2014, "Network in network", section 3.1: a 1x1 convolution recombines the
channels of each pixel linearly, with the same weights everywhere, and a ReLU follows.
"""

from typing import Any

import numpy as np

from course_lib.figure import figure_html
from course_lib.widgets.lab import Lab, check_choice, check_number, check_range

SIDE = 8
SQUARE = slice(2, 6)  # rows and columns of the light square whose maps come in
CHANNELS = ("rising", "falling", "light")
TITLES = ("rising edges", "falling edges", "light", "comes out")
MOST = 2  # of a weight, and of the bias
GROUND, ABOVE, BELOW = (16, 16, 16), (255, 176, 0), (86, 160, 255)
CELL, GAP = 16, 26  # of the drawing


def pixel(
    weights: tuple[float, float, float] = (1, 0, 0),
    *,
    bias: float = 0,
    relu: bool = True,
    row: int = 3,
    column: int = 2,
) -> Lab:
    """Show what a 1x1 convolution with one filter makes of the three channels of each pixel.

    Lin et al. 2014, section 3.1.  The channels say of a light square on a dark ground where
    brightness rises from left to right, where it falls, and where it is light.

    Args:
        weights: of the three channels, each from -2 to 2.
        bias: -2 to 2.
        relu: whether a ReLU follows.
        row: of the pixel that is looked at, 0 to 7.
        column: of the same pixel.

    Returns:
        The lab, the last expression of a cell.

    Raises:
        ValueError: an argument outside these bounds, or not three weights.
    """
    if len(weights) != len(CHANNELS):
        raise ValueError(f"weights must be three, one for each channel, got {weights!r}")
    for name, weight in zip(CHANNELS, weights, strict=True):
        check_number(f"the weight of {name!r}", weight, -MOST, MOST)
    check_number("bias", bias, -MOST, MOST)
    check_choice("relu", relu, (True, False))
    for name, place in (("row", row), ("column", column)):
        check_range(name, place, 0, SIDE - 1)
    settings = dict(zip(CHANNELS, weights, strict=True))
    settings |= {"bias": bias, "relu": relu, "row": row, "column": column}
    return Lab("pixel", settings, lambda: figure(settings))


def maps() -> np.ndarray:
    """Return the maps that come in, (8, 8, 3)."""
    found = np.zeros((SIDE, SIDE, len(CHANNELS)))
    found[SQUARE, SQUARE.start, 0] = 1
    found[SQUARE, SQUARE.stop - 1, 1] = 1
    found[SQUARE, SQUARE, 2] = 1
    return found


def output(settings: dict[str, Any]) -> np.ndarray:
    """Return the map that comes out, (8, 8)."""
    found = maps() @ np.array([settings[name] for name in CHANNELS]) + settings["bias"]
    return np.maximum(found, 0) if settings["relu"] else found


def figure(settings: dict[str, Any]) -> str:
    """Draw the three maps that come in and the one that comes out, without scripts."""
    shown = [*np.moveaxis(maps(), 2, 0), output(settings)]
    row, column = settings["row"], settings["column"]
    parts = "".join(_map(i, each, row, column) for i, each in enumerate(shown))
    signs = "".join(
        f'<text x="{(i + 1) * (SIDE * CELL + GAP) - GAP / 2}" y="90" text-anchor="middle">'
        f"{sign}</text>"
        for i, sign in enumerate("++=")
    )
    names = zip(CHANNELS, maps()[row, column], strict=True)
    terms = " + ".join(f"{settings[name]:g} \N{MIDDLE DOT} {value:g}" for name, value in names)
    ending = ", then ReLU" if settings["relu"] else ""
    caption = (
        f"The framed pixel: {terms} + {settings['bias']:g}{ending}, is "
        f"{shown[-1][row, column]:g}. Every pixel has the same weights. Orange is above zero, "
        "blue below."
    ).replace("-", "\N{MINUS SIGN}")
    alt = (
        "Three maps of 8 by 8 pixels, rising edges, falling edges and light, and the map that "
        "comes out of a 1x1 convolution; the same pixel is framed in each."
    )
    width = 4 * SIDE * CELL + 3 * GAP
    svg = (
        f'<svg viewBox="-2 -2 {width + 4} 154" style="width:100%;max-width:38rem" '
        f'fill="currentColor" font-size="13" shape-rendering="crispEdges">{parts}{signs}</svg>'
    )
    return figure_html(svg, alt, caption)


def _map(index: int, values: np.ndarray, row: int, column: int) -> str:
    left = index * (SIDE * CELL + GAP)
    top = max(1e-9, float(np.abs(values).max()))
    cells = "".join(
        f'<path fill="{_colour(values[y, x] / top)}" '
        f'd="M{left + x * CELL} {20 + y * CELL}h16v16h-16z"/>'
        for y, x in zip(*np.nonzero(values), strict=True)
    )
    side = SIDE * CELL
    frame = f'x="{left + column * CELL}" y="{20 + row * CELL}" width="16" height="16" fill="none"'
    return (
        f'<text x="{left + side / 2}" y="12" text-anchor="middle">{TITLES[index]}</text>'
        f'<rect x="{left}" y="20" width="{side}" height="{side}" fill="rgb{GROUND}"/>{cells}'
        f'<rect {frame} stroke="#000" stroke-width="4"/><rect {frame} stroke="#ff5cc8" '
        'stroke-width="2"/>'
    )


def _colour(share: float) -> str:
    ends = zip(GROUND, BELOW if share < 0 else ABOVE, strict=True)
    return "#" + "".join(f"{round(low + abs(share) * (high - low)):02x}" for low, high in ends)
