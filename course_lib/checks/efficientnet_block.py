"""Check of the question of the efficientnet exercises that asks for a block with a gate.

The reference is written for `course_lib.checks.agreement`: plain numpy, weights from `take`, and a
`fault` that changes one thing, one of those in `course_lib.checks.efficientnet_faults`.  What a
cohort is asked for, the `variant`, is in `FORMS`.
"""

from collections.abc import Callable
from functools import partial
from math import ceil, floor
from typing import NamedTuple

import numpy as np

from course_lib.checks.agreement import explained, judge_model
from course_lib.checks.cases import case
from course_lib.checks.efficientnet_faults import FORMS, RELATIVES, faults
from course_lib.checks.plain import ACTIVATIONS, convolve, normalize
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import fresh_cases, passed

# Kind of case, and for each case: channels that leave less those of x, stride, expansion, share
CASES = (
    ("stride 1, equal channels", ((0, 1, 3, 0.25),)),
    ("stride 1, other channels", ((3, 1, 2, 0.25),)),
    ("stride 2, equal channels", ((0, 2, 4, 0.25),)),
    ("an expansion of 1", ((5, 1, 1, 0.25), (0, 2, 1, 0.25))),
    ("a gate of one unit", ((2, 2, 3, 0.0625),)),
)
EPSILONS = (1e-3, 1e-5)
SHAPES = (
    "x and what the projection leaves have different shapes. x is added only where the stride is 1 "
    "AND as many channels leave as come in"
)
ENDS: dict[str, Callable] = {  # of the sigmoid, with what stands in its place
    "gate softmax": lambda s: (
        np.exp(s - s.max(3, keepdims=True))
        / np.exp(s - s.max(3, keepdims=True)).sum(3, keepdims=True)
    ),
    "gate open": lambda s: s,
    "gate swish": ACTIVATIONS["silu"],
}
UNITS: dict[str, Callable[..., int]] = {  # from the share, channels of x, of the map, that leave
    "share of wide": lambda share, c, wide, out: int(share * wide),
    "share of filters": lambda share, c, wide, out: int(share * out),
    "units rounded up": lambda share, c, wide, out: ceil(share * c),
    "units nearest": lambda share, c, wide, out: floor(share * c + 0.5),
}


class Setting(NamedTuple):
    """What every step of the reference needs."""

    take: object
    training: bool | None
    fault: str
    grouped: bool
    epsilon: float


def mbconv(answer, variant="front") -> None:
    """Judge `mbconv(x, channels, expansion, stride, share)`."""
    chosen(FORMS, variant)
    rng = fresh_cases()
    readings = [
        {"grouped": grouped, "epsilon": epsilon}
        for epsilon in EPSILONS
        for grouped in ((False,) if variant == "fused" else (False, True))
    ]
    for kind, settings in CASES:
        for more, stride, expansion, share in settings:
            came = int(rng.choice((11, 15)))
            sizes = {"channels": came + more, "expansion": expansion, "stride": stride}
            with case(kind), explained(SHAPES):
                judge_model(
                    answer,
                    partial(block, variant=variant),
                    shape=(7, 9, came),
                    arguments={**sizes, "share": share},
                    faults=faults(variant),
                    rng=rng,
                    variants=readings,
                )
    passed("mbconv", "A gate of the right size in the right place.")


def block(x, take, training, fault, *, variant="front", **sizes):
    """Apply the block of a form.

    Args:
        x: array.
        take: of the weights.
        training: whether batch normalization takes the statistics of the batch.
        fault: None or one of `faults`.
        variant: one of `FORMS`.
        sizes: channels, expansion, stride and share; and how the answer is built: `grouped`,
            whether depthwise kernels are those of a convolution in groups; `epsilon`.
    """
    fault = fault or ""
    form = fault.removeprefix("as ") if fault.startswith("as ") else variant
    epsilon = sizes.get("epsilon", EPSILONS[0])
    at = Setting(take, training, fault, sizes.get("grouped", False), epsilon)
    gate = partial(_gated, at=at, share=sizes["share"], came=x.shape[3], out=sizes["channels"])
    inner = sizes["expansion"] * (sizes["channels"] if fault == "of filters" else x.shape[3])
    y = _wide(x, form, inner, sizes, at, gate)
    step = sizes["stride"] if fault == "stride project" else 1
    y = _convolved(y, (1, 1, y.shape[3], sizes["channels"]), step, at)
    y = gate(y) if fault == "normalized gate" else y
    y = _normalized(y, at, "project")
    if form == "narrow" and fault not in ("gated sum", "normalized gate"):
        y = gate(y)
    y = _swish(y) if fault == "activated" else y
    y = _joined(x, y, at, sizes["stride"])
    return gate(y) if fault == "gated sum" else y


def _wide(x, form, inner, sizes, at, gate):
    """Return the wide map that the projection reads."""
    expansion, fault, y = sizes["expansion"], at.fault, x
    step = 1 if fault in ("no stride", "stride expand", "stride project") else sizes["stride"]
    if form == "fused":
        if expansion == 1 and fault == "no wide":
            return gate(y)
        y = _step(_convolved(y, (3, 3, x.shape[3], inner), step, at), at, "filter")
        return gate(y)
    if expansion != 1 or fault == "expands by one":
        first = sizes["stride"] if fault == "stride expand" else 1
        y = _step(_convolved(y, (1, 1, x.shape[3], inner), first, at), at, "expand")
    y = gate(y) if form == "front" else y
    y = _step(_filtered(y, step, at), at, "filter")
    return gate(y) if form == "paper" else y


def _gated(y, *, at, share, came, out):
    """Multiply a map by gates that read its means."""
    fault, wide = at.fault, y.shape[3]
    if fault == "no gate":
        return y
    units = max(1, UNITS.get(fault, lambda share, c, *_: int(share * c))(share, came, wide, out))
    read = y.max((1, 2), keepdims=True) if fault == "gate maxima" else y.mean((1, 2), keepdims=True)
    hidden = _dense(y if fault == "gate pixels" else read, units, at)
    name = fault.removesuffix(" everywhere") if fault.endswith(" everywhere") else ""
    bends = {"gate relu": lambda v: np.maximum(v, 0), "gate linear": lambda v: v}
    hidden = RELATIVES.get(name, bends.get(fault, _swish))(hidden)
    gates = ENDS.get(fault, _sigmoid)(_dense(hidden, wide, at))
    return y + gates if fault == "gate added" else y * gates


def _dense(v, units, at):
    kernel = at.take.kernel((1, 1, v.shape[3], units))
    return v @ kernel[0, 0] + (0 if at.fault == "gate no bias" else at.take.vector(units))


def _filtered(y, stride, at):
    c = y.shape[3]
    if at.fault == "full":
        return _convolved(y, (3, 3, c, c), stride, at)
    shape = (3, 3, 1, c) if at.grouped else (3, 3, c, 1)
    return convolve(y, at.take.kernel(shape).reshape(3, 3, 1, c), stride, "same")


def _convolved(y, shape, stride, at):
    return convolve(y, at.take.kernel(shape), stride, "same")


def _step(y, at, name):
    """Normalize and activate what ends in a wide map."""
    act = RELATIVES.get(at.fault.removesuffix(" everywhere"), _swish)
    if at.fault == "no act":
        return _normalized(y, at, name)
    if at.fault == "act first":
        return _normalized(act(y), at, name)
    return act(_normalized(y, at, name))


def _normalized(y, at, name):
    if at.fault == f"no norm {name}":
        return y
    return normalize(y, at.take.norm(y.shape[3]), at.training, at.epsilon)


def _swish(y):
    return ACTIVATIONS["silu"](y)


def _sigmoid(v):
    return (1 + np.tanh(v / 2)) / 2


def _joined(x, y, at, stride):
    """Add x where it is added."""
    fits = stride == 1 and x.shape == y.shape
    if at.fault == "subsampled" and not fits and x.shape[3] == y.shape[3]:
        return x[:, ::stride, ::stride] + y
    if at.fault == "projected" and not fits:
        aside = _convolved(x, (1, 1, x.shape[3], y.shape[3]), stride, at)
        return _normalized(aside, at, "shortcut") + y
    if not fits or at.fault == "no sum":
        return y
    return _swish(x + y) if at.fault == "activated sum" else x + y
