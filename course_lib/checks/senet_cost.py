"""Check of the question of the senet exercises that asks for the operations that gates add.

What is expected is added up gate by gate; a slip changes what a gate reads, or what is counted.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from course_lib.checks.cases import case
from course_lib.checks.verdict import expect_number, fresh_cases, merged, passed

NAMES = ("side", "channels", "stages", "ratio", "place", "count")
PLACES = ("branch", "input", "inside")
COUNTS = ("dense", "scale", "all")
KINDS = {
    "branch": "gates behind the branch",
    "input": "gates in front of the block",
    "inside": "gates inside the branch",
}
Stages = tuple[tuple[int, int, int], ...]  # blocks, width and stride of each stage
STAGES: dict[str, tuple[int, int, Stages, int]] = {
    "branch": (12, 20, ((2, 8, 1), (3, 14, 2)), 4),
    "input": (20, 18, ((3, 6, 2), (2, 9, 2)), 6),
    "inside": (16, 28, ((2, 15, 1), (4, 24, 2), (2, 33, 2)), 4),
}
EXAMPLE = 228  # that the notebook gives


class Gate(NamedTuple):
    """What a gate reads: a map of side times side pixels."""

    side: int
    channels: int


def se_resnet_cost(answer) -> None:
    """Judge `se_resnet_cost(side, channels, stages, ratio, place, count)`."""
    rng = fresh_cases()
    for values in (*_fixed(), *_drawn(rng)):
        asked = dict(zip(NAMES, values, strict=True))
        with case(KINDS[asked["place"]]):
            slips = merged(_slips(asked))
            expect_number(answer, asked, operations(**asked), slips, _begins(asked))
    passed("se_resnet_cost", "What a gate reads, and which operations somebody counts.")


def _fixed() -> Iterator[tuple]:
    for place, (side, channels, stages, ratio) in STAGES.items():
        for count in COUNTS:
            yield side, channels, stages, ratio, place, count


def _drawn(rng) -> Iterator[tuple]:
    """Yield a case of each kind."""
    for place in PLACES:
        ratio = int(rng.integers(2, 6))
        widths = [int(n) for n in rng.choice(range(7, 30), 2, replace=False)]
        blocks = [int(n) for n in rng.choice(range(2, 6), 2, replace=False)]
        strides = [int(n) for n in rng.permutation((1, 2))]
        stages = tuple(zip(blocks, widths, strides, strict=True))
        side = 2 * int(rng.integers(4, 12))
        count = COUNTS[int(rng.integers(3))]
        yield side, int(rng.integers(31, 50)), stages, ratio, place, count


def gates(side: int, channels: int, stages: Stages, place: str, fault: str = "") -> list[Gate]:
    """Return what each gate reads, rightly or for somebody with a fault."""
    found = []
    for blocks, width, stride in stages:
        for i in range(blocks):
            step = stride if i == 0 or fault == "every stride" else 1
            after = side if fault == "no stride" else side // step
            gives = width if fault == "no expansion" else 4 * width
            found.append(
                {
                    "branch": Gate(after, gives),
                    "input": Gate(side, channels),
                    "inside": Gate(after, width),
                    "inside early": Gate(side, width),
                    "input small": Gate(after, channels),
                    "input wide": Gate(side, gives),
                }[place]
            )
            side, channels = after, gives
            if fault == "one a stage":
                break
    return found


def operations(side, channels, stages, ratio, place, count) -> int:
    """Count what the gates add."""
    return sum(_gate(gate, ratio, count) for gate in gates(side, channels, stages, place))


def _gate(gate: Gate, ratio: int, count: str) -> int:
    values = gate.side**2 * gate.channels
    dense = 2 * gate.channels * (gate.channels // ratio)
    return dense + COUNTS.index(count) * values


def _begins(asked: dict[str, Any]) -> str:
    """Say what the first gates read, to somebody whose number no slip explains."""
    net = {name: asked[name] for name in ("side", "channels", "stages")}
    one, two = gates(**net, place=asked["place"])[:2]
    return (
        f"The first gate reads {one.channels} channels of {one.side} x {one.side} pixels, the "
        f"second {two.channels} of {two.side} x {two.side}."
    )


def _slips(asked: dict[str, Any]) -> Iterator[tuple[float, str]]:
    """Yield wrong numbers and the misunderstanding that leads to each."""
    yield EXAMPLE, "That is the number of the example, which has other arguments."
    net = {name: asked[name] for name in ("side", "channels", "stages")}
    place, count, ratio = asked["place"], asked["count"], asked["ratio"]
    right = gates(**net, place=place)
    yield from _other_gates(net, place, lambda found: _added(found, ratio, count))
    for other in COUNTS:
        yield (
            _added(right, ratio, other),
            f'That is what count="{other}" asks for; here it is "{count}".',
        )
    yield from _other_counts(right, ratio, count)
    yield 2 * _added(right, ratio, count), "That is twice as much: a multiply-add counts once."


def _added(found: list[Gate], ratio: int, count: str) -> int:
    return sum(_gate(gate, ratio, count) for gate in found)


def _other_gates(net, place, added: Callable) -> Iterator[tuple[float, str]]:
    """Yield the sums of somebody whose gates read other maps."""
    reads = {
        "branch": "the branch's output, with 4 times the width in channels",
        "input": "what the block reads: the map before the stride, with its channels",
        "inside": "the 3x3 convolution's output, with as many channels as the width",
    }
    for other in PLACES:
        yield added(gates(**net, place=other)), f"The gates read {reads[place]}."
    for fault, text in (
        ("no stride", "The strides are left out: the map shrinks at the first block of a stage."),
        ("every stride", "The stride is taken in every block; the first of a stage has it alone."),
        ("no expansion", "A block gives 4 times its width in channels."),
        ("one a stage", "That counts one gate a stage. Each block has one of its own."),
    ):
        yield added(gates(**net, place=place, fault=fault)), text
    if place == "inside":
        yield (
            added(gates(**net, place="inside early")),
            "The 3x3 convolution has the stride: what it gives is the smaller map.",
        )
    if place == "input":
        yield (
            added(gates(**net, place="input small")),
            "The gate stands before the stride: it reads the larger map.",
        )
        yield (
            added(gates(**net, place="input wide")),
            "The first block of a stage reads the channels of the stage before.",
        )


def _other_counts(right: list[Gate], ratio: int, count: str) -> Iterator[tuple[float, str]]:
    """Yield the sums of somebody who counts other operations of the same gates."""
    times = COUNTS.index(count)
    values = [gate.side**2 * gate.channels for gate in right]
    dense = [2 * gate.channels * (gate.channels // ratio) for gate in right]
    whole, scaled = sum(dense), times * sum(values)
    yield (
        sum(d * gate.side**2 for d, gate in zip(dense, right, strict=True)) + scaled,
        "The dense layers work at every pixel there. Behind the squeeze there is one value for "
        "each channel, so they work once.",
    )
    yield whole // 2 + scaled, "That is one dense layer a gate; it has two."
    yield (
        whole + times * sum(gate.channels for gate in right),
        "One operation for each gate, where each value of the map has one: a gate multiplies all "
        "pixels of its channel.",
    )
    for units, text in (
        (lambda c: c, "r is left out: the first dense layer has C/r units."),
        (lambda c: c * ratio, "r is on the wrong side: the first layer has C/r units, not C·r."),
        (lambda c: c / ratio, "C/r is not rounded there. It is rounded down."),
        (lambda c: -(-c // ratio), "C/r is rounded up there. It is rounded down."),
    ):
        yield sum(2 * gate.channels * units(gate.channels) for gate in right) + scaled, text
    biases = sum(gate.channels + gate.channels // ratio for gate in right)
    yield whole + scaled + biases, "Biases are added, not multiplied, and count in no convention."
    yield scaled, "The dense layers are left out."
    if times == 2:
        yield whole + 3 * sum(values), "Pooling adds each value once, and the gate multiplies once."
