"""Check of the question of the nin exercises that asks for the end of a net.

The reference is written for `course_lib.checks.agreement`: plain numpy, weights from `take`, and a
`fault` that changes one thing.  What a cohort is asked for, the `variant`, is in `ENDS`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

import numpy as np

from course_lib.checks.agreement import judge_model
from course_lib.checks.cases import case
from course_lib.checks.model import as_model, outputs
from course_lib.checks.plain import ACTIVATIONS, convolve, relu
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import WrongAnswer, fresh_cases, passed, spell


class End(NamedTuple):
    """The order of the first two convolutions, and whether the softmax precedes the mean."""

    order: tuple[str, str]
    early: bool


ENDS = {
    "mean": End(("wide", "mix"), early=False),
    "vote": End(("wide", "mix"), early=True),
    "narrow": End(("mix", "wide"), early=False),
}
WORDS = {"wide": "the convolution with side `kernel`", "mix": "the 1x1 convolution"}
# Probabilities hardly show whether a ReLU is cut at 6.
RELATIVES = {name: act for name, act in ACTIVATIONS.items() if name != "relu6"}
CASES = (("3x3 kernels", 3), ("5x5 kernels", 5), ("a single row of pixels", 3))
TEXTS: dict[str | None, str] = {  # of faults that are faults in every variant
    None: "other values: look at the order of the steps, at where a ReLU stands, and at the axes "
    "of the mean and of the softmax",
    "no relu": "both ReLUs are missing; without them the convolutions are one linear map",
    "no relu wide": "no ReLU follows the convolution with side `kernel`",
    "no relu mix": "no ReLU follows the 1x1 convolution with `hidden` filters",
    "relu maps": "the class maps have a ReLU. The authors' nets have one there; this task has "
    "none, so that a map may speak against its class",
    "no mix": "the 1x1 convolution with `hidden` filters is missing",
    "no wide": "the convolution with side `kernel` is missing",
    "mix twice": "there are two 1x1 convolutions with `hidden` filters. The mlpconv layers of the "
    "chapter have two; this block has one",
    "mix wide": "the convolution with `hidden` filters has kernels of side `kernel`. It is a 1x1 "
    "convolution",
    "strided": "the convolution moves by its own side. The third argument of `Conv2D` is the "
    "stride; here it is 1",
    "sides swapped": "the kernels have changed places: the convolution with `filters` filters has "
    "the side `kernel`, the one with `hidden` filters is 1x1",
    "widths swapped": "the numbers of filters have changed places: the 1x1 convolution has "
    "`hidden` of them, the other one `filters`",
    "maps wide": "the class maps come from kernels of side `kernel`. They come from a 1x1 "
    "convolution",
    "no bias": "the convolutions have no biases. Nothing here has an offset that would do instead",
    "unpadded": "the convolution is not padded; here it keeps the size of the map",
    "max": "it takes the maximum of each class map; the task asks for its mean",
    "sum": "it adds up each class map; the task asks for its mean",
    "over channels": "the mean runs over the channels: that leaves a number for each pixel. It "
    "should run over the pixels and leave a number for each class",
    "no mean": "the mean is missing: there is a number for each pixel and class",
    "kept": "the two axes of the pixels are still there, with length 1",
    "no softmax": "the softmax is missing",
    "softmax of images": "the softmax runs over the images of the batch. It runs over the classes "
    "of one image",
    "softmax twice": "there are two softmaxes",
    "sigmoid": "a sigmoid judges each class by itself; a softmax lets them compete",
    "dense": "a dense layer reads the flattened map. It ties the net to one size of image; here "
    "the class maps are averaged",
    "dense behind": "a dense layer stands behind the class maps. They are the scores already",
}
# Where the softmax precedes the mean and runs over these axes of a map, the mean is a constant.
AXES = {"rows": (1,), "columns": (2,), "pixels": (1, 2)}
OTHER_END = {
    False: "the softmax comes before the mean, so that pixels vote with probabilities. Here the "
    "scores are averaged first",
    True: "the scores are averaged before the softmax. Here each pixel has its own probabilities, "
    "and these are averaged",
}


def nin_block(answer, variant="mean") -> None:
    """Judge `nin_block(x, filters, hidden, classes, kernel)`."""
    chosen(ENDS, variant)
    rng = fresh_cases()
    for kind, kernel in CASES:
        channels, *widths = (int(n) for n in rng.permutation((3, 4, 6, 7)))
        arguments = dict(zip(("filters", "hidden", "classes"), widths, strict=True))
        arguments["kernel"] = kernel
        shape = (1 if "row" in kind else 5, 8, channels)
        with case(kind), _constant_named(answer, shape, arguments):
            judge_model(
                answer,
                partial(block, variant=variant),
                shape=shape,
                arguments=arguments,
                faults=faults(variant),
                rng=rng,
            )
    passed("nin_block", "Maps that stand for classes, averaged over the pixels.")


@contextmanager
def _constant_named(answer, shape, arguments) -> Iterator[None]:
    """Name the axes of a softmax whose mean is the same for every image and class.

    `judge_model` measures by how much outputs vary, and so cannot compare these.
    """
    try:
        yield
    except WrongAnswer:
        try:
            found = outputs(as_model(answer, shape, arguments), np.ones((2, *shape)))
        except Exception:  # whatever its author did, the first message says it
            found = np.empty(0)
        for word, axes in AXES.items():
            share = 1 / np.prod([shape[axis - 1] for axis in axes])
            if found.shape == (2, arguments["classes"]) and np.allclose(found, share, rtol=1e-4):
                raise WrongAnswer(
                    f"{spell(answer, arguments)}: the softmax runs over the {word} of a map, so "
                    "that every image gets the same numbers. It runs over the classes, the last "
                    "axis"
                ) from None
        raise


def block(x, take, _training, fault, *, variant="mean", **sizes):
    """Apply the convolutions and the head of a variant.

    Args:
        x: array.
        take: of the weights.
        _training: nothing depends on the mode.
        fault: None or one of `faults`.
        variant: one of `ENDS`.
        sizes: `filters`, `hidden`, `classes` and `kernel`.
    """
    fault, own = fault or "", ENDS[variant]
    for step in own.order[::-1] if fault == "order" else own.order:
        times = {f"no {step}": 0, f"{step} twice": 2}.get(fault, 1)
        for _ in range(times):
            x = _convolution(x, take, step, fault, sizes)
            if fault not in ("no relu", f"no relu {step}"):
                x = RELATIVES.get(fault, relu)(x)
    if fault == "dense":
        return softmax(_dense(x.reshape(len(x), -1), take, sizes["classes"]), 1)
    x = _convolution(x, take, "maps", fault, sizes)
    if fault == "relu maps":
        x = relu(x)
    early = own.early != (fault == "other end")
    if early:
        x = _mean(_compete(x, fault), fault)
    else:
        x = _mean(x, fault)
        x = _dense(x, take, sizes["classes"]) if fault == "dense behind" else x
        x = _compete(x, fault)
    return x[:, None, None] if fault == "kept" else x


def _convolution(x, take, step, fault, sizes):
    widths = {"wide": sizes["filters"], "mix": sizes["hidden"], "maps": sizes["classes"]}
    sides = {"wide": sizes["kernel"], "mix": 1, "maps": 1}
    if fault == "sides swapped":
        sides |= {"wide": 1, "mix": sizes["kernel"]}
    if fault == "widths swapped":
        widths |= {"wide": sizes["hidden"], "mix": sizes["filters"]}
    if fault in ("maps wide", "mix wide"):
        sides[fault.removesuffix(" wide")] = sizes["kernel"]
    side, filters = sides[step], widths[step]
    stride = side if fault == "strided" else 1
    kernel = take.kernel((side, side, x.shape[3], filters))
    y = convolve(x, kernel, stride, "valid" if fault == "unpadded" else "same")
    return y if fault == "no bias" else y + take.vector(filters)


def _dense(x, take, units):
    kernel = take.kernel((1, 1, x.shape[1], units))
    return x @ kernel[0, 0] + take.vector(units)


def _mean(x, fault):
    if fault == "no mean":
        return x
    axes = 3 if fault == "over channels" else (1, 2)
    reduced: dict[str, Callable] = {"max": np.max, "sum": np.sum}
    return reduced.get(fault, np.mean)(x, axis=axes)


def _compete(x, fault):
    if fault == "no softmax":
        return x
    if fault == "sigmoid":
        return 1 / (1 + np.exp(-x))
    x = softmax(x, 0 if fault == "softmax of images" else -1)
    return softmax(x, -1) if fault == "softmax twice" else x


def softmax(x, axis):
    """Return exponentials that add up to 1 along one or more axes."""
    raised = np.exp(x - x.max(axis=axis, keepdims=True))
    return raised / raised.sum(axis=axis, keepdims=True)


def faults(variant: str) -> dict:
    """Return the faults of a block, and what the reader hears of each."""
    own = ENDS[variant]
    first, second = (WORDS[step] for step in own.order)
    found = dict(TEXTS)
    if own.early:
        found.pop("dense behind")
    found["other end"] = OTHER_END[own.early]
    found["order"] = f"{second} comes first. Here {first} does"
    for name in RELATIVES:
        found[name] = "an activation other than ReLU follows the convolutions"
    return found
