"""Checks of the questions of the alexnet exercises that ask for a number.

What is expected is counted: windows on a row of pixels, and kernels of the filters of each group.
A slip is counted in the same way, with what was misunderstood.
"""

from collections.abc import Iterator

import numpy as np

from course_lib.checks.cases import case
from course_lib.checks.verdict import expect_number, fresh_cases, merged, passed

Four = tuple[int, int, int, int]

SIDES: tuple[
    tuple[str, Four], ...
] = (  # kind of case, and the arguments: size, kernel, stride, padding
    ("windows that use every pixel", (227, 11, 4, 0)),
    ("windows that use every pixel", (13, 3, 2, 0)),
    ("windows that leave pixels over", (224, 11, 4, 0)),
    ("windows that leave pixels over", (30, 6, 5, 0)),
    ("zeros around the image", (24, 9, 2, 4)),
    ("zeros around the image", (224, 11, 4, 2)),
    ("zeros around the image", (27, 5, 1, 2)),
)
CONVOLUTIONS: tuple[
    tuple[str, Four], ...
] = (  # kind of case, and the arguments but `biases`: kernel, channels, filters, groups
    ("one group", (3, 4, 10, 1)),
    ("two groups", (5, 96, 256, 2)),
    ("two groups", (3, 10, 4, 2)),
    ("more groups", (3, 12, 20, 4)),
    ("a group for each map", (5, 6, 18, 6)),
)


def conv_output_size(answer) -> None:
    """Judge `conv_output_size(size, kernel, stride, padding)`."""
    rng = fresh_cases()
    for kind, asked in (*SIDES, *(drawn for _ in range(2) for drawn in _drawn_sides(rng))):
        arguments = dict(zip(("size", "kernel", "stride", "padding"), asked, strict=True))
        with case(kind):
            expect_number(answer, arguments, _windows(*asked), merged(_side_slips(*asked)))
    passed("conv_output_size", "Whole windows only, and zeros on both sides.")


def _drawn_sides(rng) -> Iterator[tuple[str, Four]]:
    """Yield a case of each kind."""
    for kind in dict.fromkeys(kind for kind, _ in SIDES):
        stride, kernel, more = (int(n) for n in rng.integers((2, 5, 3), (5, 12, 20)))
        rest = 0 if "every" in kind else int(rng.integers(1, stride))
        padding = int(rng.integers(stride, kernel)) if "zeros" in kind else 0
        yield kind, (more * stride + kernel + rest, kernel, stride, padding)


def _windows(size, kernel, stride, padding) -> int:
    """Count the windows that start a stride apart and end on a row of pixels."""
    row = np.arange(size + 2 * padding)
    ends = row[kernel - 1 :]
    return len(ends[::stride])


def _side_slips(size, kernel, stride, padding):
    """Yield wrong sides and the misunderstanding that leads to each."""
    right = _windows(size, kernel, stride, padding)
    rest = (size + 2 * padding - kernel) % stride
    yield (
        right + bool(rest),
        "That rounds up: the last window would reach beyond the end. A window that does not fit is "
        "left out, so round down.",
    )
    yield (
        right + rest / stride,
        "That is no whole number: a step that does not fit is left out, so round down.",
    )
    yield (
        right - 1,
        "Those are the steps; there is one window more: the one at the start, before any step.",
    )
    yield (
        _windows(size + kernel, kernel, stride, padding),
        "The kernel is not subtracted: the first window covers that many pixels already.",
    )
    yield (
        _windows(size + kernel, kernel, stride, padding) - 1,
        "The kernel is left out: a window starts where all of it still fits.",
    )
    for beside, text in (
        (0, "The padding is left out."),
        (padding, "The padding counts once there; zeros stand on both sides, so it counts twice."),
        (4 * padding, "`padding` is the zeros on one side already: count them twice, not more."),
    ):
        yield _windows(size + beside, kernel, stride, 0), text
    yield _windows(size, kernel, 1, padding), "The stride is left out: that is one window a pixel."
    yield right**2, "That is how many windows a square image has; the task asks for one side."
    yield -(-size // stride), "That is the side with padding='same', whatever the zeros asked for."


def grouped_conv_weights(answer) -> None:
    """Judge `grouped_conv_weights(kernel, channels, filters, groups, biases)`."""
    rng = fresh_cases()
    names = ("kernel", "channels", "filters", "groups")
    for kind, asked in (*CONVOLUTIONS, *_drawn_convolutions(rng)):
        for biases in (True, False):
            arguments = dict(zip(names, asked, strict=True)) | {"biases": biases}
            with case(kind):
                slips = merged(_weight_slips(*asked, biases))
                expect_number(answer, arguments, _weights(*asked, biases), slips)
    passed("grouped_conv_weights", "A filter reads the maps of its own group, and has one bias.")


def _drawn_convolutions(rng) -> Iterator[tuple[str, Four]]:
    """Yield a case of each kind but the last."""
    for kind, groups in (("one group", 1), ("two groups", 2), ("more groups", rng.integers(3, 7))):
        kernel = int(rng.choice((3, 5, 7)))
        channels, filters = (int(groups * n) for n in rng.choice(range(2, 12), 2, replace=False))
        yield kind, (kernel, channels, filters, int(groups))


def _weights(kernel, channels, filters, groups, biases) -> int:
    """Count the weights filter by filter, each with the maps that its group reads."""
    reads = np.array_split(np.arange(channels), groups)
    owners = np.array_split(np.arange(filters), groups)
    kernels = [kernel * kernel * len(reads[i]) for i, own in enumerate(owners) for _ in own]
    return sum(kernels) + biases * len(kernels)


def _weight_slips(kernel, channels, filters, groups, biases):
    """Yield wrong numbers of weights and the misunderstanding that leads to each."""
    right, lifts = _weights(kernel, channels, filters, groups, biases), biases * filters
    whole = kernel**2 * channels * filters
    yield (
        whole + lifts,
        "There each filter reads all maps; so it is without groups, or where they split the "
        "filters alone. A filter reads the maps of its own group.",
    )
    yield (
        whole + groups * lifts,
        "There the groups split the maps alone, and each group has all the filters; `groups` times "
        "as many maps would come out.",
    )
    yield (
        right - lifts + lifts // groups,
        "The biases are divided: every filter has its own, whatever it reads.",
    )
    yield (
        whole // groups**2 + lifts,
        "That is divided twice: one group has a part of the maps and a part of the filters, but "
        "there are `groups` of them.",
    )
    yield whole // groups**2 + lifts // groups, "That is one group; there are `groups` of them."
    if groups != 2:
        yield whole // 2 + lifts, "That is with two groups; `groups` says how many there are."
    yield whole // groups // filters + biases, "That is one filter; there are `filters` of them."
    yield whole * groups + lifts, "Groups make a layer smaller: a filter reads fewer maps."
    if not biases:
        yield right + filters, "With biases=False there are none."
    else:
        yield right + (groups - 1) * lifts, "A filter has one bias, however many groups there are."
        yield right - lifts, "With biases=True each filter has one."
        yield whole // groups + 1, "That is one bias for the layer; each filter has its own."
        yield whole // groups + channels, "A bias belongs to a filter, not to a map that is read."
    yield whole // groups // kernel + lifts, "A kernel is a square: kernel times kernel weights."
