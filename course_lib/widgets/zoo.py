"""Lab of the case studies: all nets of the course in one scatter, by cost, year and accuracy."""

import json
from collections.abc import Callable, Iterable
from html import escape
from math import ceil, floor, log10
from typing import Any, NamedTuple

from course_lib.figure import figure_html
from course_lib.widgets.lab import FOLDER, Lab, check_choice

FILE = FOLDER / "zoo.json"  # written by tools/zoo_data.py
LEFT, TOP, ACROSS, DOWN = 66, 30, 510, 300  # the plot inside the static figure
# Nets that the figure names where there is room
LANDMARKS = (
    *("lenet5", "alexnet", "vgg16", "googlenet", "resnet50"),
    *("mobilenet_v2", "efficientnet_b0", "efficientnet_b7"),
)
Net = dict[str, Any]


class Axis(NamedTuple):
    """What can be plotted.

    Attributes:
        text: its title, with its unit.
        log: whether its scale is logarithmic.
        value: of a net, `None` where there is no number.
    """

    text: str
    log: bool
    value: Callable[[Net], float | None]


def _accuracy(net: Net) -> float | None:
    found = net["published"]
    return None if found is None or found["data"] != "ImageNet" else 100 * (1 - found["error"])


AXES = {
    "weights": Axis("Trainable weights", True, lambda net: net["trainable"]),
    "macs": Axis("Multiply-adds for one image", True, lambda net: net["macs"]),
    "memory": Axis("Activation memory, bytes", True, lambda net: 4 * net["peak_activations"]),
    "year": Axis("Year of publication", False, lambda net: net["year"]),
    "accuracy": Axis("ImageNet top-1 accuracy, %", False, _accuracy),
}


def zoo(x: str = "macs", y: str = "weights", *, family: str = "all", net: str | None = None) -> Lab:
    """Show the nets of the course as points: what they cost, and how well they were published.

    Weights, multiply-adds and the peak of activation memory (float32) are those that
    `course_lib.cost` counts at each net's own input size. Accuracies are those of the course's
    ledger of published numbers, each with its source; most nets have none there.

    Args:
        x: what goes to the right: "weights", "macs", "memory", "year" or "accuracy".
        y: what goes up, one of the same.
        family: which nets can be chosen: "all", or one of `families()`.
        net: the net that is chosen first, its name in `course_lib.nets.NETS`; where it is not
            given, the first of the family that has both numbers.

    Returns:
        The lab, the last expression of a cell.

    Raises:
        ValueError: an unknown axis, family or net, or a net of another family.
    """
    rows = nets()
    check_choice("x", x, AXES)
    check_choice("y", y, AXES)
    check_choice("family", family, ("all", *families()))
    allowed = [row for row in rows if family in ("all", row["family"])]
    if net is None:
        net = max(allowed, key=lambda row: _plotted(row, x, y))["name"]
    check_choice("net", net, [row["name"] for row in allowed])
    settings = {
        "x": x,
        "y": y,
        "family": family,
        "net": net,
        "nets": rows,
        "landmarks": list(LANDMARKS),
    }
    return Lab("zoo", settings, lambda: figure(settings))


def nets() -> list[Net]:
    """Return what is known of each net, in the order of their names."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def families() -> list[str]:
    """Return the families of nets, in the order in which they appeared."""
    return list(dict.fromkeys(row["family"] for row in sorted(nets(), key=lambda row: row["year"])))


def _plotted(row: Net, x: str, y: str) -> bool:
    return None not in (AXES[x].value(row), AXES[y].value(row))


def figure(settings: dict[str, Any]) -> str:
    """Draw the scatter without scripts, with the names of a few nets."""
    x, y = AXES[settings["x"]], AXES[settings["y"]]
    family = settings["family"]
    shown = [row for row in settings["nets"] if _plotted(row, settings["x"], settings["y"])]
    across, down = _scale(x, settings["nets"]), _scale(y, settings["nets"])
    places = {
        row["name"]: (LEFT + ACROSS * across(x.value(row)), TOP + DOWN * (1 - down(y.value(row))))
        for row in shown
    }
    points = "".join(
        f'<circle cx="{a:.1f}" cy="{b:.1f}" r="4" '
        f'fill-opacity="{0.6 if family in ("all", row["family"]) else 0.15}"/>'
        for row, (a, b) in zip(shown, places.values(), strict=True)
    )
    named = [row["name"] for row in shown if row["family"] == family] or LANDMARKS
    wanted = dict.fromkeys([settings["net"], *named])
    svg = (
        f'<svg viewBox="0 0 {LEFT + ACROSS + 24} {TOP + DOWN + 50}" '
        'style="width:100%;max-width:44rem" fill="currentColor" font-size="13">'
        f"{_frame(x, y, settings['nets'])}{points}{_names(places, wanted)}</svg>"
    )
    alt = (
        f"{len(shown)} nets as points: {_lower(x.text)} to the right, {_lower(y.text)} upwards"
        f"{', both logarithmic' if x.log and y.log else ''}."
    )
    missing = len(settings["nets"]) - len(shown)
    without = f" {missing} more nets have no such number in our ledger." if missing else ""
    return figure_html(svg, alt, f"{len(shown)} nets at their own input size.{without}")


def _names(places: dict[str, tuple[float, float]], wanted: Iterable[str]) -> str:
    """Write names beside points, where they cover no other name and no point."""
    taken: list[tuple[float, float, float]] = []
    words = []
    for name in (name for name in wanted if name in places):
        a, b = places[name]
        wide = 7.0 * len(name)
        sides = (a + 9, a - 9 - wide)
        around = [(x, b + 4) for x in sides] + [(a - wide / 2, b + dy) for dy in (-10, 18)]
        around += [(x, b + dy) for dy in (-8, 16) for x in sides]
        for x, y in around:
            inside = LEFT <= x <= LEFT + ACROSS - wide and TOP <= y <= TOP + DOWN
            apart = all(x > u + w or u > x + wide or abs(y - v) > 13 for u, v, w in taken)
            if inside and apart and not _covers(x, y, wide, places):
                taken.append((x, y, wide))
                words.append(f'<text x="{x:.0f}" y="{y:.0f}" font-size="12">{escape(name)}</text>')
                break
    return "".join(words)


def _covers(x: float, y: float, wide: float, places: dict[str, tuple[float, float]]) -> bool:
    return any(x - 4 < a < x + wide + 4 and y - 14 < b < y + 6 for a, b in places.values())


def _lower(text: str) -> str:
    return text if text.startswith("ImageNet") else text[0].lower() + text[1:]


def bounds(axis: Axis, rows: list[Net]) -> tuple[float, float]:
    """Return where an axis begins and ends, for all nets: their decades, or a margin."""
    values = [value for value in map(axis.value, rows) if value is not None]
    if not values:
        return (1.0, 10.0) if axis.log else (0.0, 1.0)
    if axis.log:
        return 10.0 ** floor(log10(min(values))), 10.0 ** ceil(log10(max(values)))
    return floor(min(values)) - 1.0, ceil(max(values)) + 1.0


def _scale(axis: Axis, rows: list[Net]) -> Callable[[Any], float]:
    """Return what takes a value to its place on the axis, 0 to 1."""
    low, high = bounds(axis, rows)
    if axis.log:
        return lambda value: log10(value / low) / log10(high / low)
    return lambda value: (value - low) / (high - low)


def _ticks(axis: Axis, rows: list[Net]) -> dict[float, str]:
    """Return the numbers that stand on an axis: powers of ten, or a few whole numbers."""
    low, high = bounds(axis, rows)
    if axis.log:
        units = ("", " k", " M", " G", " T")
        powers = range(round(log10(low)), round(log10(high)) + 1)
        return {10.0**p: f"{10 ** (p % 3)}{units[p // 3]}" for p in powers}
    step = next(step for step in (1, 2, 5, 10, 20, 50) if (high - low) / step <= 7)
    return {float(v): str(v) for v in range(ceil(low / step) * step, int(high) + 1, step)}


def _frame(x: Axis, y: Axis, rows: list[Net]) -> str:
    """Draw the lines and numbers of both axes and their titles."""
    across, down = _scale(x, rows), _scale(y, rows)
    parts = [
        f'<text x="0" y="14">{escape(y.text)}</text><text x="{LEFT + ACROSS}" '
        f'y="{TOP + DOWN + 44}" text-anchor="end">{escape(x.text)}</text>'
    ]
    line = 'stroke="currentColor" stroke-opacity="0.25"/>'
    for value, text in _ticks(x, rows).items():
        a = LEFT + ACROSS * across(value)
        parts.append(
            f'<path d="M{a:.1f} {TOP}v{DOWN}" {line}<text x="{a:.1f}" y="{TOP + DOWN + 18}" '
            f'font-size="11" text-anchor="middle">{text}</text>'
        )
    for value, text in _ticks(y, rows).items():
        b = TOP + DOWN * (1 - down(value))
        parts.append(
            f'<path d="M{LEFT} {b:.1f}h{ACROSS}" {line}<text x="{LEFT - 8}" y="{b + 4:.1f}" '
            f'font-size="11" text-anchor="end">{text}</text>'
        )
    return "".join(parts)
