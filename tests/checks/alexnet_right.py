"""Right answers to the questions of the alexnet exercises, each built in another way."""

from functools import partial
from itertools import product

import keras
import numpy as np
from keras import layers, ops

from course_lib.checks.alexnet_diagnosis import EFFECTS, FAULTS
from tests.checks.bank_pieces import by_table

# conv_output_size


def side_by_range(size, kernel, stride, padding):
    """List where windows start."""
    return len(range(-padding, size + padding - kernel + 1, stride))


def side_by_pooling(size, kernel, stride, padding):
    """Ask a layer of Keras."""
    shape = (None, size + 2 * padding, size + 2 * padding, 1)
    return layers.AveragePooling2D(kernel, stride).compute_output_shape(shape)[1]


def side_by_walking(size, kernel, stride, padding):
    """Push a window until it hangs over the end."""
    end, count = kernel, 0
    while end <= padding + size + padding:
        end += stride
        count += 1
    return float(count)


# grouped_conv_weights


def weights_of_a_layer(kernel, channels, filters, groups, biases):
    layer = layers.Conv2D(filters, kernel, groups=groups, use_bias=biases)
    layer.kernel_initializer = "zeros"
    layer.build((None, 20, 20, channels))
    return layer.count_params()


def weights_group_by_group(kernel, channels, filters, groups, biases):
    total = 0
    for _ in range(groups):
        one = np.zeros((kernel, kernel, channels // groups, filters // groups))
        total += one.size + (one.shape[-1] if biases else 0)
    return np.int64(total)


# local_response_normalization


def windows(maps, n, ends):
    """Return for each map those of its window."""
    reach = (n - 1, 0) if ends else (n // 2, n // 2)
    return [[j for j in range(maps) if i - reach[0] <= j <= i + reach[1]] for i in range(maps)]


def response_by_matrix(x, n, k, alpha, beta, ends=False, mean=False):
    """Multiply by a table of zeros and ones, with `keras.ops`."""
    table = np.zeros((x.shape[-1], x.shape[-1]), "float32")
    for i, members in enumerate(windows(x.shape[-1], n, ends)):
        table[members, i] = 1 / len(members) if mean else 1
    total = ops.matmul(ops.square(x), table)
    return ops.convert_to_tensor(x) * ops.power(k + alpha * total, -beta)


def response_by_running_sums(x, n, k, alpha, beta, ends=False, mean=False):
    """Subtract running sums."""
    x = np.asarray(x, "float64")
    sums = np.concatenate([np.zeros((*x.shape[:3], 1)), np.cumsum(x**2, -1)], -1)
    found = windows(x.shape[-1], n, ends)
    first, last = np.array([(members[0], members[-1] + 1) for members in found]).T
    energy = sums[..., last] - sums[..., first]
    return x * np.exp(-beta * np.log(k + alpha * energy / (last - first if mean else 1)))


def response_by_loops(x, n, k, alpha, beta, ends=False, mean=False):
    """Visit each value."""
    out = np.empty_like(x)
    found = windows(x.shape[-1], n, ends)
    for *at, i in product(*map(range, x.shape)):
        squares = [float(x[*at, j]) ** 2 for j in found[i]]
        strength = sum(squares) / (len(squares) if mean else 1)
        out[*at, i] = x[*at, i] / (k + alpha * strength) ** beta
    return out


# alexnet_block


class Strength(layers.Layer):
    """Divides by the length of a column of maps, as a layer."""

    def call(self, x):
        energy = ops.sum(x * x, axis=3, keepdims=True) / x.shape[3]
        return x * ops.rsqrt(energy + 1)


class Convolution(layers.Layer):
    """A convolution in `keras.ops` with weights of its own names."""

    def __init__(self, filters, side, groups):
        super().__init__()
        self.filters, self.side, self.groups = filters, side, groups

    def build(self, shape):
        reads = shape[3] // self.groups
        self.w = self.add_weight(shape=(self.side, self.side, reads, self.filters), name="kernel")
        self.b = self.add_weight(shape=(self.filters,), name="lift")

    def call(self, x):
        return ops.maximum(ops.conv(x, self.w, padding="same") + self.b, 0.0)


def block_by_groups(x, filters, kernel, groups, order="mgnp"):
    """A small convolution for each group, as papers of 2012 draw them; shared pooling."""

    def grouped(x):
        size = x.shape[-1] // groups
        parts = [x[..., i * size : (i + 1) * size] for i in range(groups)]
        found = [
            layers.Conv2D(filters // groups, kernel, padding="same", activation="relu")(part)
            for part in parts
        ]
        return layers.Concatenate()(found) if groups > 1 else found[0]

    steps = {
        "m": layers.Conv2D(filters, 3, padding="same", activation=keras.activations.relu),
        "p": layers.MaxPooling2D((3, 3), (2, 2), "valid"),
        "g": grouped,
        "n": Strength(),
    }
    for step in order:
        x = steps[step](x)
    return x


def block_by_ops(x, filters, kernel, groups, order="mgnp"):
    """Layers with own weights, `ops` for the windows."""
    for step in order:
        if step == "p":
            x = ops.max_pool(x, 3, 2, "valid")
        elif step == "n":
            x = Strength()(x)
        else:
            x = Convolution(filters, *((3, 1) if step == "m" else (kernel, groups)))(x)
    return x


def block_with_zeros(x, filters, kernel, groups):
    """Zeros by a layer of their own, the layers in one model; the windows in two steps."""
    rows = [layers.ZeroPadding2D(1), layers.Conv2D(filters, 3), layers.ReLU()]
    rows += [layers.ZeroPadding2D(kernel // 2)]
    rows += [layers.Conv2D(filters, kernel, groups=groups), layers.Activation("relu"), Strength()]
    rows += [layers.MaxPooling2D((3, 1), (2, 1)), layers.MaxPooling2D((1, 3), (1, 2))]
    return keras.Sequential(rows)(x)


TABLE = {
    "a": ("no groups", "more weights"),
    "b": ("normalization before relu", "zeros weaken others"),
    "c": ("groups everywhere", "halves never meet"),
    "d": ("nothing", "none"),
    "e": ("a dropout missing", "training alone differs"),
    "f": ("pooling without overlap", "smaller receptive field"),
}
OPTIONS = (FAULTS, EFFECTS)

RIGHT = {
    "conv_output_size": [side_by_range, side_by_pooling, side_by_walking],
    "grouped_conv_weights": [weights_of_a_layer, weights_group_by_group],
    "local_response_normalization": [
        response_by_matrix,
        response_by_running_sums,
        response_by_loops,
    ],
    "alexnet_block": [block_by_groups, block_by_ops, block_with_zeros],
    "diagnosis": by_table(TABLE),
}
OF_VARIANT = {
    ("local_response_normalization", "before"): (
        partial(response_by_matrix, ends=True),
        partial(response_by_loops, ends=True),
    ),
    ("local_response_normalization", "mean"): (
        partial(response_by_matrix, mean=True),
        partial(response_by_running_sums, mean=True),
    ),
    ("alexnet_block", "early"): (
        partial(block_by_groups, order="pgnm"),
        partial(block_by_ops, order="pgnm"),
    ),
    ("alexnet_block", "front"): (
        partial(block_by_groups, order="npmg"),
        partial(block_by_ops, order="npmg"),
    ),
}
