"""Right answers to the questions of the mobilenet_v2 exercises, each built in another way."""

from fractions import Fraction
from functools import partial

import keras
import numpy as np
from keras import layers, ops

from course_lib.checks.mobilenet_v2_diagnosis import EFFECTS, FAULTS
from tests.checks.bank_pieces import by_table

# round_channels


def rounded_by_search(channels, divisor, keep):
    """Look through the multiples for the nearest one, the smaller first."""
    multiples = [divisor * i for i in range(1, int(channels // divisor) + 3)]
    best = min(multiples, key=lambda one: (abs(one - channels), one))
    return best if best >= keep * channels else multiples[multiples.index(best) + 1]


def rounded_by_fractions(channels, divisor, keep):
    """Divide without rounding; more than half of a step leads to the next one."""
    steps, rest = divmod(Fraction(channels), divisor)
    steps = max(steps + (rest > Fraction(divisor, 2)), 1)
    return divisor * (steps + (steps * divisor < Fraction(keep) * Fraction(channels)))


# peak_memory


def memory_step_by_step(size, channels, expansion, filters, stride, parts, value_bytes):
    """Play the block, and note what is there after each step."""
    height, width = size
    there = {
        "x": height * width * channels,
        "sums": -(-height // stride) * -(-width // stride) * filters,
    }
    worst, group = sum(there.values()), expansion * channels // parts
    for _ in range(parts):
        if expansion != 1:
            there["expanded"] = height * width * group
            worst = max(worst, sum(there.values()))
        there["filtered"] = -(-height // stride) * -(-width // stride) * group
        worst = max(worst, sum(there.values()))
        there.pop("expanded", None)
        there.pop("filtered")
    return value_bytes * worst


def memory_by_shapes(size, channels, expansion, filters, stride, parts, value_bytes):
    """Let Keras say how large the maps are."""
    image = keras.Input((*size, channels))
    small = layers.MaxPooling2D(1, stride)(image).shape[1:3]
    group = channels * expansion / parts
    wide = np.prod(small) * group + (np.prod(size) * group if expansion > 1 else 0)
    values = np.prod(size) * channels + np.prod(small) * filters + wide
    return float(values * value_bytes)


# recover


def recover_by_equations(outputs, matrix, cap):
    """Solve the equations of each point by least squares."""
    points = []
    for seen in outputs:
        use = [i for i, value in enumerate(seen) if 0 < value < cap]
        points.append(np.linalg.lstsq(matrix.T[use], seen[use], rcond=None)[0])
    return np.array(points)


def recover_at_once(outputs, matrix, cap):
    """Shut the untruthful channels of all points, and invert all matrices at once."""
    use = (outputs > 0) * (outputs < cap)
    inverses = np.linalg.pinv(use[:, :, None] * matrix.T[None])
    return np.einsum("pin,pn->pi", inverses, outputs * use)


# inverted_residual


class Point(layers.Layer):
    """A 1x1 convolution in `keras.ops`, with a weight of its own name."""

    def __init__(self, units):
        super().__init__()
        self.units = units

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.units), name="mix")

    def call(self, x):
        return ops.matmul(x, self.w)


def norm(x):
    return layers.BatchNormalization(epsilon=1e-5)(x)


def grouped(x, side=3, stride=1):
    """Filter each channel by a convolution in groups, with zeros of its own."""
    x = layers.ZeroPadding2D(side // 2)(x)
    c = x.shape[-1]
    return layers.Conv2D(c, side, stride, groups=c, use_bias=False)(x)


def block_by_groups(x, channels, expansion, stride, form="front"):
    """Build it from groups and products of matrices; the halves are normalized apart."""
    y = norm(grouped(x)) if form == "front" else x
    if expansion > 1:
        y = ops.relu6(norm(Point(expansion * x.shape[-1])(y)))
    first = 1 if form == "behind" else stride
    if form == "halves":
        half = y.shape[-1] // 2
        parts = (y[..., :half], 3), (y[..., half:], 5)
        joined = [ops.relu6(norm(grouped(part, side, first))) for part, side in parts]
        y = layers.Concatenate()(joined)
    else:
        y = ops.relu6(norm(grouped(y, 3, first)))
    y = norm(Point(channels)(y))
    y = norm(grouped(y, 3, stride)) if form == "behind" else y
    if stride == 1 and x.shape[-1] == channels:
        y = layers.Add()([y, x])
    return y


def block_by_layers(x, channels, expansion, stride, form="front"):
    """Clip by minimum and maximum; the shapes tell whether x fits."""

    def capped(y):
        return ops.minimum(ops.maximum(layers.BatchNormalization()(y), 0.0), 6.0)

    def depthwise(y, side=3, step=1):
        return layers.DepthwiseConv2D(side, step, padding="same", use_bias=False)(y)

    y = x
    if form == "front":
        y = layers.BatchNormalization(momentum=0.9)(depthwise(y))
    wide = expansion * x.shape[-1]
    if wide != x.shape[-1]:
        y = capped(layers.Dense(wide, use_bias=False)(y))
    step = 1 if form == "behind" else stride
    if form == "halves":
        parts = zip(ops.split(y, 2, axis=3), (3, 5), strict=True)
        y = capped(ops.concatenate([depthwise(part, side, step) for part, side in parts], 3))
    else:
        y = capped(depthwise(y, step=step))
    y = layers.BatchNormalization()(layers.Dense(channels, use_bias=False)(y))
    if form == "behind":
        y = layers.BatchNormalization()(depthwise(y, step=stride))
    return y + x if y.shape == x.shape else y


TABLE = {
    "a": ("activated projection", "nothing below 0"),
    "b": ("adds too often", "an addition more"),
    "c": ("expands by one", "a block grows"),
    "d": ("nothing", "none"),
    "e": ("not capped", "large values pass"),
    "f": ("nearest multiple", "a row gets thin"),
}
OPTIONS = (FAULTS, EFFECTS)


RIGHT = {
    "round_channels": [rounded_by_search, rounded_by_fractions],
    "peak_memory": [memory_step_by_step, memory_by_shapes],
    "recover": [recover_by_equations, recover_at_once],
    "inverted_residual": [block_by_groups, block_by_layers],
    "diagnosis": by_table(TABLE),
}
OF_VARIANT = {
    ("inverted_residual", form): (
        partial(block_by_groups, form=form),
        partial(block_by_layers, form=form),
    )
    for form in ("halves", "behind")
}
