"""Wrong answers to the questions of the alexnet exercises, and what each must be told."""

from functools import partial

import keras
import numpy as np
from keras import layers, ops

from course_lib.nets.classic_layers import LocalResponseNormalization
from course_lib.nets.layers import conv_relu
from tests.checks import alexnet_right as right
from tests.checks.bank_pieces import differing

# conv_output_size


def side(change):
    """Return an answer that differs from a right one; `change(right, room, stride)`."""

    def conv_output_size(size, kernel, stride, padding):
        number = right.side_by_range(size, kernel, stride, padding)
        return change(number, size + 2 * padding - kernel, stride)

    return conv_output_size


def side_of(**changed):
    """Return an answer that takes another argument for one of its own."""

    def conv_output_size(**asked):
        return right.side_by_range(**asked | {key: f(**asked) for key, f in changed.items()})

    return conv_output_size


SIZE = {
    "ceil": (side(lambda _, room, stride: -(-room // stride) + 1), "rounds up"),
    "a fraction": (side(lambda _, room, stride: room / stride + 1), "no whole number"),
    "rounded": (side(lambda _, room, stride: round(room / stride + 0.01) + 1), "rounds up"),
    "one missing": (side(lambda number, *_: number - 1), "the steps; there is one window more"),
    "kernel not subtracted": (
        lambda size, kernel, stride, padding: (size + 2 * padding) // stride + 1,
        "kernel is not subtracted",
    ),
    "kernel left out": (
        lambda size, kernel, stride, padding: (size + 2 * padding) // stride,
        "where all of it still fits|kernel is not subtracted",
    ),
    "padding once": (
        lambda size, kernel, stride, padding: (size + padding - kernel) // stride + 1,
        "zeros stand on both sides, so it counts twice",
    ),
    "padding left out": (side_of(padding=lambda **_: 0), "padding is left out"),
    "padding four times": (side_of(padding=lambda padding, **_: 2 * padding), "one side already"),
    "stride left out": (side_of(stride=lambda **_: 1), "one window a pixel"),
    "same": (
        lambda size, kernel, stride, padding: -(-size // stride),
        "padding='same'",
    ),
    "both sides": (side(lambda number, *_: number**2), "asks for one side"),
    "55": (lambda **_: 55, "Expected"),
    "another formula": (side(lambda number, *_: 7 * number), "Expected"),
    "words": (lambda **_: "55x55", "expected a number"),
    "infinite": (lambda **_: 10**400, "returned inf"),
    "nothing returned": (lambda **_: None, "return missing"),
    "stops": (lambda size, **_: size[0], "stopped with TypeError"),
}


# grouped_conv_weights


def weights(change):
    """Return an answer `change(products of all filters and maps, filters, groups, biases)`."""

    def grouped_conv_weights(kernel, channels, filters, groups, biases):
        return change(kernel**2 * channels * filters, filters, groups, biases)

    return grouped_conv_weights


WEIGHTS = {
    "groups ignored": (weights(lambda w, f, g, b: w + b * f), "each filter reads all maps"),
    "filters split alone": (
        weights(lambda w, f, g, b: g * (w // g + b * (f // g))),
        "where they split the filters alone",
    ),
    "maps split alone": (weights(lambda w, f, g, b: w + b * f * g), "groups split the maps alone"),
    "divided twice": (weights(lambda w, f, g, b: w // g**2 + b * f), "divided twice"),
    "one group": (weights(lambda w, f, g, b: (w // g + b * f) // g), "one group; there are"),
    "biases divided": (weights(lambda w, f, g, b: (w + b * f) // g), "biases are divided"),
    "no biases": (weights(lambda w, f, g, b: w // g), "biases=True each filter has one"),
    "always biases": (weights(lambda w, f, g, b: w // g + f), "biases=False there are none"),
    "one bias": (weights(lambda w, f, g, b: w // g + b), "one bias for the layer"),
    "a bias for each map": (
        lambda kernel, channels, filters, groups, biases: (
            kernel**2 * channels * filters // groups + biases * channels
        ),
        "belongs to a filter",
    ),
    "multiplied": (weights(lambda w, f, g, b: w * g + b * f), "make a layer smaller"),
    "kernel as a line": (
        lambda kernel, channels, filters, groups, biases: (
            kernel * channels * filters // groups + biases * filters
        ),
        "A kernel is a square",
    ),
    "always two groups": (weights(lambda w, f, g, b: w // 2 + b * f), "with two groups"),
    "one filter": (weights(lambda w, f, g, b: w // g // f + b), "one filter; there are"),
    "a bias for each group": (
        weights(lambda w, f, g, b: w // g + b * f * g),
        "one bias, however many groups",
    ),
    "depthwise": (weights(lambda w, f, g, b: w // f + b * f), "Expected|divided twice"),
    "the example": (lambda **_: 180, "Expected"),
    "words": (lambda **_: "many", "expected a number"),
    "stops": (lambda **asked: asked["size"], "stopped with KeyError"),
}


# local_response_normalization


def respond(reach=None, power=2, total=np.sum, divide=None, **fixed):
    """Return an answer with one thing changed.

    Args:
        reach: maps (before, behind) as a function of n.
        power: of the values.
        total: of a window.
        divide: of x, strength, k, alpha and beta.
        fixed: `k`, `alpha` or `beta` as functions of n and of what is asked for.
    """
    reach = reach or (lambda n: (n // 2, n // 2))
    divide = divide or (lambda x, s, k, alpha, beta: x / (k + alpha * s) ** beta)

    def local_response_normalization(x, n, **asked):
        x = x.astype("float64")
        asked |= {key: change(n, asked[key]) for key, change in fixed.items()}
        before, behind = reach(n)
        windows = (
            x[..., max(i - before, 0) : max(i + behind + 1, 0)] ** power for i in range(x.shape[3])
        )
        return divide(x, np.stack([total(w, axis=3) for w in windows], 3), **asked)

    return local_response_normalization


def of_layer(x, n, k, alpha, beta):
    """Compute as the layer of the course does."""
    squares = np.pad(np.square(x), [(0, 0)] * 3 + [(n // 2, n // 2)])
    energy = sum(squares[..., j : j + x.shape[-1]] for j in range(n))
    return x / (k + alpha * energy) ** beta


def moved_inwards(x, n, k, alpha, beta):
    maps, width = x.shape[3], 2 * (n // 2) + 1
    first = [min(max(i - n // 2, 0), max(maps - width, 0)) for i in range(maps)]
    energy = np.stack([(x[..., f : f + width] ** 2).sum(3) for f in first], 3)
    return x / (k + alpha * energy) ** beta


def around(x, n, k, alpha, beta):
    reach = range(-(n // 2), n // 2 + 1)
    energy = sum(np.roll(x**2, j, axis=3) for j in reach)
    return x / (k + alpha * energy) ** beta


def over_pixels(x, n, k, alpha, beta):
    mean = layers.AveragePooling2D(n, 1, "same")(np.pad(x**2, [(0, 0), (n, n), (n, n), (0, 0)]))
    return x / (k + alpha * n * n * np.asarray(mean)[:, n:-n, n:-n]) ** beta


def from_the_end(x, n, k, alpha, beta):
    """Slice as one does who forgets that a negative start counts from the end."""
    reach = n // 2
    energy = [(x[..., i - reach : i + reach + 1] ** 2).sum(3) for i in range(x.shape[3])]
    return x / (k + alpha * np.stack(energy, 3)) ** beta


RESPONSE = {
    "a negative start": (from_the_end, "slice there start below 0"),
    "always five": (respond(lambda n: (2, 2)), "window is that of n = 5"),
    "all maps": (respond(lambda n: (99, 99)), "holds all maps"),
    "over pixels": (over_pixels, "over pixels of one map"),
    "alpha by n": (respond(alpha=lambda n, alpha: alpha / n), "Caffe and PyTorch"),
    "mean": (respond(total=np.mean), "mean of the squares"),
    "n on each side": (respond(lambda n: (n, n)), "depth_radius"),
    "a map too few before": (respond(lambda n: ((n - 1) // 2, n // 2)), "lacks a map at its start"),
    "a map too few behind": (respond(lambda n: (n // 2, (n - 1) // 2)), "lacks a map at its end"),
    "the layer of the course": (of_layer, "lacks a map at its end"),
    "moved inwards": (moved_inwards, "moves inwards"),
    "around": (around, "after the last map comes the first"),
    "up to its own": (respond(lambda n: (n - 1, 0)), "ends with its own"),
    "from its own": (respond(lambda n: (0, n - 1)), "begins with its own"),
    "without itself": (
        respond(divide=lambda x, s, k, alpha, beta: x / (k + alpha * (s - x**2)) ** beta),
        "itself is missing",
    ),
    "not squared": (respond(power=1, beta=lambda n, beta: 1.0), "map 0|map \\d of|as they are"),
    "absolute": (
        respond(total=lambda w, axis: np.abs(np.sqrt(w)).sum(axis=axis)),
        "absolute values",
    ),
    "a root of the sum": (respond(total=np.linalg.norm, power=1), "root of the sum"),
    "no beta": (respond(beta=lambda n, beta: 1.0), "beta is missing"),
    "a square root": (respond(beta=lambda n, beta: 0.5), "square root"),
    "no k": (respond(k=lambda n, k: 0.0), "k is missing"),
    "k one": (respond(k=lambda n, k: 1.0), "k is 1"),
    "alpha squared": (respond(alpha=lambda n, alpha: alpha**2), "alpha is squared"),
    "no alpha": (respond(alpha=lambda n, alpha: 1.0), "alpha is missing"),
    "alpha of all": (
        respond(divide=lambda x, s, k, alpha, beta: x / (alpha * (k + s)) ** beta),
        "multiplies k, too",
    ),
    "multiplied": (
        respond(divide=lambda x, s, k, alpha, beta: x * (k + alpha * s) ** beta),
        "multiplies where it should divide",
    ),
    "with a ReLU": (
        lambda x, **asked: np.maximum(right.response_by_loops(x, **asked), 0),
        "below 0 is lost",
    ),
    "nothing done": (lambda x, **_: x, "is expected for the value"),
    "not a number": (lambda x, **_: x * np.nan, "has nan where"),
    "strength alone": (lambda x, **_: (x**2).sum(3), "the shape stays"),
    "channels first": (
        lambda x, **asked: np.moveaxis(
            right.response_by_loops(np.moveaxis(x, 1, 3), **asked), 3, 1
        ),
        "is expected for the value",
    ),
    "words": (lambda *_, **__: "array", "expected an array of numbers"),
    "nothing returned": (lambda *_, **__: None, "return missing"),
    "stops": (lambda x, **_: x.maps, "stopped with AttributeError"),
}


# alexnet_block


def build(order="mgnp", **changed):
    """Return a block with one thing changed; a capital letter is a convolution without ReLU."""

    def alexnet_block(x, filters, kernel, groups):
        sizes = {"m": (3, 1), "g": (kernel, changed.get("groups", lambda g: g)(groups))}
        sizes |= changed.get("sizes", lambda kernel, groups: {})(kernel, groups)
        for step in order:
            if step == "p":
                x = changed.get("pool", layers.MaxPooling2D(3, 2))(x)
            elif step == "n":
                x = x / changed.get("norm", lambda x: ops.sqrt(1 + mean(x)))(x)
            elif step == "r":
                x = layers.ReLU()(x)
            else:
                side, parts = sizes[step.lower()]
                told = {"padding": "same"} | changed.get("conv", {})
                x = layers.Conv2D(filters, side, groups=parts, **told)(x)
                act = changed.get("activation", "relu")
                x = x if step.isupper() else layers.Activation(act)(x)
        return x

    return alexnet_block


def mean(x):
    return ops.mean(x * x, axis=-1, keepdims=True)


def counted_off(x, filters, kernel, groups):
    """Deal the maps out one by one."""
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    parts = [
        layers.Conv2D(filters // groups, kernel, padding="same", activation="relu")(
            x[..., i::groups]
        )
        for i in range(groups)
    ]
    return layers.MaxPooling2D(3, 2)(right.Strength()(ops.concatenate(parts, 3)))


def norm_of_groups(x, filters, kernel, groups):
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    x = layers.Conv2D(filters, kernel, padding="same", groups=groups, activation="relu")(x)
    parts = [part / ops.sqrt(1 + mean(part)) for part in ops.split(x, groups, 3)]
    return layers.MaxPooling2D(3, 2)(ops.concatenate(parts, 3))


BLOCK = {
    "normalized before ReLU": (build("mGnrp"), "between the grouped convolution and its ReLU"),
    "no normalization": (build("mgp"), "normalization is missing"),
    "no pooling": (build("mgn"), "pooling is missing"),
    "no ReLU": (build("MGnp"), "both ReLUs"),
    "first ReLU missing": (build("Mgnp"), "no ReLU follows the 3x3"),
    "second ReLU missing": (build("mGnp"), "no ReLU follows the grouped"),
    "normalized last": (build("mgpn"), "Here it is the 3x3 convolution, then the grouped"),
    "pooled first": (build("pmgn"), "order is the pooling, then the 3x3"),
    "as in the paper": (build("mnpg"), "order is the 3x3 convolution, then the normalization"),
    "grouped first": (build("gmnp"), "order is the grouped"),
    "no groups": (build(groups=lambda g: 1), "no convolution has groups"),
    "both grouped": (build(sizes=lambda k, g: {"m": (3, g)}), "both convolutions have groups"),
    "other grouped": (
        build(sizes=lambda k, g: {"m": (3, g), "g": (k, 1)}),
        "wrong convolution has the groups",
    ),
    "always two groups": (build(groups=lambda g: 2), "always two groups"),
    "counted off": (counted_off, "counting off"),
    "sides changed": (
        build(sizes=lambda k, g: {"m": (k, 1), "g": (3, g)}),
        "kernels have changed places",
    ),
    "no biases": (build(conv={"use_bias": False}), "no biases"),
    "unpadded": (build(conv={"padding": "valid"}), "convolutions are not padded"),
    "mean": (build(pool=layers.AveragePooling2D(3, 2)), "averages the windows"),
    "2x2": (build(pool=layers.MaxPooling2D(2)), "overlap"),
    "3x3 side by side": (build(pool=layers.MaxPooling2D(3)), "three pixels apart"),
    "padded pooling": (build(pool=layers.MaxPooling2D(3, 2, "same")), "pooling is padded"),
    "a window a pixel": (build(pool=layers.MaxPooling2D(3, 1)), "one pixel apart"),
    "sum of squares": (
        build(norm=lambda x: ops.sqrt(1 + mean(x) * x.shape[3])),
        "adds the squares up",
    ),
    "no root": (build(norm=lambda x: 1 + mean(x)), "root is missing"),
    "one outside of the root": (build(norm=lambda x: 1 + ops.sqrt(mean(x))), "outside of the root"),
    "squared mean": (
        build(norm=lambda x: ops.sqrt(1 + ops.mean(x, -1, keepdims=True) ** 2)),
        "squares the mean",
    ),
    "of a group": (norm_of_groups, "maps of one group"),
    "of a map": (
        build(norm=lambda x: ops.sqrt(1 + ops.mean(x * x, (1, 2), keepdims=True))),
        "mean over pixels",
    ),
    "of all": (
        build(norm=lambda x: ops.sqrt(1 + ops.mean(x * x, (1, 2, 3), keepdims=True))),
        "one mean for the whole image",
    ),
    "a small constant": (
        build(norm=lambda x: ops.sqrt(0.1 + mean(x))),
        "other values: look at the order of the steps",
    ),
    "batch normalization": (build("mgp", pool=layers.BatchNormalization()), "maps .*; expected"),
    "gelu": (build(activation="gelu"), "activation other than ReLU"),
    "leaky": (build(activation="leaky_relu"), "activation other than ReLU"),
    "tanh": (build(activation="tanh"), "other values"),
    "dropout": (
        lambda x, **sizes: layers.Dropout(0.5)(right.block_by_ops(x, **sizes)),
        "other values",
    ),
    "a shape": (lambda x, **_: x.shape, "expected the Keras tensor"),
    "one name twice": (
        lambda x, filters, **_: keras.Sequential([layers.Conv2D(filters, 3, name="c")])(
            layers.Conv2D(filters, 3, name="c")(x)
        ),
        "maps .*; expected|same name",
    ),
    "stops": (lambda x, **_: x.maps, "stopped with AttributeError"),
}


# diagnosis

table = partial(differing, right.TABLE)
DIAGNOSIS = {
    "sound": (table(a=("nothing", "none")), "Something is wrong"),
    "suspicious": (table(d=("no groups", "more weights")), "Here they have groups or halves"),
    "the other windows": (
        table(f=("pooling without overlap", "none")),
        "Something follows",
    ),
    "a word": (table(b="normalization before relu"), "Expected a pair"),
    "another word": (table(c=("groups", "halves never meet")), "'groups' is not one of"),
    "turned around": (table(e=right.TABLE["e"][::-1]), "is not one of"),
}

WRONG = {
    "conv_output_size": SIZE,
    "grouped_conv_weights": WEIGHTS,
    "local_response_normalization": RESPONSE,
    "alexnet_block": BLOCK,
    "diagnosis": DIAGNOSIS,
}

# What the course itself has: wrong in every variant, since each asks for something else.


def course_block(x, filters, kernel, groups):
    """Return the course's stage 2 and the first convolution of its stage 3."""
    x = conv_relu(x, filters, kernel, groups=groups, name="stage2")
    x = layers.MaxPooling2D(3, 2)(LocalResponseNormalization()(x))
    return conv_relu(x, filters, 3, name="stage3_block1")


OF_COURSE = {
    "local_response_normalization": [of_layer],
    "alexnet_block": [course_block],
}
BETWEEN = {
    ("local_response_normalization", "middle", "before"): "lies around its map. Here .* end",
    ("local_response_normalization", "before", "middle"): "ends with its own map. Here",
    ("local_response_normalization", "middle", "mean"): "takes the sum of the squares",
    ("local_response_normalization", "mean", "middle"): "takes the mean of the squares",
    ("alexnet_block", "end", "early"): "order is the 3x3 .* Here it is the pooling, then",
    ("alexnet_block", "early", "end"): "order is the pooling, .* Here it is the 3x3",
    ("alexnet_block", "end", "front"): "Here it is the normalization, then the pooling",
    ("alexnet_block", "front", "early"): "order is the normalization, then the pooling",
}
EQUIVALENT = {  # where there are variants, patterns of the variant and the name
    "local_response_normalization": {
        r"\w+ order: `before = .*` after `behind = .*": "neither reads the other",
        r"\w+ order: `behind = .*` after `found = .*": "neither reads the other",
        r"\w+ arguments: `max\(i - before, 0\)` -> .*": "the larger of two has no order",
        r"(middle|mean) name: `before` -> `behind`": "there are as many on both sides",
        r"before operator: `i \+ behind` -> `i - behind`": "there are none behind",
    },
}
