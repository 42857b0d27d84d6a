"""Where the boxes and arrows of a block figure go: ranks downwards, branches side by side."""

from dataclasses import dataclass, field
from math import prod

import keras
from keras import layers as kl

from course_lib.draw_words import label
from course_lib.graph import producers, weights_of

NARROWEST, LANE, GAP = 110, 36, 18  # pixels: a box, a bare shortcut, between ranks
MOST = 60  # layers in one figure; `network` is for more
SIGNS = {"Add": "+", "Multiply": "×"}  # layers, or operations such as the sum in `x + y`


@dataclass(eq=False)
class Node:
    """One box, circle or source of a figure; x and y are its centre, in pixels."""

    label: str
    detail: str = ""
    sign: str = ""
    weights: int = 0
    source: bool = False
    before: list["Node"] = field(default_factory=list)
    last: bool = True
    rank: int = 0
    column: int = 0
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0

    @property
    def height(self) -> float:
        """Pixels from top to bottom."""
        return 26 if self.sign or not self.detail else 38

    @property
    def bottom(self) -> float:
        """Lower edge, where the arrow to the next rank starts."""
        return self.y + self.height / 2

    @property
    def right(self) -> float:
        """Right edge, where a shortcut leaves or arrives."""
        return self.x + (self.height if self.sign else self.width) / 2

    @property
    def text_width(self) -> float:
        """Pixels that the two lines of text need, by a wide estimate of the font."""
        return max(6.6 * len(self.label), 5.5 * len(self.detail)) + 10


@dataclass(frozen=True)
class Graph:
    """Placed nodes, edges as (start, end, x of its lane or None), and (width, height)."""

    nodes: list[Node]
    edges: list[tuple[Node, Node, float | None]]
    size: tuple[float, float]


def plan(layers: list[keras.layers.Layer]) -> Graph:
    """Place `layers`: the longest path down the left, other branches and shortcuts beside it.

    Raises:
        ValueError: no layers, or more than `MOST`.
    """
    if not 1 <= len(layers) <= MOST:
        raise ValueError(
            f"a block figure takes 1 to {MOST} layers, got {len(layers)}; draw.network draws a "
            "whole net by part"
        )
    nodes = _nodes(list(layers))
    for node in nodes:
        node.rank = max((b.rank + 1 for b in node.before), default=0)
    taken: dict[int, list[tuple[int, int]]] = {}  # column: stretches of ranks in use
    left = nodes
    while left:
        path = _longest_path(left)
        _place(path, nodes, taken)
        left = [node for node in left if node not in path]
    lanes = []
    for end in nodes:
        for start in end.before:
            passed = [n for n in nodes if n.column == start.column == end.column]
            bare = any(start.rank < n.rank < end.rank for n in passed)
            lanes.append((start, end, _free(taken, start.rank, end.rank, 1) if bare else None))
    return _coordinates(nodes, lanes)


def _nodes(layers):
    """Return a node for each layer and for each tensor that comes from outside, in order."""
    found: dict[str, Node] = {}  # by layer name, producers first
    for layer in _sorted(layers):
        before = []
        for producer in producers(layer):
            if producer.name not in found:
                found[producer.name] = Node("x", _shape(producer), source=True)
            found[producer.name].last = False
            before.append(found[producer.name])
        found[layer.name] = _node(layer, before)
    sources = {name: node for name, node in found.items() if node.source}
    for name, node in sources.items():
        node.label = "x" if len(sources) == 1 else name
    return list(found.values())


def _sorted(layers):
    """Return `layers` with producers before consumers, otherwise in the order given."""
    inside = {layer.name: layer for layer in layers}
    done: dict[str, keras.layers.Layer] = {}
    while len(done) < len(inside):
        for name, layer in inside.items():
            ready = all(p.name in done or p.name not in inside for p in producers(layer))
            if ready:
                done.setdefault(name, layer)
    return list(done.values())


def _node(layer, before):
    if isinstance(layer, kl.InputLayer):
        return Node("x", _shape(layer), source=True)
    weights = sum(prod(w.shape) for w in weights_of(layer) if w.trainable)
    changed = any(_shape(p) != _shape(layer) for p in producers(layer))
    facts = [_shape(layer) if changed else "", f"{weights:,} weights" if weights else ""]
    sign = SIGNS.get(type(layer).__name__, "")
    detail = "" if sign else " · ".join(fact for fact in facts if fact)
    return Node(label(layer), detail, sign, weights, before=before)


def _shape(layer):
    return " × ".join("?" if n is None else str(n) for n in layer.output.shape[1:])


def _longest_path(nodes):
    """Return the longest chain among `nodes` (producers first), the earliest where several tie."""
    best: dict[Node, list[Node]] = {}
    for node in nodes:
        chains = [best[b] for b in node.before if b in best]
        best[node] = [*max(chains, key=len, default=[]), node]
    return max(best.values(), key=len)


def _place(path, nodes, taken):
    """Give `path` a column, and ranks in the middle of what it runs beside."""
    start = max((b.rank for b in path[0].before), default=path[0].rank)
    after = [n.rank for n in nodes if path[-1] in n.before]
    end = min(after, default=path[-1].rank)
    slack = max(0, end - start - 1 - len(path)) if after and path[0].before else 0
    for node in path:
        node.rank += slack // 2
        node.column = -1
    column = _free(taken, start, end)
    for node in path:
        node.column = column


def _free(taken, start, end, first=0):
    """Return the leftmost column from `first` that is unused from rank `start` to `end`."""
    column = first
    while any(start < high and low < end for low, high in taken.get(column, [])):
        column += 1
    taken.setdefault(column, []).append((start, end))
    return column


def _coordinates(nodes, lanes):
    boxes: dict[int, float] = {}  # column: width of its boxes
    for node in nodes:
        boxes[node.column] = max(boxes.get(node.column, NARROWEST), node.text_width)
    columns = max([*boxes, *(lane for *_, lane in lanes if lane is not None)]) + 1
    widths = [boxes[c] + GAP if c in boxes else LANE for c in range(columns)]
    centres = [sum(widths[:c]) + widths[c] / 2 for c in range(columns)]
    y = 4.0
    for rank in range(max(node.rank for node in nodes) + 1):
        row = [node for node in nodes if node.rank == rank]
        height = max((node.height for node in row), default=0)
        for node in row:
            node.x, node.y = centres[node.column], y + height / 2
            node.width = node.text_width if node.source else boxes[node.column]
        y += height + GAP
    edges = [(a, b, None if lane is None else centres[lane]) for a, b, lane in lanes]
    return Graph(nodes, edges, (sum(widths), y + 4))
