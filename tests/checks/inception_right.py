"""Right answers to the questions of the inception exercises, each built in another way."""

from fractions import Fraction
from functools import partial

import keras
import numpy as np
from keras import layers, ops

from course_lib.checks.inception_diagnosis import EFFECTS, FAULTS
from course_lib.cost import cost
from course_lib.nets import without_values
from tests.checks.bank_pieces import by_table

# module_macs


def macs_of_a_model(size, channels, kernels, reduce, filters, project):
    """Build the module and let the course count it."""
    with without_values():
        image = keras.Input((*size, channels))
        branches = []
        for side, narrow, count in zip(kernels, reduce, filters, strict=True):
            x = layers.Conv2D(narrow, 1)(image) if narrow else image
            branches.append(layers.Conv2D(count, side, padding="same")(x))
        x = layers.MaxPooling2D(3, 1, "same")(image)
        branches.append(layers.Conv2D(project, 1)(x) if project else x)
        return cost(keras.Model(image, layers.Concatenate()(branches))).macs


def macs_by_arrays(size, channels, kernels, reduce, filters, project):
    """Count all branches at once; where nothing is reduced, all channels arrive."""
    squares, narrow, gives = (np.array(each) for each in (np.square(kernels), reduce, filters))
    arrive = np.where(narrow > 0, narrow, channels)
    each = squares * arrive * gives + channels * narrow
    return np.prod(size) * (each.sum() + channels * project)


# inception_module


class Mix(layers.Layer):
    """A 1x1 convolution with ReLU in `keras.ops`, with weights of its own names."""

    def __init__(self, units):
        super().__init__()
        self.units = units

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.units), name="kernel")
        self.b = self.add_weight(shape=(self.units,), name="lift")

    def call(self, x):
        return ops.maximum(ops.matmul(x, self.w) + self.b, 0.0)


def module_by_ops(x, form="front", **w):
    """Dense layers for the 1x1 convolutions, zeros by layers of their own."""
    narrow = Mix(w["reduce3"])(x)
    wide = layers.Conv2D(w["three"], 3, activation="relu")(layers.ZeroPadding2D(1)(narrow))
    far = Mix(w["reduce5"])(narrow if form == "shared" else x)
    far = layers.ReLU()(layers.Conv2D(w["five"], 5)(layers.ZeroPadding2D(2)(far)))
    if form == "front":  # behind a ReLU a zero is never the largest but where all are zero
        last = layers.MaxPooling2D(3, 1)(layers.ZeroPadding2D(1)(Mix(w["pool"])(x)))
    elif form == "mean":
        last = Mix(w["pool"])(ops.average_pool(x, 3, 1, "same"))
    else:
        last = Mix(w["pool"])(ops.max_pool(x, 3, 1, "same"))
    return ops.concatenate([Mix(w["one"])(x), wide, far, last], axis=3)


def module_by_layers(x, form="front", **w):
    """Take the ReLU apart from the convolutions, and move it where that changes nothing."""

    def conv(y, filters, side=1):
        return layers.Conv2D(filters, (side, side), padding="same")(y)

    narrow = layers.ReLU()(conv(x, w["reduce3"]))
    far = layers.ReLU()(conv(narrow if form == "shared" else x, w["reduce5"]))
    if form == "front":  # the largest value passes a ReLU as it passed before
        last = layers.MaxPooling2D(3, 1, "same")(conv(x, w["pool"]))
    elif form == "mean":  # means and 1x1 convolutions change places
        last = layers.AveragePooling2D(3, 1, "same")(conv(x, w["pool"]))
    else:
        last = conv(layers.MaxPooling2D(3, 1, "same")(x), w["pool"])
    joined = layers.Concatenate()(
        [conv(x, w["one"]), conv(narrow, w["three"], 3), conv(far, w["five"], 5), last]
    )
    return layers.Activation("relu")(joined)


# reduction_factor


def factor_by_models(channels, widths, modules):
    """Build both chains on one pixel, and let the course count them."""
    one, reduce3, three, reduce5, five, pool = widths
    with without_values():
        x = y = image = keras.Input((1, 1, channels))
        for _ in range(modules):
            last = layers.MaxPooling2D(3, 1, "same")(x)
            kernels = [(one, 1), (three, 3), (five, 5)]
            branches = [layers.Conv2D(n, k, padding="same")(x) for n, k in kernels]
            x = layers.Concatenate()([*branches, last])
            wide = layers.Conv2D(three, 3, padding="same")(layers.Conv2D(reduce3, 1)(y))
            far = layers.Conv2D(five, 5, padding="same")(layers.Conv2D(reduce5, 1)(y))
            last = layers.Conv2D(pool, 1)(layers.MaxPooling2D(3, 1, "same")(y))
            y = layers.Concatenate()([layers.Conv2D(one, 1)(y), wide, far, last])
        return cost(keras.Model(image, x)).macs / cost(keras.Model(image, y)).macs


def factor_by_sums(channels, widths, modules):
    """Add up the channels that arrive, in closed form."""
    one, reduce3, three, reduce5, five, pool = widths
    wide = one + three + five
    arrive = modules * channels + wide * modules * (modules - 1) // 2
    naive = arrive * (one + 9 * three + 25 * five)
    read = channels + (modules - 1) * (wide + pool)
    inner = modules * (9 * reduce3 * three + 25 * reduce5 * five)
    return Fraction(naive, read * (one + reduce3 + reduce5 + pool) + inner)


TABLE = {
    "a": ("four widths", "kernels read too few"),
    "b": ("x overwritten", "one branch sees the input"),
    "c": ("no projection", "as wide as its input allows"),
    "d": ("nothing", "none"),
    "e": ("no activation", "one linear map"),
    "f": ("reduction behind", "nothing is saved"),
}
OPTIONS = (FAULTS, EFFECTS)

RIGHT = {
    "module_macs": [macs_of_a_model, macs_by_arrays],
    "inception_module": [module_by_ops, module_by_layers],
    "reduction_factor": [factor_by_models, factor_by_sums],
    "diagnosis": by_table(TABLE),
}
OF_VARIANT = {
    ("inception_module", form): (
        partial(module_by_ops, form=form),
        partial(module_by_layers, form=form),
    )
    for form in ("mean", "shared")
}
