"""Check of the question of the inception_v3 exercises that asks for a map of half the sides.

The reference is written for `course_lib.checks.agreement`: plain numpy, weights from `take`, and a
`fault` that changes one thing.  What a cohort is asked for, the `variant`, is in `FORMS`.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import permutations
from typing import NamedTuple

import numpy as np

from course_lib.checks.agreement import judge_model
from course_lib.checks.cases import case
from course_lib.checks.plain import ACTIVATIONS, convolve, pool, relu
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import WrongAnswer, fresh_cases, passed


class Form(NamedTuple):
    """How it pools, which 3x3 of the long branch halves, what the short branch reads."""

    how: str
    early: bool
    shared: bool


FORMS = {
    "early": Form("max", early=True, shared=False),
    "mean": Form("mean", early=False, shared=False),
    "shared": Form("max", early=False, shared=True),
}
PAPER = Form("max", early=False, shared=False)
SAID = {  # of a form: what it does
    "early": "the first 3x3 convolution of the long branch halves the map, and the pooling takes "
    "the largest value",
    "mean": "the pooling takes means, and the last 3x3 convolution of the long branch halves",
    "shared": "the short branch reads what the 1x1 convolution of the long branch puts out",
    "paper": "the last 3x3 convolution of the long branch halves, both branches read x, and the "
    "pooling takes the largest value, as in the paper",
}
WIDTHS = ("three", "reduce", "double")
RELATIVES = {name: act for name, act in ACTIVATIONS.items() if name != "relu6"}
CASES = (
    ("odd sides", (11, 13)),
    ("even sides", (10, 8)),
    ("an odd and an even side", (9, 12)),
)
SIZES = (4, 5, 7, 9)  # the channels that come in and the three widths
TEXTS: dict[str | None, str] = {  # of faults that are faults in every form
    None: "other values: look at which layer halves the map, at what each branch reads, and at "
    "the order in which the branches are joined",
    "padded": "the layers that halve the map are padded. Without padding they leave out a window "
    "that does not fit, and a map of 35 pixels has 17 behind them, not 18",
    "pool first": "the map is pooled first, and the convolutions read what is left. Then every "
    "branch passes the narrow place that was to be avoided. Pooling is a branch of its own, beside "
    "the convolutions",
    "pool last": "the convolutions work on the whole map, and pooling halves what they put out. "
    "That is the expensive way: the convolutions themselves have stride 2",
    "no pooling": "the branch that pools is missing",
    "pool of two": "the windows of the pooling have 2x2 pixels. Here they have 3x3",
    "other pooling": "the pooling takes {other}. Here it takes {own}",
    "no relu": "no convolution is followed by a ReLU. Each of them is",
    "no bias": "the convolutions have no biases; here each filter has one",
    "no reduce": "no 1x1 convolution stands in front of the two 3x3 convolutions in a row",
    "wide reduce": "the convolution with `reduce` filters has a 3x3 kernel. It is a 1x1",
    "one double": "the long branch has one 3x3 convolution. It has two",
    "widths swapped": "`three` and `double` have changed places: `double` belongs to the branch "
    "with two 3x3 convolutions",
    "reduce swapped": "`reduce` and `double` have changed places",
}
UNLIKE = (
    "The branches put out maps of different sizes, and so cannot be joined. What has stride 2 is "
    "not padded, in all three branches; a 3x3 convolution with stride 1 keeps its map only if it "
    "is padded"
)


def grid_reduction(answer, variant="early") -> None:
    """Judge `grid_reduction(x, three, reduce, double)`."""
    chosen(FORMS, variant)
    rng = fresh_cases()
    for kind, sides in CASES:
        channels, *widths = (int(n) for n in rng.permutation(SIZES))
        with case(kind), explained(UNLIKE):
            judge_model(
                answer,
                partial(reduction, variant=variant),
                shape=(*sides, channels),
                arguments=dict(zip(WIDTHS, widths, strict=True)),
                faults=faults(variant),
                rng=rng,
            )
    passed("grid_reduction", "Half the sides, by convolutions and pooling side by side.")


@contextmanager
def explained(unlike: str) -> Iterator[None]:
    """Explain an error of Keras about maps that cannot be joined.

    Args:
        unlike: what is then to be read beside it.

    Raises:
        WrongAnswer: from inside, explained where it is of that kind.
    """
    try:
        yield
    except WrongAnswer as wrong:
        if re.search(r"stopped with ValueError.*[Cc]oncat", str(wrong), re.DOTALL):
            raise WrongAnswer(f"{wrong}. {unlike}") from wrong.__cause__
        raise


def reduction(x, take, _training, fault, *, variant="early", **widths):
    """Halve the sides of a map in three branches, and join them.

    Args:
        x: array.
        take: of the weights.
        _training: nothing depends on the mode.
        fault: None or one of `faults`.
        variant: one of `FORMS`.
        widths: the three, by name.
    """
    fault = fault or ""
    form = {"paper": PAPER, **FORMS}[fault.removeprefix("as ") if "as " in fault else variant]
    halves, around = 2, "same" if fault == "padded" else "valid"
    w = widths | {
        "widths swapped": {"three": widths["double"], "double": widths["three"]},
        "reduce swapped": {"reduce": widths["double"], "double": widths["reduce"]},
    }.get(fault, {})
    windows = partial(_windows, form=form, fault=fault, around=around)
    if fault == "pool first":
        x = windows(x)
    if fault in ("pool first", "pool last"):
        halves = 1

    def conv(y, step, side=1, stride=1):
        kernel = take.kernel((side, side, y.shape[3], w[step]))
        y = convolve(y, kernel, stride, "same" if stride == 1 else around)
        y = y if fault == "no bias" else y + take.vector(w[step])
        return y if fault in ("no relu", f"no relu {step}") else RELATIVES.get(fault, relu)(y)

    branches = [*_convolved(x, conv, halves, form, fault), x]
    if fault == "pool last":
        branches = [windows(branch) for branch in branches]
    elif fault != "pool first":
        branches[2] = windows(x)
    if fault == "no pooling":
        branches = branches[:2]
    order = map(int, fault.split()[1]) if fault.startswith("order ") else range(len(branches))
    return np.concatenate([branches[i] for i in order], 3)


def _convolved(x, conv, halves, form, fault):
    """Return what the short branch and the long one put out."""
    narrow = x if fault == "no reduce" else conv(x, "reduce", 3 if fault == "wide reduce" else 1)
    short = conv(narrow if form.shared else x, "three", 3, halves)
    if fault == "one double":
        return short, conv(narrow, "double", 3, halves)
    strides = (halves, 1) if form.early else (1, halves)
    long = narrow
    for stride in strides:
        long = conv(long, "double", 3, stride)
    return short, long


def _windows(x, form, fault, around):
    how = _other(form) if fault == "other pooling" else form.how
    return pool(x, 2 if fault == "pool of two" else 3, 2, how, around)


def _other(form):
    return "max" if form.how == "mean" else "mean"


def faults(variant: str) -> dict:
    """Return the faults of a reduction, and what the reader hears of each."""
    form, words = FORMS[variant], {"mean": "means", "max": "the largest value"}
    found: dict[str | None, str] = {}
    for other, said in SAID.items():
        if other != variant:
            found[f"as {other}"] = f"{said}. Here {SAID[variant]}"
    for name, text in TEXTS.items():
        found[name] = text.format(own=words[form.how], other=words[_other(form)])
    for step, word in (
        ("three", "the 3x3 convolution of the short branch"),
        ("reduce", "the 1x1 convolution"),
        ("double", "the 3x3 convolutions of the long branch"),
    ):
        found[f"no relu {step}"] = f"no ReLU follows {word}. Every convolution has one"
    for order in permutations("012"):
        if order != tuple("012"):
            found[f"order {''.join(order)}"] = (
                "the branches are joined in another order. The layer behind reads channels by "
                "their place: first `three`, then `double`, then what was pooled"
            )
    for name in RELATIVES:
        found[name] = "an activation other than ReLU follows the convolutions"
    return found
