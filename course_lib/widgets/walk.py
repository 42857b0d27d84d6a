"""Lab of the chapter on GoogLeNet: walk a net from the image to the classes, stop by stop.

The stops are rows of the papers' tables, or layers and blocks between them; their numbers are
computed by `course_lib.cost`, `depth` and `receptive_field` from the nets of the course.
"""

import json
from html import escape
from itertools import accumulate
from math import prod
from typing import Any, NamedTuple

from course_lib.figure import figure_html
from course_lib.widgets.lab import FOLDER, Lab, check_choice, check_range

FILE = FOLDER / "walk.json"  # written by tools/walk_data.py
ROW, LEFT, ACROSS = 17, 150, 270  # of the static figure, pixels


class Stop(NamedTuple):
    """A layer, block or module on the way through a net.

    Attributes:
        name: as the layers of the net begin.
        what: what it is, in words.
        shape: of what comes out.
        weights: trainable, biases included.
        macs: multiply-adds for one image.
        depth: layers with weights on the longest way to it.
        field: side of the receptive field, pixels; `None` where it sees the whole image.
    """

    name: str
    what: str
    shape: tuple[int, ...]
    weights: int
    macs: int
    depth: int
    field: int | None

    @property
    def values(self) -> int:
        """Numbers that come out for one image."""
        return prod(self.shape)


MEASURES = {"weights": "weights", "macs": "multiply-adds", "values": "values that come out"}


def walk(net: str = "googlenet", *, stop: int = 0, show: str = "weights") -> Lab:
    """Show a net stop by stop: shape, weights and multiply-adds, here and so far.

    Szegedy et al. 2015, table 1, has a row for each stop of GoogLeNet.

    Args:
        net: "googlenet", "alexnet", "vgg16" or "resnet50", each at its own input size.
        stop: the number of the stop that is shown first; 0 is the image.
        show: what the bars show, one of `MEASURES`: "weights", "macs" or "values".

    Returns:
        The lab, the last expression of a cell.

    Raises:
        ValueError: an unknown net or measure, or a stop that the net does not have.
    """
    found = nets()
    check_choice("net", net, [each["name"] for each in found])
    check_choice("show", show, MEASURES)
    check_range("stop", stop, 0, len(stops(net)) - 1)
    settings = {"net": net, "stop": stop, "show": show, "nets": found}
    return Lab("walk", settings, lambda: figure(net, stop, show))


def nets() -> list[dict[str, Any]]:
    """Return the name, the title and the stops of each net of the lab."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def stops(net: str) -> list[Stop]:
    """Return the stops of a net, the image first."""
    (found,) = (each["stops"] for each in nets() if each["name"] == net)
    return [Stop(name, what, tuple(shape), *rest) for name, what, shape, *rest in found]


def so_far(net: str, measure: str) -> list[int]:
    """Return what the stops of a net have together, up to each."""
    return list(accumulate(getattr(each, measure) for each in stops(net)))


def figure(net: str, stop: int, show: str) -> str:
    """Draw a bar for each stop, the one that is shown marked, without scripts."""
    rows = stops(net)
    top = max(getattr(row, show) for row in rows)
    lines = "".join(_line(i, row, show, top, here=i == stop) for i, row in enumerate(rows))
    title = next(each["title"] for each in nets() if each["name"] == net)
    here = rows[stop]
    sums = {measure: so_far(net, measure) for measure in ("weights", "macs")}
    caption = (
        f"{title}, by stop. The marked one, {here.name}: {here.what}; out comes "
        f"{_shape(here)}. Up to here {sums['weights'][stop]:,} of {sums['weights'][-1]:,} weights "
        f"and {sums['macs'][stop]:,} of {sums['macs'][-1]:,} multiply-adds."
    )
    alt = f"A bar for each of {len(rows)} stops of {net}: {MEASURES[show]}; {here.name} is marked."
    svg = (
        f'<svg viewBox="0 0 {LEFT + ACROSS + 130} {ROW * len(rows) + 8}" '
        'style="width:100%;max-width:40rem" fill="currentColor" font-size="12">'
        f"{lines}</svg>"
    )
    return figure_html(svg, alt, caption)


def _line(index: int, row: Stop, show: str, top: int, *, here: bool) -> str:
    y = ROW * index + 15
    value = getattr(row, show)
    wide = ACROSS * value / top
    mark = ' font-weight="bold"' if here else ""
    return (
        f'<g{mark}><text x="0" y="{y}">{escape(row.name)}</text>'
        f'<rect x="{LEFT}" y="{y - 10}" width="{wide:.1f}" height="11" '
        f'fill-opacity="{0.9 if here else 0.45}"/>'
        f'<text x="{LEFT + wide + 5:.1f}" y="{y}">{value:,}</text></g>'
    )


def _shape(row: Stop) -> str:
    return f" {chr(0xD7)} ".join(map(str, row.shape))
