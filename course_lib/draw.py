"""Architecture figures as SVG, drawn from the model object itself.

Lines and text take the colour of the page (`currentColor`), so a figure works in light and dark;
the accent is that of the site's theme.  No figure relies on colour alone.
"""

from dataclasses import dataclass
from html import escape

import keras

from course_lib.cost import cost
from course_lib.draw_graph import Graph, Node, plan
from course_lib.figure import check_alt, figure_html
from course_lib.graph import operations

ACCENT = "var(--pst-color-primary, #3b82f6)"
FONT = "font-family='system-ui, sans-serif' fill='currentColor' stroke='none'"
WIDTH = 360  # of a network figure, pixels: one phone screen
BOX = (88, 64)  # widest and tallest box of a network figure, pixels
TEXT_X, BAR = 118, 232  # where the text of a row starts, and how wide a bar of 100 % is


@dataclass(frozen=True, repr=False)
class Figure:
    """A drawing with its alternative text and caption; a notebook shows it as the cell's output."""

    svg: str
    alt: str
    caption: str = ""

    def __repr__(self) -> str:
        return f"Figure({self.alt!r})"

    def _repr_html_(self) -> str:
        return figure_html(self.svg, self.alt, self.caption)


def network(model: keras.Model, *, alt: str, caption: str = "") -> Figure:
    """Draw one row for each part of a net: its output to scale, its weights and multiply-adds.

    Args:
        model: a functional model with one image input of fixed size, whose layers are named by
            part (`stem_conv`, `stage1_block1_conv1`, `head_fc`).
        alt: what the figure shows, for readers who cannot see it; required.
        caption: text under the figure.

    Returns:
        A `Figure`, the last expression of a cell.  The height of a box is the side of the map,
        its width the channels; bars are shares of the whole net.

    Raises:
        ValueError: an empty `alt`.
    """
    total = cost(model)
    parts = total.stages()
    sides = [part.shape[0] if len(part.shape) == 3 else 1 for part in parts]
    tall, wide = max(sides), max(part.shape[-1] for part in parts)
    drawn: list[str] = []
    y = 10.0
    for part, side in zip(parts, sides, strict=True):
        width = max(3.0, BOX[0] * part.shape[-1] / wide)
        height = max(3.0, BOX[1] * side / tall)
        if drawn:
            drawn.append(_arrow([(52, y - 20), (52, y + (BOX[1] - height) / 2 - 2)]))
        drawn.append(_box(52 - width / 2, y + (BOX[1] - height) / 2, width, height, filled=True))
        drawn.extend(_row(part, total, y))
        bottom = y + (BOX[1] + height) / 2
        drawn.append(_line([(52, bottom), (52, y + BOX[1] + 4)]) if part is not parts[-1] else "")
        y += BOX[1] + 24
    notes = (
        f"whole net: {total.trainable:,} weights, {total.macs:,} MACs",
        "boxes: height is the side of the map, width the channels",
        "bars: share of the whole net's weights and MACs",
    )
    drawn.extend(_text(8, y + 16 * i, note, size=11) for i, note in enumerate(notes))
    return _figure(drawn, (WIDTH, y + 16 * len(notes)), alt, caption)


def block(model: keras.Model | list[keras.layers.Layer], *, alt: str, caption: str = "") -> Figure:
    """Draw the graph of a small model, a box for each layer, shortcuts around what they skip.

    Args:
        model: a functional model, or some layers of one in any order, such as
            `[each for each in net.layers if each.name.startswith("stage2_block1_")]`.
        alt: what the figure shows, for readers who cannot see it; required.
        caption: text under the figure.

    Returns:
        A `Figure`, the last expression of a cell.  Layers with weights are filled; a sum is a
        circle with a plus.

    Raises:
        ValueError: an empty `alt`, no layers, or more than 60 of them.
    """
    graph = plan(operations(model) if isinstance(model, keras.Model) else model)
    drawn = [_edge(graph, *edge) for edge in graph.edges]
    for node in graph.nodes:
        drawn.extend(_node(node))
        if node.last:
            drawn.append(_arrow([(node.x, node.bottom), (node.x, node.bottom + 18)]))
    return _figure(drawn, graph.size, alt, caption)


def _row(part, total, y):
    shape = " × ".join(map(str, part.shape))
    yield _text(TEXT_X, y + 11, part.name, size=13, weight="bold")
    yield _text(TEXT_X + BAR, y + 11, shape, anchor="end")
    if not part.params and not part.macs:
        return
    counts = (("weights", part.trainable, total.trainable), ("MACs", part.macs, total.macs))
    for i, (unit, count, whole) in enumerate(counts):
        share = count / whole if whole else 0.0
        top = y + 28 + 25 * i
        yield _text(TEXT_X, top, f"{count:,} {unit}")
        yield _text(TEXT_X + BAR, top, f"{share:.1%}".replace("%", " %"), anchor="end")
        yield (
            f'<rect x="{TEXT_X}" y="{top + 4:g}" width="{BAR}" height="5" '
            'fill="currentColor" fill-opacity="0.12"/>'
            f'<rect x="{TEXT_X}" y="{top + 4:g}" width="{BAR * share:.1f}" height="5" '
            f'fill="{ACCENT}"/>'
        )


def _node(node: Node):
    if node.sign:
        yield (
            f'<circle cx="{node.x:g}" cy="{node.y:g}" r="{node.height / 2:g}" '
            'fill="currentColor" fill-opacity="0.1" stroke="currentColor"/>'
        )
        yield _text(node.x, node.y + 5, node.sign, size=16, anchor="middle")
        return
    if not node.source:
        corner = node.x - node.width / 2, node.y - node.height / 2
        yield _box(*corner, node.width, node.height, filled=node.weights > 0)
    lines = [text for text in (node.label, node.detail) if text]
    first = node.y + 4 - 7 * (len(lines) - 1)
    for i, text in enumerate(lines):
        yield _text(node.x, first + 14 * i, text, size=12 if i == 0 else 10.5, anchor="middle")


def _edge(graph: Graph, start: Node, end: Node, lane: float | None) -> str:
    if lane is None and start.x == end.x:
        return _arrow([(start.x, start.bottom), (end.x, end.y - end.height / 2 - 1)])
    x = max(start.x, end.x) if lane is None else lane
    points = [(x, start.bottom)] if start.x == x else [(start.right, start.y), (x, start.y)]
    top = end.y - end.height / 2 - 1
    points += [(x, top)] if end.x == x else [(x, end.y), (end.right + 1, end.y)]
    label = ""
    if lane is not None:
        middle = (start.y + end.y) / 2
        label = (
            f'<g transform="translate({x + 12:g} {middle:g}) rotate(-90)">'
            + _text(0, 0, "identity", size=11, anchor="middle")
            + "</g>"
        )
    return _arrow(points, accent=True) + label


def _figure(drawn, size, alt, caption) -> Figure:
    check_alt(alt)
    width, height = (round(side) for side in size)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'style="display:block;width:100%;min-width:{round(0.85 * width)}px;'
        f'max-width:{round(1.25 * width)}px;height:auto;margin:0 auto" '
        'fill="none" stroke="currentColor">'
    )
    return Figure(svg + "".join(drawn) + "</svg>", alt, caption)


def _box(x, y, width, height, *, filled):
    opacity = 0.14 if filled else 0
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'rx="{min(4, height / 4, width / 4):.1f}" fill="currentColor" fill-opacity="{opacity}"/>'
    )


def _text(x, y, text, *, size=12, anchor="start", weight="normal"):
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" text-anchor="{anchor}" '
        f'font-weight="{weight}" {FONT}>{escape(text)}</text>'
    )


def _line(points, *, accent=False):
    path = " L ".join(f"{x:.1f} {y:.1f}" for x, y in points)
    style = f'stroke="{ACCENT}" stroke-width="2"' if accent else 'stroke-width="1.2"'
    return f'<path d="M {path}" {style}/>'


def _arrow(points, *, accent=False):
    """Draw a line with a head at its end; the head points along the last stretch."""
    (x0, _), (x, y) = points[-2:]
    tail = ((-4, -7), (4, -7)) if x == x0 else ((7, -4), (7, 4))  # downwards, or to the left
    head = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in ((0, 0), *tail))
    colour = ACCENT if accent else "currentColor"
    return (
        _line(points, accent=accent) + f'<polygon points="{head}" fill="{colour}" stroke="none"/>'
    )
