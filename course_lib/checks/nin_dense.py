"""Check of the question of the nin exercises that lets a dense head slide over larger maps.

How the map was flattened for which the head was trained, the `variant`, is in `ORDERS`.
"""

from functools import partial
from itertools import permutations

import numpy as np

from course_lib.checks.arrays import expect_array
from course_lib.checks.cases import case
from course_lib.checks.plain import convolve, relu
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import fresh_cases, passed

# The order in which a map of (h)eight, (w)idth and (c)hannels is flattened, the slowest first
ORDERS = {"channels": "chw", "columns": "cwh", "pixels": "whc"}
WORDS = {"c": "channel by channel", "w": "column by column", "h": "row by row"}
# Kind of case, map (H, W, C), window (height, width), and the units of each dense layer.  In the
# first, transposed weights fit, so that their author hears more than that shapes do not.
CASES = (
    ("as many units twice", (3, 2, 4), (3, 2), (5, 5)),
    ("maps of the trained size", (3, 2, 4), (3, 2), (5, 7)),
    ("maps of the trained size", (2, 4, 3), (2, 4), (6, 5)),
    ("larger maps", (6, 5, 4), (3, 2), (5, 7)),
    ("larger maps", (7, 9, 2), (2, 3), (4, 3)),
    ("as many units twice", (5, 4, 3), (2, 3), (4, 4)),
    ("one dense layer", (5, 6, 3), (2, 3), (4,)),
    ("three dense layers", (4, 6, 2), (3, 2), (5, 4, 6)),
)
AXES = "image, row, column, unit of the last layer"
TEXTS = {  # of faults that are faults in every variant
    "units behind": "the weights of the first layer are read as (inputs, units). Here a row holds "
    "what one unit reads, so the units are the first axis",
    "units behind, as keras": "the weights of the first layer are reshaped as those of Keras are, "
    "(height, width, channels, units). Here a row holds what one unit reads, so the units are "
    "the first axis, and {flattened}",
    "later transposed": "the weights of the later layers are transposed: a row holds what one unit "
    "reads, whereas a product values @ matrix needs it in a column",
    "flipped": "the kernels are turned around, as in the convolution of mathematics. Layers of "
    "nets do not turn them: the first row of the window meets the first row of the kernel",
    "sides swapped": "the result lies on its side: rows come before columns",
    "no bias": "the biases are missing",
    "no relu": "no ReLU stands between the layers, and then all of them are one linear map",
    "relu behind": "the ReLUs stand behind the later layers. They stand between two layers: behind "
    "each but the last",
    "relu last": "the last layer has a ReLU, too; its scores may be below 0",
    "first layer": "that is the first layer alone. Each later one reads what the layer before it "
    "puts out",
    "padded": "the map is padded. The window stays inside it, as in the net that was trained",
    "side by side": "the windows lie side by side. They are one pixel apart, so that they overlap",
    "first window": "that is the first window alone. A larger map has one at every place where it "
    "fits",
    "averaged": "the scores of all places are averaged there; the task asks for each place",
}


def dense_to_conv(answer, variant="channels") -> None:
    """Judge `dense_to_conv(maps, weights, biases, height, width)`."""
    order = chosen(ORDERS, variant)
    rng = fresh_cases()
    for kind, shape, window, units in CASES:
        maps = rng.normal(size=(2, *shape)).astype("float32")
        reads = (window[0] * window[1] * shape[2], *units)
        sizes = list(zip(units, reads, strict=False))
        weights = [(rng.normal(size=s) / np.sqrt(s[1])).astype("float32") for s in sizes]
        biases = [rng.uniform(-0.5, 0.5, size).astype("float32") for size in units]
        with case(kind):
            expect_array(
                answer,
                (maps, weights, biases),
                {"height": window[0], "width": window[1]},
                partial(head, maps, weights, biases, window, order),
                faults(variant),
                AXES,
            )
    passed("dense_to_conv", "The same weights, and now they slide over a map of any size.")


def head(maps, weights, biases, window, order, fault=None) -> np.ndarray:
    """Return the scores of the head at each place, rightly or with one fault.

    Args:
        maps: array (B, H, W, C).
        weights: of the dense layers, each (units, inputs).
        biases: of the dense layers.
        window: height and width of the map that the first layer was trained on.
        order: in which that map was flattened.
        fault: None or one of `faults`.

    Raises:
        ValueError: the fault cannot be computed with these shapes.
    """
    last = len(weights) - 1
    y = maps.astype("float64")
    for i, (matrix, bias) in enumerate(zip(weights, biases, strict=True)):
        if i == 0:
            y = _first(y, matrix, window, order, fault)
        else:
            y = y @ (matrix if fault == "later transposed" else matrix.T)
        y = y if fault == "no bias" else y + bias
        if fault == "first layer":
            return y
        bent = {"no relu": False, "relu last": True, "relu behind": i > 0}
        y = relu(y) if bent.get(fault or "", i < last) else y
    if fault == "first window":
        return y[:, :1, :1]
    if fault == "sides swapped":
        return np.swapaxes(y, 1, 2)
    return y.mean((1, 2)) if fault == "averaged" else y


def _first(maps, matrix, window, order, fault):
    """Slide the first dense layer over the maps."""
    kernel = as_kernel(matrix, (*window, maps.shape[3]), order, fault)
    if fault == "flipped":
        kernel = kernel[::-1, ::-1]
    if fault == "padded":
        return convolve(maps, kernel, 1, "same")
    y = convolve(maps, kernel, 1, "valid")
    return y[:, :: window[0], :: window[1]] if fault == "side by side" else y


def as_kernel(matrix, shape, order, fault=None) -> np.ndarray:
    """Return the weights of a dense layer as a kernel (height, width, channels, units)."""
    order = {"units behind, as keras": "hwc"}.get(fault or "", order)
    order = fault if fault and len(fault) == 3 else order
    sizes = [dict(zip("hwc", shape, strict=True))[letter] for letter in order]
    if (fault or "").startswith("units behind"):
        kernel = np.moveaxis(matrix.reshape(*sizes, -1), 3, 0)
    else:
        kernel = matrix.reshape(-1, *sizes)
    return kernel.transpose(*(1 + order.index(letter) for letter in "hwc"), 0)


def flattened(order: str) -> str:
    """Say how a map was flattened."""
    slow, middle, fast = (WORDS[letter] for letter in order)
    return f"the map was flattened {slow}, within that {middle}, and within that {fast}"


def faults(variant: str) -> dict[str, str]:
    """Return what a reader hears whose function computes a known fault."""
    own = ORDERS[variant]
    found = {
        "".join(order): f"the weights are read as if {flattened(''.join(order))}. "
        f"Here {flattened(own)}"
        for order in permutations("chw")
        if "".join(order) != own
    }
    return found | {name: text.format(flattened=flattened(own)) for name, text in TEXTS.items()}
