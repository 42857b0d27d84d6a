"""Check of the question of the alexnet exercises that asks for a block of two convolutions.

The reference is written for `course_lib.checks.agreement`: plain numpy, weights from `take`, and a
`fault` that changes one thing.  What a cohort is asked for, the `variant`, is an order of `ORDERS`.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import permutations

import numpy as np

from course_lib.checks.agreement import judge_model
from course_lib.checks.cases import case
from course_lib.checks.plain import ACTIVATIONS, convolve, pool, relu
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import fresh_cases, passed

# A ReLU follows each convolution.  None stands right in front of the pooling: the maximum of nine
# values is hardly ever below 0, so nobody could tell whether it is there.
ORDERS = {
    "end": ("mixed", "grouped", "norm", "pool"),
    "early": ("pool", "grouped", "norm", "mixed"),
    "front": ("norm", "pool", "mixed", "grouped"),
}
WORDS = {
    "mixed": "the 3x3 convolution",
    "grouped": "the grouped convolution",
    "pool": "the pooling",
    "norm": "the normalization",
}
POOLS = {  # side, step, what a window gives, padding
    "mean windows": (3, 2, "mean", "valid"),
    "small windows": (2, 2, "max", "valid"),
    "windows side by side": (3, 3, "max", "valid"),
    "padded windows": (3, 2, "max", "same"),
    "a window a pixel": (3, 1, "max", "valid"),
}
# One value in many is beyond 6 where no normalization sets the scale: such a ReLU is not found.
RELATIVES = {name: act for name, act in ACTIVATIONS.items() if name != "relu6"}

TEXTS: dict[str | None, str] = {  # of faults that are faults in every order
    None: "other values: look at the order of the steps, at which convolution has the groups, "
    "at the windows, and at what the normalization divides by",
    "no norm": "the normalization is missing",
    "no pool": "the pooling is missing",
    "no relu": "both ReLUs are missing",
    "no relu mixed": "no ReLU follows the 3x3 convolution",
    "no relu grouped": "no ReLU follows the grouped convolution",
    "no bias": "the convolutions have no biases. The paper's have, and no normalization here "
    "has an offset that would do instead",
    "none grouped": "no convolution has groups: each filter reads all maps",
    "both grouped": "both convolutions have groups. The 3x3 one reads all maps: without it the "
    "groups never meet",
    "other grouped": "the wrong convolution has the groups: the 3x3 one reads all maps, the "
    "other one those of its group",
    "always two": "there are always two groups; their number is an argument",
    "every other map": "the groups take turns in counting off maps. A group is a run of "
    "neighbours: with two groups, the first half and the second half",
    "sides changed": "the kernels have changed places: the grouped convolution has the side "
    "`kernel`, the other one is 3x3",
    "unpadded": "the convolutions are not padded; here they keep the size of the map",
    "mean windows": "it averages the windows; the task asks for their maximum",
    "small windows": "the windows have 2x2 pixels and lie side by side. The sides of the map "
    "are the same, but the paper's windows have 3x3 pixels, two apart: they overlap",
    "windows side by side": "the windows are three pixels apart. The paper's are two apart, so "
    "that they overlap",
    "padded windows": "the pooling is padded. Here a window that does not fit is left out",
    "a window a pixel": "the windows are one pixel apart; they should be two apart",
    "norm by sum": "the normalization adds the squares up; the task asks for their mean",
    "no root": "the root is missing in the normalization",
    "one outside": "the 1 stands outside of the root. Here it is added to the mean, and the root "
    "is taken of both",
    "squared mean": "the normalization squares the mean of the values; the task asks for the mean "
    "of their squares",
    "norm of a group": "the normalization looks at the maps of one group. Here it looks at all",
    "norm of a map": "the normalization takes a mean over pixels. Here it looks at all maps, "
    "each pixel for itself",
    "norm of all": "the normalization takes one mean for the whole image. Here each pixel has "
    "its own, over all maps",
}


def alexnet_block(answer, variant="end") -> None:
    """Judge `alexnet_block(x, filters, kernel, groups)`."""
    chosen(ORDERS, variant)
    rng = fresh_cases()
    for kind, kernel, groups in (("two groups", 5, 2), ("one group", 7, 1), ("three groups", 3, 3)):
        channels, filters = (int(n) * groups for n in rng.permutation((2, 4)))
        with case(kind), _quiet():
            judge_model(
                answer,
                partial(block, variant=variant),
                shape=(9, 11, channels),
                arguments={"filters": filters, "kernel": kernel, "groups": groups},
                faults=faults(variant),
                rng=rng,
                variants=({}, {"split": True})[: min(groups, 2)],
            )
    passed("alexnet_block", "Each step in its place, with the groups on one convolution alone.")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep back TensorFlow's warning that Keras traces a grouped convolution at each call."""
    logger = logging.getLogger("tensorflow")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def block(x, take, _training, fault, *, variant="end", split=False, **sizes):
    """Apply the steps of a block, in the order of a variant.

    Args:
        x: array.
        take: of the weights.
        _training: nothing depends on the mode.
        fault: None or one of `faults`.
        variant: one of `ORDERS`.
        split: each group has a convolution of its own, as before libraries had groups.
        sizes: `filters`, `kernel` and `groups`.
    """
    fault = fault or ""
    order = tuple(fault.split(", ")) if ", " in fault else ORDERS[variant]
    for step, after in zip(order, (*order[1:], ""), strict=True):
        if fault == f"no {step}" or (fault, step) == ("norm before relu", "norm"):
            continue
        if step == "pool":
            size, stride, how, padding = POOLS.get(fault, (3, 2, "max", "valid"))
            x = pool(x, size, stride, how, padding)
        elif step == "norm":
            x = _normalize(x, fault, sizes["groups"])
        else:
            x = _convolution(x, take, step, fault, sizes | {"split": split})
            if fault == "norm before relu" and after == "norm":
                x = _normalize(x, fault, sizes["groups"])
            if fault not in ("no relu", f"no relu {step}"):
                x = RELATIVES.get(fault, relu)(x)
    return x


def _convolution(x, take, step, fault, sizes):
    own = {"both grouped": True, "none grouped": False, "other grouped": step == "mixed"}
    grouped = own.get(fault, step == "grouped")
    groups = {"always two": 2}.get(fault, sizes["groups"]) if grouped else 1
    side = sizes["kernel"] if (step == "grouped") != (fault == "sides changed") else 3
    filters, reads = sizes["filters"], x.shape[3] // groups
    padding = "valid" if fault == "unpadded" else "same"
    if fault == "every other map" and grouped:
        x = x[..., np.arange(x.shape[3]).reshape(reads, groups).T.ravel()]
    parts = groups if sizes["split"] else 1
    if parts > 2 and fault == "both grouped":
        raise ValueError("more assignments of weights than can be tried")
    found = []
    for part in np.split(x, parts, 3):
        kernel = take.kernel((side, side, reads, filters // parts))
        y = convolve(part, kernel, 1, padding)
        found.append(y if fault == "no bias" else y + take.vector(filters // parts))
    return np.concatenate(found, 3)


def _normalize(x, fault, groups):
    squares = x**2
    if fault == "norm of a group":
        parts = np.split(squares, groups, 3)
        strength = np.concatenate([_like(part, part.mean(3)) for part in parts], 3)
    elif fault == "norm of a map":
        strength = squares.mean((1, 2), keepdims=True)
    elif fault == "norm of all":
        strength = squares.mean((1, 2, 3), keepdims=True)
    elif fault == "squared mean":
        strength = x.mean(3, keepdims=True) ** 2
    else:
        strength = squares.mean(3, keepdims=True)
    if fault == "norm by sum":
        strength = strength * x.shape[3]
    return x / _divisor(strength, fault)


def _divisor(strength, fault):
    if fault == "one outside":
        return 1 + np.sqrt(strength)
    return 1 + strength if fault == "no root" else np.sqrt(1 + strength)


def _like(part, mean):
    return np.broadcast_to(mean[..., None], part.shape)


def _spelled(order) -> str:
    return ", then ".join(WORDS[step] for step in order)


def faults(variant: str) -> dict:
    """Return the faults of a block, and what the reader hears of each."""
    own = ORDERS[variant]
    found = dict(TEXTS)
    if own[0] != "norm":
        conv = WORDS[own[own.index("norm") - 1]]
        found["norm before relu"] = (
            f"the normalization comes between {conv} and its ReLU. Then what the ReLU makes 0 "
            "weakens other maps; the ReLU comes first"
        )
    for order in permutations(sorted(own)):
        if order != own:
            text = f"the order is {_spelled(order)}. Here it is {_spelled(own)}"
            found[", ".join(order)] = text
    for name in RELATIVES:
        found[name] = "an activation other than ReLU follows the convolutions"
    return found
