"""Wrong answers to the question that asks for a whole LeNet, in each variant."""

from functools import wraps

import keras
from keras import layers, ops

from tests.checks.lenet_bank import nothing, stopping
from tests.checks.lenet_right import Affine, lenet_with_dense_c5


def net(**changed):
    """Return a `small_lenet` with one thing changed; see the words below."""

    def small_lenet(image, *, maps, units, classes, activation, halving):
        halving = changed.get("halving", lambda h: h)(halving)
        squash = changed.get("activation", activation)
        x = image
        for i in (0, 1):
            x = stage(x, i, maps[i], squash, halving)
        x = changed.get("before_c5", lambda y: y)(x)
        kernel = changed.get("c5", lambda y: y.shape[1])(x)
        x = layers.Conv2D(maps[2], kernel, use_bias=changed.get("bias") != 2)(x)
        x = x if changed.get("plain") == 2 else layers.Activation(squash)(x)
        x = changed.get("flatten", layers.Flatten())(x)
        x = layers.Dense(units, use_bias=changed.get("bias") != 3)(x)
        x = x if changed.get("plain") == 3 else layers.Activation(squash)(x)
        x = layers.Dropout(changed.get("dropout", 0))(x)
        return layers.Dense(classes, changed.get("last"), use_bias=changed.get("bias") != 4)(x)

    def stage(x, i, filters, squash, halving):
        step = 2 if halving == "stride" and i not in changed.get("unhalved", ()) else 1
        x = layers.Conv2D(
            filters,
            changed.get("kernel", 5),
            strides=step,
            padding=changed.get("padding", "valid"),
            use_bias=changed.get("bias") != i,
        )(x)
        steps = [layers.Activation(squash)] if changed.get("plain") != i else []
        steps += [changed["extra"]()] if "extra" in changed else []
        if halving in ("average", "max") and i not in changed.get("unhalved", ()):
            kind = layers.MaxPooling2D if halving == "max" else layers.AveragePooling2D
            steps.append(kind(changed.get("window", 2), 2, changed.get("pooled", "valid")))
        if halving == "stride" and changed.get("twice"):
            steps.append(layers.AveragePooling2D(2))
        for layer in reversed(steps) if changed.get("late") else steps:
            x = layer(x)
        return x

    return small_lenet


def given(**fixed):
    """Return a `small_lenet` that does not read an argument."""

    def small_lenet(image, **sizes):
        return lenet_with_dense_c5(image, **sizes | fixed)

    return small_lenet


def with_maps(change):
    """Return a `small_lenet` with other maps than those asked for."""

    def small_lenet(image, *, maps, **sizes):
        return lenet_with_dense_c5(image, maps=change(maps), **sizes)

    return small_lenet


def for_pooled_sides(image, **sizes):
    """Compute the side that C5 meets by a formula that is right where a pooling halves."""
    return net(c5=lambda _: image.shape[1] // 4 - 3)(image, **sizes)


class TilesOfTwo(layers.Layer):
    """Takes the mean of 2x2 tiles by a change of shape that knows even sides only."""

    def call(self, x):
        rows, columns = (n // 2 for n in x.shape[1:3])
        return ops.mean(ops.reshape(x, (-1, rows, 2, columns, 2, x.shape[3])), axis=(2, 4))


def by_tiles(image, *, halving, **sizes):
    """Halve by tiles where the average is asked for."""
    if halving != "average":
        return lenet_with_dense_c5(image, halving=halving, **sizes)
    return net(extra=TilesOfTwo, halving=lambda _: "none")(image, halving=halving, **sizes)


def without_c5(image, *, maps, units, classes, activation, halving):
    short = {"maps": (maps[0], maps[1], units), "units": classes, "classes": classes}
    return lenet_with_dense_c5(image, **short, activation=activation, halving=halving)


@wraps(lenet_with_dense_c5)
def for_5x5_maps(image, **sizes):
    return net(c5=lambda _: 5)(image, **sizes)


SMALL_LENET = (
    (net(padding="same"), "nothing is padded"),
    (net(c5=lambda _: 5), "C5 must leave one position"),
    (net(c5=lambda _: 1), "C5 must leave one position"),
    (for_5x5_maps, "C5 must leave one position"),
    (net(before_c5=lambda x: ops.mean(x, (1, 2), keepdims=True)), "C5 covers what"),
    (net(unhalved=(1,)), "both stages halve"),
    (net(unhalved=(0, 1)), "both stages halve"),
    (net(kernel=3), "5x5 kernel"),
    (net(bias=0), "the first convolution has no bias"),
    (net(bias=1), "the second convolution has no bias"),
    (net(bias=2), "C5 has no bias"),
    (net(bias=3), "F6 has no bias"),
    (net(bias=4), "the output has no bias"),
    (net(plain=0), "after the first convolution is missing"),
    (net(plain=1), "after the second convolution is missing"),
    (net(plain=2), "after C5 is missing"),
    (net(plain=3), "after F6 is missing"),
    (net(late=True), "comes after average pooling"),
    (net(last="softmax"), "returns probabilities"),
    (net(last="tanh"), "the output has an activation"),
    (net(last=lambda logits: logits * float("nan")), "right weights but other outputs"),
    (net(activation="tanh"), "tanh, whatever"),
    (net(activation="relu"), "relu, whatever"),
    (net(activation="sigmoid"), "right weights but other outputs"),
    (net(activation="linear"), "right weights but other outputs"),
    (net(halving=lambda _: "max"), "halves with max pooling"),
    (net(halving=lambda _: "average"), "halves with average pooling"),
    (net(halving=lambda _: "stride"), "halves with a stride of 2"),
    (net(halving=lambda h: "max" if h == "stride" else h), "halves with max pooling"),
    (net(extra=Affine), "not asked for.*pooling has none"),
    (net(extra=layers.BatchNormalization), "not asked for"),
    (net(extra=lambda: layers.Dropout(0.3)), "random in training"),
    (net(dropout=0.5), "random in training"),
    (net(window=3), "one unit of C5 reads 75 .* expected 108|C5 covers what"),
    (net(flatten=lambda x: x), r"gives \(1, 1, \d+\).*flatten"),
    (net(flatten=lambda x: ops.max(x, (1, 2)), c5=lambda _: 5), "C5 covers what"),
    (without_c5, r"no layer with \d+ units: does C5 use `maps\[2\]`"),
    (net(pooled="same"), "nothing is padded"),
    (for_pooled_sides, "39.* C5 must leave one position"),
    (by_tiles, "stopped with|cannot run"),
    (net(twice=True), "stride.*each stage halves once"),
    (with_maps(lambda maps: (6, 16, 120)), r"no layer with \d+ units: .* first .* `maps\[0\]`"),
    (with_maps(lambda maps: (*maps[:2], 120)), r"no layer with .* does C5 use `maps\[2\]`"),
    (with_maps(lambda maps: (maps[1], maps[0], maps[2])), "reads .* expected"),
    (given(units=84), "no layer with .* does F6 use `units`"),
    (given(classes=20), r"gives \(20,\) for an image"),
    (lambda image, **_: image, r"gives \(38, 38, 1\)"),
    (lambda image, **_: keras.Model(image, image), "returned Functional; expected the Keras"),
    (nothing, "is a return missing"),
    (stopping, "stopped with KeyError"),
)


def ending(*, slides=False, scales=False, **changed):
    """Return a `small_lenet` that ends as a variant does, but for one thing."""
    one = changed.get("one", layers.GlobalAveragePooling2D)

    def small_lenet(image, *, maps, units, classes, activation, halving):
        stages = [image]
        for i in (0, 1):
            x = layers.Conv2D(
                maps[i],
                5,
                strides=2 if halving == "stride" and i not in changed.get("unhalved", ()) else 1,
                padding=changed.get("padding", "valid"),
                activation=activation,
            )(stages[-1])
            whole = x
            if halving != "stride" and i not in changed.get("unhalved", ()):
                kind = layers.MaxPooling2D if halving == "max" else layers.AveragePooling2D
                x = kind(2)(x)
            stages.append(x)
            stages[0] = whole if i == 0 else stages[0]
        side = changed.get("c5", 5 if slides else x.shape[1])
        padding = changed.get("padding", "valid") if slides else "valid"
        x = layers.Conv2D(maps[2], side, padding=padding)(x)
        if changed.get("late"):
            x = layers.Activation(activation)(one()(x))
        else:
            x = (one if slides else layers.Flatten)()(layers.Activation(activation)(x))
        if scales:
            x = layers.Concatenate()(
                [x, changed.get("other", one)()(stages[not changed.get("whole")])]
            )
        x = layers.Dense(units, activation=activation)(x)
        return layers.Dense(classes, changed.get("last"))(x)

    return small_lenet


LARGEST = {"one": layers.GlobalMaxPooling2D}
SLIDE = (
    (lenet_with_dense_c5, "C5 reads .* C5 has 5x5 kernels here"),
    (ending(slides=True, c5=3), "C5 has 5x5 kernels here"),
    (ending(slides=True, one=layers.Flatten), "F6 reads the mean of each map of C5 over its"),
    (ending(slides=True, **LARGEST), "reads the largest value of a map; the mean"),
    (ending(slides=True, late=True), "before the activation of C5"),
    (ending(slides=True, padding="same"), "nothing is padded"),
    (ending(slides=True, unhalved=(0,)), "the first stage does not halve"),
    (ending(slides=True, unhalved=(1,)), "the second stage does not halve"),
    (ending(slides=True, unhalved=(0, 1)), "right weights but other outputs"),
    (ending(slides=True, scales=True), "it reads C5 alone|F6 reads the mean of each map of C5"),
    (ending(scales=True), "it reads C5 alone|F6 reads the mean of each map of C5"),
    (ending(slides=True, last="softmax"), "returns probabilities"),
    (net(plain=0, c5=lambda _: 5, flatten=layers.GlobalAveragePooling2D()), "first .* is missing"),
)
SCALES = (
    (lenet_with_dense_c5, "F6 reads C5, which leaves one position, and the mean"),
    (ending(slides=True), "F6 reads C5, which leaves one position, and the mean"),
    (ending(scales=True, other=layers.GlobalMaxPooling2D), "largest value of a map; the mean"),
    (ending(scales=True, other=layers.Flatten), "F6 reads C5, which leaves one position, and"),
    (ending(scales=True, whole=True), "before the first stage halves"),
    (ending(scales=True, unhalved=(1,)), "both stages halve"),
    (ending(scales=True, padding="same"), "nothing is padded"),
    (ending(scales=True, last="softmax"), "returns probabilities"),
)
SMALL_LENET += (  # right in another variant
    (ending(slides=True), "each stage halves once .* and C5 covers what is left"),
    (ending(scales=True), "F6 reads .* it reads C5 alone"),
)
