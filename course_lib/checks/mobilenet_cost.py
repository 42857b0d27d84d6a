"""Check of the question of the mobilenet exercises that asks for the work of a separable step.

A step is a depthwise convolution, with one filter or several on each channel, and a 1x1
convolution behind it.  A slip counts other products at a place, or other places.
"""

from collections.abc import Iterator
from math import prod
from typing import Any

from course_lib.checks.cases import case
from course_lib.checks.verdict import expect_number, fresh_cases, merged, passed

NAMES = ("size", "channels", "filters", "kernel", "stride", "multiplier")
CASES: tuple[tuple[str, tuple], ...] = (  # kind of case, and the arguments
    ("one filter a channel", ((7, 10), 6, 11, 3, 1, 1)),
    ("one filter a channel", ((12, 9), 13, 4, 5, 1, 1)),
    ("several filters a channel", ((8, 11), 5, 14, 3, 1, 2)),
    ("several filters a channel", ((13, 6), 9, 7, 5, 1, 4)),
    ("a stride", ((11, 14), 7, 12, 3, 2, 1)),
    ("a stride", ((17, 13), 4, 10, 5, 3, 2)),
)
EXAMPLE = 702  # that the notebook gives


def separable_cost(answer) -> None:
    """Judge `separable_cost(size, channels, filters, kernel, stride, multiplier)`."""
    rng = fresh_cases()
    for kind, values in (*CASES, *_drawn(rng)):
        asked = dict(zip(NAMES, values, strict=True))
        with case(kind):
            expect_number(answer, asked, work(**asked), merged(_slips(**asked)))
    passed("separable_cost", "First each channel by itself, then all of them at each pixel.")


def _drawn(rng) -> Iterator[tuple[str, tuple]]:
    """Yield a case of each kind."""
    for kind in dict.fromkeys(kind for kind, _ in CASES):
        size = tuple(int(n) for n in 2 * rng.choice(range(4, 10), 2, replace=False) + 1)
        channels, filters = (int(n) for n in rng.choice(range(5, 30), 2, replace=False))
        stride = 2 if kind == "a stride" else 1
        multiplier = 1 if kind == "one filter a channel" else int(rng.integers(2, 5))
        yield kind, (size, channels, filters, int(rng.choice((3, 5))), stride, multiplier)


def places_of(size, stride: int) -> int:
    """Return how many windows a padded convolution has."""
    return prod(-(-side // stride) for side in size)


def work(size, channels, filters, kernel, stride, multiplier) -> int:
    """Count the multiply-adds of both convolutions."""
    maps = channels * multiplier
    return places_of(size, stride) * (kernel**2 * maps + maps * filters)


def _slips(**asked: Any) -> Iterator[tuple[int, str]]:
    """Yield wrong numbers and the misunderstanding that leads to each."""
    right, places = work(**asked), places_of(asked["size"], asked["stride"])
    yield EXAMPLE, "That is the number of the example, which has other arguments."
    for products, text in _other_products(**asked):
        yield places * products, text
    yield from _other_places(**asked)
    yield 2 * right, "That is twice the multiply-adds: one MAC is a product and its addition."
    yield right // places, "Those are weights. Each of them works at every place of the map."
    outputs = asked["channels"] * asked["multiplier"] + asked["filters"]
    yield right + places * outputs, "Biases are added, not multiplied; they are no multiply-adds."


def _other_products(channels, filters, kernel, multiplier, **_) -> Iterator[tuple[int, str]]:
    """Yield the products at one place of somebody who takes the two steps for others."""
    maps = channels * multiplier
    area = kernel**2
    summed = "A depthwise filter reads one channel and adds nothing up across channels: the 1x1 "
    summed += "convolution reads `channels` times `multiplier` maps."
    yield area * channels * filters, "That is the standard convolution, which does both at once."
    for reads in (1, multiplier):
        yield area * maps + reads * filters, summed
    yield (
        area * channels * maps + maps * filters,
        "That is a standard convolution, from all channels, with a 1x1 convolution behind it.",
    )
    yield (
        area * maps + channels * filters,
        "Several filters a channel make more maps, and the 1x1 convolution reads them all.",
    )
    yield (
        area * channels + channels * filters,
        "`multiplier` is left out: each channel is read by so many filters.",
    )
    yield (
        area * channels + maps * filters,
        "Each channel is read by `multiplier` filters, and each of them works.",
    )
    yield (
        area * maps + maps * filters * multiplier,
        "The 1x1 convolution has `filters` filters; `multiplier` is there in what it reads.",
    )
    yield area * maps * maps * filters, "The steps follow each other: their products add up."
    yield area * maps, "That is the depthwise convolution alone."
    yield maps * filters, "That is the 1x1 convolution alone."
    yield kernel * maps + maps * filters, "A kernel of side k has k times k weights."
    first = "There the 1x1 convolution comes first, and the kernels read what it leaves. Here the "
    first += "depthwise convolution comes first."
    yield area * filters * multiplier + channels * filters, first


def _other_places(size, stride, **asked) -> Iterator[tuple[int, str]]:
    """Yield the counts of somebody who puts the windows elsewhere."""
    at_one = work((1, 1), stride=1, **asked)
    maps = asked["channels"] * asked["multiplier"]
    area = asked["kernel"] ** 2
    whole, places = prod(size), places_of(size, stride)
    if stride > 1:
        yield whole * at_one, "The stride is left out: windows stand at every stride-th pixel."
        yield (
            whole * area * maps + places * maps * asked["filters"],
            "The stride is taken by the 1x1 convolution there. It belongs to the depthwise one.",
        )
        yield (
            places * area * maps + whole * maps * asked["filters"],
            "The 1x1 convolution reads what the depthwise one gives, which has fewer pixels.",
        )
        yield (
            prod(side // stride for side in size) * at_one,
            "Rounded down. The map is padded: the first pixel of each row has a window, and then "
            "every stride-th one.",
        )
        yield (
            whole * at_one // stride,
            "A stride makes both height and width smaller.",
        )
        yield (
            whole * asked["channels"] * asked["filters"]
            + places * area * asked["filters"] * asked["multiplier"],
            "There the 1x1 convolution comes first, on the large map. Here the depthwise "
            "convolution comes first.",
        )
    fits = prod(max((side - asked["kernel"]) // stride + 1, 0) for side in size)
    yield fits * at_one, "That is without padding. Here windows may reach beyond the edge."
    for side, name in zip(size, ("rows", "columns"), strict=True):
        steps = -(-side // stride)
        yield steps**2 * at_one, f"That map is square, of its {name}."
        yield steps * at_one, f"That counts the {name} alone; a map has rows and columns."
