"""Checks of the questions of the efficientnet exercises on the law of compound scaling."""

from collections.abc import Callable
from functools import partial
from math import ceil, floor, isnan, log

import numpy as np

from course_lib.checks.arrays import expect_array, named_fault
from course_lib.checks.cases import case
from course_lib.checks.verdict import WrongAnswer, as_number, call, fresh_cases, passed, spell

LAWS = {  # kind of case: phi, alpha, beta and growth of each
    "a whole phi": ((3, 1.3, 1.15, 2.5), (2, 1.25, 1.05, 3.0)),
    "a part of a step": ((0.5, 1.4, 1.2, 2.75), (1.7, 1.1, 1.3, 2.2)),
    "a smaller net": ((-1, 1.35, 1.12, 2.4), (-2.5, 1.2, 1.25, 3.5)),
}
AXES = "the coefficients of depth, width and resolution, in this order"
TOLERANCE = 1e-3  # of phi, as the notebook says
LAW_FAULTS = {
    "swapped": "alpha and beta are exchanged. alpha belongs to the depth, beta to the width",
    "order": "the right numbers in another order. It is depth, width, resolution",
    "resolution once": "the resolution is counted once. Twice the side is four times the pixels: "
    "gamma enters as a square",
    "width once": "the width is counted once. Twice the channels are read by twice the filters: "
    "beta enters as a square",
    "depth twice": "the depth is counted twice. Twice the blocks cost twice as much",
    "all once": "each coefficient is counted once. Width and resolution enter as squares",
    "the paper's gamma": "gamma is the paper's 1.15. Here it follows from `growth`",
    "two": "the multiply-adds double with each step. Here they grow by `growth`",
    "the paper's law": "alpha, beta and gamma are those of the paper. Use the ones given",
    "linear": "alpha, beta and gamma are multiplied by phi. phi is their exponent",
    "one step": "phi is not used: those are the coefficients of one step",
    "growth in all": "`growth` is taken for all steps together. It belongs to each step of phi",
    "growth itself": "the growth of the multiply-adds is taken for gamma. Depth and width have "
    "their part of it",
}
BUDGETS = {  # budget as a multiple of the base, mixing, filtering, alpha, beta, gamma
    "a larger budget": ((9.5, 300, 90, 1.2, 1.1, 1.15), (30.0, 180, 240, 1.3, 1.25, 1.05)),
    "mostly filters": ((5.0, 20, 480, 1.1, 1.3, 1.2), (70.0, 35, 700, 1.15, 1.2, 1.1)),
    "a smaller budget": ((0.4, 250, 70, 1.25, 1.15, 1.1), (0.2, 160, 200, 1.1, 1.2, 1.3)),
}
BUDGET_FAULTS = {
    "power of two": "each step is taken to double the multiply-adds. What a step costs follows "
    "from alpha, beta and gamma",
    "one rate": "everything grows like the mixing convolutions. A filter that reads one channel "
    "grows with the width once",
    "filter rate": "everything grows with the width once. A mixing convolution reads more channels "
    "and has more filters: beta squared",
    "swapped": "alpha and beta are exchanged. alpha belongs to the depth, beta to the width",
    "resolution once": "the resolution is counted once. Both sides of a map grow: gamma squared",
    "no depth": "the depth is missing: alpha times as many blocks cost alpha times as much",
    "no resolution": "the resolution is missing: gamma squared times as many pixels",
    "exchanged": "mixing and filtering are exchanged",
    "mixing alone": "the depthwise filters are missing",
    "down": "phi is rounded down. It may have a fraction",
    "up": "phi is rounded up. It may have a fraction",
    "not below": "a budget below that of the base has a phi below 0",
    "factor": "that is the quotient of the budgets. phi is the exponent that leads to it",
}


def compound_coefficients(answer: Callable) -> None:
    """Judge `compound_coefficients(phi, alpha, beta, growth)`."""
    rng = fresh_cases()
    for kind, settings in LAWS.items():
        drawn = (float(round(settings[0][0] + rng.uniform(0.1, 0.4), 2)), *_bases(rng))
        for values in (*settings, drawn):
            asked = dict(zip(("phi", "alpha", "beta", "growth"), values, strict=True))
            with case(kind):
                expect_array(answer, [], asked, partial(coefficients, asked), LAW_FAULTS, AXES)
    passed("compound_coefficients", "Three bases, one exponent, two squares.")


def _bases(rng) -> tuple[float, float, float]:
    alpha, beta = rng.choice([1.08, 1.16, 1.22, 1.28, 1.34], 2, replace=False)
    return float(alpha), float(beta), float(round(rng.uniform(3.2, 4), 2))


def coefficients(asked: dict[str, float], fault: str | None) -> np.ndarray:
    """Return depth, width and resolution, rightly or with one fault."""
    phi, alpha, beta, growth = (asked[name] for name in ("phi", "alpha", "beta", "growth"))
    if fault == "swapped":
        alpha, beta = beta, alpha
    if fault == "the paper's law":
        return np.array([1.2, 1.1, 1.15]) ** phi
    growth = 2.0 if fault == "two" else growth
    growth = growth ** (1 / phi) if fault == "growth in all" else growth
    gamma = {
        "resolution once": growth / (alpha * beta**2),
        "width once": (growth / (alpha * beta)) ** 0.5,
        "depth twice": growth**0.5 / (alpha * beta),
        "all once": growth / (alpha * beta),
        "the paper's gamma": 1.15,
        "growth itself": growth,
    }.get(fault or "", (growth / (alpha * beta**2)) ** 0.5)
    bases = np.array([alpha, beta, gamma])
    if fault == "order":
        bases = bases[[1, 0, 2]]
    if fault == "linear":
        return bases * phi
    return bases if fault == "one step" else bases**phi


def solve_phi_for_budget(answer: Callable) -> None:
    """Judge `solve_phi_for_budget(budget, mixing, filtering, alpha, beta, gamma)`."""
    rng = fresh_cases()
    names = ("budget", "mixing", "filtering", "alpha", "beta", "gamma")
    for kind, settings in BUDGETS.items():
        times, *same = settings[0]
        drawn = (float(round(times * rng.uniform(1.1, 1.5), 3)), *same)
        for more, mixing, filtering, *law in (*settings, drawn):
            values = (round(more * (mixing + filtering)), mixing, filtering, *law)
            with case(kind):
                _judge_phi(answer, dict(zip(names, values, strict=True)))
    passed("solve_phi_for_budget", "Two kinds of layers, two rates, one phi.")


def _judge_phi(answer: Callable, asked: dict[str, float]) -> None:
    value = call(answer, asked)
    number, want = as_number(value), float(solved(asked, None)[0])
    if isnan(number):
        raise WrongAnswer(f"{spell(answer, asked)} returned {value!r}; expected a number")
    if abs(number - want) > TOLERANCE:
        told = named_fault(np.array([number]), partial(solved, asked), BUDGET_FAULTS)
        told = told or f"expected {want:.4f}, within {TOLERANCE}"
        raise WrongAnswer(f"{spell(answer, asked)} returned {number:.4f}: {told}")


def solved(asked: dict[str, float], fault: str | None) -> np.ndarray:
    """Return phi as an array of one value, rightly or with one fault.

    Raises:
        ValueError: the fault leaves phi as it is.
    """
    budget, mixing, filtering = (asked[name] for name in ("budget", "mixing", "filtering"))
    alpha, beta, gamma = (asked[name] for name in ("alpha", "beta", "gamma"))
    times = budget / (mixing + filtering)
    if fault in ("power of two", "factor"):
        return np.array([log(times, 2) if fault == "power of two" else times])
    if fault == "swapped":
        alpha, beta = beta, alpha
    if fault == "exchanged":
        mixing, filtering = filtering, mixing
    if fault == "mixing alone":
        filtering = 0
    power = {"resolution once": 1, "no resolution": 0}.get(fault or "", 2)
    deep = 1 if fault == "no depth" else alpha
    rates = [deep * beta**2 * gamma**power, deep * beta * gamma**power]
    rates = rates[:1] * 2 if fault == "one rate" else rates
    rates = rates[1:] * 2 if fault == "filter rate" else rates
    phi = _bisected(lambda p: mixing * rates[0] ** p + filtering * rates[1] ** p - budget)
    cut = {"down": floor, "up": ceil, "not below": lambda p: max(p, 0)}
    return np.array([cut[fault](phi) if fault in cut else phi], "float64")


def _bisected(function: Callable[[float], float]) -> float:
    low, high = -100.0, 100.0
    for _ in range(100):
        middle = low + (high - low) / 2
        low, high = (middle, high) if function(middle) < 0 else (low, middle)
    return (low + high) / 2
