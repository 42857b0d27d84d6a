"""Check of the question of the mobilenet exercises that asks for a whole net.

The reference is written for `course_lib.checks.agreement`: plain NumPy, weights from `take`, and a
`fault` that changes one thing.  What a cohort is asked for, the `variant`, is in `FORMS`.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from course_lib.checks.agreement import judge_model
from course_lib.checks.cases import case
from course_lib.checks.plain import ACTIVATIONS, convolve, normalize, relu
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import fresh_cases, passed


class Form(NamedTuple):
    """A block: 1x1 first or last, a ReLU between its two steps, a shortcut where the map fits."""

    early: bool
    between: bool
    shortcut: bool


FORMS = {
    "bare": Form(early=False, between=False, shortcut=False),
    "shortcut": Form(early=False, between=True, shortcut=True),
    "early": Form(early=True, between=True, shortcut=False),
}
PAPER = Form(early=False, between=True, shortcut=False)
SAID = {  # of a form: what it does
    "bare": "no ReLU stands between the depthwise convolution and the 1x1 one",
    "shortcut": "a block that keeps the shape of its map adds what came in, behind its last ReLU",
    "early": "the 1x1 convolution comes before the depthwise one, which has the stride",
    "paper": "each block is the paper's: depthwise and 1x1, a ReLU behind both, no shortcut",
}
# Kind of case, sides and channels of the image, widths, strides of the blocks, alpha, classes.
# No width times alpha is whole but where alpha is 1; rounding up, down and to the nearest differ.
CASES = (
    ("alpha below one", (13, 9, 3), (7, 11, 14, 14), (1, 2, 1), 0.6, 10),
    ("alpha above one", (9, 13, 4), (4, 6, 8, 8), (2, 1, 1), 1.3, 7),
    ("alpha of one", (13, 13, 2), (5, 7, 9, 9), (1, 2, 1), 1.0, 6),
)
RELATIVES = {name: act for name, act in ACTIVATIONS.items() if name not in ("relu6", "leaky_relu")}
THINNED: dict[str, Callable[[float, int, int], int]] = {  # from alpha, width and place in the net
    "rounded down": lambda alpha, width, place: int(alpha * width),
    "rounded": lambda alpha, width, place: round(alpha * width),
    "no alpha": lambda alpha, width, place: width,
    "alpha squared": lambda alpha, width, place: math.ceil(alpha**2 * width),
    "alpha again": lambda alpha, width, place: math.ceil(alpha ** (place + 1) * width),
    "thick stem": lambda alpha, width, place: math.ceil(alpha * width) if place else width,
    "stem alone": lambda alpha, width, place: width if place else math.ceil(alpha * width),
    "divided": lambda alpha, width, place: math.ceil(width / alpha),
}
FAULTS: dict[str | None, str] = {
    None: "other values: look at the order of the steps of a block, at which of them has the "
    "stride, and at where a ReLU stands",
    "rounded down": "the widths are rounded down. Here they are rounded up",
    "rounded": "the widths are rounded to the nearest whole number. Here they are rounded up",
    "no alpha": "alpha changes nothing",
    "alpha squared": "alpha is squared. It multiplies the channels; the work falls with its square "
    "because channels come in *and* go out",
    "alpha again": "alpha is applied again in each block, so that the net grows thinner and "
    "thinner. It multiplies each width of the list once",
    "thick stem": "the stem has its full width. Alpha thins all layers, the stem as well",
    "stem alone": "alpha thins the stem alone. It multiplies the widths of all blocks",
    "divided": "the widths are divided by alpha",
    "thin classes": "alpha thins the classes as well. There are as many of them as before",
    "standard": "the 3x3 convolutions of the blocks are standard ones, which add up over all "
    "channels. A depthwise convolution has one filter for each channel",
    "no pointwise": "the 1x1 convolution is missing: a block is one standard 3x3 convolution",
    "doubled": "the depthwise convolutions have two filters for each channel; here they have one",
    "stride on 1x1": "the 1x1 convolutions have the strides. The depthwise ones do",
    "stride on both": "both convolutions of a block have its stride. The depthwise one does",
    "no strides": "the strides of the blocks are left out",
    "stem stride": "the stem has stride 1. It has 2",
    "stem 1x1": "the stem has 1x1 kernels; it has 3x3",
    "separable stem": "the stem is separable. It is a standard convolution",
    "no norm between": "in a block no batch normalization follows the depthwise convolution. That "
    "is what Keras calls SeparableConv2D; here each of the two steps is normalized",
    "no norms": "the convolutions are not followed by batch normalization",
    "no relu end": "no ReLU follows the last normalization of a block",
    "no relu stem": "no ReLU follows the stem",
    "no relus": "there is no ReLU in the net",
    "relu6": "the activation is ReLU6, as in the authors' code. Here it is ReLU",
    "softmax": "a softmax stands at its end. Scores are asked for",
    "maxima": "the maximum of each map is taken where its mean is asked for",
    "flattened": "the map is laid out in a row where its mean is asked for",
    "no dense bias": "the last layer has no biases",
    "added first": "the shortcut is added before the last ReLU. Here it is added behind it",
    "fitted": "where shapes differ, the shortcut has a 1x1 convolution. Here it is left out there",
}


def mobilenet(answer, variant="bare") -> None:
    """Judge `mobilenet(x, widths, strides, alpha, classes)`."""
    chosen(FORMS, variant)
    rng = fresh_cases()
    for kind, shape, widths, strides, alpha, classes in CASES:
        with case(kind):
            judge_model(
                answer,
                partial(net, variant=variant),
                shape=shape,
                arguments={
                    "widths": widths,
                    "strides": strides,
                    "alpha": alpha,
                    "classes": classes,
                },
                faults=faults(variant, alpha),
                rng=rng,
                variants=({}, {"grouped": True}),
            )
    passed("mobilenet", "One number makes all layers thinner, and each block has its two steps.")


def faults(variant: str, alpha: float) -> dict[str | None, str]:
    """Return the faults of a net, and what the reader hears of each."""
    found = {name: text for name, text in FAULTS.items() if alpha != 1 or name not in THINNED}
    for name in ("added first", "fitted"):
        if variant != "shortcut":
            found.pop(name)
    for form, said in SAID.items():
        if form != variant:
            found[f"as {form}"] = f"{said}. Here {SAID[variant]}"
    for name in RELATIVES:
        found[name] = "an activation other than ReLU is used"
    return found


class Steps:
    """The layers of a net, with the fault that one of them may have."""

    def __init__(self, take, training, fault, grouped):
        self.take, self.training, self.fault, self.grouped = take, training, fault, grouped

    def conv(self, x, filters, side, stride=1):
        """Apply a standard convolution without biases."""
        return convolve(x, self.take.kernel((side, side, x.shape[3], filters)), stride)

    def depthwise(self, x, stride):
        """Apply filters of 3x3 to each channel by itself."""
        channels = x.shape[3]
        if self.fault == "standard":
            return self.conv(x, channels, 3, stride)
        each = 2 if self.fault == "doubled" else 1
        shape = (3, 3, 1, channels * each) if self.grouped else (3, 3, channels, each)
        kernel = self.take.kernel(shape).reshape(3, 3, 1, channels * each)
        return convolve(x, kernel, stride)

    def settle(self, x, place, *, active=True):
        """Apply batch normalization and ReLU, as they are due at a place of the net."""
        if self.fault != "no norms" and self.fault != f"no norm {place}":
            x = normalize(x, self.take.norm(x.shape[3]), self.training)
        if not active or self.fault in ("no relus", f"no relu {place}"):
            return x
        return ACTIVATIONS.get(self.fault, relu)(x)


def net(x, take, training, fault, *, variant, grouped=False, **asked) -> np.ndarray:
    """Apply stem, blocks and classifier.

    Args:
        x: array.
        take: of the weights.
        training: whether the statistics of the batch normalize.
        fault: None or one of `faults`.
        variant: one of `FORMS`.
        grouped: how the kernels of a depthwise convolution are stored.
        asked: `widths` of stem and blocks, before `alpha`; `strides` of the blocks; and `classes`.
    """
    fault = fault or ""
    alpha, classes = asked["alpha"], asked["classes"]
    form = {"paper": PAPER, **FORMS}[fault.removeprefix("as ") if "as " in fault else variant]
    thinned = THINNED.get(fault, lambda alpha, width, place: math.ceil(alpha * width))
    stem, *others = (thinned(alpha, width, place) for place, width in enumerate(asked["widths"]))
    steps = Steps(take, training, fault, grouped)
    stride = 1 if fault == "stem stride" else 2
    if fault == "separable stem":
        x = steps.conv(steps.depthwise(x, stride), stem, 1)
    else:
        x = steps.conv(x, stem, 1 if fault == "stem 1x1" else 3, stride)
    x = steps.settle(x, "stem")
    for width, pace in zip(others, asked["strides"], strict=True):
        x = _block(x, width, 1 if fault == "no strides" else pace, steps, form)
    return _head(x, math.ceil(alpha * classes) if fault == "thin classes" else classes, steps)


def _block(x, width, stride, steps, form):
    fault = steps.fault
    if fault == "no pointwise":
        return steps.settle(steps.conv(x, width, 3, stride), "end")
    at_filter, at_mix = (1, stride) if fault == "stride on 1x1" else (stride, 1)
    at_mix = stride if fault == "stride on both" else at_mix
    if form.early:
        y = steps.settle(steps.conv(x, width, 1, at_mix), "between")
        return steps.settle(steps.depthwise(y, at_filter), "end")
    y = steps.settle(steps.depthwise(x, at_filter), "between", active=form.between)
    y = steps.conv(y, width, 1, at_mix)
    if not form.shortcut or (x.shape != y.shape and fault != "fitted"):
        return steps.settle(y, "end")
    near = x if x.shape == y.shape else steps.conv(x, width, 1, stride)
    if fault == "added first":
        return relu(near + steps.settle(y, "end", active=False))
    return near + steps.settle(y, "end")


def _head(x, classes, steps):
    fault = steps.fault
    read = x.max((1, 2)) if fault == "maxima" else x.mean((1, 2))
    read = x.reshape(len(x), -1) if fault == "flattened" else read
    kernel = steps.take.kernel((1, 1, read.shape[1], classes))
    scores = read @ kernel[0, 0]
    scores = scores if fault == "no dense bias" else scores + steps.take.vector(classes)
    if fault != "softmax":
        return scores
    scores = np.exp(scores - scores.max(1, keepdims=True))
    return scores / scores.sum(1, keepdims=True)
