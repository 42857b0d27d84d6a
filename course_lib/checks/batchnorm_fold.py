"""Check of the question of the batchnorm exercises that asks for a folded convolution.

What a cohort is asked for, the `variant`, is in `LAYERS`.
"""

from functools import partial

import numpy as np

from course_lib.checks.arrays import expect_arrays
from course_lib.checks.cases import case
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import fresh_cases, passed

LAYERS = {
    "front": "the normalization stands in front of the convolution and scales what it reads",
    "depthwise": "each map has filters of its own, and its outputs stand next to each other",
    "shortcut": "the input is added to what the normalization puts out",
}
PARTS = ("kernel", "bias")
# Kind of case, side of the kernel, channels, filters (of each map where it is depthwise),
# epsilon, whether the convolution has a bias.  In the first, a scale along the wrong axis fits, so
# that its author hears more than that shapes do not.
CASES = (
    ("3x3 kernels", 3, 4, 4, 0.15, True),
    ("1x1 kernels", 1, 4, 3, 0.2, True),
    ("3x3 kernels", 3, 3, 2, 0.05, True),
    ("3x3 kernels", 3, 5, 4, 1e-3, True),
    ("5x5 kernels", 5, 2, 3, 0.3, True),
    ("no bias", 3, 4, 2, 0.1, False),
)

TEXTS = {
    "no root": "the root is missing: gamma is divided by the root of the variance plus epsilon",
    "epsilon outside": "epsilon is added behind the root. It belongs inside",
    "no epsilon": "epsilon is missing: it is added to the variance",
    "no gamma": "gamma is missing: the scale is gamma over the root",
    "inverted": "it divides by the scale where it should multiply",
    "untouched": "the kernel is not scaled",
    "mean added": "the mean is added. It is subtracted before the scale",
    "mean unscaled": "the mean is not scaled. It is subtracted before the scale, so it is scaled, "
    "too",
    "no mean": "the mean is missing",
    "no beta": "beta is missing",
    "beta scaled": "beta is scaled. It is added after the scale",
    "old bias lost": "the bias that the convolution had is lost",
    "bias kept": "the bias is as it was. What the normalization adds belongs in it, too",
}
OWN = {  # of single variants
    "front": {
        "behind": "the scale lies along the filters, as for a normalization behind the "
        "convolution. Here it stands in front and scales the maps that are read",
        "bias scaled": "the old bias is scaled. Here the normalization comes first, so it never "
        "meets the bias",
        "scaled twice": "the shift is counted with the new kernel, which is scaled already. It "
        "counts with the old one",
        "one to one": "the shift of a map goes to one filter, as it is. Every filter reads that "
        "map, so the shift reaches each of them through its weights",
        "one place": "the shift is added once. Each place of the kernel reads it, so it counts "
        "with the sum of the kernel's weights",
        "mean of places": "the shift is counted with the mean of the kernel's weights. Each place "
        "adds its own, so it is their sum",
        "one channel": "the shift of each channel counts for every filter alike, without the "
        "kernel. A filter reads it through its weights",
    },
    "depthwise": {
        "bias unscaled": "the old bias is not scaled. The normalization comes behind it",
        "counted off": "the scales go to other filters. The outputs of one map stand next to each "
        "other: those of map 0 first",
    },
    "shortcut": {
        "bias unscaled": "the old bias is not scaled. The normalization comes behind it",
        "other axis": "the scale lies along the maps that are read. A normalization behind the "
        "convolution scales the maps that are put out, the last axis",
        "front": "that is the kernel for a normalization in front of the convolution, without a "
        "shortcut. Here it stands behind, and the input is added",
        "no shortcut": "the input that is added is missing in the kernel. A kernel that is 1 in "
        "the middle, from each map to itself, hands its input on",
        "shortcut scaled": "the input is scaled with the convolution. It is added behind the "
        "normalization",
        "shortcut everywhere": "the input is added at each place of the kernel. The middle alone "
        "hands a pixel on",
        "shortcut at the edge": "the input is added at the first place of the kernel. The middle "
        "hands a pixel on to its own place",
        "all maps": "each map is added to every map. A map is added to itself alone",
    },
}


def fold_into_conv(answer, variant="front") -> None:
    """Judge `fold_into_conv(kernel, bias, gamma, beta, mean, variance, epsilon)`."""
    chosen(LAYERS, variant)
    rng = fresh_cases()
    for kind, side, channels, others, epsilon, has_bias in CASES:
        filters = channels if variant == "shortcut" else others
        outputs = channels * filters if variant == "depthwise" else filters
        count = channels if variant == "front" else outputs
        kernel = rng.normal(size=(side, side, channels, filters)) + 0.3
        gamma = rng.uniform(0.5, 2, size=count) * rng.choice((-1, 1), size=count)
        beta, mean = rng.normal(size=(2, count))
        vectors = gamma, beta, mean, rng.uniform(0.3, 4, size=count)
        bias = rng.normal(size=outputs).astype("float32") if has_bias else None
        first = [kernel.astype("float32"), bias, *(one.astype("float32") for one in vectors)]
        with case(kind):
            expect_arrays(
                answer,
                first,
                {"epsilon": epsilon},
                partial(folded, first, epsilon, variant),
                TEXTS | OWN[variant],
                PARTS,
            )
    passed("fold_into_conv", "One convolution that computes what both layers did.")


def folded(arrays, epsilon, variant, fault):
    """Return kernel and bias of one convolution, rightly or with one fault."""
    given = arrays[1]
    kernel, gamma, beta, mean, variance = (
        np.asarray(one, "float64") for i, one in enumerate(arrays) if i != 1
    )
    outputs = kernel.shape[3] * (kernel.shape[2] if variant == "depthwise" else 1)
    if given is None and fault in ("old bias lost", "bias scaled", "bias unscaled"):
        raise ValueError("this convolution has no bias")
    bias = np.zeros(outputs) if given is None or fault == "old bias lost" else given
    scale = _scale(gamma, variance, epsilon, fault)
    offset = {"mean added": mean, "no mean": 0 * mean, "mean unscaled": -mean / scale}.get(
        fault or "", -mean
    )
    last = {"no beta": 0 * beta, "beta scaled": beta * scale}.get(fault or "", beta)
    shift = offset * scale + last
    if variant == "front":
        new, total = _front(kernel, bias, scale, shift, fault)
    else:
        own = 1.0 if fault == "bias unscaled" else scale
        new, total = _scaled(kernel, scale, variant, fault), bias * own + shift
    return new, bias if fault == "bias kept" else total


def _scale(gamma, variance, epsilon, fault):
    inside = variance + (0.0 if fault in ("no epsilon", "epsilon outside") else epsilon)
    divisor = inside if fault == "no root" else np.sqrt(inside)
    if fault == "epsilon outside":
        divisor = divisor + epsilon
    scale = np.ones_like(gamma) if fault == "no gamma" else gamma
    return divisor / scale if fault == "inverted" else scale / divisor


def _front(kernel, bias, scale, shift, fault):
    """Fold a normalization that scales what the convolution reads."""
    channels, filters = kernel.shape[2:]
    if fault in ("behind", "one to one") and channels != filters:
        raise ValueError("it takes as many filters as channels")
    if fault == "bias scaled":
        if channels < filters:
            raise ValueError("more biases than scales")
        bias = bias * scale[:filters]
    along = 1.0 if fault == "untouched" else scale if fault == "behind" else scale[:, None]
    new = kernel * along
    weighed = {
        "one place": kernel[0, 0],
        "mean of places": kernel.mean(axis=(0, 1)),
        "one channel": np.ones((channels, filters)),
        "scaled twice": new.sum(axis=(0, 1)),
        "one to one": np.eye(channels, filters),
    }.get(fault or "", kernel.sum(axis=(0, 1)))
    return new, bias + shift @ weighed


def _scaled(kernel, scale, variant, fault):
    """Return the kernel of a convolution whose outputs are scaled, and handed on where asked."""
    channels, filters = kernel.shape[2:]
    if variant == "depthwise":
        order = "F" if fault == "counted off" else "C"
        by_map = scale.reshape((channels, filters), order=order)
        return kernel if fault == "untouched" else kernel * by_map
    along = scale[:, None] if fault in ("other axis", "front") else scale
    new = kernel if fault == "untouched" else kernel * along
    handed = np.zeros(kernel.shape)
    middle = kernel.shape[0] // 2
    units = np.ones((channels, channels)) if fault == "all maps" else np.eye(channels)
    at = 0 if fault == "shortcut at the edge" else middle
    handed[at, at] = units * along if fault == "shortcut scaled" else units
    if fault == "shortcut everywhere":
        handed[:] = units
    return new if fault in ("no shortcut", "front") else new + handed
