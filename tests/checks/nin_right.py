"""Right answers to the questions of the nin exercises, each built in another way."""

from functools import partial
from itertools import product

import keras
import numpy as np
from keras import layers, ops

from course_lib.checks.nin_diagnosis import EFFECTS, FAULTS
from tests.checks.bank_pieces import by_table

# conv1x1_as_matmul


def product_of_einsum(x, kernel, bias, stride):
    """Multiply and add over the channels, wherever they are."""
    kept = x[:, :, ::stride, ::stride]
    return np.einsum("bchw,fc->bfhw", kept, kernel[:, :, 0, 0]) + bias[:, None, None]


def product_from_the_left(x, kernel, bias, stride):
    """Multiply from the left, so that the channels stay where they are."""
    kept = x[:, :, ::stride, ::stride]
    batch, channels, height, width = kept.shape
    columns = kept.reshape(batch, channels, height * width)
    found = kernel.reshape(len(kernel), channels) @ columns + bias[:, None]
    return found.reshape(batch, len(kernel), height, width)


def product_by_a_convolution(x, kernel, bias, stride):
    """Let Keras do it; the check judges what comes out."""
    moved = np.transpose(x, (0, 2, 3, 1))
    found = ops.conv(moved, np.transpose(kernel, (2, 3, 1, 0)), strides=stride) + bias
    return ops.transpose(found, (0, 3, 1, 2))


# nin_block


class Mix(layers.Layer):
    """A dense layer on each pixel, in `keras.ops`, with weights of its own names."""

    def __init__(self, units):
        super().__init__()
        self.units = units

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.units), name="kernel")
        self.b = self.add_weight(shape=(self.units,), name="lift")

    def call(self, x):
        return ops.matmul(x, self.w) + self.b


def block_by_ops(x, filters, hidden, classes, kernel, order="wm", early=False):
    """Dense layers for the 1x1 convolutions, `ops` for the head."""
    for step in order:
        if step == "w":
            x = layers.Conv2D(filters, (kernel, kernel), padding="same")(x)
        else:
            x = Mix(hidden)(x)
        x = ops.maximum(x, 0.0)
    scores = Mix(classes)(x)
    if early:
        return ops.mean(ops.softmax(scores, axis=-1), axis=(1, 2))
    return ops.softmax(ops.mean(scores, axis=(1, 2)), axis=-1)


def block_by_layers(x, filters, hidden, classes, kernel, order="wm", early=False):
    """Zeros by a layer of their own, and the head by reshaping."""
    for step in order:
        if step == "w":
            x = layers.ZeroPadding2D(kernel // 2)(x)
            x = layers.ReLU()(layers.Conv2D(filters, kernel)(x))
        else:
            x = layers.Dense(hidden, activation="relu")(x)
    x = layers.Reshape((-1, classes))(layers.Dense(classes)(x))
    if early:
        return layers.GlobalAveragePooling1D()(layers.Softmax()(x))
    return layers.Activation("softmax")(layers.GlobalAveragePooling1D()(x))


def block_averaged_early(x, filters, hidden, classes, kernel):
    """The mean in front of the class maps: both are linear, so they change places."""
    x = layers.Conv2D(filters, kernel, padding="same", activation="relu")(x)
    x = layers.Conv2D(hidden, 1, activation="relu")(x)
    return layers.Dense(classes, activation="softmax")(layers.GlobalAveragePooling2D()(x))


# dense_to_conv


def rolled_out(window, order):
    """Return the numbers of a window (B, h, w, C) in the order in which it was flattened."""
    axes = [0, *(1 + "hwc".index(letter) for letter in order)]
    return window.transpose(axes).reshape(len(window), -1)


def head_by_loops(maps, weights, biases, height, width, order="chw"):
    """Cut each window out and ask the dense head itself."""
    rows, columns = maps.shape[1] - height + 1, maps.shape[2] - width + 1
    out = np.empty((len(maps), rows, columns, len(biases[-1])))
    for i, j in product(range(rows), range(columns)):
        window = maps[:, i:][:, :height, j:][:, :, :width]
        y = rolled_out(window, order)
        for k, (matrix, bias) in enumerate(zip(weights, biases, strict=True)):
            y = np.maximum(y, 0) if k else y
            y = y @ matrix.T + bias
        out[:, i, j] = y
    return out


def head_by_layers(maps, weights, biases, height, width, order="chw"):
    """Convolutions of Keras with the weights put in, all of them convolutions."""
    size = {"h": height, "w": width, "c": maps.shape[3]}
    first = weights[0].reshape(-1, *(size[letter] for letter in order))
    kernels = [np.einsum(f"u{order}->hwcu", first)] + [w.T[None, None] for w in weights[1:]]
    y = maps
    for i, (kernel, bias) in enumerate(zip(kernels, biases, strict=True)):
        last = i == len(kernels) - 1
        conv = layers.Conv2D(len(bias), kernel.shape[:2], activation=None if last else "relu")
        conv.build(y.shape)
        conv.set_weights([kernel, bias])
        y = conv(y)
    return keras.ops.convert_to_numpy(y)


# class_activation_map


def evidence_by_loops(features, kernel, bias, labels):
    """Go through the images."""
    out = []
    for image, label in zip(features, labels, strict=True):
        votes = image @ kernel + bias
        rivals = [c for c in range(len(bias)) if c != label]
        rival = max(rivals, key=lambda c: votes[:, :, c].mean())
        out.append(votes[:, :, label] - votes[:, :, rival])
    return out


def evidence_by_sorting(features, kernel, bias, labels):
    """Take maps of all classes apart."""
    votes = np.tensordot(features.astype("float64"), kernel, 1) + bias
    order = np.argsort(votes.mean((1, 2)), axis=1)
    best, second = order[:, -1], order[:, -2]
    rivals = np.where(best == labels, second, best)
    each = np.arange(len(labels))
    return votes[each, :, :, labels] - votes[each, :, :, rivals]


TABLE = {
    "a": ("mean over channels", "a number for each pixel"),
    "b": ("no activation", "one linear map"),
    "c": ("stride by position", "fewer places"),
    "d": ("nothing", "none"),
    "e": ("softmax over pixels", "classes do not compete"),
    "f": ("axes of another library", "weights meet other values"),
}
OPTIONS = (FAULTS, EFFECTS)

RIGHT = {
    "conv1x1_as_matmul": [product_of_einsum, product_from_the_left, product_by_a_convolution],
    "nin_block": [block_by_ops, block_by_layers, block_averaged_early],
    "dense_to_conv": [head_by_loops, head_by_layers],
    "class_activation_map": [evidence_by_loops, evidence_by_sorting],
    "diagnosis": by_table(TABLE),
}
OF_VARIANT = {
    ("nin_block", "vote"): (
        partial(block_by_ops, early=True),
        partial(block_by_layers, early=True),
    ),
    ("nin_block", "narrow"): (
        partial(block_by_ops, order="mw"),
        partial(block_by_layers, order="mw"),
    ),
    ("dense_to_conv", "columns"): (
        partial(head_by_loops, order="cwh"),
        partial(head_by_layers, order="cwh"),
    ),
    ("dense_to_conv", "pixels"): (
        partial(head_by_loops, order="whc"),
        partial(head_by_layers, order="whc"),
    ),
}
