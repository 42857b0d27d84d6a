"""Check of the question of the inception exercises that asks what reductions save in a chain.

A chain is counted module by module.  A slip counts another module, or other channels between two.
"""

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from course_lib.checks.cases import case
from course_lib.checks.verdict import WrongAnswer, as_number, call, fresh_cases, passed, spell

NAMES = ("channels", "widths", "modules")
CASES: tuple[tuple[str, tuple], ...] = (  # kind of case, and the arguments
    ("one module", (30, (7, 9, 13, 4, 6, 5), 1)),
    ("one module", (11, (12, 8, 20, 3, 10, 14), 1)),
    ("two modules", (24, (9, 12, 17, 5, 8, 6), 2)),
    ("two modules", (15, (6, 20, 11, 16, 13, 4), 2)),
    ("a longer chain", (40, (16, 12, 28, 6, 11, 9), 5)),
    ("a longer chain", (9, (5, 7, 14, 4, 10, 8), 4)),
)
CLOSE = 1e-6  # relative: sums of whole numbers, and one division


class Chain(NamedTuple):
    """What a chain of modules does: products of one module, channels behind it."""

    products: Callable[[int], int]  # from channels that it reads
    gives: Callable[[int], int]


def reduction_factor(answer) -> None:
    """Judge `reduction_factor(channels, widths, modules)`."""
    rng = fresh_cases()
    for kind, values in (*CASES, *_drawn(rng)):
        asked = dict(zip(NAMES, values, strict=True))
        with case(kind):
            _judge(answer, asked)
    passed("reduction_factor", "What a naive module hands on, the next one has to read.")


def _drawn(rng) -> Iterator[tuple[str, tuple]]:
    """Yield a case of each kind."""
    for kind, modules in (("one module", 1), ("two modules", 2), ("a longer chain", 6)):
        channels, *widths = (int(n) for n in rng.choice(range(4, 50), 7, replace=False))
        yield kind, (channels, tuple(widths), modules)


def _judge(answer, asked: dict[str, Any]) -> None:
    value = call(answer, asked)
    number = as_number(value)
    if math.isnan(number):
        raise WrongAnswer(f"{spell(answer, asked)} returned {value!r}; expected a number")
    right = factor(**asked)
    if math.isclose(number, right, rel_tol=CLOSE):
        return
    found = f"{spell(answer, asked)} returned {number:.6g}."
    for wrong, text in _slips(**asked):
        if math.isclose(number, wrong, rel_tol=CLOSE):
            raise WrongAnswer(f"{found} {text}")
    raise WrongAnswer(
        f"{found} Expected {right:.6g}: all multiply-adds of the naive chain, divided by all of "
        "the other."
    )


def chains(widths) -> tuple[Chain, Chain]:
    """Return the naive chain and the reduced one."""
    one, narrow3, three, narrow5, five, pool = widths
    wide = one + three + five
    inner = 9 * narrow3 * three + 25 * narrow5 * five
    naive = partial(_products, one + 9 * three + 25 * five, 0)
    reduced = partial(_products, one + narrow3 + narrow5 + pool, inner)
    return Chain(naive, lambda reads: wide + reads), Chain(reduced, lambda reads: wide + pool)


def each(chain: Chain, channels: int, modules: int) -> list[int]:
    """Return the products of each module of a chain."""
    found = []
    for _ in range(modules):
        found.append(chain.products(channels))
        channels = chain.gives(channels)
    return found


def factor(channels, widths, modules) -> float:
    """Return the multiply-adds of the naive chain in those of the reduced one."""
    above, below = (sum(each(chain, channels, modules)) for chain in chains(widths))
    return above / below


def _slips(channels, widths, modules) -> Iterator[tuple[float, str]]:
    """Yield wrong factors and the misunderstanding that leads to each."""
    naive, reduced = chains(widths)
    right = factor(channels, widths, modules)
    yield 1 / right, "That is the reduced chain divided by the naive one."
    yield 1 - 1 / right, "That is the share that is saved. Asked is how many times as many."
    yield right - 1, "That is by how much there are more. Asked is how many times as many."
    longer = _ratio(naive, reduced, channels, modules + 1)
    yield longer, "That chain has a module too many: the first one counts."
    pairs = [_with_biases(naive, reduced, widths), *_other_modules(naive, reduced, widths)]
    if modules > 1:
        yield from _other_sums(naive, reduced, channels, modules)
        pairs += _other_channels(naive, reduced, channels, widths)
    for above, below, text in pairs:
        yield _ratio(above, below, channels, modules), text


def _ratio(above: Chain, below: Chain, channels: int, modules: int) -> float:
    return sum(each(above, channels, modules)) / sum(each(below, channels, modules))


def _other_sums(naive, reduced, channels, modules) -> Iterator[tuple[float, str]]:
    """Yield factors of somebody who adds up otherwise."""
    above, below = (each(chain, channels, modules) for chain in (naive, reduced))
    ratios = [a / b for a, b in zip(above, below, strict=True)]
    yield ratios[0], "That is the first module alone."
    yield ratios[-1], "That is the last module alone. Add up the modules of each chain first."
    yield sum(ratios) / modules, "That is the mean of the modules' factors. Add up first."
    yield math.prod(ratios), "That multiplies the modules' factors. Multiply-adds add up."
    yield _ratio(naive, reduced, channels, modules - 1), "That chain has a module too few."


def _other_channels(naive, reduced, channels, widths) -> Iterator[tuple[Chain, Chain, str]]:
    """Yield chains whose modules hand on other channels."""
    one, _, three, _, five, pool = widths
    wide = one + three + five
    constant = "There every module reads `channels`. From the second on, it reads what the one "
    constant += "before gives."
    still = [chain._replace(gives=lambda reads: reads) for chain in (naive, reduced)]
    yield still[0], still[1], constant
    yield still[0], reduced, constant
    yield naive, still[1], "The reduced chain reads `channels` at each module there. " + constant
    for more, text in (
        (pool, "In a naive module the pooling hands on all channels that it reads, unprojected."),
        (0, "The pooled channels of a naive module are joined to the others, too."),
        (channels, "A naive module hands on all that it reads, so the channels go on growing."),
    ):
        yield naive._replace(gives=lambda reads, more=more: wide + more), reduced, text
    for gives, text in (
        (lambda reads: wide, "The projected channels of a reduced module are joined, too."),
        (naive.gives, "A reduced module hands on `pool` channels of its pooling, not all."),
        (
            lambda reads: sum(widths),
            "The reductions stay inside their branches. What leaves a module is what the last "
            "convolution of each branch gives.",
        ),
    ):
        yield naive, reduced._replace(gives=gives), text


def _with_biases(naive, reduced, widths) -> tuple[Chain, Chain, str]:
    """Return the chains of somebody who counts a bias of each filter."""
    kernels = widths[0] + widths[2] + widths[4]
    return (
        naive._replace(products=lambda reads: naive.products(reads) + kernels),
        reduced._replace(products=lambda reads: reduced.products(reads) + sum(widths)),
        "Biases are added, not multiplied; they are no multiply-adds.",
    )


def _other_modules(naive, reduced, widths) -> Iterator[tuple[Chain, Chain, str]]:
    """Yield chains of modules that somebody counts in another way."""
    one, narrow3, three, narrow5, five, pool = widths
    projected = naive._replace(products=lambda reads: naive.products(reads) + reads * pool)
    yield projected, reduced, "The naive module has no projection behind its pooling."
    for narrow, before3, before5, text in (
        (
            one + narrow3 + narrow5,
            narrow3,
            narrow5,
            "The projection behind the pooling is left out of the reduced module.",
        ),
        (
            one + pool,
            narrow3,
            narrow5,
            "The 1x1 convolutions in front of the kernels are left out: they read all channels.",
        ),
        (one, narrow3, narrow5, "Reductions and projection are left out: each reads all channels."),
        (
            narrow3 + narrow5 + pool,
            narrow3,
            narrow5,
            "The 1x1 branch is left out of the reduced module.",
        ),
        (
            one + 3 * pool,
            pool,
            pool,
            "That module has four widths: both reductions got that of the projection.",
        ),
        (one + narrow3 + narrow5 + pool, narrow5, narrow3, "The reductions have changed places."),
    ):
        inner = 9 * before3 * three + 25 * before5 * five
        yield naive, reduced._replace(products=partial(_products, narrow, inner)), text
    flat = partial(_products, one + 3 * three + 5 * five, 0)
    inner = 3 * narrow3 * three + 5 * narrow5 * five
    small = partial(_products, one + narrow3 + narrow5 + pool, inner)
    text = "A kernel of side k has k times k weights for each pair of channels."
    yield naive._replace(products=flat), reduced._replace(products=small), text


def _products(narrow: int, inner: int, reads: int) -> int:
    """Return what a module does whose `narrow` filters see all channels, beside `inner`."""
    return reads * narrow + inner
