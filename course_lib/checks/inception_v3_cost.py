"""Check of the question of the inception_v3 exercises that asks what a chain of kernels costs.

A chain is compared with the one convolution that sees as much.  A slip counts another chain, or
another window.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import prod

from course_lib.checks.cases import case
from course_lib.checks.verdict import WrongAnswer, as_number, call, fresh_cases, passed, spell

Kernels = Sequence[tuple[int, int]]  # rows and columns of each
NAMES = ("kernels", "widths")
CASES: tuple[tuple[str, tuple], ...] = (  # kind of case, and the arguments
    ("equal channels", (((3, 3), (3, 3), (3, 3)), (11, 11, 11, 11))),
    ("equal channels", (((5, 5), (3, 3)), (7, 7, 7))),
    ("one-sided kernels", (((1, 7), (7, 1)), (12, 9, 20))),
    ("one-sided kernels", (((5, 1), (1, 9), (1, 3)), (8, 14, 6, 10))),
    ("few channels come in", (((3, 3), (3, 3)), (3, 16, 24))),
    ("few channels come in", (((3, 3), (5, 5), (3, 3)), (2, 12, 9, 15))),
    ("widths that change", (((3, 5), (5, 3)), (18, 4, 13))),
    ("widths that change", (((2, 2), (2, 2), (3, 2)), (10, 6, 17, 5))),
)
CLOSE = 1e-6  # relative: sums of whole numbers, and one division


def factorized_cost(answer) -> None:
    """Judge `factorized_cost(kernels, widths)`."""
    rng = fresh_cases()
    for kind, values in (*CASES, *_drawn(rng)):
        with case(kind):
            _judge(answer, *values)
    passed("factorized_cost", "Small kernels save where the channels between them let them.")


def _drawn(rng) -> Iterator[tuple[str, tuple]]:
    """Yield a case of each kind."""
    side = int(rng.choice((5, 9, 11)))
    few, *more = (int(n) for n in rng.choice(range(4, 30), 4, replace=False))
    yield "equal channels", (((3, 3), (side, side)), (few, few, few))
    yield "one-sided kernels", (((side, 1), (1, side + 2)), (few, more[0], more[1]))
    yield "few channels come in", (((3, 3), (5, 5)), (3, 10 + more[0], 10 + more[1]))
    yield "widths that change", (((3, side), (1, 3), (3, 2)), (few, *more))


def _judge(answer, kernels: Kernels, widths: Sequence[int]) -> None:
    asked = {"kernels": [tuple(one) for one in kernels], "widths": list(widths)}
    value = call(answer, asked)
    number = as_number(value)
    if math.isnan(number):
        raise WrongAnswer(f"{spell(answer, asked)} returned {value!r}; expected a number")
    right = ratio(kernels, widths)
    if math.isclose(number, right, rel_tol=CLOSE):
        return
    found = f"{spell(answer, asked)} returned {number:.6g}."
    slips = _slips(kernels, widths)
    texts = [text for wrong, text in slips if math.isclose(number, wrong, rel_tol=CLOSE)]
    if texts:
        raise WrongAnswer(f"{found} {' Or: '.join(dict.fromkeys(texts))}")
    raise WrongAnswer(
        f"{found} Expected {right:.6g}: all products of the chain, divided by those of one "
        f"convolution of {window(kernels)[0]}x{window(kernels)[1]} pixels from {widths[0]} to "
        f"{widths[-1]} channels."
    )


def window(kernels: Kernels) -> tuple[int, int]:
    """Return the rows and columns that a chain of kernels with stride 1 sees."""
    rows, columns = (1 + sum(side - 1 for side in sides) for sides in zip(*kernels, strict=True))
    return rows, columns


def ratio(kernels: Kernels, widths: Sequence[int]) -> float:
    """Return the multiply-adds of a chain in those of the convolution that sees as much."""
    return sum(_products(kernels, widths)) / (prod(window(kernels)) * widths[0] * widths[-1])


def _products(kernels, widths) -> list[int]:
    pairs = zip(kernels, pairwise(widths), strict=True)
    return [prod(kernel) * arrive * leave for kernel, (arrive, leave) in pairs]


def _slips(kernels, widths) -> Iterator[tuple[float, str]]:
    """Yield wrong ratios with what was misunderstood."""
    right, chain = ratio(kernels, widths), _products(kernels, widths)
    direct = prod(window(kernels)) * widths[0] * widths[-1]
    yield 1 / right, "It is the chain divided by the one convolution, not the other way round."
    yield 1 - right, "That is the share that is saved. Asked is the share that is left."
    yield right - 1, "That is by how much the chain costs more. Asked is how many times as much."
    yield sum(chain), "Those are the products of the chain. Divide them by those of the other."
    yield from _windows(kernels, widths, sum(chain))
    yield from _channels(kernels, widths, direct)
    yield from _areas(kernels, widths, direct)
    yield chain[-1] / direct, "That is the last convolution of the chain alone."
    yield chain[0] / direct, "That is the first convolution of the chain alone."
    each = [one / direct for one in chain]
    yield prod(each), "That multiplies what the convolutions cost. One comes after the other: add."
    yield sum(each) / len(each), "That is the mean of the convolutions. Together they do the work."
    yield (
        (sum(chain) + sum(widths[1:])) / (direct + widths[-1]),
        "Biases are added, not multiplied; they are no multiply-adds.",
    )


def _windows(kernels, widths, chain) -> Iterator[tuple[float, str]]:
    """Yield the ratios of somebody who takes another window for the one convolution."""
    ends = widths[0] * widths[-1]
    sides = list(zip(*kernels, strict=True))
    grows = (
        "A kernel of side k adds k - 1 pixels to what a chain sees: two of 3 see 5, three of 3 "
        "see 7."
    )
    for how in (sum, prod, max):
        rows, columns = (how(each) for each in sides)
        text = grows if how is not max else f"That is the largest kernel of the chain. {grows}"
        yield chain / (rows * columns * ends), text
    rows, columns = window(kernels)
    yield chain / (rows * ends), f"The one convolution has {rows} rows and {columns} columns."
    square = max(rows, columns) ** 2 * ends
    yield chain / square, f"The chain sees {rows}x{columns} pixels, which is no square."
    wide = "The chain sees {}x{} pixels: rows and columns grow each by themselves.".format
    yield chain / ((rows + columns - 1) ** 2 * ends), wide(rows, columns)


def _channels(kernels, widths, direct) -> Iterator[tuple[float, str]]:
    """Yield the ratios of somebody who gives a convolution other channels."""
    areas = [prod(kernel) for kernel in kernels]
    seen = prod(window(kernels))
    yield (
        sum(areas) / seen,
        "That takes all channels for equal. With n and m channels a kernel has area times n times "
        "m products at each pixel.",
    )
    reads = zip(areas, widths[1:], strict=True)
    yield (
        sum(area * leave for area, leave in reads) / (seen * widths[-1]),
        "A filter reads all channels that reach it: multiply by those, too.",
    )
    yield (
        sum(area * widths[0] * leave for area, leave in zip(areas, widths[1:], strict=True))
        / direct,
        "Only the first convolution reads what comes in. Each later one reads what the one before "
        "it puts out.",
    )
    yield (
        sum(area * widths[0] * widths[-1] for area in areas) / direct,
        "That gives every convolution the first and the last of the widths. The others stand "
        "between.",
    )
    yield (
        sum(area * one**2 for area, one in zip(areas, widths[1:], strict=True)) / direct,
        "A convolution does not read as many channels as it puts out.",
    )
    between = sum(a * b for a, b in pairwise(widths))
    yield (
        sum(_products(kernels, widths)) / (seen * between),
        "The one convolution reads the first of the widths and puts out the last. Those between "
        "are of the chain.",
    )


def _areas(kernels, widths, direct) -> Iterator[tuple[float, str]]:
    """Yield the ratios of somebody who takes a kernel's area for another."""
    text = "A kernel of r rows and c columns has r times c weights for each pair of channels."
    for area in (sum, lambda k: max(k) ** 2, lambda k: k[0] ** 2, lambda k: k[1] ** 2, max):
        pairs = zip(kernels, pairwise(widths), strict=True)
        yield sum(area(kernel) * a * b for kernel, (a, b) in pairs) / direct, text
