"""Check of the question of the vgg exercises that asks which rows of an image a unit sees.

What is expected is collected row by row.  A walk with a known fault names the mistake.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from course_lib.checks.cases import case
from course_lib.checks.verdict import (
    WrongAnswer,
    as_number,
    call,
    fresh_cases,
    passed,
    spell,
)

Layer = tuple[str, int, int, int]  # kind, side of the window, stride, padding

SMALL: Layer = ("conv", 3, 1, 1)
HALVE: Layer = ("pool", 2, 2, 0)
STEM: tuple[Layer, ...] = (("conv", 11, 4, 2), ("pool", 3, 2, 0), ("conv", 5, 1, 2))  # AlexNet's
CASES: tuple[tuple[str, Sequence[Layer], int], ...] = (  # kind of case, layers, unit
    ("convolutions alone", (SMALL, SMALL, SMALL), 0),
    ("convolutions alone", (SMALL, ("conv", 5, 1, 2)), 6),
    ("a pooling between them", (SMALL, HALVE, SMALL), 4),
    ("a pooling between them", (SMALL, SMALL, HALVE, SMALL, SMALL, HALVE), 1),
    ("strides of convolutions", STEM, 3),
    ("strides of convolutions", (("conv", 7, 2, 3), SMALL, HALVE), 2),
    ("no zeros", (("conv", 7, 2, 0), HALVE, ("conv", 3, 1, 0)), 3),
)
SLIPS = {
    "poolings": "The poolings are left out. They have windows and strides, too.",
    "strides of convolutions": "The strides of the convolutions are left out.",
    "strides of poolings": "The strides of the poolings are left out: behind a stride of 2, "
    "neighbours lie two rows apart.",
    "strides": "The strides are left out: behind a stride of 2, neighbours lie two rows apart.",
    "windows of poolings": "The windows of the poolings are left out, and only their strides "
    "count. A unit of a pooling sees all rows of its window.",
    "padding": "The padding is left out. With zeros in front, the first window begins that many "
    "rows before the map.",
    "padding twice": "The padding counts twice there. Only the zeros in front move a window.",
    "padding behind": "The padding moves the window to the end. Zeros in front move it to the "
    "front.",
    "whole windows": "The last row is one too far for each layer: a window of 3 rows that begins "
    "at 5 ends at 7.",
    "order": "The walk begins at the image. The unit belongs to the last layer: undo that one "
    "first.",
    "unit": "The unit is left out. That is the first one.",
    "from one": "Units are counted from 0, and so are rows.",
    "inside": "Rows of zeros count there as if they were cut off. Here they have numbers: below 0 "
    "in front of the image.",
    "behind": "The second number is the row behind the field. Wanted is the last row inside.",
    "size": "The second number is how many rows there are. Wanted is the last of them.",
    "turned": "The first row comes first.",
    "stride too early": "A stride spreads the layers behind it, not the window that it belongs to.",
    "zeros of the image": "A row of zeros behind a stride of 2 is worth two rows of the image: "
    "padding grows with the strides in front of it, as windows do.",
    "unit as a row": "Neighbouring units lie as many rows apart as all strides multiplied. The "
    "unit is added there as if they lay one row apart.",
    "first window": "On each step the last row is the end of the last window of the stretch. There "
    "it is the end of the first one.",
}
FORWARD = ("stride too early", "zeros of the image", "unit as a row")  # of a walk from the image


def stack_receptive_field(answer) -> None:
    """Judge `stack_receptive_field(layers, unit)`: a pair of rows."""
    rng = fresh_cases()
    for kind, layers, unit in (*CASES, *_drawn(rng)):
        with case(kind):
            _judge(answer, list(layers), unit)
    passed("stack_receptive_field", "The first row and the last, whatever lies between.")


def _drawn(rng) -> Iterable[tuple[str, Sequence[Layer], int]]:
    """Yield a case of each kind."""
    for kind in dict.fromkeys(kind for kind, _, _ in CASES):
        layers = []
        for number in range(int(rng.integers(3, 6))):
            side = int(rng.choice((3, 5, 7)))
            stride = int(rng.integers(1, 4)) if kind == "strides of convolutions" else 1
            padding = 0 if kind == "no zeros" else side // 2
            layers.append(("conv", side, stride, padding))
            if number == 1 and kind in ("a pooling between them", "no zeros"):
                layers.append(("pool", int(rng.integers(2, 4)), 2, 0))
        yield kind, layers, int(rng.integers(1, 9))


def _judge(answer, layers, unit):
    arguments = {"layers": layers, "unit": unit}
    value = call(answer, arguments)
    found = f"{spell(answer, arguments)} returned {value!r}."
    pair = value.tolist() if isinstance(value, np.ndarray) else value
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise WrongAnswer(f"{found} Expected a pair: the first row and the last.")
    numbers = tuple(as_number(one) for one in pair)
    if any(np.isnan(numbers)):
        raise WrongAnswer(f"{found} Expected two numbers.")
    right = _seen(layers, unit)
    if numbers == right:
        return
    texts = [text for slip, text in SLIPS.items() if numbers == slipped(layers, unit, slip)]
    raise WrongAnswer(f"{found} {' Or: '.join(texts) or f'Expected {right}.'}")


def _seen(layers, unit) -> tuple[int, int]:
    """Collect the rows that a unit sees, layer by layer, from the last to the image."""
    rows = {unit}
    for _, side, stride, padding in reversed(layers):
        rows = {row * stride - padding + inside for row in rows for inside in range(side)}
    return min(rows), max(rows)


def slipped(layers: Sequence[Layer], unit: int, slip: str) -> tuple[int, int]:
    """Return the pair that one of `SLIPS` leads to."""
    if slip in FORWARD:
        return _walked(layers, unit, slip)
    unit = {"unit": 0, "from one": unit - 1}.get(slip, unit)
    changed = [_changed(layer, slip) for layer in layers]
    kept = [layer for layer in changed if slip != "poolings" or layer[0] == "conv"]
    first, last = _seen(kept[::-1] if slip == "order" else kept, unit)
    if slip == "whole windows":
        last = _seen([(kind, side + 1, *rest) for kind, side, *rest in layers], unit)[1]
    return {
        "first window": (first, first + layers[0][1] - 1),
        "inside": (max(first, 0), last),
        "behind": (first, last + 1),
        "size": (first, last - first + 1),
        "turned": (last, first),
    }.get(slip, (first, last))


def _walked(layers: Sequence[Layer], unit: int, slip: str) -> tuple[int, int]:
    """Return the pair of a walk from the image on, with one of `FORWARD`."""
    first, size, apart = 0, 1, 1
    for _, side, stride, padding in layers:
        window = apart * stride if slip == "stride too early" else apart
        first -= padding * (1 if slip == "zeros of the image" else window)
        size += (side - 1) * window
        apart *= stride
    first += unit * (1 if slip == "unit as a row" else apart)
    return first, first + size - 1


def _changed(layer: Layer, slip: str) -> Layer:
    kind, side, stride, padding = layer
    if slip == "strides" or (slip.startswith("strides of") and kind in slip):
        stride = 1
    if slip == "windows of poolings" and kind == "pool":
        side = 1
    padding = {"padding": 0, "padding twice": 2 * padding, "padding behind": -padding}.get(
        slip, padding
    )
    return kind, side, stride, padding
