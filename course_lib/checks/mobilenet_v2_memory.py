"""Check of the question of the mobilenet_v2 exercises that asks for the memory of a block."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from course_lib.checks.cases import case
from course_lib.checks.verdict import expect_number, fresh_cases, merged, passed

NAMES = ("size", "channels", "expansion", "filters", "stride", "parts", "value_bytes")
CASES: tuple[tuple[str, tuple], ...] = (  # kind of case, and the arguments
    ("all at once", ((9, 6), 8, 3, 5, 1, 1, 4)),
    ("all at once", ((7, 10), 12, 6, 16, 1, 1, 2)),
    ("several groups", ((8, 11), 6, 4, 9, 1, 3, 4)),
    ("several groups", ((13, 5), 10, 6, 10, 1, 20, 1)),
    ("several groups", ((6, 9), 4, 5, 14, 1, 20, 2)),
    ("a stride", ((9, 15), 8, 6, 12, 2, 4, 4)),
    ("a stride", ((10, 7), 14, 3, 5, 2, 1, 2)),
    ("a stride", ((11, 14), 9, 2, 7, 3, 6, 1)),
    ("no expansion", ((7, 12), 16, 1, 6, 1, 4, 4)),
    ("no expansion", ((9, 5), 15, 1, 11, 2, 1, 2)),
)
EXAMPLE = 2688  # that the notebook gives


class Maps(NamedTuple):
    """Values of the maps of a block; two of them are those of one group."""

    x: int
    sums: int
    expanded: int
    filtered: int


def peak_memory(answer) -> None:
    """Judge `peak_memory(size, channels, expansion, filters, stride, parts, value_bytes)`."""
    rng = fresh_cases()
    for kind, values in (*CASES, *_drawn(rng)):
        asked = dict(zip(NAMES, values, strict=True))
        with case(kind):
            expect_number(answer, asked, peak(**asked), merged(_slips(asked)))
    passed("peak_memory", "Two narrow maps, and of the wide ones a group at a time.")


def _drawn(rng) -> Iterator[tuple[str, tuple]]:
    """Yield a case of each kind."""
    for kind in dict.fromkeys(kind for kind, _ in CASES):
        size = tuple(int(n) for n in rng.choice(range(5, 20), 2, replace=False))
        channels = 2 * int(rng.integers(4, 12))
        filters = int(rng.choice([n for n in range(5, 25) if n != channels]))
        expansion = 1 if kind == "no expansion" else int(rng.integers(2, 8))
        stride = 2 if kind == "a stride" else 1
        parts = 1 if kind == "all at once" else int(rng.choice((2, channels)))
        yield kind, (size, channels, expansion, filters, stride, parts, int(rng.choice((1, 2, 4))))


def maps(size, channels, expansion, filters, stride, parts, **_) -> Maps:
    """Count the values of each map."""
    large, small = _places(size, stride)
    inner = expansion * channels
    group = inner // parts
    expanded = group * large if expansion > 1 else 0
    return Maps(large * channels, small * filters, expanded, group * small)


def _places(size, stride) -> tuple[int, int]:
    rows, columns = size
    return rows * columns, -(-rows // stride) * -(-columns // stride)


def peak(value_bytes, **asked) -> int:
    """Return the bytes that are there while a group is filtered, which is the worst moment."""
    return value_bytes * sum(maps(**asked))


def _slips(asked: dict[str, Any]) -> Iterator[tuple[float, str]]:
    """Yield wrong numbers and the misunderstanding that leads to each."""
    each = asked["value_bytes"]
    m, right = maps(**asked), peak(**asked)
    yield EXAMPLE, "That is the number of the example, which has other arguments."
    for values, text in (*_other_moments(m), *_other_maps(asked)):
        yield each * values, text
    yield right / each, "Those are values. Each takes `value_bytes` bytes."
    yield 4 * right / each, "That takes four bytes for each value, whatever `value_bytes` says."
    yield 8 * right, "Those are bits. The answer is in bytes."


def _other_moments(m: Maps) -> Iterator[tuple[int, str]]:
    """Yield the values of somebody who keeps other maps."""
    inside = m.expanded + m.filtered
    yield m.x + inside, "The map of sums is missing. It is there from the beginning."
    yield m.sums + inside, "x is missing. Each group reads it again, so it stays."
    yield inside, "Those are the maps inside. x and the map of sums are there as well."
    yield (
        m.x + m.sums + max(m.expanded, m.filtered),
        "While the depthwise convolution runs, what it reads and what it writes are both there.",
    )
    yield m.x + m.sums + m.expanded, "The filtered map is missing: the depthwise one writes it."
    yield m.x + m.sums + m.filtered, "The expanded map is missing: the depthwise one reads it."
    yield m.x + m.sums, "Those are x and the sums. A group's wide maps are there beside them."
    yield (
        max(m.x + m.expanded + m.sums, inside + m.sums),
        "x is dropped behind the expansion there. Later groups, and a shortcut, read it again.",
    )
    yield (
        max(m.x + inside, m.x + m.filtered + m.sums),
        "The map of sums appears with the projection there. It is there from the beginning.",
    )
    yield (
        max(m.x + m.expanded, inside, m.filtered + m.sums),
        "That is the largest pair of what one step reads and writes. x and the map of sums stay "
        "beside every pair.",
    )


def _other_maps(asked: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield the values of somebody whose maps have other sizes."""
    size, channels, expansion, filters, stride, parts = (asked[name] for name in NAMES[:6])
    m = maps(**asked)
    large, small = _places(size, stride)
    if parts > 1:
        yield (
            m.x + m.sums + parts * (m.expanded + m.filtered),
            "All groups are kept there. A group's wide maps are gone before the next ones come.",
        )
        yield (
            (m.x + m.sums) // parts + m.expanded + m.filtered,
            "x and the map of sums are split into groups there, too. Each group reads all of x and "
            "adds to all sums.",
        )
    if expansion > 1:
        one = m.x + m.sums + large + small
        yield one, "That is one channel at a time. A group has `expansion * channels / parts`."
        text = "The expansion multiplies the channels that come in, not those that leave."
        yield m.x + m.sums + expansion * filters * (large + small) // parts, text
        text = "A group has `expansion * channels / parts` channels."
        yield m.x + m.sums + channels * (large + small) // parts, text
    else:
        text = "With an expansion of 1 there is no 1x1 convolution, and no map that it would write."
        yield sum(m) + channels * large // parts, text
    if stride > 1:
        yield sum(maps(**asked | {"stride": 1})), "The stride makes the later maps smaller."
        rows, columns = size
        cut = (rows // stride) * (columns // stride)
        group = m.filtered // small
        text = "A row that is left over counts: a side of n pixels leaves n / stride, rounded up."
        yield m.x + filters * cut + m.expanded + group * cut, text
        half = m.x + m.sums + m.filtered + m.expanded // large * small
        yield half, "The stride belongs to the depthwise convolution; the expanded map is large."
        flat = -(-large // stride)
        text = "The stride makes both sides of the map smaller, rows and columns."
        yield m.x + filters * flat + m.expanded + group * flat, text
