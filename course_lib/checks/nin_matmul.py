"""Check of the question of the nin exercises that asks for a 1x1 convolution as a product."""

from functools import partial

import numpy as np

from course_lib.checks.arrays import expect_array
from course_lib.checks.cases import case
from course_lib.checks.plain import pool
from course_lib.checks.verdict import fresh_cases, passed

# Kind of case, channels, height, width, filters, stride.  The first is one in which a transposed
# kernel fits, so that its author hears more than that shapes do not.
CASES = (
    ("as many filters as channels", 4, 5, 3, 4, 1),
    ("stride 1", 3, 4, 6, 5, 1),
    ("stride 1", 5, 6, 4, 3, 1),
    ("as many filters as channels", 3, 5, 8, 3, 2),
    ("a larger stride", 2, 7, 6, 5, 2),
    ("a larger stride", 3, 8, 11, 2, 3),
    ("one channel", 1, 4, 5, 3, 1),
)
AXES = "image, filter, row, column"
FAULTS = {
    "no bias": "the biases are missing; each filter has one",
    "bias twice": "the biases are added twice",
    "transposed": "the weights are transposed: row f of the kernel holds the weights with which "
    "filter f reads the channels, and a product pixels @ matrix needs them in a column. Transpose "
    "it; a reshape keeps the order of the numbers",
    "reshaped kernel": "the kernel is reshaped where it should be transposed. A reshape keeps the "
    "order of the numbers, so that weights of different filters land in one column",
    "reshaped pixels": "x is reshaped to rows while the channels are still axis 1, so that a row "
    "holds neighbours in one map. A row should hold the channels of one pixel: move that axis to "
    "the end first",
    "reshaped result": "the result is reshaped where an axis should be moved. After the product "
    "the filters are the last axis; move that axis to its place",
    "both reshaped": "reshapes alone do not move axes. Before the product the channels have to be "
    "the last axis, and after it the filters have to get back to axis 1",
    "channels last": "the filters are still the last axis there; in this layout they are axis 1",
    "sides swapped": "rows and columns have changed places",
    "stride ignored": "the stride is ignored: it visits every pixel",
    "stride in rows": "the stride holds for the rows alone; it holds for the columns, too",
    "late start": "it starts at a later pixel. A convolution without padding visits pixel 0 first",
    "averaged": "it averages the pixels between two steps. A stride leaves them unread",
    "relu": "there is a ReLU in it; the task asks for the convolution alone",
}


def conv1x1_as_matmul(answer) -> None:
    """Judge `conv1x1_as_matmul(x, kernel, bias, stride)`."""
    rng = fresh_cases()
    for kind, channels, height, width, filters, stride in CASES:
        x = rng.normal(size=(2, channels, height, width)).astype("float32")
        kernel = rng.normal(size=(filters, channels, 1, 1)).astype("float32")
        bias = rng.normal(size=filters).astype("float32")
        with case(kind):
            expect_array(
                answer,
                (x, kernel, bias),
                {"stride": stride},
                partial(convolution, x, kernel, bias, stride),
                FAULTS,
                AXES,
            )
    passed("conv1x1_as_matmul", "One matrix, the same for every pixel that the stride visits.")


def convolution(x, kernel, bias, stride, fault=None) -> np.ndarray:
    """Return the outputs of a 1x1 convolution in PyTorch's layout, rightly or with a fault.

    Args:
        x: array (B, C, H, W).
        kernel: array (F, C, 1, 1).
        bias: array (F,).
        stride: pixels from one visit to the next.
        fault: None or one of `FAULTS`.

    Raises:
        ValueError: the fault cannot be computed with these shapes.
    """
    visited = _visited(x.astype("float64"), stride, fault)
    matrix = kernel[:, :, 0, 0].astype("float64").T
    if fault == "transposed":
        matrix = matrix.T
    if fault == "reshaped kernel":
        matrix = kernel.astype("float64").reshape(matrix.shape)
    batch, channels, height, width = visited.shape
    rows = np.moveaxis(visited, 1, 3).reshape(-1, channels)
    if fault in ("reshaped pixels", "both reshaped"):
        rows = visited.reshape(-1, channels)
    found = rows @ matrix + bias * {"no bias": 0, "bias twice": 2}.get(fault or "", 1)
    if fault == "relu":
        found = np.maximum(found, 0)
    if fault in ("reshaped result", "both reshaped"):
        return found.reshape(batch, -1, height, width)
    found = found.reshape(batch, height, width, -1)
    if fault == "channels last":
        return found
    found = np.moveaxis(found, 3, 1)
    return np.swapaxes(found, 2, 3) if fault == "sides swapped" else found


def _visited(x, stride, fault):
    """Return the pixels that the convolution reads."""
    if fault == "stride ignored":
        return x
    if fault == "stride in rows":
        return x[:, :, ::stride]
    if fault == "averaged":
        means = pool(np.moveaxis(x, 1, 3), stride, stride, "mean", "valid")
        return np.moveaxis(means, 3, 1)
    start = stride - 1 if fault == "late start" else 0
    return x[:, :, start::stride, start::stride]
