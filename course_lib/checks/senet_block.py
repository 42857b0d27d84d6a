"""Check of the question of the senet exercises that asks for a block of gates.

The reference is written for `course_lib.checks.agreement`: plain numpy, weights from `take`, and a
`fault` that changes one thing.  What a cohort is asked for, the `variant`, is what the gates read.
Among the maps there is one as wide as the largest batch, and one that is a pixel wide: there a
product of (B, H, W, C) and (B, C) runs.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import numpy as np

from course_lib.checks.agreement import judge_model
from course_lib.checks.cases import case
from course_lib.checks.plain import ACTIVATIONS, relu
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import WrongAnswer, fresh_cases, passed

VARIANTS = {
    "both": "the first dense layer reads means and maxima of the channels, side by side",
    "rows": "each row of the map has gates of its own, which read the means of that row",
    "shared": "the same two dense layers read the means and, once more, the maxima, and what "
    "comes out is added in front of the sigmoid",
}
SAID = {**VARIANTS, "paper": "the gates read the means of the channels over the map, alone"}
CASES = (
    ("a batch as large as the width", (8, 3)),
    ("a batch of another size", (6, 7)),
    ("a map one pixel wide", (7, 1)),
)
PAIRS = ((17, 2), (19, 2), (25, 3), (26, 3), (29, 3))  # channels and r, with a rest; 8 or 9 units
RELATIVES = {name: act for name, act in ACTIVATIONS.items() if name != "relu6"}
ENDS = {  # of the sigmoid, with what stands in its place
    "softmax": lambda s: np.exp(s) / np.exp(s).sum(3, keepdims=True),
    "no sigmoid": lambda s: s,
    "tanh": np.tanh,
    "relu": relu,
    "hard sigmoid": lambda s: np.clip(s / 6 + 0.5, 0, 1),
}
PRODUCTS = {  # of what becomes of x and the gates
    "gates alone": lambda x, gates: gates + 0 * x,
    "added": np.add,
    "kept beside": lambda x, gates: x + x * gates,
    "turned": lambda x, gates: x * (1 - gates),
}
AXES = {  # over which somebody takes the mean
    "columns": (1,),
    "whole map": (1, 2),
    "rows alone": (2,),
    "batch too": (0, 1, 2),
    "channels first": (2, 3),
    "over channels": (3,),
}
UNITS = {  # of the first dense layer, from channels and r
    "wide": lambda c, r: c * r,
    "r units": lambda c, r: r,
    "rounded up": lambda c, r: -(-c // r),
    "no reduction": lambda c, r: c,
    "of all read": lambda c, r: 2 * c // r,
}
TEXTS: dict[str | None, str] = {
    None: "other values: look at what the squeeze reads, at the two activations, and at the shape "
    "of the gates",
    "trap": "the gates have lost the axes of height and width, so the product takes the batch for "
    "the width. Right for one image, an error for most batches, other values where the batch is "
    "as large as the width. Keep the axes of the squeeze, with a length of 1",
    "softmax": "a softmax makes the gates. Then they share a sum of 1, and one channel opens at "
    "the cost of the others. A sigmoid lets each gate open by itself",
    "no sigmoid": "no sigmoid follows the second dense layer, so a gate may be any number",
    "tanh": "a tanh makes the gates: they lie between -1 and 1. A sigmoid is asked for",
    "relu": "a ReLU makes the gates: they have no upper limit. A sigmoid is asked for",
    "hard sigmoid": "a hard sigmoid makes the gates, three straight pieces. A sigmoid is asked for",
    "no relu": "no ReLU stands between the dense layers. Without it they are one linear map",
    "sigmoid between": "a sigmoid stands between the dense layers; there it is a ReLU",
    "columns": "the squeeze takes the mean down each column, and so each column has gates",
    "whole map": "the squeeze takes the mean over the whole map. Each row has gates of its own",
    "rows alone": "the squeeze takes the mean along each row alone. It is the mean of the map",
    "batch too": "the squeeze takes the mean over the images of the batch as well. Each image has "
    "gates of its own",
    "channels first": "the squeeze takes the mean over width and channels, as if channels came "
    "first: what is left are the rows",
    "over channels": "the squeeze takes the mean over the channels of each pixel. It is over the "
    "pixels of each channel",
    "sums": "the squeeze adds the pixels up. A mean does not grow with the map",
    "no squeeze": "nothing is squeezed: the dense layers read each pixel, and each pixel has gates",
    "maxima": "the squeeze takes maxima alone",
    "wide": "r is on the wrong side: the first dense layer has C times r units. It has C / r",
    "r units": "the first dense layer has r units. It has C / r, rounded down",
    "rounded up": "C / r is rounded up. It is rounded down",
    "no reduction": "the first dense layer has C units. It has C / r",
    "of all read": "the units are what the first dense layer reads, divided by r. They are C / r, "
    "where C counts the channels of x alone",
    "one layer": "one dense layer makes the gates. There are two, the first with C / r units",
    "no bias": "the second dense layer has no biases. Here it has them, and the first has none",
    "both biases": "the first dense layer has biases. Here only the second has them",
    "first bias": "the biases belong to the second dense layer; the first has none",
    "gates alone": "the gates are returned, and x is not multiplied by them",
    "added": "the gates are added to x. They multiply it",
    "kept beside": "x is added once more behind the product. The block returns the product alone",
    "turned": "x is multiplied by 1 minus the gates",
}
OF_SHARED: dict[str | None, str] = {
    "two pairs": "means and maxima have dense layers of their own. Both pass the same two",
    "added early": "what the first dense layer gives for both is added. The second one reads both, "
    "one after the other, so that its biases count twice",
    "two sigmoids": "two sigmoids are added there, up to 2. One sigmoid follows the sum",
    "halved": "the mean of both is taken in front of the sigmoid. It is their sum",
}
BROADCAST = (
    "Which shape have your gates? A product lines shapes up from the last axis, so (B, C) meets "
    "(W, C) of a map (B, H, W, C). One gate for all pixels of a channel is (B, 1, 1, C)"
)


def se_block(answer, variant="both") -> None:
    """Judge `se_block(x, ratio)`."""
    chosen(VARIANTS, variant)
    rng = fresh_cases()
    readings = ({}, {"turned": True}) if variant == "both" else ({},)
    for kind, sides in CASES:
        channels, ratio = PAIRS[int(rng.integers(len(PAIRS)))]
        with case(kind), _explained():
            judge_model(
                answer,
                partial(block, variant=variant),
                shape=(*sides, channels),
                arguments={"ratio": ratio},
                faults=faults(variant),
                rng=rng,
                variants=readings,
            )
    passed("se_block", "One image or many, a wide map or a narrow one: each has gates of its own.")


@contextmanager
def _explained() -> Iterator[None]:
    """Explain an error about shapes that cannot be multiplied."""
    try:
        yield
    except WrongAnswer as wrong:
        if re.search(r"stopped with|to \(\d+, \d+, \d+\); expected", str(wrong)) and re.search(
            r"broadcast|[Ii]ncompatible|must match|; expected|got inputs shapes", str(wrong)
        ):
            raise WrongAnswer(f"{wrong}. {BROADCAST}") from wrong.__cause__
        raise


def block(x, take, _training, fault, *, ratio, variant="both", turned=False):
    """Multiply each channel by its gate.

    Args:
        x: array (B, H, W, C).
        take: of the weights.
        _training: nothing depends on the mode.
        fault: None or one of `faults`.
        ratio: r.
        variant: one of `VARIANTS`.
        turned: maxima stand in front of means, where both are read side by side.
    """
    fault = fault or ""
    form = fault.removeprefix("as ") if fault.startswith("as ") else variant
    read = _squeeze(x, form, fault)
    if form == "both":
        read = [np.concatenate(read[::-1] if turned else read, 3)]
    gates = ENDS.get(fault, _sigmoid)(_logits(read, take, x.shape[3], ratio, fault))
    if fault == "two sigmoids":
        gates = gates[: len(x)] + gates[len(x) :]
    return _trapped(x, gates) if fault == "trap" else PRODUCTS.get(fault, np.multiply)(x, gates)


def _squeeze(x, form, fault):
    """Return what the dense layers read, a part or two with channels last."""
    axes = AXES.get(fault, (2,) if form == "rows" else (1, 2))
    kinds: list[Callable] = [np.mean] if form in ("rows", "paper") else [np.mean, np.max]
    if fault == "no squeeze":
        return [x]
    kinds = [np.max] if fault == "maxima" else kinds
    kinds = [np.sum if fault == "sums" and kind is np.mean else kind for kind in kinds]
    parts = [kind(x, axis=axes, keepdims=True) for kind in kinds]
    return [part.swapaxes(1, 3) for part in parts] if fault == "channels first" else parts


def _logits(parts, take, channels, ratio, fault):
    """Return what stands in front of the sigmoid."""
    reads = parts[0].shape[3]
    units = UNITS.get(fault, lambda c, r: c // r)(channels, ratio)
    if fault == "one layer":
        only = _weights(take, reads, channels, True)
        return sum(_dense(part, *only) for part in parts)
    pairs = len(parts) if fault == "two pairs" else 1
    first = [_weights(take, reads, units, "bias" in fault and fault != "no bias")]
    first += [_weights(take, reads, units, False) for _ in range(pairs - 1)]
    second = [_weights(take, units, channels, fault not in ("no bias", "first bias"))]
    second += [_weights(take, units, channels, True) for _ in range(pairs - 1)]
    hidden = [_between(_dense(part, *first[i % pairs]), fault) for i, part in enumerate(parts)]
    if fault == "added early":
        hidden = [sum(hidden)]
    found = [_dense(part, *second[i % pairs]) for i, part in enumerate(hidden)]
    if fault == "two sigmoids":
        return np.concatenate(found)
    return sum(found) / (len(found) if fault == "halved" else 1)


def _weights(take, reads, gives, bias):
    return take.kernel((1, 1, reads, gives)), take.vector(gives) if bias else 0


def _dense(x, kernel, bias):
    return x @ kernel[0, 0] + bias


def _between(x, fault):
    bare = {"no relu": lambda y: y, "sigmoid between": _sigmoid}
    return {**bare, **RELATIVES}.get(fault, relu)(x)


def _sigmoid(x):
    return (1 + np.tanh(x / 2)) / 2


def _trapped(x, gates):
    """Multiply by gates without the axes of length 1, as far as that can be done."""
    try:
        return x * np.squeeze(gates, tuple(axis for axis in (1, 2) if gates.shape[axis] == 1))
    except ValueError:  # this batch would be an error
        return np.full(x.shape, 1e9)


def faults(variant: str) -> dict:
    """Return the faults of a block, and what the reader hears of each."""
    found = dict(TEXTS)
    found.pop("whole map" if variant != "rows" else "rows alone")
    if variant != "both":
        found.pop("of all read")
    if variant == "rows":
        found["batch too"] += ", and each of its rows"
    if variant == "shared":
        found |= OF_SHARED
    for form, said in SAID.items():
        if form != variant:
            found[f"as {form}"] = f"{said}. Here {VARIANTS[variant]}"
    for name in RELATIVES:
        found[name] = "an activation other than ReLU stands between the dense layers"
    return found
