"""Check of the question of the googlenet exercises that asks for a classifier on the side.

What it computes in inference is compared with NumPy's (`agreement`), known faults as well.  In
training its dropout is found by solving for what the last layer has read.  What a cohort is asked
for, the `variant`, is what the hidden layer reads.
"""

from functools import partial

import numpy as np

from course_lib.checks.agreement import judge_model
from course_lib.checks.cases import case
from course_lib.checks.googlenet_dropout import judge_dropout, refuse_draws
from course_lib.checks.model import as_model, outputs
from course_lib.checks.plain import ACTIVATIONS, convolve, pool, relu
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import fresh_cases, passed

VARIANTS = {
    "early": "the 1x1 convolution comes first, on the whole map, and then the windows take means",
    "beside": "the hidden layer also reads the mean of each channel of x over the whole map",
    "pair": "each window gives its means and its maxima, side by side",
}
SHAPE = (9, 11, 5)
SIZES = {"filters": 4, "units": 6, "classes": 9}  # all differ, so that shapes name the weights
CASES = (  # kind of case, side and step of the windows, share that is dropped
    ("windows that overlap", 5, 3, 0.7),
    ("windows side by side", 3, 3, 0.4),
    ("windows with gaps", 2, 3, 0.25),
)
WINDOWS = {  # side, step, padding, as functions of the right ones
    "padded windows": lambda side, step: (side, step, "same"),
    "step is the side": lambda side, step: (side, side, "valid"),
    "a step of one": lambda side, step: (side, 1, "valid"),
    "step as side": lambda side, step: (step, step, "valid"),
    "exchanged": lambda side, step: (step, side, "valid"),
}
RELATIVES = {name: act for name, act in ACTIVATIONS.items() if name != "relu6"}
FAULTS: dict[str | None, str] = {
    None: "other values: compare the order of the steps, the windows and what the hidden layer "
    "reads",
    "paper": "the windows take means of x, and nothing else is changed: that is the paper's head. "
    "Here {own}",
    "early": "the 1x1 convolution comes before the windows there. Here {own}",
    "beside": "the hidden layer reads the mean of each channel of x, too. Here {own}",
    "pair": "each window gives its maxima, too. Here {own}",
    "softmax": "a softmax stands at its end. The loss brings the softmax here, so the head ends "
    "with scores; with both there would be two",
    "relu at the end": "a ReLU follows the last layer: a score may be below 0",
    "no relus": "both ReLUs are missing",
    "no relu conv": "no ReLU follows the 1x1 convolution",
    "no relu hidden": "no ReLU follows the hidden layer",
    "no bias": "the layers have no biases",
    "maxima": "the windows take maxima where means are asked for",
    "no hidden": "the hidden layer is missing",
    "global": "each map is averaged as a whole before the hidden layer. Lay out all values of the "
    "small map in a row",
    "no windows": "the windows are missing: the hidden layer reads the whole map",
    "3x3": "the convolution has 3x3 kernels; 1x1 is asked for",
    "padded windows": "the windows are padded. A window that does not fit is left out",
    "step is the side": "the windows lie side by side, as Keras puts them where no stride is "
    "given. They are `stride` pixels apart",
    "a step of one": "the windows are one pixel apart; they are `stride` pixels apart",
    "step as side": "the windows are `stride` pixels wide; `window` is their side",
    "exchanged": "side and step of the windows have changed places",
}


class Calm:
    """A reader's function whose models are asked in inference alone, since dropout draws."""

    def __init__(self, answer):
        self.answer, self.__name__ = answer, getattr(answer, "__name__", "your function")

    def as_model(self, shape, arguments):
        """Return its model, which answers for training as it does in inference."""
        return CalmModel(as_model(self.answer, shape, arguments))


class CalmModel:
    """A model, as `course_lib.checks.model.outputs` asks one elsewhere."""

    def __init__(self, model):
        self.model = model

    def __getattr__(self, name):
        return getattr(self.model, name)

    def ask(self, images, training, values=None):
        """Return outputs; training counts as not said."""
        return outputs(self.model, images, None if training else training, values)


def auxiliary_head(answer, variant="early") -> None:
    """Judge `auxiliary_head(x, window, stride, filters, units, rate, classes)`."""
    own = chosen(VARIANTS, variant)
    texts = {name: text.format(own=own) for name, text in FAULTS.items() if name != variant}
    texts |= {name: f"its ReLUs are replaced: {name} is not ReLU" for name in RELATIVES}
    rng = fresh_cases()
    ways = [{}, {"turned": True}] if variant != "early" else [{}]
    ways += [] if variant == "beside" else [way | {"spread": True} for way in ways]
    for kind, window, stride, rate in CASES:
        arguments = {"window": window, "stride": stride, "rate": rate, **SIZES}
        with case(kind):
            refuse_draws(answer, SHAPE, arguments, rng)
            judge_model(
                Calm(answer),
                partial(head, variant=variant),
                shape=SHAPE,
                arguments=arguments,
                faults=texts,
                rng=rng,
                variants=tuple(ways),
            )
            judge_dropout(answer, SHAPE, arguments, rng)
    passed("auxiliary_head", "The head's values in inference, and its dropout in training.")


def head(x, take, _training, fault, *, variant, **given):
    """Apply the head, without its dropout.

    Args:
        x: array (B, H, W, C).
        take: of the weights.
        _training: nothing but the dropout depends on the mode.
        fault: None or one of `FAULTS`.
        variant: one of `VARIANTS`, or "paper".
        given: what the question gives, and of two right ways the other: `turned`, what is put
            side by side stands in the other order; `spread`, the hidden layer is a convolution as
            large as its map.
    """
    how = fault if fault in ("paper", *VARIANTS) else variant
    turned, spread = given.get("turned", False), given.get("spread", False)
    small = _maps(x, take, fault, how, given)
    read = small.mean((1, 2)) if fault == "global" else small.reshape(len(small), -1)
    if how == "beside":
        parts = [read, x.mean((1, 2))]
        read = np.concatenate(parts[::-1] if turned else parts, 1)
    if fault != "no hidden":
        whole = spread and how != "beside" and fault != "global"
        read = _dense(read, take, given["units"], fault, small.shape[1:3] if whole else (1, 1))
        read = _activated(read, fault, "hidden")
    scores = _dense(read, take, given["classes"], fault)
    if fault == "softmax":
        scores = np.exp(scores - scores.max(1, keepdims=True))
        return scores / scores.sum(1, keepdims=True)
    return relu(scores) if fault == "relu at the end" else scores


def _maps(x, take, fault, how, given):
    """Return the small map behind windows and convolution."""
    windows = WINDOWS.get(fault, lambda side, step: (side, step, "valid"))
    side, step, padding = windows(given["window"], given["stride"])
    filters = given["filters"]

    def squeeze(maps):
        area = 3 if fault == "3x3" else 1
        kernel = take.kernel((area, area, maps.shape[3], filters))
        found = convolve(maps, kernel, 1, "same")
        found = found if fault == "no bias" else found + take.vector(filters)
        return _activated(found, fault, "conv")

    def small(maps, kind):
        return maps if fault == "no windows" else pool(maps, side, step, kind, padding)

    first = "max" if fault == "maxima" else "mean"
    if how == "early":
        return small(squeeze(x), first)
    if how == "pair":
        parts = [small(x, first), small(x, "max")]
        return squeeze(np.concatenate(parts[::-1] if given.get("turned") else parts, 3))
    return squeeze(small(x, first))


def _dense(read, take, units, fault, area=(1, 1)):
    rows, columns = area
    kernel = take.kernel((rows, columns, read.shape[1] // (rows * columns), units))
    found = read @ kernel.reshape(-1, units)
    return found if fault == "no bias" else found + take.vector(units)


def _activated(x, fault, place):
    if fault in ("no relus", f"no relu {place}"):
        return x
    return RELATIVES.get(fault, relu)(x)
