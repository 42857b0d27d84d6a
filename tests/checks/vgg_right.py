"""Right answers to the questions of the vgg exercises, each built in another way."""

from functools import partial
from math import isqrt

import keras
import numpy as np
from keras import layers, ops

from course_lib.checks.vgg_diagnosis import EFFECTS, FAULTS
from tests.checks.bank_pieces import by_table

# equivalent_stack


def width_by_layers(kernel, channels):
    """Let Keras count the weights of stacks that grow wider."""

    def weights(*maps):
        total = 0
        for side, reads, makes in maps:
            layer = layers.Conv2D(makes, side, use_bias=False, kernel_initializer="zeros")
            layer.build((None, 20, 20, reads))
            total += layer.count_params()
        return total

    def stack(width):
        inner = [(3, width, width)] * ((kernel - 3) // 2 - 1)
        return weights((3, channels, width), *inner, (3, width, channels))

    low, high = 0, 4 * channels + 4
    while high - low > 1:
        middle = (low + high) // 2
        if stack(middle) <= weights((kernel, channels, channels)):
            low = middle
        else:
            high = middle
    return low


def width_by_formula(kernel, channels):
    """Solve 9 (n - 2) m^2 + 18 c m = k^2 c^2, with whole numbers."""
    layers_between = (kernel - 5) // 2
    if layers_between == 0:
        return kernel**2 * channels // 18
    root = isqrt(81 * channels**2 + 9 * layers_between * kernel**2 * channels**2)
    return np.int64((root - 9 * channels) // (9 * layers_between))


# stack_receptive_field


def rows_by_influence(layers, unit):
    """Mark what matters on a long column of rows, from the unit back to the image."""
    offset, matters = 40_000, {unit}
    for layer in layers[::-1]:
        _, side, stride, padding = layer
        column = np.zeros(2 * offset, bool)
        for row in matters:
            start = row * stride - padding + offset
            column[start : start + side] = True
        matters = set(np.flatnonzero(column) - offset)
    return [min(matters), max(matters)]


def rows_by_size_and_start(layers, unit):
    """Follow size, jump and the first window forwards, as papers do."""
    size, jump, start = 1, 1, 0
    for kind, side, stride, padding in layers:
        assert kind in ("conv", "pool")
        size += (side - 1) * jump
        start -= padding * jump
        jump *= stride
    first = start + unit * jump
    return np.array([first, first + size - 1])


def rows_by_recursion(layers, unit):
    if not layers:
        return unit, unit
    *before, (_, side, stride, padding) = layers
    begins = unit * stride - padding
    return (
        rows_by_recursion(before, begins)[0],
        float(rows_by_recursion(before, begins + side - 1)[1]),
    )


# small_vgg


class Convolution(layers.Layer):
    """A convolution and ReLU in `keras.ops`, with weights of its own names."""

    def __init__(self, filters, side):
        super().__init__()
        self.filters, self.side = filters, side

    def build(self, shape):
        self.w = self.add_weight(
            shape=(self.side, self.side, shape[3], self.filters), name="kernel"
        )
        self.b = self.add_weight(shape=(self.filters,), name="lift")

    def call(self, x):
        return ops.maximum(ops.conv(x, self.w, padding="same") + self.b, 0.0)


def net_by_ops(x, stages, order="cmp"):
    """Layers with own weights, `ops` for the windows."""
    for convolutions, filters in stages:
        for step in order:
            if step == "p":
                x = ops.max_pool(x, 2, 2, "valid")
            for _ in range({"c": convolutions, "m": 1, "p": 0}[step]):
                x = Convolution(filters, 1 if step == "m" else 3)(x)
    return x


def net_by_rows(x, stages, order="cmp"):
    """All layers in a list first; the pixels of a 1x1 convolution go through a dense layer."""
    rows = []
    for convolutions, filters in stages:
        steps = {
            "c": [
                layer
                for _ in range(convolutions)
                for layer in (
                    layers.ZeroPadding2D(1),
                    layers.Conv2D(filters, 3),
                    layers.ReLU(),
                )
            ],
            "m": [layers.Dense(filters, activation=keras.activations.relu)],
            "p": [layers.MaxPooling2D((2, 1)), layers.MaxPooling2D((1, 2))],
        }
        rows += [layer for step in order for layer in steps[step]]
    return keras.Sequential(rows)(x)


def net_pooled_before_relu(x, stages):
    """The maximum of what a ReLU puts out is the ReLU of the maximum."""
    for convolutions, filters in stages:
        for _ in range(convolutions):
            x = layers.Activation("relu")(layers.Conv2D(filters, 3, padding="same")(x))
        x = layers.ReLU()(layers.MaxPooling2D()(layers.Conv2D(filters, 1)(x)))
    return x


TABLE = {
    "a": ("a bracket", "stops"),
    "b": ("no shape", "stops"),
    "c": ("too few classes", "fewer weights"),
    "d": ("nothing", "none"),
    "e": ("no dropout", "training alone differs"),
    "f": ("doubled again", "more weights"),
}
OPTIONS = (FAULTS, EFFECTS)

RIGHT = {
    "equivalent_stack": [width_by_layers, width_by_formula],
    "stack_receptive_field": [rows_by_influence, rows_by_size_and_start, rows_by_recursion],
    "small_vgg": [net_by_ops, net_by_rows, net_pooled_before_relu],
    "diagnosis": by_table(TABLE),
}
OF_VARIANT = {
    ("small_vgg", variant): (partial(net_by_ops, order=order), partial(net_by_rows, order=order))
    for variant, order in (("front", "mcp"), ("pooled", "pcm"))
}
