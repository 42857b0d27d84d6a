"""Check of the question of the why_resnets exercises that takes a gradient apart.

What a cohort is asked for, the `variant`, is in `FORMS`.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np

from course_lib.checks.arrays import expect_arrays
from course_lib.checks.cases import case
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import fresh_cases, passed

FORMS = {
    "rest": "a block is x + F(x), and the second part is all that came through a branch or several",
    "half": "a block is x / 2 + F(x), so each shortcut halves what passes it",
    "one": "the second part is what came through exactly one branch",
}
KINDS = (  # kind of case, values of x, blocks
    ("two blocks", 3, 2),
    ("two blocks", 5, 2),
    ("several blocks", 4, 3),
    ("several blocks", 2, 6),
    ("a branch that is dead", 4, 3),
)
PARTS = ("part past all branches", "other part")
TEXTS = {
    "transposed": "the derivatives are used untransposed. Row i of a derivative says how value i "
    "that leaves depends on all that enter; a gradient goes the other way, through the transpose",
    "reversed": "the blocks are taken from the first to the last. The gradient leaves the last "
    "block first",
    "pushed": "that multiplies by the blocks as an image meets them, from the first to the last. A "
    "gradient goes back: multiply by the transpose of the whole product",
    "whole": "that is the whole gradient at the first block, with the part past all branches in "
    "it. {own}",
    "longest": "that is the path through every branch alone, as in a net without shortcuts. {own}",
    "sum": "those are the paths through exactly one branch. {own}",
    "last": "that is the path through the last branch alone. {own}",
    "doubled": "the shortcuts are added up, one for each block. In a chain they are multiplied: "
    "past all of them the gradient is handed on, once",
    "once": "that is past one shortcut. There is one in each block",
    "zero": "past all branches there is no branch that could make it 0: look at the shortcuts "
    "alone",
}


def gradient_through_identity(answer, variant="rest") -> None:
    """Judge `gradient_through_identity(jacobians, gradient)`."""
    chosen(FORMS, variant)
    rng = fresh_cases()
    for kind, size, blocks in KINDS:
        jacobians = list(rng.normal(0, 0.6, (blocks, size, size)))
        if kind == "a branch that is dead":
            jacobians[int(rng.integers(blocks))] *= 0
        first = (jacobians, rng.normal(size=size))
        with case(kind):
            expect_arrays(
                answer,
                first,
                {},
                partial(split, *first, variant),
                faults(variant),
                PARTS,
                "one number for each value of x",
            )
    passed(
        "gradient_through_identity",
        "What the shortcuts hand on, and what the branches make of it.",
    )


def split(
    jacobians: Sequence[np.ndarray], gradient: np.ndarray, variant: str, fault: str | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the gradient past all branches and the other part, rightly or with a fault.

    Args:
        jacobians: derivative of each branch, the first block's first.
        gradient: of the loss with respect to what the last block puts out.
        variant: one of `FORMS`.
        fault: None, one of `TEXTS` or another form.

    Raises:
        ValueError: the variant does not allow the fault.
    """
    own = fault if fault in FORMS else variant
    keep = 0.5 if own == "half" else 1.0
    if fault in ("transposed", "pushed"):
        jacobians = [one.T for one in jacobians]
    if fault in ("reversed", "pushed"):
        jacobians = jacobians[::-1]
    whole = longest = gradient
    for one in reversed(jacobians):
        whole, longest = keep * whole + one.T @ whole, one.T @ longest
    direct = keep ** len(jacobians) * gradient
    single = keep ** (len(jacobians) - 1) * sum(one.T @ gradient for one in jacobians)
    if fault == "once" and own != "half":
        raise ValueError("a shortcut changes nothing here")
    direct = {
        "doubled": len(jacobians) * gradient,
        "once": keep * gradient,
        "zero": 0 * gradient,
    }.get(fault or "", direct)
    other = {
        "whole": whole,
        "longest": longest,
        "sum": single,
        "last": jacobians[-1].T @ gradient,
    }.get(fault or "", single if own == "one" else whole - direct)
    return direct, other


def faults(variant: str) -> dict[str, str]:
    """Return what the reader hears of each fault."""
    own = f"Here {FORMS[variant]}"
    found = {fault: text.format(own=own) for fault, text in TEXTS.items()}
    if variant == "one":
        found.pop("sum")
        found.pop("pushed")  # in a sum of single branches the order is lost: "transposed"
    return found | {form: f"{said}. {own}" for form, said in FORMS.items() if form != variant}
