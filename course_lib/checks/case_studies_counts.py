"""Checks of the questions of the case studies that ask for the weights and work of a convolution.

What is expected is counted: kernels filter by filter, and windows one by one.  A slip is counted
in the same way, with what was misunderstood.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from course_lib.checks.cases import case
from course_lib.checks.verdict import expect_number, fresh_cases, merged, passed

Asked = dict[str, Any]

WEIGHTS = ("kernel", "channels", "filters", "groups", "dilation")
LAYERS: tuple[tuple[str, tuple], ...] = (  # kind of case, and the arguments but `biases`
    ("one group", ((3, 3), 5, 8, 1, 1)),
    ("one group", ((1, 7), 6, 10, 1, 1)),
    ("groups", ((5, 3), 12, 20, 4, 1)),
    ("groups", ((3, 3), 6, 18, 6, 1)),
    ("dilation", ((3, 2), 4, 7, 1, 3)),
    ("dilation", ((2, 5), 6, 4, 2, 2)),
)
WORK = ("size", "kernel", "channels", "filters", "stride", "dilation", "padding")
MAPS: tuple[tuple[str, tuple], ...] = (  # kind of case, and the arguments
    ("every pixel", ((14, 11), (3, 3), 5, 8, 1, 1, "same")),
    ("every pixel", ((9, 16), (1, 7), 6, 4, 1, 2, "same")),
    ("a stride", ((15, 22), (3, 5), 4, 6, 2, 1, "same")),
    ("a stride", ((17, 13), (4, 3), 3, 7, 3, 1, "valid")),
    ("a stride", ((16, 21), (3, 3), 2, 5, 2, 1, "valid")),
    ("dilation", ((19, 14), (3, 3), 4, 6, 1, 2, "valid")),
    ("dilation", ((23, 18), (2, 4), 3, 5, 2, 3, "valid")),
)


def weights_of_conv(answer) -> None:
    """Judge `weights_of_conv(kernel, channels, filters, groups, dilation, biases)`."""
    rng = fresh_cases()
    for kind, values in (*LAYERS, *_drawn_layers(rng)):
        for biases in (True, False):
            asked = dict(zip(WEIGHTS, values, strict=True)) | {"biases": biases}
            with case(kind):
                expect_number(answer, asked, _weights(**asked), merged(_weight_slips(**asked)))
    passed("weights_of_conv", "Kernels for the maps that a filter reads, and each bias once.")


def _drawn_layers(rng) -> Iterator[tuple[str, tuple]]:
    """Yield a case of each kind."""
    for kind in dict.fromkeys(kind for kind, _ in LAYERS):
        groups = int(rng.integers(2, 5)) if kind == "groups" else 1
        dilation = int(rng.integers(2, 4)) if kind == "dilation" else 1
        rows, columns = (int(n) for n in rng.choice(range(2, 8), 2, replace=False))
        channels, filters = (int(groups * n) for n in rng.choice(range(3, 12), 2, replace=False))
        yield kind, ((rows, columns), channels, filters, groups, dilation)


def _weights(kernel, channels, filters, groups, dilation, biases) -> int:
    """Count the weights filter by filter; a dilated kernel has no weights between its own."""
    reads = np.array_split(np.arange(channels), groups)
    owners = np.array_split(np.arange(filters), groups)
    each = [len(reads[i]) * np.ones(kernel).size for i, own in enumerate(owners) for _ in own]
    return int(sum(each) + biases * len(each))


def _weight_slips(kernel, channels, filters, groups, dilation, biases):
    """Yield wrong numbers of weights and the misunderstanding that leads to each."""
    asked: Asked = {"kernel": kernel, "channels": channels, "filters": filters, "groups": groups}
    asked |= {"dilation": dilation, "biases": biases}
    right, lifts = _weights(**asked), biases * filters
    area = kernel[0] * kernel[1]
    yield (
        area * filters + lifts,
        "A kernel lies on each map that its filter reads: the area of one kernel is not enough.",
    )
    if biases:
        yield right - filters, "With biases=True each filter has one; they are forgotten."
        yield right + filters, "The biases are counted twice: each filter has one."
        yield right - filters + 1, "That is one bias for the layer; each filter has its own."
        yield right - filters + channels, "A bias belongs to a filter, not to a map that it reads."
        yield right - filters + filters // groups, "The biases are divided; no group shares one."
        yield (area + 1) * channels * filters // groups, "That is a bias for each kernel."
    else:
        yield right + filters, "With biases=False there are none."
    yield _weights(**asked | {"groups": 1}), "The groups are left out: a filter reads its own maps."
    yield (right - lifts) // groups + lifts, "That is divided by `groups` twice: there are several."
    if biases:
        yield right // groups, "That is one group; there are several, and all of them count."
    if dilation > 1:
        reach = tuple(dilation * (side - 1) + 1 for side in kernel)
        yield (
            _weights(**asked | {"kernel": reach}),
            "Dilation pulls the kernel's weights apart. The gaps hold none.",
        )
        yield (right - lifts) * dilation**2 + lifts, "Dilation adds no weights, only distance."
    for side, name in zip(kernel, ("rows", "columns"), strict=True):
        yield _weights(**asked | {"kernel": (side, side)}), f"That kernel is square, of its {name}."
    yield (
        (right - lifts) // area * sum(kernel) + lifts,
        "A kernel has rows times columns weights, not their sum.",
    )
    yield (right - lifts) * 2 + lifts, "Weights are no operations: nothing is counted twice."


def macs_of_conv(answer) -> None:
    """Judge `macs_of_conv(size, kernel, channels, filters, stride, dilation, padding)`."""
    rng = fresh_cases()
    for kind, values in (*MAPS, *(drawn for _ in range(2) for drawn in _drawn_maps(rng))):
        asked = dict(zip(WORK, values, strict=True))
        with case(kind):
            expect_number(answer, asked, _work(**asked), merged(_work_slips(**asked)))
    passed("macs_of_conv", "Every place of the output, times the weights that work there.")


def _drawn_maps(rng) -> Iterator[tuple[str, tuple]]:
    """Yield a case of each kind."""
    for kind in dict.fromkeys(kind for kind, _ in MAPS):
        size, kernel, depth = (
            tuple(int(n) for n in rng.choice(range(*span), 2, replace=False))
            for span in ((13, 30), (2, 5), (3, 9))
        )
        stride = int(rng.integers(2, 4)) if kind == "a stride" else 1
        dilation = int(rng.integers(2, 4)) if kind == "dilation" else 1
        padding = "same" if kind == "every pixel" else "valid"
        yield kind, (size, kernel, *depth, stride, dilation, padding)


def _places(size, kernel, stride, dilation, padding) -> int:
    """Count where the kernel comes to lie, row by row and column by column."""
    found = 1
    for pixels, side in zip(size, kernel, strict=True):
        reach = 1 if padding == "same" else dilation * (side - 1) + 1
        found *= len(np.arange(pixels)[reach - 1 :][::stride])
    return found


def _work(size, kernel, channels, filters, stride, dilation, padding) -> int:
    """Count one multiply-add for each weight at each place."""
    places = _places(size, kernel, stride, dilation, padding)
    return places * _weights(kernel, channels, filters, 1, 1, False)


def _work_slips(size, kernel, channels, filters, stride, dilation, padding):
    """Yield wrong numbers of multiply-adds and the misunderstanding that leads to each."""
    asked: Asked = dict(
        zip(WORK, (size, kernel, channels, filters, stride, dilation, padding), strict=True)
    )
    right = _work(**asked)
    places = _places(size, kernel, stride, dilation, padding)
    yield 2 * right, "That counts multiplications and additions apart; a multiply-add is one pair."
    yield right // channels, "A filter reads all maps that come in: one kernel on each of them."
    yield right // filters, "That is one filter; each map that comes out has its own."
    yield right + places * filters, "Biases are added, not multiplied: they are no multiply-adds."
    yield (
        right // places * size[0] * size[1],
        "That counts the pixels that come in. The kernel works once for each that comes out.",
    )
    yield right // places, "Those are the weights. Each works at every place of the output."
    for change, text in (
        ({"stride": 1}, "The stride is left out: the kernel skips pixels."),
        ({"dilation": 1}, "The dilation is left out: a wider window fits in fewer places."),
        ({"padding": "same"}, "With padding='valid' a window must fit as a whole."),
        ({"padding": "valid"}, "With padding='same' no place is lost at the edge."),
        ({"size": size[::-1], "kernel": kernel}, "Rows and columns are exchanged."),
        ({"kernel": (kernel[0],) * 2}, "That kernel is square, of its rows."),
        ({"kernel": (kernel[1],) * 2}, "That kernel is square, of its columns."),
        ({"size": (size[0],) * 2}, "That map is square, of its rows."),
        ({"size": (size[1],) * 2}, "That map is square, of its columns."),
    ):
        yield _work(**asked | change), text
    reach = [dilation * (side - 1) + 1 for side in kernel]
    yield (
        right // (kernel[0] * kernel[1]) * reach[0] * reach[1],
        "Dilation pulls the weights apart. Nothing is multiplied in the gaps.",
    )
    for lies, text in _miscounted(size, kernel, stride, dilation, padding):
        yield right // places * lies[0] * lies[1], text


def _miscounted(size, kernel, stride, dilation, padding) -> Iterator[tuple[list[int], str]]:
    """Yield wrong numbers of places along rows and columns."""
    sides = list(zip(size, kernel, strict=True))
    room = [n if padding == "same" else n - dilation * (side - 1) for n, side in sides]
    yield (
        [n // stride for n in room],
        "Round up: the place at the start counts, and the steps behind it.",
    )
    yield (
        [-(-n // stride) + 1 for n in room],
        "That is one place too many in each row and column.",
    )
    if padding == "valid":
        yield (
            [(n - dilation * side) // stride + 1 for n, side in sides],
            "From its first weight to its last a kernel reaches dilation * (side - 1) + 1 pixels: "
            "there are gaps between its weights, and none behind the last.",
        )
        return
    for less in (0, 1):
        for spread in {1, dilation}:
            zeros = [2 * spread * ((side - less) // 2) for side in kernel]
            yield (
                [
                    (n + more - dilation * (side - 1) - 1) // stride + 1
                    for (n, side), more in zip(sides, zeros, strict=True)
                ],
                "Those are as many zeros on each side as half a kernel. With padding='same' there "
                "are dilation * (side - 1) in all, so that no place is lost and none is new; an "
                "even kernel has one more on one of its sides.",
            )
