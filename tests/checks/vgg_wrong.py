"""Wrong answers to the questions of the vgg exercises, and what each must be told."""

from functools import partial

import keras
from keras import layers

from course_lib.nets.layers import conv_relu
from tests.checks import vgg_right as right
from tests.checks.bank_pieces import differing

# equivalent_stack


def widest(cost, budget=lambda k, c: k**2 * c**2):
    """Return an answer that takes another cost, `cost(width, layers, channels)`, or budget."""

    def equivalent_stack(kernel, channels):
        width = 1
        while cost(width, kernel // 2, channels) <= budget(kernel, channels):
            width += 1
        return width - 1

    return equivalent_stack


def chain(width, count, channels):
    return 9 * width * (2 * channels + (count - 2) * width)


def layers_are(count):
    """Return an answer with another number of layers, `count(kernel)`."""

    def equivalent_stack(kernel, channels):
        return widest(lambda m, _, c: chain(m, count(kernel), c))(kernel, channels)

    return equivalent_stack


WIDTH = {
    "a layer too many": (layers_are(lambda kernel: kernel // 2 + 1), "a layer more"),
    "a layer too few": (layers_are(lambda kernel: max(kernel // 2 - 1, 2)), "sees less than"),
    "windows side by side": (layers_are(lambda kernel: -(-kernel // 3)), "overlap"),
    "too dear": (
        lambda kernel, channels: right.width_by_formula(kernel, channels) + 1,
        "costs more than the one layer",
    ),
    "the same channels": (lambda kernel, channels: channels, "make it wider"),
    "every layer m to m": (widest(lambda m, n, c: 9 * n * m * m), "every layer reads m"),
    "one end of m": (
        widest(lambda m, n, c: 9 * m * (c + (n - 1) * m)),
        "one end of the stack has m",
    ),
    "no layer m to m": (widest(lambda m, n, c: 9 * n * c * m), "on one of its sides"),
    "middle left out": (widest(lambda m, n, c: 18 * c * m), "left out of the sum"),
    "kernel as a line": (
        widest(lambda m, n, c: chain(m, n, c) // 3),
        "nine weights, not three",
    ),
    "kernel left out": (widest(lambda m, n, c: chain(m, n, c) // 9), "nine for a pair"),
    "one layer as a line": (widest(chain, lambda k, c: k * c**2), "one layer is a square"),
    "one filter": (widest(chain, lambda k, c: k**2 * c), "for each pair of channels"),
    "biases": (
        widest(
            lambda m, n, c: chain(m, n, c) + (n - 1) * m + c,
            lambda k, c: k**2 * c**2 + c,
        ),
        "Biases are counted|Expected",
    ),
    "no weights left": (
        widest(lambda m, n, c: chain(m, n, c) + 1),
        "exactly as much as the one layer",
    ),
    "the layers": (lambda kernel, channels: kernel // 2, "how many layers the stack has"),
    "a fraction": (
        lambda kernel, channels: 25 * channels / 18 if kernel == 5 else 0,
        "a wider one does",
    ),
    "the example": (lambda **_: 50, "Expected"),
    "words": (lambda **_: "wide", "expected a number"),
    "nothing returned": (lambda **_: None, "return missing"),
    "stops": (lambda kernel, **_: kernel[0], "stopped with TypeError"),
}


# stack_receptive_field


def walk(change=lambda layer: layer, order=lambda layers: layers[::-1], end=None):
    """Return an answer that changes layers, the order of the walk, or what comes of it."""

    def stack_receptive_field(layers, unit):
        first = last = unit
        for _, side, stride, padding in map(change, order(layers)):
            first = first * stride - padding
            last = last * stride - padding + side - 1
        return end(first, last) if end else (first, last)

    return stack_receptive_field


def of_kind(kind, change):
    """Return what changes the layers of one kind."""
    return lambda layer: change(*layer) if layer[0] == kind else layer


def whole_windows(layers, unit):
    first = last = unit
    for _, side, stride, padding in layers[::-1]:
        first, last = first * stride - padding, last * stride - padding + side
    return first, last


def from_the_image(early=False, zeros=False, unscaled=False):
    """Return an answer that walks from the image, with some of three mistakes."""

    def stack_receptive_field(layers, unit):
        first, size, apart = 0, 1, 1
        for _, side, stride, padding in layers:
            apart *= stride if early else 1
            first -= padding if zeros else padding * apart
            size += (side - 1) * apart
            apart *= 1 if early else stride
        first += unit if unscaled else unit * apart
        return first, first + size - 1

    return stack_receptive_field


def of_the_first_window(layers, unit):
    first = last = unit
    for _, side, stride, padding in layers[::-1]:
        first = first * stride - padding
        last = first + side - 1
    return first, last


FIELD = {
    "own stride": (from_the_image(early=True), "spreads the layers behind it"),
    "padding unscaled": (from_the_image(zeros=True), "padding grows with the strides"),
    "unit unscaled": (from_the_image(unscaled=True), "as if they lay one row apart"),
    "one window": (of_the_first_window, "last window of the stretch"),
    "strides ignored": (walk(lambda layer: (*layer[:2], 1, layer[3])), "strides .*are left out"),
    "poolings ignored": (
        walk(order=lambda layers: [layer for layer in layers[::-1] if layer[0] == "conv"]),
        "poolings are left out",
    ),
    "strides of poolings ignored": (
        walk(of_kind("pool", lambda kind, side, stride, padding: (kind, side, 1, padding))),
        "strides of the poolings",
    ),
    "strides of convolutions ignored": (
        walk(of_kind("conv", lambda kind, side, stride, padding: (kind, side, 1, padding))),
        "strides of the convolutions",
    ),
    "windows of poolings ignored": (
        walk(of_kind("pool", lambda kind, side, stride, padding: (kind, 1, stride, padding))),
        "sees all rows of its window",
    ),
    "padding ignored": (walk(lambda layer: (*layer[:3], 0)), "padding is left out"),
    "padding twice": (walk(lambda layer: (*layer[:3], 2 * layer[3])), "counts twice"),
    "padding the other way": (walk(lambda layer: (*layer[:3], -layer[3])), "to the front"),
    "from the image": (walk(order=lambda layers: layers), "walk begins at the image"),
    "whole windows": (whole_windows, "one too far for each layer"),
    "the first unit": (
        lambda layers, unit: right.rows_by_recursion(layers, 0),
        "unit is left out",
    ),
    "counted from one": (
        lambda layers, unit: right.rows_by_recursion(layers, unit - 1),
        "counted from 0",
    ),
    "zeros cut off": (walk(end=lambda first, last: (max(first, 0), last)), "below 0"),
    "one beyond": (walk(end=lambda first, last: (first, last + 1)), "behind the field"),
    "first and size": (walk(end=lambda first, last: (first, last - first + 1)), "how many rows"),
    "turned round": (walk(end=lambda first, last: (last, first)), "first row comes first"),
    "the size": (walk(end=lambda first, last: last - first + 1), "Expected a pair"),
    "three numbers": (walk(end=lambda first, last: (first, last, 1)), "Expected a pair"),
    "other numbers": (walk(end=lambda first, last: (first - 7, last)), r"Expected \(-3, 3\)"),
    "words": (lambda **_: ("first", "last"), "Expected two numbers"),
    "nothing returned": (lambda **_: None, "return missing"),
    "stops": (lambda layers, **_: layers.first, "stopped with AttributeError"),
}


# small_vgg


def build(order="cmp", **changed):
    """Return a net with one thing changed; a capital letter is a convolution without ReLU."""

    def small_vgg(x, stages):
        told = {"padding": "same"} | changed.get("conv", {})
        widths = changed.get("widths", lambda widths: widths)([width for _, width in stages])
        for number, (convolutions, _) in enumerate(stages):
            for step in changed.get("steps", lambda n, stages: order)(number, stages):
                if step == "p":
                    x = changed.get("pool", layers.MaxPooling2D)(2)(x)
                    continue
                wide = changed.get("count", lambda n: n)(convolutions)
                sides = [changed.get("mix", 1)] if step in "mM" else [3] * wide
                for side in sides:
                    x = layers.Conv2D(widths[number], side, **told)(x)
                    act = changed.get("activation", "relu")
                    x = x if step.isupper() else layers.Activation(act)(x)
        return x

    return small_vgg


def last(inside, outside):
    """Return an order of steps for the last stage, and one for the others."""
    return lambda number, stages: inside if number == len(stages) - 1 else outside


def one_relu(x, stages):
    for convolutions, filters in stages:
        for _ in range(convolutions):
            x = layers.Conv2D(filters, 3, padding="same")(x)
        x = layers.Conv2D(filters, 1, activation="relu")(layers.ReLU()(x))
        x = layers.MaxPooling2D()(x)
    return x


def strided(x, stages):
    for convolutions, filters in stages:
        for i in range(convolutions):
            step = 2 if i == convolutions - 1 else 1
            x = layers.Conv2D(filters, 3, step, "same", activation="relu")(x)
        x = layers.Conv2D(filters, 1, activation="relu")(x)
    return x


def mixed_between(x, stages):
    for convolutions, filters in stages:
        for _ in range(convolutions):
            x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
            x = layers.Conv2D(filters, 1, activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    return x


NET = {
    "1x1 behind each 3x3": (mixed_between, "one in all"),
    "no 1x1": (build("cp"), "1x1 convolution is missing"),
    "1x1 in the last stage": (build(steps=last("cmp", "cp")), "last stage alone has a 1x1|1x1"),
    "1x1 first": (build("mcp"), "is the 1x1 convolution, then the 3x3"),
    "pooled first": (build("pcm"), "is the pooling, then the 3x3"),
    "pooled in between": (build("cpm"), "is the 3x3 convolutions, then the pooling"),
    "no pooling": (build("cm"), "pooling is missing"),
    "last pooling missing": (build(steps=last("cm", "cmp")), "last stage has no pooling|missing"),
    "one pooling": (build(steps=last("cmp", "cm")), "one pooling in all|1x1"),
    "1x1 as 3x3": (build(mix=3), "has 3x3 kernels"),
    "one 3x3": (build(count=lambda n: 1), "says how many it has"),
    "a 3x3 too many": (build(count=lambda n: n + 1), "a 3x3 convolution too many"),
    "1x1 counted": (build(count=lambda n: n - 1), "too few|says how many|3x3 .* missing"),
    "doubled": (
        build(widths=lambda widths: [widths[0] * 2**i for i in range(len(widths))]),
        "twice the filters",
    ),
    "first width": (build(widths=lambda widths: widths[:1] * len(widths)), "filters of the first"),
    "no ReLU": (build("CMp"), "ReLUs are missing"),
    "no ReLU behind 3x3": (build("Cmp"), "no ReLU follows the 3x3"),
    "no ReLU behind 1x1": (build("cMp"), "no ReLU follows the 1x1"),
    "one ReLU": (one_relu, "one ReLU follows all"),
    "no biases": (build(conv={"use_bias": False}), "no biases"),
    "unpadded": (build(conv={"padding": "valid"}), "not padded"),
    "strided": (strided, "stride of 2 is in the place"),
    "mean": (build(pool=layers.AveragePooling2D), "averages the windows"),
    "3x3 windows": (build(pool=lambda _: layers.MaxPooling2D(3, 2)), "3x3 pixels"),
    "padded pooling": (build(pool=lambda _: layers.MaxPooling2D(2, 2, "same")), "is padded"),
    "a window a pixel": (build(pool=lambda _: layers.MaxPooling2D(2, 1)), "one pixel apart"),
    "gelu": (build(activation="gelu"), "activation other than ReLU"),
    "leaky": (build(activation="leaky_relu"), "activation other than ReLU"),
    "tanh": (build(activation="tanh"), "other values"),
    "dropout": (lambda x, stages: layers.Dropout(0.5)(right.net_by_ops(x, stages)), "other values"),
    "normalized": (
        lambda x, stages: layers.BatchNormalization()(right.net_by_ops(x, stages)),
        "other weights than asked for",
    ),
    "flat": (
        lambda x, stages: layers.Flatten()(right.net_by_ops(x, stages)),
        "flattened",
    ),
    "a shape": (lambda x, stages: x.shape, "expected the Keras tensor"),
    "one name twice": (
        lambda x, stages: keras.Sequential([layers.Conv2D(6, 3, name="c")])(
            layers.Conv2D(6, 3, name="c")(x)
        ),
        "maps .*; expected|same name",
    ),
    "stops": (lambda x, stages: x.maps, "stopped with AttributeError"),
}


# diagnosis

table = partial(differing, right.TABLE)
DIAGNOSIS = {
    "sound": (table(a=("nothing", "none")), "Something is wrong"),
    "suspicious": (table(d=("too few classes", "none")), "puts out 1000 values"),
    "the weights alone": (table(f=("doubled again", "none")), "Something follows"),
    "it runs": (table(b=("no shape", "none")), "Something follows"),
    "no dropout counts": (table(e=("no dropout", "fewer weights")), "as many weights"),
    "a word": (table(b="no shape"), "Expected a pair"),
    "another word": (table(c=("classes", "fewer weights")), "'classes' is not one of"),
    "turned around": (table(e=right.TABLE["e"][::-1]), "is not one of"),
}

WRONG = {
    "equivalent_stack": WIDTH,
    "stack_receptive_field": FIELD,
    "small_vgg": NET,
    "diagnosis": DIAGNOSIS,
}

# What the course itself has: wrong in every variant, since each asks for something else.


def course_vgg(x, stages, last=3):
    """Return the course's stages; where `last` is 1, with C's end of a stage."""
    for stage, (convolutions, filters) in enumerate(stages, start=1):
        sides = [3] * (convolutions - (last == 1)) + [1] * (last == 1)
        for i, side in enumerate(sides, start=1):
            x = conv_relu(x, filters, side, name=f"stage{stage}_block{i}")
        x = layers.MaxPooling2D(2)(x)
    return x


OF_COURSE = {"small_vgg": [course_vgg, partial(course_vgg, last=1)]}
BETWEEN = {
    ("small_vgg", "end", "front"): "is the 3x3 .* Here it is the 1x1 convolution, then the 3x3",
    ("small_vgg", "front", "end"): "is the 1x1 .* Here it is the 3x3 convolutions, then the 1x1",
    ("small_vgg", "end", "pooled"): "is the 3x3 .* Here it is the pooling, then the 3x3",
    ("small_vgg", "pooled", "front"): "order is the pooling, then the 3x3",
}
EQUIVALENT = {  # where there are variants, patterns of the variant and the name
    "equivalent_stack": {
        "order: `count = kernel // 2` after `budget = (kernel * channels) ** 2`": (
            "neither reads the other"
        ),
        "order: `budget = (kernel * channels) ** 2` after `widths = range(1, kernel * channels)`": (
            "neither reads the other"
        ),
    },
    "stack_receptive_field": {
        "order: `first = first * stride - padding` after "
        "`last = last * stride - padding + side - 1`": "neither reads the other",
    },
    "small_vgg": {
        r"\w+ order: `if step == 'p':` after `sides = .*": "the pooling reads no sides",
    },
}
