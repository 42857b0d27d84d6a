"""Check of the question of the inception exercises that asks for a module's multiply-adds.

What is expected is added up convolution by convolution; a slip changes that list or the places.
"""

from collections.abc import Iterator
from math import prod
from typing import Any

from course_lib.checks.cases import case
from course_lib.checks.verdict import expect_number, fresh_cases, merged, passed

NAMES = ("size", "channels", "kernels", "reduce", "filters", "project")
CASES: tuple[tuple[str, tuple], ...] = (  # kind of case, and the arguments
    ("reductions everywhere", ((9, 6), 20, (3, 5), (7, 4), (11, 8), 3)),
    ("reductions everywhere", ((5, 14), 13, (7, 3, 5), (2, 9, 6), (10, 12, 4), 15)),
    ("a branch without a reduction", ((8, 11), 16, (1, 3, 5), (0, 9, 4), (6, 13, 7), 5)),
    ("a branch without a reduction", ((12, 7), 9, (5, 3), (4, 0), (8, 14), 6)),
    ("a pooling without projection", ((6, 13), 17, (3, 5), (8, 3), (12, 9), 0)),
    ("a pooling without projection", ((10, 4), 11, (1, 3), (0, 0), (5, 7), 0)),
)
EXAMPLE = 3264  # that the notebook gives
Layer = tuple[int, int, int]  # side of the kernel, channels read, filters


def module_macs(answer) -> None:
    """Judge `module_macs(size, channels, kernels, reduce, filters, project)`."""
    rng = fresh_cases()
    for kind, values in (*CASES, *_drawn(rng)):
        asked = dict(zip(NAMES, values, strict=True))
        with case(kind):
            expect_number(answer, asked, work(**asked), merged(_slips(asked)))
    passed("module_macs", "Every 1x1 convolution is paid for, and each kernel reads what it left.")


def _drawn(rng) -> Iterator[tuple[str, tuple]]:
    """Yield a case of each kind."""
    for kind in dict.fromkeys(kind for kind, _ in CASES):
        size = tuple(int(n) for n in rng.choice(range(4, 15), 2, replace=False))
        channels, project, *widths = (int(n) for n in rng.choice(range(5, 30), 8, replace=False))
        kernels = tuple(int(n) for n in rng.permutation((1, 3, 5)))
        reduce, filters = widths[:3], widths[3:]
        if "reduction" in kind and "without" in kind:
            reduce[int(rng.integers(3))] = 0
        project *= "projection" not in kind
        yield kind, (size, channels, kernels, tuple(reduce), tuple(filters), project)


def layers_of(channels, kernels, reduce, filters, project) -> list[Layer]:
    """Return the convolutions of a module, branch by branch."""
    found: list[Layer] = []
    for kernel, narrow, gives in zip(kernels, reduce, filters, strict=True):
        found += [(1, channels, narrow)] if narrow else []
        found.append((kernel, narrow or channels, gives))
    return found + ([(1, channels, project)] if project else [])


def work(size, **asked) -> int:
    """Count the multiply-adds of a module."""
    return prod(size) * _products(layers_of(**asked))


def _products(layers: list[Layer]) -> int:
    return sum(kernel**2 * reads * gives for kernel, reads, gives in layers)


def _slips(asked: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield wrong numbers and the misunderstanding that leads to each."""
    size = asked["size"]
    inside = {name: value for name, value in asked.items() if name != "size"}
    layers = layers_of(**inside)
    places, right = prod(size), work(**asked)
    yield EXAMPLE, "That is the number of the example, which has other arguments."
    for wrong, text in (*_reduction_slips(inside), *_pooling_slips(inside)):
        yield places * _products(wrong), text
    yield (
        places * sum(kernel * reads * gives for kernel, reads, gives in layers),
        "A kernel of side k has k times k weights for each channel that it reads.",
    )
    yield (
        places * sum(kernel**2 * gives for kernel, _, gives in layers),
        "A filter reads all channels that reach it: a kernel's area alone is not enough.",
    )
    yield 2 * right, "That is twice the multiply-adds: one MAC is a product and its addition."
    yield right // places, "Those are weights. Each of them works at every pixel of the map."
    biases = sum(gives for _, _, gives in layers)
    yield right + places * biases, "Biases are added, not multiplied; they are no multiply-adds."
    yield right // places + biases, "Those are weights with their biases; multiply-adds are asked."
    yield from _place_slips(size, inside)


def _place_slips(size, inside) -> Iterator[tuple[int, str]]:
    """Yield wrong numbers of somebody who counts other places."""
    layers = layers_of(**inside)
    for side, name in zip(size, ("rows", "columns"), strict=True):
        yield side**2 * _products(layers), f"That map is square, of its {name}."
        yield side * _products(layers), f"That counts the {name} alone; a map has rows and columns."
    valid = sum(
        max(size[0] - k + 1, 0) * max(size[1] - k + 1, 0) * k**2 * reads * gives
        for k, reads, gives in layers
    )
    yield valid, "Each branch keeps the size of the map, so no place is lost at its edge."
    others = prod(size) * _products(layers_of(**inside | {"project": 0}))
    for small in (prod(side // 3 for side in size), prod(-(-side // 3) for side in size)):
        yield (
            others + small * inside["channels"] * inside["project"],
            "The pooling keeps the size of the map, too: its windows are one pixel apart.",
        )


def _reduction_slips(inside) -> Iterator[tuple[list[Layer], str]]:
    """Yield the convolutions of somebody who takes the reductions for something else."""
    channels, kernels, reduce, filters, project = (inside[name] for name in NAMES[1:])
    rows = list(zip(kernels, reduce, filters, strict=True))
    last = [(1, channels, project)] if project else []
    yield (
        [(k, r or channels, f) for k, r, f in rows] + last,
        "The reductions are free there. Each is a convolution that reads all channels.",
    )
    yield (
        [(k, channels, f) for k, _, f in rows] + last,
        "That is the naive module. Behind a reduction, a kernel reads what the reduction left.",
    )
    yield (
        [part for k, r, f in rows for part in ((1, channels, r), (k, channels, f))] + last,
        "The reductions are paid for and not used: behind one, a kernel reads its channels.",
    )
    yield from ((found + last, text) for found, text in _zero_slips(rows, channels))
    yield (
        [part for k, r, f in rows for part in ((k, channels, r), (k, r, f))] + last,
        "The reductions have 1x1 kernels, whatever kernel follows.",
    )
    behind = [part for k, r, f in rows for part in ((k, channels, f), (1, f, r))]
    yield behind + last, "The 1x1 convolutions stand in front of the kernels, not behind them."
    reads, chain = channels, []
    for k, r, f in rows:
        chain += ([(1, reads, r)] if r else []) + [(k, r or reads, f)]
        reads = f
    yield chain + last, "Every branch reads what comes in. They stand side by side, not in a row."


def _zero_slips(rows, channels) -> Iterator[tuple[list[Layer], str]]:
    """Yield the convolutions of somebody who misreads a 0 in `reduce`, without the last branch."""
    yield (
        [part for k, r, f in rows for part in ((1, channels, r), (k, r, f))],
        "A branch costs nothing there where `reduce` has 0. It has no reduction: its kernel reads "
        "all channels.",
    )
    kept = [(k, r or channels, f) for k, r, f in rows]
    yield (
        [part for k, r, f in kept for part in ((1, channels, r), (k, r, f))],
        "Where `reduce` has 0 there is no 1x1 convolution, not one that keeps the channels.",
    )
    yield (
        [part for k, r, f in rows if r for part in ((1, channels, r), (k, r, f))],
        "The branches where `reduce` has 0 are left out. They have no reduction, and a kernel.",
    )


def _pooling_slips(inside) -> Iterator[tuple[list[Layer], str]]:
    """Yield the convolutions of somebody who counts the pooling's branch otherwise."""
    channels, project = inside["channels"], inside["project"]
    others = layers_of(**inside | {"project": 0})
    joined = sum(inside["filters"])
    if project:
        yield others, "The projection behind the pooling is left out."
        yield (
            [*others, (1, joined, project)],
            "The projection reads the pooled map, which has the channels that come in, and not "
            "what the other branches give.",
        )
        yield (
            [*others, (3, channels, project)],
            "The projection is a 1x1 convolution. The windows of 3x3 belong to the pooling.",
        )
        yield (
            [*others, (1, channels, project), (3, channels, 1)],
            "Pooling compares values and multiplies none.",
        )
    else:
        yield (
            [*others, (1, channels, channels)],
            "With project=0 there is no convolution behind the pooling: its channels pass as they "
            "are.",
        )
        yield [*others, (3, channels, 1)], "Pooling compares values and multiplies none."
