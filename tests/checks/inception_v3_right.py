"""Right answers to the questions of the inception_v3 exercises, each built in another way."""

from fractions import Fraction
from functools import partial

import keras
import numpy as np
from keras import layers, ops

from course_lib.checks.inception_v3_diagnosis import EFFECTS, FAULTS
from course_lib.cost import cost
from course_lib.nets import without_values
from tests.checks.bank_pieces import by_table

# factorized_cost


def cost_of_models(kernels, widths):
    """Build the chain and the one convolution, and let the course count both."""

    def macs(sides, channels):
        image = x = keras.Input((1, 1, widths[0]))
        for kernel, filters in zip(sides, channels, strict=True):
            x = layers.Conv2D(filters, kernel, padding="same")(x)
        return cost(keras.Model(image, x)).macs

    rows, columns = (sum(each) - len(each) + 1 for each in zip(*kernels, strict=True))
    with without_values():
        return macs(kernels, widths[1:]) / macs([(rows, columns)], widths[-1:])


def cost_of_arrays(kernels, widths):
    """Count all kernels at once, in fractions."""
    sides, widths = np.array(kernels), np.array(widths)
    chain = np.sum(sides.prod(1) * widths[:-1] * widths[1:])
    window = np.prod((sides - 1).sum(0) + 1)
    return Fraction(int(chain), int(window * widths[0] * widths[-1]))


# label_smoothing


def smoothed_at_once(y, epsilon, classes):
    """One-hot rows, their mean over the people, mixed with the even distribution."""
    rows = np.eye(classes)[np.asarray(y)].mean(1)
    return rows + epsilon * (1 / classes - rows)


def smoothed_by_keras(y, epsilon, classes):
    """Person by person, with the operation of Keras."""
    people = [ops.one_hot(column, classes) for column in np.asarray(y).T]
    even = ops.full((len(y), classes), epsilon / classes)
    return sum((1 - epsilon) * rows for rows in people) / len(people) + even


# grid_reduction


class Pointwise(layers.Layer):
    """A 1x1 convolution with ReLU in `keras.ops`, with weights of its own names."""

    def __init__(self, units):
        super().__init__()
        self.units = units

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.units), name="kernel")
        self.b = self.add_weight(shape=(self.units,), name="lift")

    def call(self, x):
        return ops.relu(ops.matmul(x, self.w) + self.b)


def reduction_by_ops(x, three, reduce, double, form="early"):
    """A dense layer for the 1x1 convolution; zeros by a layer of their own."""
    zeros, narrow = layers.ZeroPadding2D(1), Pointwise(reduce)(x)
    if form == "early":
        y = layers.Conv2D(double, 3, 2, activation="relu")(narrow)
        y = layers.Conv2D(double, 3, activation="relu")(zeros(y))
    else:
        y = layers.Conv2D(double, 3, activation="relu")(zeros(narrow))
        y = layers.Conv2D(double, (3, 3), (2, 2), "valid", activation="relu")(y)
    short = layers.Conv2D(three, 3, 2, activation="relu")(narrow if form == "shared" else x)
    windows = ops.average_pool if form == "mean" else ops.max_pool
    return ops.concatenate([short, y, windows(x, 3, 2, "valid")], 3)


def reduction_by_steps(x, three, reduce, double, form="early"):
    """Convolve at every pixel and keep every second one: the same, at four times the work."""

    def conv(y, filters, side=3, padding="same"):
        return layers.ReLU()(layers.Conv2D(filters, side, padding=padding)(y))

    narrow = conv(x, reduce, 1)
    if form == "early":
        long = conv(conv(narrow, double, padding="valid")[:, ::2, ::2], double)
    else:
        long = conv(conv(narrow, double), double, padding="valid")[:, ::2, ::2]
    short = conv(narrow if form == "shared" else x, three, padding="valid")[:, ::2, ::2]
    kind = layers.AveragePooling2D if form == "mean" else layers.MaxPooling2D
    return layers.Concatenate()([short, long, kind((3, 3), (2, 2), "valid")(x)])


# factorized_module


def module_by_padding(x, form="column", *, n, **w):
    """Zeros by layers of their own: columns of them for a row, rows for a column."""
    half = n // 2

    def conv(y, filters, kernel=(1, 1), finish=True):
        over = tuple(side // 2 for side in kernel)
        y = layers.ZeroPadding2D(over)(y) if max(kernel) > 1 else y
        y = layers.Conv2D(filters, kernel, use_bias=False)(y)
        return layers.Activation("relu")(layers.BatchNormalization()(y)) if finish else y

    narrow, row, column = conv(x, w["reduce"]), (1, 2 * half + 1), (2 * half + 1, 1)
    if form == "column":
        far = [conv(conv(narrow, w["between"], column), w["wide"], row)]
    elif form == "side":
        far = [conv(narrow, w["between"], row), conv(narrow, w["wide"], column)]
    else:
        far = [conv(conv(narrow, w["between"], row, finish=False), w["wide"], column)]
    last = conv(layers.AveragePooling2D(3, 1, "same")(x), w["pool"])
    return layers.Concatenate()([conv(x, w["one"]), *far, last])


def module_by_ops(x, form="column", *, n, **w):
    """1x1 convolutions as dense layers, poolings by `ops`."""

    def finish(y, epsilon=1e-3):
        return ops.maximum(layers.BatchNormalization(epsilon=epsilon)(y), 0.0)

    def point(y, units):
        return finish(layers.Dense(units, use_bias=False)(y))

    def line(y, filters, kernel):
        return layers.Conv2D(filters, kernel, padding="same", use_bias=False)(y)

    narrow = point(x, w["reduce"])
    first, second = ((n, 1), (1, n)) if form == "column" else ((1, n), (n, 1))
    near = line(narrow, w["between"], first)
    if form == "side":
        far = ops.concatenate([finish(near), finish(line(narrow, w["wide"], second))], 3)
    else:
        far = finish(line(finish(near) if form == "column" else near, w["wide"], second))
    last = point(ops.average_pool(x, 3, 1, "same"), w["pool"])
    return ops.concatenate([point(x, w["one"]), far, last], 3)


# diagnosis

TABLE = {
    "a": ("other classes only", "another best gap"),
    "b": ("logits smoothed", "gap without end"),
    "c": ("pooled first", "a quarter of the numbers"),
    "d": ("too few layers", "a smaller window"),
    "e": ("no activation", "one linear map"),
    "f": ("nothing", "none"),
}
OPTIONS = (FAULTS, EFFECTS)


RIGHT = {
    "factorized_cost": [cost_of_models, cost_of_arrays],
    "label_smoothing": [smoothed_at_once, smoothed_by_keras],
    "grid_reduction": [reduction_by_ops, reduction_by_steps],
    "factorized_module": [module_by_padding, module_by_ops],
    "diagnosis": by_table(TABLE),
}
OF_VARIANT = {
    ("grid_reduction", form): (
        partial(reduction_by_ops, form=form),
        partial(reduction_by_steps, form=form),
    )
    for form in ("mean", "shared")
} | {
    ("factorized_module", form): (
        partial(module_by_padding, form=form),
        partial(module_by_ops, form=form),
    )
    for form in ("side", "linear")
}
