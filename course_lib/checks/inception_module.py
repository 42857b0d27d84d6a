"""Check of the question of the inception exercises that asks for a module.

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
    """A module: how it pools, whether the projection comes first, what the 5x5 branch reads."""

    how: str
    early: bool
    shared: bool


FORMS = {
    "front": Form("max", early=True, shared=False),
    "mean": Form("mean", early=False, shared=False),
    "shared": Form("max", early=False, shared=True),
}
PAPER = Form("max", early=False, shared=False)
SAID = {  # of a form: what it does
    "front": "the projection stands in front of a max pooling",
    "mean": "the pooling takes means, and the projection stands behind it",
    "shared": "the 5x5 branch reads what the 3x3 branch's 1x1 convolution puts out, and the "
    "projection stands behind a max pooling",
    "paper": "the projection stands behind a max pooling, and all branches read x, as in the paper",
}
WIDTHS = ("one", "reduce3", "three", "reduce5", "five", "pool")
RELATIVES = {name: act for name, act in ACTIVATIONS.items() if name != "relu6"}
CASES = (
    ("a map of pixels", (11, 13)),
    ("a single row of pixels", (1, 14)),
    ("wide reductions", (11, 2)),
)
SIZES = (4, 6, 7, 8, 9, 10, 12)  # the channels that come in and the six widths
TEXTS: dict[str | None, str] = {  # of faults that are faults in every form
    None: "other values: look at what each branch reads, at where a ReLU stands, and at the order "
    "in which the branches are joined",
    "no relu": "no convolution is followed by a ReLU. All six are",
    "no relu reduce": "no ReLU follows the 1x1 convolutions in front of the kernels. Without it a "
    "1x1 convolution and the kernel behind it are one linear map; a ReLU where the branches are "
    "joined comes too late for them",
    "four widths": "both reductions have `pool` filters, as in code that takes four widths. The "
    "shape of the output is right, the net is not: a module has six widths",
    "reductions swapped": "the reductions have changed places: `reduce3` filters stand in front "
    "of the 3x3 kernels, `reduce5` in front of the 5x5 ones",
    "reduce3 twice": "both reductions have `reduce3` filters. The one in front of the 5x5 kernels "
    "has `reduce5`",
    "reduce5 twice": "both reductions have `reduce5` filters. The one in front of the 3x3 kernels "
    "has `reduce3`",
    "outputs swapped": "the 3x3 kernels have `five` filters and the 5x5 kernels `three`. It is the "
    "other way round",
    "ends swapped": "the 1x1 branch has `pool` filters and the projection `one`. It is the other "
    "way round",
    "sides swapped": "the kernels have changed places: `three` filters have 3x3 kernels, `five` "
    "have 5x5",
    "threes": "both kernels are 3x3. Those of the `five` filters are 5x5",
    "fives": "both kernels are 5x5. Those of the `three` filters are 3x3",
    "naive": "that is the naive module: no 1x1 convolution stands in front of the kernels",
    "large reductions": "the convolutions in front of the kernels have kernels of 3x3 and 5x5 "
    "themselves. They are 1x1",
    "behind": "the reductions stand behind the kernels. There they save nothing: the kernels have "
    "read all channels by then",
    "no project": "the pooled channels are not projected: as many come out as come in",
    "wide project": "the projection has a 3x3 kernel. The windows of 3x3 belong to the pooling; "
    "the projection is a 1x1 convolution",
    "no pool": "nothing is pooled in the last branch",
    "overwritten": "the later branches read what the 1x1 branch puts out. They read x; does an "
    "assignment take its place?",
    "no bias": "the convolutions have no biases; here each filter has one",
    "pool of two": "the windows of the pooling have 2x2 pixels. Here they have 3x3",
    "pool of five": "the windows of the pooling have 5x5 pixels. Here they have 3x3",
    "zeros": "zeros around the map take part in the pooling. With padding='same' Keras leaves "
    "padded places out",
}
WIDE = {"large reductions": {"reduce3": 3, "reduce5": 5}, "wide project": {"pool": 3}}
UNLIKE = (
    "The branches put out maps of different sizes, and so cannot be joined. With stride 1 and "
    "padding='same' each keeps the size of x; a pooling layer moves by its whole window unless it "
    "is told strides=1"
)
ALONG = (
    "The maps are equally high and wide and differ in their channels, so they are joined along the "
    "last axis, axis=-1; `ops.concatenate` takes the first unless it is told another"
)
SHAPE = re.compile(r"\(\w+, (\d+), (\d+), \d+\)")  # of a batch of maps, in an error of Keras


def inception_module(answer, variant="front") -> None:
    """Judge `inception_module(x, one, reduce3, three, reduce5, five, pool)`."""
    chosen(FORMS, variant)
    rng = fresh_cases()
    for kind, sides in CASES:
        channels, *widths = (int(n) for n in rng.permutation(SIZES))
        if kind == "wide reductions":
            channels, one, three, five, pool, *reduce = (int(n) for n in sorted(SIZES))
            widths = [one, reduce[0], three, reduce[1], five, pool]
        with case(kind), _explained():
            judge_model(
                answer,
                partial(module, variant=variant),
                shape=(*sides, channels),
                arguments=dict(zip(WIDTHS, widths, strict=True)),
                faults=faults(variant),
                rng=rng,
            )
    passed("inception_module", "Six widths, four branches, one map of them all.")


@contextmanager
def _explained() -> Iterator[None]:
    """Explain an error of Keras about maps that cannot be joined."""
    try:
        yield
    except WrongAnswer as wrong:
        if re.search(r"stopped with ValueError.*[Cc]oncat", str(wrong), re.DOTALL):
            why = ALONG if len(set(SHAPE.findall(str(wrong)))) == 1 else UNLIKE
            raise WrongAnswer(f"{wrong}. {why}") from wrong.__cause__
        raise


def module(x, take, _training, fault, *, variant="front", **widths):
    """Apply the four branches of a form and join them.

    Args:
        x: array.
        take: of the weights.
        _training: nothing depends on the mode.
        fault: None or one of `faults`.
        variant: one of `FORMS`.
        widths: the six, by name.
    """
    fault = fault or ""
    form = {"paper": PAPER, **FORMS}[fault.removeprefix("as ") if "as " in fault else variant]
    w = _widths(widths, fault)
    sides = {"sides swapped": (5, 3), "threes": (3, 3), "fives": (5, 5)}.get(fault, (3, 5))

    def conv(x, step, side=1):
        return _convolution(x, take, w[step], WIDE.get(fault, {}).get(step, side), fault, step)

    one = conv(x, "one")
    source = one if fault == "overwritten" else x
    if fault == "behind":
        three, five = (
            conv(conv(source, step, side), narrow)
            for step, side, narrow in (("three", 3, "reduce3"), ("five", 5, "reduce5"))
        )
    elif fault == "naive":
        three, five = conv(source, "three", sides[0]), conv(source, "five", sides[1])
    else:
        narrow = conv(source, "reduce3")
        three = conv(narrow, "three", sides[0])
        five = conv(conv(narrow if form.shared else source, "reduce5"), "five", sides[1])
    branches = [one, three, five, _pooled(source, conv, form, fault)]
    order = map(int, fault.split()[1]) if fault.startswith("order ") else range(4)
    return np.concatenate([branches[i] for i in order], 3)


def _widths(widths, fault):
    pairs = {
        "four widths": {"reduce3": "pool", "reduce5": "pool"},
        "reductions swapped": {"reduce3": "reduce5", "reduce5": "reduce3"},
        "reduce3 twice": {"reduce5": "reduce3"},
        "reduce5 twice": {"reduce3": "reduce5"},
        "outputs swapped": {"three": "five", "five": "three"},
        "ends swapped": {"one": "pool", "pool": "one"},
    }
    return widths | {name: widths[other] for name, other in pairs.get(fault, {}).items()}


def _convolution(x, take, filters, side, fault, step):
    y = convolve(x, take.kernel((side, side, x.shape[3], filters)), 1, "same")
    y = y if fault == "no bias" else y + take.vector(filters)
    if fault in ("no relu", f"no relu {step}") or (
        fault == "no relu reduce" and step.startswith("reduce")
    ):
        return y
    return RELATIVES.get(fault, relu)(y)


def _pooled(x, conv, form, fault):
    if fault == "no project":
        return _windows(x, form, fault)
    if fault == "no pool":
        return conv(x, "pool")
    if form.early:
        return _windows(conv(x, "pool"), form, fault)
    return conv(_windows(x, form, fault), "pool")


def _windows(x, form, fault):
    side = {"pool of two": 2, "pool of five": 5}.get(fault, 3)
    if fault == "zeros":
        return pool(np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0))), 3, 1, form.how)
    return pool(x, side, 1, form.how, "same")


def faults(variant: str) -> dict:
    """Return the faults of a module, and what the reader hears of each."""
    found = dict(TEXTS)
    if variant == "front":  # behind a ReLU no value is below the zeros
        found.pop("zeros")
    for step, word in (
        ("one", "the 1x1 branch"),
        ("reduce3", "the 1x1 convolution in front of the 3x3 kernels"),
        ("three", "the 3x3 kernels"),
        ("reduce5", "the 1x1 convolution in front of the 5x5 kernels"),
        ("five", "the 5x5 kernels"),
        ("pool", "the projection"),
    ):
        found[f"no relu {step}"] = f"no ReLU follows {word}. All six convolutions have one"
    for form, said in SAID.items():
        if form != variant:
            found[f"as {form}"] = f"{said}. Here {SAID[variant]}"
    for order in permutations("0123"):
        if order != tuple("0123"):
            found[f"order {''.join(order)}"] = (
                "the branches are joined in another order. The layer behind reads channels by "
                "their place: first the 1x1 branch, then 3x3, 5x5 and pooling"
            )
    for name in RELATIVES:
        found[name] = "an activation other than ReLU follows the convolutions"
    return found
