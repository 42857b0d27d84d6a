"""Check of the question of the mobilenet_v2 exercises that asks for a block.

The reference is written for `course_lib.checks.agreement`: plain numpy, weights from `take`, and a
`fault` that changes one thing, one of those in `course_lib.checks.mobilenet_v2_faults`.  What a
cohort is asked for, the `variant`, is in `FORMS`.
"""

from functools import partial
from typing import NamedTuple

import numpy as np

from course_lib.checks.agreement import explained, judge_model
from course_lib.checks.cases import case
from course_lib.checks.mobilenet_v2_faults import FORMS, PAPER, RELATIVES, Form, faults
from course_lib.checks.plain import convolve, normalize, pool, relu
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import fresh_cases, passed

# Kind of case, and for each case: channels that leave as a sum of those that come in and another
# number, stride, expansion
CASES = (
    ("stride 1, equal channels", ((0, 1, 3),)),
    ("stride 1, other channels", ((3, 1, 2),)),
    ("stride 2, equal channels", ((0, 2, 4),)),
    ("stride 2, other channels", ((5, 2, 3),)),
    ("an expansion of 1", ((0, 1, 1), (3, 1, 1), (0, 2, 1))),
)
# Behind ReLU6 a channel may vary so little that the epsilon of its normalization shows: that of
# Keras, and the usual other one.
EPSILONS = (1e-3, 1e-5)
SHAPES = (
    "x and what the convolutions leave have different shapes. x is added only where the stride is "
    "1 AND as many channels leave as come in; elsewhere there is no shortcut"
)


class Setting(NamedTuple):
    """What every step of the reference needs."""

    take: object
    training: bool | None
    fault: str
    grouped: bool
    epsilon: float


def inverted_residual(answer, variant="front") -> None:
    """Judge `inverted_residual(x, channels, expansion, stride)`."""
    form = chosen(FORMS, variant)
    rng = fresh_cases()
    readings = [
        {"grouped": grouped, "apart": apart, "epsilon": epsilon}
        for epsilon in EPSILONS
        for grouped in (False, True)
        for apart in ((False, True) if form.halves else (False,))
    ]
    for kind, settings in CASES:
        for more, stride, expansion in settings:
            came = 2 * int(rng.integers(3, 5))
            with case(kind), explained(SHAPES):
                judge_model(
                    answer,
                    partial(block, variant=variant),
                    shape=(7, 9, came),
                    arguments={"channels": came + more, "expansion": expansion, "stride": stride},
                    faults=faults(variant),
                    rng=rng,
                    variants=readings,
                )
    passed("inverted_residual", "Wide where it bends, straight where it is narrow.")


def block(x, take, training, fault, *, variant="front", **sizes):
    """Apply the block of a form.

    Args:
        x: array.
        take: of the weights.
        training: whether batch normalization takes the statistics of the batch.
        fault: None or one of `faults`.
        variant: one of `FORMS`.
        sizes: channels, expansion and stride; and how the answer is built: `grouped`, whether
            depthwise kernels are those of a convolution in groups; `apart`, whether the halves
            are normalized apart; `epsilon`.
    """
    epsilon = sizes.get("epsilon", EPSILONS[0])
    at = Setting(take, training, fault or "", sizes.get("grouped", False), epsilon)
    named = at.fault.removeprefix("as ") if at.fault.startswith("as ") else variant
    form = {"paper": PAPER, **FORMS}[named]
    channels, expansion, stride = sizes["channels"], sizes["expansion"], sizes["stride"]
    inner = _inner_stride(form, at, stride)
    y = _front(x, at) if form.front else x
    kept = y if at.fault == "filtered shortcut" else x
    if expansion != 1 or at.fault == "expands by one":
        width = expansion * x.shape[3]
        width = expansion * channels if at.fault == "of filters" else width
        width = max(1, x.shape[3] // expansion) if at.fault == "narrow" else width
        step = stride if at.fault == "stride expand" else 1
        y = _step(_point(y, width, at, step), at, "expand")
    y = _filtered(y, form, inner, at, sizes.get("apart", False))
    y = _point(y, channels, at, stride if at.fault == "stride project" else 1)
    y = _step(y, at, "project")
    if form.behind and at.fault != "no behind":
        last = 1 if at.fault in ("no stride", "stride wide") else stride
        y = _normalized(_depthwise(y, 3, last, at), at, "behind")
        y = np.clip(y, 0, 6) if at.fault == "activated behind" else y
    return _joined(kept, y, at, stride)


def _inner_stride(form: Form, at: Setting, stride: int) -> int:
    """Return the stride of the depthwise convolution of the wide map."""
    if at.fault in ("stride expand", "stride project", "no stride"):
        return 1
    return 1 if form.behind and at.fault != "stride wide" else stride


def _front(x, at):
    y = _normalized(_depthwise(x, 3, 1, at), at, "front")
    return np.clip(y, 0, 6) if at.fault == "activated front" else y


def _filtered(y, form, stride, at, apart):
    """Filter the wide map channel by channel, or in two halves."""
    if at.fault in ("no filter", "no kernel"):
        y = y[:, ::stride, ::stride]
        return y if at.fault == "no filter" else _step(y, at, "filter")
    if not form.halves or at.fault in ("all 3x3", "all 5x5"):
        side = 5 if at.fault == "all 5x5" else 3
        return _step(_depthwise(y, side, stride, at, wide=True), at, "filter")
    half = y.shape[3] // 2
    if not half:
        raise ValueError("one channel has no halves")
    sides = (5, 3) if at.fault == "sides swapped" else (3, 5)
    if at.fault == "both kernels":
        parts = [_depthwise(y, side, stride, at) for side in sides]
        return _step(parts[0] + parts[1], at, "filter")
    parts = [
        _depthwise(part, side, stride, at, wide=True)
        for part, side in zip((y[..., :half], y[..., half:]), sides, strict=True)
    ]
    if apart:
        parts = [_step(part, at, "filter") for part in parts]
    joined = np.concatenate(parts[::-1] if at.fault == "halves swapped" else parts, 3)
    return joined if apart else _step(joined, at, "filter")


def _depthwise(y, side, stride, at, *, wide=False):
    c = y.shape[3]
    if at.fault == "full" or (wide and at.fault == "full wide"):
        return convolve(y, at.take.kernel((side, side, c, c)), stride, "same")
    shape = (side, side, 1, c) if at.grouped else (side, side, c, 1)
    return convolve(y, at.take.kernel(shape).reshape(side, side, 1, c), stride, "same")


def _point(y, filters, at, stride):
    return convolve(y, at.take.kernel((1, 1, y.shape[3], filters)), stride, "same")


def _step(y, at, name):
    """Normalize and activate what a convolution of the paper's three puts out."""
    act = _activation(at.fault, name)
    if at.fault in ("act first", f"act first {name}"):
        return _normalized(act(y), at, name)
    return act(_normalized(y, at, name))


def _normalized(y, at, name):
    if at.fault in ("no norm", f"no norm {name}"):
        return y
    return normalize(y, at.take.norm(y.shape[3]), at.training, at.epsilon)


def _activation(fault, name):
    if name == "project":
        named = {"activated": _relu6, "activated by relu": relu, "relu and activated": relu}
        return named.get(fault, lambda y: y)
    if fault in ("no act", f"no act {name}"):
        return lambda y: y
    if fault in ("relu", f"relu {name}", "relu and activated"):
        return relu
    return RELATIVES.get(fault, _relu6)


def _relu6(y):
    return np.clip(y, 0, 6)


def _joined(x, y, at, stride):
    """Add x where it is added."""
    if at.fault == "no sum":
        return y
    same = stride == 1 and x.shape == y.shape
    aside = x
    if at.fault in ("subsampled", "pooled") and x.shape[3] == y.shape[3]:
        aside = x[:, ::stride, ::stride]
        aside = pool(x, stride, padding="same") if at.fault == "pooled" else aside
        same = True
    if at.fault == "projected" and not same:
        aside, same = _normalized(_point(x, y.shape[3], at, stride), at, "shortcut"), True
    if not same:
        return y
    if at.fault == "concatenated":
        return np.concatenate([aside, y], 3)
    total = aside + y
    named = {"activated sum": _relu6, "sum by relu": relu}
    return named.get(at.fault, lambda value: value)(total)
