"""Check of the question of the googlenet exercises that asks for the columns of a paper's table."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from course_lib.checks.cases import case
from course_lib.checks.verdict import (
    WrongAnswer,
    as_number,
    call,
    fresh_cases,
    passed,
    spell_number,
)

Row = list[Any]  # as the question gives it: a word, then numbers
COLUMNS = ("side", "channels", "depth", "weights")
WHOLE, MODULES, PLAIN = "a whole net", "Inception modules", "convolutions and poolings"
# Kind of case, rows, side and channels of what comes in
CASES: tuple[tuple[str, list[Row], int, int], ...] = (
    (PLAIN, [["conv", 7, 2, 12], ["max pool", 3, 2], ["conv", 3, 1, 20]], 37, 3),
    (PLAIN, [["max pool", 3, 2], ["conv", 5, 2, 9], ["max pool", 2, 1]], 43, 6),
    (MODULES, [["inception", 4, 6, 9, 2, 5, 3], ["inception", 8, 3, 7, 4, 6, 2]], 14, 10),
    (
        WHOLE,
        [
            ["conv", 7, 2, 8],
            ["max pool", 3, 2],
            ["inception", 5, 4, 6, 3, 2, 7],
            ["max pool", 3, 2],
            ["inception", 9, 6, 5, 2, 8, 4],
            ["average"],
            ["linear", 11],
        ],
        53,
        3,
    ),
)
FAULTS = {
    "floor": "the sides are rounded down. With padding a window starts at every place that a step "
    "reaches, so an odd side leaves one more: round up",
    "valid": "it leaves out windows that reach beyond the edge. The layers of this table are "
    "padded: only the stride makes a map smaller",
    "no stride": "the strides are left out: a stride of 2 halves the side",
    "no bias": "the biases are missing: one for each filter and each unit",
    "bias of inputs": "there is a bias for each channel that comes in. It belongs to a filter: one "
    "for each channel that goes out",
    "first input": "every row reads the channels of the first. A row reads what the row before "
    "puts out",
    "own input": "a convolution reads as many channels as it puts out. It reads those of the row "
    "before",
    "reduced twice": "the 3x3 and the 5x5 of a module read the channels of the whole map. They "
    "read what the 1x1 in front of them leaves",
    "all joined": "a module puts out the sum of all six widths. The two reduced maps stay inside "
    "their branches: four branches are joined",
    "no projection": "the pooling branch puts out all channels that come in. The 1x1 behind the "
    "pooling leaves as many as the last width says",
    "three joined": "the pooling branch is missing among the channels of a module",
    "depth of filters": "the depth of a module is 6 there: all its convolutions. The column counts "
    "the layers in a row, and a branch has at most two",
    "depth of one": "the depth of a module is 1 there. Its longest branches have two convolutions "
    "in a row",
    "depth of branches": "the depth of a module is 4 there, its branches. They lie side by side; "
    "the column counts layers in a row",
    "pools counted": "a pooling counts into the depth. The column counts layers with weights",
    "running depth": "the depth adds up from row to row. Each row has its own",
    "running weights": "the weights add up from row to row. Each row has its own",
    "kept side": "the mean of each map keeps the side; it leaves one value of each map",
    "kernel as a line": "a kernel is a square: side times side weights for each channel",
}


def table_rows(answer) -> None:
    """Judge `table_rows(rows, side, channels)`."""
    rng = fresh_cases()
    for kind, rows, side, channels in (*CASES, *_drawn(rng)):
        with case(kind):
            _judge(answer, rows, side, channels)
    passed("table_rows", "Each row reads what the row before it leaves.")


def _drawn(rng) -> Iterator[tuple[str, list[Row], int, int]]:
    """Yield a case of each kind."""

    def widths() -> Row:
        return ["inception", *(int(n) for n in rng.choice(range(2, 20), 6, replace=False))]

    yield (
        PLAIN,
        [["conv", 5, 2, int(rng.integers(5, 30))], ["max pool", 3, 2]],
        2 * int(rng.integers(10, 30)) + 1,
        int(rng.integers(2, 5)),
    )
    yield MODULES, [widths(), widths()], int(rng.integers(5, 20)), int(rng.integers(21, 40))
    net = [["conv", 3, 2, int(rng.integers(21, 40))], widths(), ["max pool", 3, 2], widths()]
    yield (
        WHOLE,
        [*net, ["average"], ["linear", int(rng.integers(5, 30))]],
        4 * int(rng.integers(6, 12)) + 1,
        3,
    )


def _judge(answer, rows, side, channels):
    arguments = {"side": side, "channels": channels}
    value = call(answer, arguments, [list(row) for row in rows])
    name = getattr(answer, "__name__", "your function")
    text = f"{name}(rows, side={side}, channels={channels}) for rows = {rows}"
    found = _numbers(value, len(rows))
    if found is None:
        raise WrongAnswer(
            f"{text} returned {value!r}; expected a list with a row of four numbers, "
            f"{', '.join(COLUMNS)}, for each row"
        )
    want = columns(rows, side, channels)
    if found == want:
        return
    for fault, why in FAULTS.items():
        if found == columns(rows, side, channels, fault):
            raise WrongAnswer(f"{text}: {why}")
    row, column = next(
        (i, j) for i in range(len(rows)) for j in range(4) if found[i][j] != want[i][j]
    )
    before = want[row - 1][:2] if row else [side, channels]
    raise WrongAnswer(
        f"{text}: row {row + 1}, {rows[row]}, has the {COLUMNS[column]} "
        f"{spell_number(found[row][column])}; expected {want[row][column]:,}. The row reads a map "
        f"of {before[0]}x{before[0]} with {before[1]} channels"
    )


def _numbers(value, rows: int) -> list[list[float]] | None:
    try:
        found = [[as_number(number) for number in row] for row in value]
    except TypeError:
        return None
    sound = len(found) == rows and all(len(row) == 4 for row in found)
    return found if sound and np.isfinite(found).all() else None


def columns(rows: Sequence[Row], side: int, channels: int, fault: str = "") -> list[list[int]]:
    """Return side, channels, depth and weights of each row, rightly or with one of `FAULTS`."""
    found: list[list[int]] = []
    first, depths, weights = channels, 0, 0
    for kind, *numbers in rows:
        reads = first if fault == "first input" else channels
        side, channels, depth, own = _KINDS[kind](side, reads, numbers, fault)
        depths, weights = depths + depth, weights + own
        found.append(
            [
                side,
                channels,
                depths if fault == "running depth" else depth,
                weights if fault == "running weights" else own,
            ]
        )
    return found


def _smaller(side, kernel, stride, fault):
    if fault == "valid":
        return max(side - kernel, 0) // stride + 1
    if fault == "floor":
        return side // stride
    return side if fault == "no stride" else -(-side // stride)


def _filters(kernel, reads, filters, fault):
    """Count the weights of a convolution."""
    reads = filters if fault == "own input" else reads
    area = kernel if fault == "kernel as a line" else kernel**2
    biases = {"no bias": 0, "bias of inputs": reads}.get(fault, filters)
    return area * reads * filters + biases


def _conv(side, reads, numbers, fault):
    kernel, stride, filters = numbers
    small = _smaller(side, kernel, stride, fault)
    return small, filters, 1, _filters(kernel, reads, filters, fault)


def _pool(side, reads, numbers, fault):
    kernel, stride = numbers
    return _smaller(side, kernel, stride, fault), reads, int(fault == "pools counted"), 0


def _module(side, reads, numbers, fault):
    one, reduce3, three, reduce5, five, pool = numbers
    inside = (reads, reads) if fault == "reduced twice" else (reduce3, reduce5)
    parts = [(1, reads, filters) for filters in (one, reduce3, reduce5)]
    parts += [(3, inside[0], three), (5, inside[1], five)]
    parts += [] if fault == "no projection" else [(1, reads, pool)]
    joined = {
        "all joined": sum(numbers),
        "no projection": one + three + five + reads,
        "three joined": one + three + five,
    }.get(fault, one + three + five + pool)
    depth = {"depth of filters": 6, "depth of one": 1, "depth of branches": 4}.get(fault, 2)
    return side, joined, depth, sum(_filters(*part, fault) for part in parts)


def _average(side, reads, _, fault):
    return side if fault == "kept side" else 1, reads, int(fault == "pools counted"), 0


def _linear(side, reads, numbers, fault):
    (units,) = numbers
    return 1, units, 1, _filters(1, reads, units, fault)


_KINDS: dict[str, Callable] = {
    "conv": _conv,
    "max pool": _pool,
    "inception": _module,
    "average": _average,
    "linear": _linear,
}
