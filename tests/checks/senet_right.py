"""Right answers to the questions of the senet exercises, each built in another way."""

from functools import partial

import keras
import numpy as np
from keras import layers, ops

from course_lib.checks.senet_diagnosis import EFFECTS, FAULTS
from course_lib.cost import cost
from course_lib.nets import without_values
from course_lib.nets.senet import squeeze_excite
from tests.checks.bank_pieces import by_table

# se_weights


def weights_of_models(stages, ratio, least, bias):
    """Build a gate of the course for each stage and let the course count it."""
    total = 0
    with without_values():
        for blocks, channels in stages:
            x = keras.Input((1, 1, channels))
            width = max(least, channels // ratio)
            gated = squeeze_excite(x, bias=bias, width=width, name="gate")
            total += blocks * cost(keras.Model(x, gated)).params
    return total


def weights_by_arrays(stages, ratio, least, bias):
    """Count all gates at once; a bias is one more input of a layer."""
    blocks, channels = np.array(stages).T
    units = np.maximum(channels // ratio, least)
    return np.sum(blocks * ((channels + bias) * units + (units + bias) * channels))


# se_block


class Pointwise(layers.Layer):
    """A dense layer in `keras.ops`, with weights of its own names."""

    def __init__(self, units, lift):
        super().__init__()
        self.units, self.lift = units, lift

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.units), name="kernel")
        if self.lift:
            self.b = self.add_weight(shape=(self.units,), name="offsets")

    def call(self, x):
        y = ops.matmul(x, self.w)
        return y + self.b if self.lift else y


def block_by_einsum(x, ratio, form="both"):
    """Gates without axes of length 1, and products that name their axes."""
    reduce, expand = Pointwise(x.shape[-1] // ratio, False), Pointwise(x.shape[-1], True)

    def logits(z):
        return expand(ops.maximum(reduce(z), 0.0))

    if form == "rows":
        gates = ops.sigmoid(logits(ops.mean(x, axis=2)))
        return ops.einsum("bhwc,bhc->bhwc", x, gates)
    means, maxima = ops.mean(x, axis=(1, 2)), ops.max(x, axis=(1, 2))
    if form == "both":
        found = logits(ops.concatenate([maxima, means], axis=1))
    else:
        found = logits(means) + logits(maxima)
    return ops.einsum("bhwc,bc->bhwc", x, ops.sigmoid(found))


def block_by_layers(x, ratio, form="both"):
    """1x1 convolutions on pooled maps, and a layer that multiplies."""
    channels = x.shape[3]
    reduce = layers.Conv2D(channels // ratio, 1, activation="relu", use_bias=False)
    expand = layers.Conv2D(channels, 1)
    if form == "rows":
        read = [layers.AveragePooling2D((1, x.shape[2]))(x)]
    else:
        pools = layers.GlobalAveragePooling2D(keepdims=True), layers.GlobalMaxPooling2D()
        read = [pools[0](x), layers.Reshape((1, 1, channels))(pools[1](x))]
    if form == "both":
        read = [layers.Concatenate()(read)]
    found = [expand(reduce(part)) for part in read]
    total = layers.Add()(found) if len(found) > 1 else found[0]
    return layers.Multiply()([layers.Activation("sigmoid")(total), x])


# se_resnet_cost


def cost_of_models(side, channels, stages, ratio, place, count):
    """Build each gate and let the course count its multiply-adds; add what passes it."""
    total = 0
    for blocks, width, stride in stages:
        before, after = (side, channels), (side // stride, 4 * width)
        inside = (side // stride, width)
        first = {"input": before, "branch": after, "inside": inside}[place]
        later = inside if place == "inside" else after
        total += sum(map(partial(_gate, ratio, count), [first, *[later] * (blocks - 1)]))
        side, channels = after
    return total


def _gate(ratio, count, read):
    with without_values():
        x = keras.Input((read[0], read[0], read[1]))
        gated = squeeze_excite(x, ratio, bias=False, name="gate")
        found = cost(keras.Model(x, gated))
    passing = found.layers[0].activations
    return found.macs + {"dense": 0, "scale": passing, "all": 2 * passing}[count]


def cost_by_arrays(side, channels, stages, ratio, place, count):
    """Write down what each block reads and gives, then add up by column."""
    rows = []
    for blocks, width, stride in stages:
        for step in [stride] + [1] * (blocks - 1):
            rows.append((side, channels, side // step, width))
            side, channels = side // step, 4 * width
    early, reads, late, widths = np.array(rows).T
    sides = early if place == "input" else late
    channels = {"input": reads, "inside": widths, "branch": 4 * widths}[place]
    dense = 2 * channels * (channels // ratio)
    return np.sum(dense + ("dense", "scale", "all").index(count) * sides**2 * channels)


TABLE = {
    "a": ("axes lost", "right for one image"),
    "b": ("gates share a sum", "one in C"),
    "c": ("squeeze overwritten", "a gate for each pixel"),
    "d": ("nothing", "none"),
    "e": ("r multiplies", "r squared"),
    "f": ("reads nothing", "same for all"),
}
OPTIONS = (FAULTS, EFFECTS)

RIGHT = {
    "se_weights": [weights_of_models, weights_by_arrays],
    "se_block": [block_by_einsum, block_by_layers],
    "se_resnet_cost": [cost_of_models, cost_by_arrays],
    "diagnosis": by_table(TABLE),
}
OF_VARIANT = {
    ("se_block", form): (
        partial(block_by_einsum, form=form),
        partial(block_by_layers, form=form),
    )
    for form in ("rows", "shared")
}
