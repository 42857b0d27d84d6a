"""Check of the question of the mobilenet exercises that asks for a depthwise convolution.

What a cohort is asked for, the `variant`, is how a map goes on beyond its border.
"""

from functools import partial
from typing import Any

import numpy as np

from course_lib.checks.arrays import expect_array
from course_lib.checks.cases import case
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import fresh_cases, passed

VARIANTS = {  # what lies beyond the border
    "edge": "each pixel beyond the border is a copy of the nearest one of the map",
    "wrap": "beyond the border the map begins again at the other side",
    "mirror": "beyond the border the map is mirrored, and the outermost pixels are not repeated",
}
MODES = VARIANTS.keys() | {"zeros", "symmetric"}
PAD: dict[str, Any] = {"zeros": "constant", "mirror": "reflect"}  # where NumPy has another word
# Kind of case, (B, H, W, C), rows and columns of the kernel, filters a channel, stride
CASES = (
    ("one filter a channel", (2, 7, 6, 4), (3, 5), 1, 1),
    ("several filters a channel", (1, 6, 9, 3), (5, 3), 2, 1),
    ("a stride", (2, 8, 7, 3), (3, 5), 1, 2),
    ("a stride", (1, 9, 12, 2), (5, 3), 3, 2),
    ("a large stride", (2, 10, 11, 3), (3, 5), 2, 3),
)
FAULTS = {
    "zeros": "zeros lie beyond the border. Here {own}",
    "edge": "the pixels at the border are repeated beyond it. Here {own}",
    "wrap": "the map begins again beyond its border. Here {own}",
    "mirror": "the map is mirrored beyond its border. Here {own}",
    "symmetric": "the map is mirrored with its outermost pixels repeated. Here {own}",
    "valid": "the windows stay inside of the map. Here {own}, and a window stands around every "
    "stride-th pixel",
    "same": "that is what Keras computes with padding='same': zeros beyond the border, and with a "
    "stride windows that do not begin around the first pixel. Here {own}",
    "summed": "what a filter found in one channel is added up over the channels. That is a "
    "standard convolution; a depthwise one gives maps of its own for each channel",
    "summed kept": "the sum over all channels stands in every channel. A depthwise convolution "
    "adds nothing up across channels",
    "one filter": "all channels are read by the filters of the first one. Each has its own",
    "first filter": "only the first filter of each channel is used",
    "filters summed": "the maps of a channel's filters are added up. Each is a channel of its own",
    "other order": "the maps stand in another order: the filters of the first channel come first, "
    "then those of the second",
    "flipped": "the kernel is turned by 180 degrees. Nets leave that out: the first weight meets "
    "the upper left pixel of the window",
    "transposed": "rows and columns of the kernel have changed places",
    "no stride": "the stride is left out: a window stands around every pixel",
    "late": "the windows do not begin around the first pixel. With stride 2 they stand around the "
    "pixels 0, 2, 4 and so on",
    "means": "the sums are divided by the size of the window. A convolution adds up",
}


def depthwise_conv(answer, variant="edge") -> None:
    """Judge `depthwise_conv(x, kernel, stride)`."""
    own = chosen(VARIANTS, variant)
    texts = {name: text.format(own=own) for name, text in FAULTS.items() if name != variant}
    rng = fresh_cases()
    for kind, shape, sides, multiplier, stride in CASES:
        x = rng.normal(size=shape).astype("float32")
        kernel = rng.normal(size=(*sides, shape[-1], multiplier)).astype("float32")
        with case(kind):
            expect_array(
                answer,
                (x, kernel),
                {"stride": stride},
                partial(filtered, x, kernel, stride=stride, variant=variant),
                texts,
                "image, row, column and channel",
            )
    passed("depthwise_conv", "Each channel was read by its own filters, and by no others.")


def filtered(x, kernel, fault, *, stride, variant) -> np.ndarray:
    """Return the maps.

    Args:
        x: (B, H, W, C).
        kernel: (rows, columns, C, filters a channel).
        fault: None or one of `FAULTS`.
        stride: pixels from one window to the next.
        variant: one of `VARIANTS`.

    Raises:
        ValueError: the fault cannot be told from something else with this stride.
    """
    x, kernel = np.asarray(x, "float64"), _kernel(np.asarray(kernel, "float64"), fault)
    first = 1 if fault == "late" else 0
    if stride == 1 and fault in ("late", "no stride", "same"):
        raise ValueError("without a stride the windows have one order")
    padded, (height, width) = _around(x, kernel.shape[:2], fault, variant, stride)
    step = 1 if fault == "no stride" else stride
    rows, columns = kernel.shape[:2]
    total = np.zeros(())
    for i, j in np.ndindex(rows, columns):
        seen = padded[:, i + first : i + height : step, j + first : j + width : step]
        total = total + seen[..., None] * kernel[i, j]
    return _joined(total, fault, rows * columns)


def _kernel(kernel, fault):
    if fault == "flipped":
        return kernel[::-1, ::-1]
    if fault == "transposed":
        return kernel.swapaxes(0, 1)
    if fault == "one filter":
        return np.broadcast_to(kernel[:, :, :1], kernel.shape)
    return kernel[..., :1] if fault == "first filter" else kernel


def _around(x, sides, fault, variant, stride):
    """Return the map with what lies around it, and the height and width that windows begin in."""
    size = x.shape[1:3]
    if fault == "valid":
        return x, [n - side + 1 for n, side in zip(size, sides, strict=True)]
    reach = [(side // 2, side // 2) for side in sides]
    if fault == "same":
        whole = [
            max((-(-n // stride) - 1) * stride + side - n, 0)
            for n, side in zip(size, sides, strict=True)
        ]
        reach = [(n // 2, n - n // 2) for n in whole]
        size = [n + sum(r) - side + 1 for n, r, side in zip(size, reach, sides, strict=True)]
    beyond = "zeros" if fault == "same" else fault if fault in MODES else variant
    return np.pad(x, ((0, 0), *reach, (0, 0)), PAD.get(beyond, beyond)), size


def _joined(total, fault, area):
    """Join the maps (B, H, W, C, filters) along the last axis."""
    if fault == "summed":
        return total.sum(3)
    if fault == "summed kept":
        total = np.broadcast_to(total.sum(3, keepdims=True), total.shape)
    if fault == "filters summed":
        return total.sum(4)
    if fault == "other order":
        total = total.swapaxes(3, 4)
    total = total / area if fault == "means" else total
    return total.reshape(*total.shape[:3], -1)
