"""Right answers to the questions on LeNet, built from other layers or by other algorithms.

They were written before the checks; none of them is the solution of the notebook.
"""

from math import prod

import keras
import numpy as np
from keras import layers, ops

from course_lib.checks.lenet import FEEDBACK


def count_by_building(side, channels, *, s2_maps, reads, c5_maps, f6_units, classes):
    image = keras.Input((side, side, channels))
    named = {}

    def apply(name, layer, x):
        y = layer(x)
        named[name] = named.get(name, 0) + layer.count_params()
        return y

    x = apply("C1", layers.Conv2D(s2_maps, 5), image)
    x = apply("S2", layers.DepthwiseConv2D(1), layers.AveragePooling2D(2)(x))
    x = layers.Concatenate()([apply("C3", layers.Conv2D(1, 5), x[..., :n]) for n in reads])
    x = apply("S4", layers.DepthwiseConv2D(1), layers.AveragePooling2D(2)(x))
    x = layers.Flatten()(apply("C5", layers.Conv2D(c5_maps, 5), x))
    x = apply("F6", layers.Dense(f6_units), x)
    apply("output", layers.Dense(classes), x)
    return named


def count_by_walking(side, channels, *, s2_maps, reads, c5_maps, f6_units, classes):
    for kernel, step in ((5, 1), (2, 2), (5, 1), (2, 2), (5, 1)):
        side = len(range(0, side - kernel + 1, step))
    answer = {"output": sum(f6_units + 1 for _ in range(classes))}
    answer["F6"] = np.int64(f6_units) * (side * side * c5_maps) + f6_units
    answer["C5"] = sum(len(reads) * 5 * 5 + 1 for _ in range(c5_maps))
    answer["S4"] = sum(2.0 for _ in reads)
    answer["C3"] = sum(maps * 5 * 5 + 1 for maps in reads)
    answer["S2"] = s2_maps + s2_maps
    answer["C1"] = prod((s2_maps, 5, 5, channels)) + s2_maps
    return answer


def count_as_arrays(side, channels, **sizes):
    """Return arrays without an axis, as sums of NumPy do, in another order of layers."""
    counts = count_by_walking(side, channels, **sizes)
    return {name: np.array(counts[name]) for name in sorted(counts)}


def connections_by_lists(maps):
    columns = []
    for length in (3, 4):
        for first in range(maps):
            columns.append({(first + k) % maps for k in range(length)})
    for first in range(maps // 2):
        opposite = first + maps // 2
        columns.append({first, first + 1, opposite, (opposite + 1) % maps})
    columns.append(set(range(maps)))
    return [[row in column for column in columns] for row in range(maps)]


def connections_by_turning(maps):
    def turned(column, times):
        return np.stack([np.roll(column, k) for k in range(times)], axis=1)

    marks = np.zeros((3, maps), int)
    marks[0, :3] = marks[1, :4] = marks[2, :2] = marks[2, maps // 2 : maps // 2 + 2] = 1
    blocks = [turned(m, n) for m, n in zip(marks, (maps, maps, maps // 2), strict=True)]
    return np.concatenate([*blocks, np.ones((maps, 1), int)], axis=1)


class SlicedSum(layers.Layer):
    """Adds shifted slices; one variable holds the coefficients and the biases."""

    def __init__(self, window, stride, activation):
        super().__init__()
        self.window, self.stride = window, stride
        self.activation = keras.activations.get(activation)

    def build(self, shape):
        self.pair = self.add_weight(shape=(2, shape[-1]), initializer="ones")

    def call(self, x):
        rows, cols = ((n - self.window) // self.stride + 1 for n in x.shape[1:3])
        total = 0
        for i in range(self.window):
            for j in range(self.window):
                reach = (rows - 1) * self.stride + 1, (cols - 1) * self.stride + 1
                piece = x[:, i : i + reach[0] : self.stride, j : j + reach[1] : self.stride]
                total = total + piece
        return self.activation(total * self.pair[1] + self.pair[0])


def subsampling_by_slices(x, *, window, stride, activation):
    return SlicedSum(window, stride, activation)(x)


class Affine(layers.Layer):
    def build(self, shape):
        self.gain = self.add_weight(shape=(1, 1, 1, shape[-1]), initializer="ones", name="gain")
        self.offset = self.add_weight(shape=(shape[-1],), initializer="zeros", name="offset")

    def call(self, x):
        return x * self.gain + self.offset


def subsampling_by_frozen_ones(x, *, window, stride, activation):
    ones = layers.DepthwiseConv2D(
        window, stride, use_bias=False, depthwise_initializer="ones", trainable=False
    )
    return layers.Activation(activation)(Affine()(ones(x)))


def subsampling_map_by_map(x, *, window, stride, activation):
    total = layers.Rescaling(window**2)(layers.AveragePooling2D(window, stride)(x))
    maps = [layers.Conv2D(1, 1)(total[..., c : c + 1]) for c in range(x.shape[-1])]
    return layers.Activation(activation)(layers.Concatenate()(maps))


def halve(x, maps, activation, halving):
    step = 2 if halving == "stride" else 1
    x = layers.Activation(activation)(layers.Conv2D(maps, 5, strides=step)(x))
    if halving == "stride":
        return x
    return (layers.MaxPooling2D if halving == "max" else layers.AveragePooling2D)(2)(x)


def lenet_with_dense_c5(image, *, maps, units, classes, activation, halving):
    x = halve(image, maps[0], activation, halving)
    x = layers.Flatten()(halve(x, maps[1], activation, halving))
    x = layers.Dense(maps[2], activation=activation)(x)
    return layers.Dense(classes)(layers.Dense(units, activation=activation)(x))


def lenet_of_convolutions(image, *, maps, units, classes, activation, halving):
    x = halve(halve(image, maps[0], activation, halving), maps[1], activation, halving)
    for filters, kernel in ((maps[2], x.shape[1]), (units, 1)):
        x = layers.Activation(activation)(layers.Conv2D(filters, kernel)(x))
    return layers.Reshape((classes,))(layers.Conv2D(classes, 1)(x))


class Matrix(layers.Layer):
    """A dense layer whose weights have names of their own."""

    def __init__(self, units):
        super().__init__()
        self.units = units

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.units), name="w")
        self.b = self.add_weight(shape=(1, self.units), name="b")

    def call(self, x):
        return ops.matmul(x, self.w) + self.b


def lenet_of_matrices(image, *, maps, units, classes, activation, halving):
    squash = keras.activations.get(activation)
    x = halve(halve(image, maps[0], activation, halving), maps[1], activation, halving)
    x = layers.Flatten()(layers.Permute((3, 1, 2))(x))  # the weights of C5 in another order
    x = squash(Matrix(units)(squash(Matrix(maps[2])(x))))
    return Matrix(classes)(x)


def difference_by_building(side, *, s4_maps, c5_maps, f6_units):
    def weights(*chain):
        return keras.Sequential([keras.Input((side, side, s4_maps)), *chain]).count_params()

    dense = weights(layers.Flatten(), layers.Dense(c5_maps), layers.Dense(f6_units))
    return dense - weights(layers.Conv2D(c5_maps, 5), layers.Flatten(), layers.Dense(f6_units))


def difference_without_biases(side, *, s4_maps, c5_maps, f6_units):
    positions = (side - 4) ** 2
    return c5_maps * (s4_maps * (side**2 - 25) - f6_units * (positions - 1))


def diagnosis_by_cases(piece):
    if piece in (1, 2):
        return "no weights" if piece == 1 else "per pixel"
    if piece in (4, 6):
        return "padding" if piece == 6 else "nothing"
    return "all connections" if piece == 3 else "dense"


def diagnosis_by_position(piece):
    found = "no weights,per pixel,all connections,nothing,dense,padding"
    return np.array(found.split(","))[piece - 1]


TABLE = {
    1: "no weights",
    2: "per pixel",
    3: "all connections",
    4: "nothing",
    5: "dense",
    6: "padding",
}
OPTIONS = (FEEDBACK,)

RIGHT = {
    "weights_by_layer": (count_by_building, count_by_walking, count_as_arrays),
    "connections": (connections_by_lists, connections_by_turning),
    "subsampling": (
        subsampling_by_slices,
        subsampling_by_frozen_ones,
        subsampling_map_by_map,
    ),
    "small_lenet": (lenet_with_dense_c5, lenet_of_convolutions, lenet_of_matrices),
    "diagnosis": (diagnosis_by_cases, diagnosis_by_position),
    "dense_minus_convolution": (difference_by_building, difference_without_biases),
}

# Of the other variants


class WeighedSlices(SlicedSum):
    """Adds slices of what one variable and the activation make of the pixels."""

    def call(self, x):
        weighed = self.activation(x * self.pair[1] + self.pair[0])
        rows, cols = ((n - self.window) // self.stride + 1 for n in x.shape[1:3])
        starts = [(i, j) for i in range(self.window) for j in range(self.window)]
        reach = (rows - 1) * self.stride + 1, (cols - 1) * self.stride + 1
        step = self.stride
        return sum(weighed[:, i : i + reach[0] : step, j : j + reach[1] : step] for i, j in starts)


def subsampling_of_weighed_slices(x, *, window, stride, activation):
    return WeighedSlices(window, stride, activation)(x)


def subsampling_of_weighed_maps(x, *, window, stride, activation):
    maps = [
        layers.Conv2D(1, 1, activation=activation)(x[..., c : c + 1]) for c in range(x.shape[-1])
    ]
    ones = layers.DepthwiseConv2D(
        window, stride, use_bias=False, depthwise_initializer="ones", trainable=False
    )
    return ones(layers.Concatenate()(maps))


def subsampling_of_squares_by_slices(x, *, window, stride, activation):
    return SlicedSum(window, stride, activation)(layers.Multiply()([x, x]))


def subsampling_of_squares_by_means(x, *, window, stride, activation):
    return subsampling_map_by_map(x**2, window=window, stride=stride, activation=activation)


def stages(image, maps, activation, halving):
    first = halve(image, maps[0], activation, halving)
    return first, halve(first, maps[1], activation, halving)


def lenet_that_slides_by_convolutions(image, *, maps, units, classes, activation, halving):
    _, x = stages(image, maps, activation, halving)
    x = layers.Activation(activation)(layers.Conv2D(maps[2], 5)(x))
    x = layers.Conv2D(units, 1, activation=activation)(ops.mean(x, (1, 2), keepdims=True))
    return layers.Flatten()(layers.Conv2D(classes, 1)(x))


def lenet_that_slides_by_pooling(image, *, maps, units, classes, activation, halving):
    squash = keras.activations.get(activation)
    _, x = stages(image, maps, activation, halving)
    x = squash(layers.Conv2D(maps[2], 5)(x))
    x = layers.Flatten()(layers.AveragePooling2D(x.shape[1])(x))
    return Matrix(classes)(squash(Matrix(units)(x)))


def lenet_of_scales_in_front(image, *, maps, units, classes, activation, halving):
    first, x = stages(image, maps, activation, halving)
    x = layers.Dense(maps[2], activation=activation)(layers.Flatten()(x))
    x = layers.Concatenate()([layers.GlobalAveragePooling2D()(first), x])  # F6 reads them first
    return layers.Dense(classes)(layers.Dense(units, activation=activation)(x))


def lenet_of_scales_by_matrices(image, *, maps, units, classes, activation, halving):
    squash = keras.activations.get(activation)
    first, x = stages(image, maps, activation, halving)
    x = layers.Flatten()(layers.Permute((3, 1, 2))(x))  # the weights of C5 in another order
    x = ops.concatenate([squash(Matrix(maps[2])(x)), ops.mean(first, (1, 2))], 1)
    return Matrix(classes)(squash(Matrix(units)(x)))


OF_VARIANT = {
    ("subsampling", "before"): (subsampling_of_weighed_slices, subsampling_of_weighed_maps),
    ("subsampling", "squares"): (
        subsampling_of_squares_by_slices,
        subsampling_of_squares_by_means,
    ),
    ("small_lenet", "slide"): (lenet_that_slides_by_convolutions, lenet_that_slides_by_pooling),
    ("small_lenet", "scales"): (lenet_of_scales_in_front, lenet_of_scales_by_matrices),
}
