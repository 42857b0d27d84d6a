"""Check of the question of the senet exercises that asks for the weights of all gates of a net.

What is expected is added up gate by gate; a slip changes the units, what a gate has, or which
gates there are.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from course_lib.checks.cases import case
from course_lib.checks.verdict import expect_number, fresh_cases, merged, passed

Stages = tuple[tuple[int, int], ...]  # blocks and channels of each stage
ALL, BIASES, FLOOR, LEAST = "no biases", "biases", "a ratio that leaves a rest", "a narrow stage"
# Kind of case, stages, ratio, least units, biases
CASES: tuple[tuple[str, Stages, int, int, bool], ...] = (
    (ALL, ((3, 32), (5, 64)), 8, 2, False),
    (BIASES, ((4, 48), (2, 96)), 6, 3, True),
    (FLOOR, ((2, 50), (3, 110)), 12, 1, True),
    (LEAST, ((5, 12), (4, 72), (2, 144)), 9, 7, True),
    (LEAST, ((3, 20), (6, 90)), 10, 5, False),
)
EXAMPLE = 337  # that the notebook gives


def se_weights(answer) -> None:
    """Judge `se_weights(stages, ratio, least, bias)`."""
    rng = fresh_cases()
    for kind, stages, ratio, least, bias in (*CASES, *_drawn(rng)):
        asked: dict[str, Any] = {"stages": stages, "ratio": ratio, "least": least, "bias": bias}
        with case(kind):
            slips = merged(_slips(**asked))
            expect_number(answer, asked, weights(**asked), slips, _begins(**asked))
    passed("se_weights", "Two dense layers a gate, and what the contract says of their biases.")


def _drawn(rng) -> Iterator[tuple[str, Stages, int, int, bool]]:
    """Yield a case of each kind."""
    ratio = int(rng.integers(4, 15))
    blocks = [int(n) for n in rng.choice(range(2, 8), 2, replace=False)]
    units = [int(n) for n in rng.choice(range(3, 12), 2, replace=False)]
    for kind, rest, bias in ((ALL, 0, False), (BIASES, 0, True), (FLOOR, ratio - 1, True)):
        stages = tuple((b, ratio * u + rest) for b, u in zip(blocks, units, strict=True))
        yield kind, stages, ratio, 1, bias
    stages = ((blocks[0], 2 * ratio), (blocks[1], ratio * (units[0] + 4)))
    yield LEAST, stages, ratio, int(rng.integers(3, 7)), bool(rng.integers(2))


def units_of(channels: int, ratio: int, least: int, rounding: str = "down") -> int:
    """Return the units of a gate's first dense layer, rounded down, up, or to the nearest."""
    half = {"down": 0, "up": ratio - 1, "nearest": ratio // 2}[rounding]
    return max(least, (channels + half) // ratio)


def weights(stages: Stages, ratio: int, least: int, bias: bool) -> int:
    """Count the weights of all gates."""
    return sum(
        blocks * _gate(channels, units_of(channels, ratio, least), bias)
        for blocks, channels in stages
    )


def _begins(stages: Stages, ratio: int, least: int, bias: bool) -> str:
    """Say what a gate of the first stage has, to somebody whose number no slip explains."""
    blocks, channels = stages[0]
    units = units_of(channels, ratio, least)
    return (
        f"The first stage has {blocks} gates, each with {units} units in its first dense layer "
        f"and {_gate(channels, units, bias):,} weights."
    )


def _gate(channels: int, units: int, bias: bool) -> int:
    return 2 * channels * units + bias * (channels + units)


def _slips(stages: Stages, ratio: int, least: int, bias: bool) -> Iterator[tuple[float, str]]:
    """Yield wrong numbers and the misunderstanding that leads to each."""
    yield EXAMPLE, "That is the number of the example, which has other arguments."
    for rounding, word in (("up", "rounded up"), ("nearest", "rounded to the nearest")):
        yield (
            _sum(stages, partial(units_of, ratio=ratio, least=least, rounding=rounding), bias),
            f"The units are {word} there. C/r is rounded down.",
        )
    for units, text in (
        (lambda c: c // ratio, "`least` is left out: no gate has fewer units than that."),
        (lambda c: least, "Every gate has `least` units there. That many are the fewest."),
        (lambda c: max(least, c * ratio), "r is on the wrong side: the first layer has C·r units."),
        (lambda c: max(least, ratio), "r is the number of units there. It divides: C/r units."),
        (lambda c: c, "The first layer has as many units as channels there; they are C/r."),
        (lambda c: min(least, c // ratio), "`least` is taken for the most units."),
        (lambda c: c / ratio, "C/r is not rounded there, and `least` is left out."),
    ):
        yield _sum(stages, units, bias), text
    yield from _parts(stages, ratio, least, bias)


def _parts(stages: Stages, ratio: int, least: int, bias: bool) -> Iterator[tuple[float, str]]:
    """Yield the sums of somebody who gives a gate other parts, or counts other gates."""
    rows: list[tuple[int, int, int]] = [
        (blocks, channels, units_of(channels, ratio, least)) for blocks, channels in stages
    ]
    right = weights(stages, ratio, least, bias)
    yield from _biases(rows, right, bias)
    yield (
        sum(b * (c * u + bias * u) for b, c, u in rows),
        "That is the first dense layer alone; a second leads back to the channels.",
    )
    yield (
        sum(b * (c * u + bias * c) for b, c, u in rows),
        "That is the second dense layer alone; a first leads to the units.",
    )
    yield (
        right + sum(b * c for b, c, _ in rows),
        "The gates are counted as weights, one for each channel. They are computed from the "
        "image, and nothing is stored.",
    )
    yield (
        sum(b * c for b, c, _ in rows),
        "One number for each channel: those are the gates, which are computed from the image. The "
        "weights are those of the two dense layers.",
    )
    yield (
        sum(_gate(c, u, bias) for _, c, u in rows),
        "That counts one gate a stage. Each block has one of its own.",
    )
    yield (
        rows[0][0] * _gate(*rows[0][1:], bias),
        "That is the first stage alone.",
    )
    yield (
        sum(b * _gate(c, units_of(c, ratio, least) ** 2, bias) for b, c, _ in rows),
        "The units are squared there. A layer has a weight for each pair of input and unit: C·C/r.",
    )


def _biases(
    rows: list[tuple[int, int, int]], right: int, bias: bool
) -> Iterator[tuple[float, str]]:
    """Yield the sums of somebody who takes other biases."""
    biases = sum(b * (c + u) for b, c, u in rows)
    if bias:
        yield right - biases, "The biases are missing: here both dense layers have them."
        yield (
            right - sum(b * u for b, _, u in rows),
            "The biases of the first dense layer are missing: one for each of its units.",
        )
        yield (
            right - sum(b * c for b, c, _ in rows),
            "The biases of the second dense layer are missing: one for each channel.",
        )
        yield right + biases, "Each bias is counted twice there."
        each = "A dense layer has a bias for each of its units: C/r in the first, C in the second."
        yield right + sum(b * (c - u) for b, c, u in rows), each
        yield right - sum(b * (c - u) for b, c, u in rows), each
        yield (
            right - sum((b - 1) * (c + u) for b, c, u in rows),
            "The biases of one gate a stage are counted; those of each block count.",
        )
    else:
        yield right + biases, "With bias=False neither dense layer has biases."


def _sum(stages: Stages, units: Any, bias: bool) -> float:
    """Count with other units, a function of the channels."""
    return sum(
        blocks * (2 * channels * units(channels) + bias * (channels + units(channels)))
        for blocks, channels in stages
    )
