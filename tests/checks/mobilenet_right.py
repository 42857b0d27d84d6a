"""Right answers to the questions of the mobilenet exercises, each built in another way."""

from fractions import Fraction
from functools import partial
from math import ceil

import keras
import numpy as np
from keras import layers, ops

from course_lib.checks.mobilenet_diagnosis import EFFECTS, FAULTS
from course_lib.cost import cost
from course_lib.nets import without_values
from tests.checks.bank_pieces import by_table

# separable_cost


def cost_of_a_model(size, channels, filters, kernel, stride, multiplier):
    """Build both layers and let the course count them."""
    with without_values():
        image = keras.Input((*size, channels))
        x = layers.DepthwiseConv2D(kernel, stride, "same", depth_multiplier=multiplier)(image)
        return cost(keras.Model(image, layers.Conv2D(filters, 1)(x))).macs


def cost_by_places(size, channels, filters, kernel, stride, multiplier):
    """Count the windows one by one, and one filter of a channel after the other."""
    rows, columns = (len(range(0, side, stride)) for side in size)
    each = np.full((channels, multiplier), kernel**2 + filters)
    return rows * columns * each.sum()


# depthwise_conv

PAD = {"edge": "edge", "wrap": "wrap", "mirror": "reflect"}


def conv_by_windows(x, kernel, stride, border="edge"):
    """Cut all windows out with NumPy, and let Einstein's sum do the rest."""
    rows, columns = kernel.shape[:2]
    reach = [(0, 0), (rows // 2,) * 2, (columns // 2,) * 2, (0, 0)]
    padded = np.pad(x, reach, PAD[border])
    seen = np.lib.stride_tricks.sliding_window_view(padded, (rows, columns), (1, 2))
    maps = np.einsum("bhwcij,ijcm->bhwcm", seen[:, ::stride, ::stride], kernel)
    return maps.reshape(*maps.shape[:3], -1)


def conv_by_channel(x, kernel, stride, border="edge"):
    """Pad with NumPy, and convolve each channel by itself."""
    rows, columns = (side // 2 for side in kernel.shape[:2])
    padded = np.pad(x, [(0, 0), (rows, rows), (columns, columns), (0, 0)], PAD[border])
    maps = [
        ops.conv(padded[..., c : c + 1], kernel[:, :, c : c + 1], strides=stride)
        for c in range(kernel.shape[2])
    ]
    return ops.concatenate(maps, axis=-1)


# cost_ratio


def ratio_of_models(size, channels, layers):
    """Build both nets and let the course count them."""
    conv = partial(keras.layers.Conv2D, padding="same")
    with without_values():
        image = keras.Input((*size, channels))
        x = y = image
        for i, (kernel, filters, stride) in enumerate(layers):
            x = conv(filters, kernel, strides=stride)(x)
            if i:
                y = keras.layers.DepthwiseConv2D(kernel, stride, "same")(y)
                y = conv(filters, 1)(y)
            else:
                y = conv(filters, kernel, strides=stride)(y)
        return cost(keras.Model(image, y)).macs / cost(keras.Model(image, x)).macs


def ratio_by_the_law(size, channels, layers):
    """Weigh the law of each layer with what the standard layer costs."""
    work, laws = [], []
    reads = channels
    for kernel, filters, stride in layers:
        size = [ceil(side / stride) for side in size]
        work.append(size[0] * size[1] * kernel * kernel * reads * filters)
        laws.append(Fraction(1, filters) + Fraction(1, kernel * kernel))
        reads = filters
    laws[0] = Fraction(1)
    return sum(map(Fraction.__mul__, map(Fraction, work), laws)) / sum(work)


# mobilenet


class Look(layers.Layer):
    """A depthwise convolution in `keras.ops`, with a weight of its own name."""

    def __init__(self, stride):
        super().__init__()
        self.stride = stride

    def build(self, shape):
        self.own = self.add_weight(shape=(3, 3, shape[-1], 1), name="own_kernel")

    def call(self, x):
        return ops.depthwise_conv(x, self.own, strides=self.stride, padding="same")


def settled(x, *, active=True):
    x = layers.BatchNormalization()(x)
    return ops.relu(x) if active else x


def net_by_dense(x, widths, strides, alpha, classes, form="bare"):
    """Dense layers for the 1x1 convolutions, a layer of ours for the depthwise ones."""
    channels = np.ceil(alpha * np.array(widths)).astype(int).tolist()
    x = layers.Conv2D(channels[0], 3, 2, "same", use_bias=False)(x)
    x = settled(x)
    for i, stride in enumerate(strides):
        mix = layers.Dense(channels[i + 1], use_bias=False)
        if form == "early":
            y = settled(Look(stride)(settled(mix(x))))
        else:
            y = settled(mix(settled(Look(stride)(x), active=form == "shortcut")))
        keeps = stride == 1 and channels[i] == channels[i + 1]
        x = x + y if form == "shortcut" and keeps else y
    return layers.Dense(classes)(ops.mean(x, axis=(1, 2)))


def net_by_groups(x, widths, strides, alpha, classes, form="bare"):
    """Grouped convolutions, zeros by layers of their own; the last layer is a 1x1 convolution."""

    def zeros(x):
        return layers.ZeroPadding2D(1)(x)

    def look(x, stride):
        own = x.shape[-1]
        return layers.Conv2D(own, 3, stride, groups=own, use_bias=False)(zeros(x))

    stem = layers.Conv2D(ceil(alpha * widths[0]), 3, 2, use_bias=False)
    x = settled(stem(zeros(x)))
    for width, stride in zip(widths[1:], strides, strict=True):
        mix = layers.Conv2D(ceil(alpha * width), 1, use_bias=False)
        if form == "early":
            y = settled(look(settled(mix(x)), stride))
        else:
            y = settled(mix(settled(look(x, stride), active=form != "bare")))
        if form == "shortcut" and y.shape == x.shape:
            y = layers.Add()([y, x])
        x = y
    x = layers.GlobalAveragePooling2D(keepdims=True)(x)
    return layers.Flatten()(layers.Conv2D(classes, 1)(x))


TABLE = {
    "a": ("one step", "one kernel would do"),
    "b": ("channels mixed", "saves nothing"),
    "c": ("order turned round", "mixed at full size"),
    "d": ("nothing", "none"),
    "e": ("alpha twice", "thinner and thinner"),
    "f": ("time assumed", "memory is free"),
}
OPTIONS = (FAULTS, EFFECTS)

RIGHT = {
    "separable_cost": [cost_of_a_model, cost_by_places],
    "depthwise_conv": [conv_by_windows, conv_by_channel],
    "cost_ratio": [ratio_of_models, ratio_by_the_law],
    "mobilenet": [net_by_dense, net_by_groups],
    "diagnosis": by_table(TABLE),
}
OF_VARIANT = {
    ("depthwise_conv", border): (
        partial(conv_by_windows, border=border),
        partial(conv_by_channel, border=border),
    )
    for border in ("wrap", "mirror")
} | {
    ("mobilenet", form): (partial(net_by_dense, form=form), partial(net_by_groups, form=form))
    for form in ("shortcut", "early")
}
