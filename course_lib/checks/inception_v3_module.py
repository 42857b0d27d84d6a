"""Check of the question of the inception_v3 exercises that asks for a factorized module.

The reference is written for `course_lib.checks.agreement`: plain numpy, weights from `take`, and a
`fault` that changes one thing.  What a cohort is asked for, the `variant`, is in `FORMS`.
"""

from functools import partial
from itertools import permutations

import numpy as np

from course_lib.checks.agreement import judge_model
from course_lib.checks.cases import case
from course_lib.checks.inception_v3_grid import explained
from course_lib.checks.plain import ACTIVATIONS, convolve, normalize, pool, relu
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import fresh_cases, passed

FORMS = {  # variant: what its pair of one-sided kernels does
    "column": "the n x 1 kernels come first, and the 1 x n kernels read what they put out",
    "side": "the 1 x n and the n x 1 kernels both read what the 1x1 convolution in front of them "
    "puts out, and are joined side by side",
    "linear": "the n x 1 kernels read what the 1 x n kernels put out as it is, with no "
    "normalization and no ReLU between them",
}
PAPER = (
    "the n x 1 kernels read what the 1 x n kernels put out, with a normalization and a ReLU "
    "between them, as in the paper"
)
SAID = FORMS | {"paper": PAPER}
WIDTHS = ("one", "reduce", "between", "wide", "pool")
RELATIVES = {name: act for name, act in ACTIVATIONS.items() if name != "relu6"}
CASES = (  # kind, sides of the map, side of the kernels
    ("kernels of 3", (6, 9), 3),
    ("kernels of 5", (9, 8), 5),
    ("kernels of 7", (8, 11), 7),
)
SIZES = (3, 4, 5, 6, 8, 9)  # the channels that come in and the five widths
TEXTS: dict[str | None, str] = {  # of faults that are faults in every form
    None: "other values: look at which kernels read what, at how the map is padded for each, at "
    "the order of normalization and ReLU, and at the order in which the branches are joined",
    "square": "a square kernel of n x n stands there instead of the two one-sided ones",
    "rows": "both kernels are 1 x n: one row. The other has one column, n x 1",
    "columns": "both kernels are n x 1: one column. The other has one row, 1 x n",
    "kernels swapped": "the kernels have changed places: in Keras (1, n) is one row of n pixels, "
    "(n, 1) one column. `between` belongs to {first}, `wide` to {second}",
    "threes": "the kernels are 3 pixels long whatever `n` is",
    "sevens": "the kernels are 7 pixels long whatever `n` is",
    "widths swapped": "`between` and `wide` have changed places",
    "ends swapped": "the 1x1 branch has `pool` filters and the projection `one`. It is the other "
    "way round",
    "reads x": "the one-sided kernels read x. A 1x1 convolution with `reduce` filters stands in "
    "front of them",
    "wide project": "the projection has a 3x3 kernel. The windows of 3x3 belong to the pooling",
    "maximum": "the pooling takes the largest value; here it takes means",
    "zeros": "zeros around the map count in the means. With padding='same' Keras leaves padded "
    "places out",
    "no pool": "nothing is pooled in the last branch",
    "project first": "the projection stands in front of the pooling. It stands behind it",
    "relu first": "the ReLU stands in front of the normalization. It stands behind it",
    "no relu": "no normalization is followed by a ReLU",
    "no norm": "the convolutions are not normalized",
    "bias": "the convolutions have biases. The normalization behind them has an offset already",
}
UNLIKE = (
    "The branches put out maps of different sizes, and so cannot be joined. With stride 1 and "
    "padding='same' each keeps the size of x: a 1 x n kernel is padded by columns, an n x 1 kernel "
    "by rows. A pooling layer moves by its whole window unless it is told strides=1"
)


def factorized_module(answer, variant="column") -> None:
    """Judge `factorized_module(x, one, reduce, between, wide, pool, n)`."""
    chosen(FORMS, variant)
    rng = fresh_cases()
    for kind, sides, n in CASES:
        channels, *widths = (int(one) for one in rng.permutation(SIZES))
        with case(kind), explained(UNLIKE):
            judge_model(
                answer,
                partial(module, variant=variant),
                shape=(*sides, channels),
                arguments=dict(zip(WIDTHS, widths, strict=True)) | {"n": n},
                faults=faults(variant),
                rng=rng,
            )
    passed("factorized_module", "Two one-sided kernels, each padded along its own side.")


def module(x, take, training, fault, *, variant="column", n, **widths):
    """Apply the three branches of a form and join them.

    Args:
        x: array.
        take: of the weights.
        training: whether the statistics are those of the batch.
        fault: None or one of `faults`.
        variant: one of `FORMS`.
        n: length of the one-sided kernels.
        widths: the five, by name.
    """
    fault = fault or ""
    form = fault.removeprefix("as ") if fault.startswith("as ") else variant
    w = widths | {
        "widths swapped": {"between": widths["wide"], "wide": widths["between"]},
        "ends swapped": {"one": widths["pool"], "pool": widths["one"]},
    }.get(fault, {})
    n = {"threes": 3, "sevens": 7}.get(fault, n)

    def conv(y, step, kernel=(1, 1), pads=None, bare=False):
        if pads:
            y = np.pad(y, ((0, 0), (pads[0],) * 2, (pads[1],) * 2, (0, 0)))
        weights = take.kernel((*kernel, y.shape[3], w[step]))
        y = convolve(y, weights, 1, "same" if pads is None else "valid")
        y = y + take.vector(w[step]) if fault == "bias" else y
        return y if bare else _finished(y, step, take, training, fault)

    one = conv(x, "one")
    narrow = x if fault == "reads x" else conv(x, "reduce")
    branches = [one, _far(narrow, conv, n, form, fault), _pooled(x, conv, fault)]
    order = map(int, fault.split()[1]) if fault.startswith("order ") else range(3)
    return np.concatenate([branches[i] for i in order], 3)


def _finished(y, step, take, training, fault):
    """Normalize and activate what a convolution puts out."""
    if fault == "no norm":
        return relu(y)
    if fault == "relu first":
        return normalize(relu(y), take.norm(y.shape[3]), training)
    y = normalize(y, take.norm(y.shape[3]), training)
    return y if fault in ("no relu", f"no relu {step}") else RELATIVES.get(fault, relu)(y)


def _far(x, conv, n, form, fault):
    """Apply the one-sided kernels, in a row or side by side."""
    row, column, half = (1, n), (n, 1), n // 2
    if fault == "square":
        return conv(x, "wide", (n, n))
    first, second = (column, row) if form == "column" else (row, column)
    first, second = {
        "rows": (row, row),
        "columns": (column, column),
        "kernels swapped": (second, first),
    }.get(fault, (first, second))
    if form == "side":
        parts = [conv(x, "between", first), conv(x, "wide", second)]
        return np.concatenate(parts[::-1] if fault == "parts swapped" else parts, 3)
    pads = {
        "padding swapped": ((0, half), (half, 0)) if form == "column" else ((half, 0), (0, half)),
        "padded once": ((half, half), (0, 0)),
    }.get(fault, (None, None))
    return conv(conv(x, "between", first, pads[0], bare=form == "linear"), "wide", second, pads[1])


def _pooled(x, conv, fault):
    if fault == "no pool":
        return conv(x, "pool")
    if fault == "project first":
        return pool(conv(x, "pool"), 3, 1, padding="same")
    if fault == "zeros":
        windows = pool(np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0))), 3, 1)
    else:
        windows = pool(x, 3, 1, "max" if fault == "maximum" else "mean", "same")
    return conv(windows, "pool", (3, 3) if fault == "wide project" else (1, 1))


def faults(variant: str) -> dict:
    """Return the faults of a module, and what the reader hears of each."""
    row, column = "the 1 x n kernels", "the n x 1 kernels"
    first, second = (column, row) if variant == "column" else (row, column)
    found: dict[str | None, str] = {}
    for other, said in SAID.items():
        if other != variant:
            found[f"as {other}"] = f"{said}. Here {SAID[variant]}"
    for name, text in TEXTS.items():
        found[name] = text.format(first=first, second=second)
    if variant == "side":
        found["parts swapped"] = "the n x 1 kernels are joined first. The 1 x n kernels are"
    else:
        found["padding swapped"] = (
            "the map is padded across the kernels: by rows for a 1 x n kernel, by columns for an "
            "n x 1 kernel. The size comes out right and the edges wrong. A 1 x n kernel reaches "
            "over the left and the right edge, so columns are padded for it"
        )
    if variant == "column":
        found["padded once"] = (
            "the map is padded once, in front of both kernels. Then the second one reads what the "
            "first makes of the padding, normalized and shifted, where zeros belong"
        )
    for step in WIDTHS:
        if (variant, step) != ("linear", "between"):
            found[f"no relu {step}"] = f"no ReLU follows the convolution with `{step}` filters"
    for order in permutations("012"):
        if order != tuple("012"):
            found[f"order {''.join(order)}"] = (
                "the branches are joined in another order. The layer behind reads channels by "
                "their place: first the 1x1 branch, then the one-sided kernels, then the pooling"
            )
    for name in RELATIVES:
        found[name] = "an activation other than ReLU follows the normalizations"
    return found
