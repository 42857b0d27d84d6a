"""Wrong answers to the question on the subsampling of S2, in each variant."""

import keras
import numpy as np
from keras import layers, ops

from tests.checks.lenet_bank import nothing, stopping
from tests.checks.lenet_right import Affine


class Weighted(layers.Layer):
    """`rule(layer, x)` of a tensor, with weights `a` and `b` of given shapes."""

    def __init__(self, rule, a=None, b=None):
        super().__init__()
        self.rule, self.shapes = rule, (a, b)

    def build(self, shape):
        maps = (shape[-1],)
        pixels = (1, *shape[1:])
        sizes = {"map": maps, "pixel": pixels, "one": (1,), "few": (3, *maps)}
        a, b = self.shapes
        self.a = self.add_weight(shape=sizes[a], initializer="ones") if a else None
        self.b = self.add_weight(shape=sizes[b], initializer="zeros") if b else None

    def call(self, x):
        return self.rule(self, x)


def scale(layer, x):
    return x * layer.a + layer.b


def pooled(x, window, stride):
    return layers.Rescaling(window**2)(layers.AveragePooling2D(window, stride)(x))


def on_sums(layer):
    """Return a `subsampling` that applies `layer()` to the sums, then the activation."""

    def subsampling(x, *, window, stride, activation):
        return layers.Activation(activation)(layer()(pooled(x, window, stride)))

    return subsampling


def with_pool(pool):
    """Return a `subsampling` with another tensor of windows, `pool(x, window, stride)`."""

    def subsampling(x, *, window, stride, activation):
        return layers.Activation(activation)(Affine()(pool(x, window, stride)))

    return subsampling


def squashed_first(x, *, window, stride, activation):
    return Affine()(layers.Activation(activation)(pooled(x, window, stride)))


def squashed_twice(x, *, window, stride, activation):
    squash = keras.activations.get(activation)
    return squash(squash(Affine()(pooled(x, window, stride))))


def squashed_before_pooling(x, *, window, stride, activation):
    return Affine()(pooled(layers.Activation(activation)(x), window, stride))


def never_squashed(x, *, window, stride, activation):
    return Affine()(pooled(x, window, stride))


def always_tanh(x, *, window, stride, activation):
    return ops.tanh(Affine()(pooled(x, window, stride)))


def layer_not_tensor(x, *, window, stride, activation):
    return layers.AveragePooling2D(window, stride)


def padded(x, window, stride):
    total = layers.AveragePooling2D(window, stride, padding="same")(x)
    return layers.Rescaling(window**2)(total)


def depthwise(x, *, window, stride, activation):
    return layers.DepthwiseConv2D(window, stride, activation=activation)(x)


def dropped(x, *, window, stride, activation):
    kept = layers.Dropout(0.5)(pooled(x, window, stride))
    return layers.Activation(activation)(Affine()(kept))


SUBSAMPLING = (
    (on_sums(lambda: layers.Activation("linear")), "average pooling alone"),
    (on_sums(lambda: Weighted(lambda w, x: x * w.a, "map")), "one weight a map"),
    (on_sums(lambda: Weighted(lambda w, x: x + w.b, None, "map")), "one weight a map"),
    (on_sums(lambda: Weighted(scale, "pixel", "pixel")), "a coefficient and a bias for each pixel"),
    (on_sums(lambda: Weighted(scale, "pixel", "map")), "a coefficient for each pixel"),
    (on_sums(lambda: Weighted(scale, "one", "one")), "each map has its own pair"),
    (on_sums(lambda: Weighted(lambda w, x: x * w.a[0] + w.b, "few", "map")), "expected two a map"),
    (
        on_sums(lambda: Weighted(lambda w, x: (x + w.b) * w.a, "map", "map")),
        "multiplies the bias too",
    ),
    (on_sums(lambda: Weighted(lambda w, x: x * w.a * w.a + w.b, "map", "map")), "other numbers"),
    (
        on_sums(lambda: Weighted(lambda w, x: x * ops.mean(w.a) + w.b, "map", "map")),
        "other numbers",
    ),
    (on_sums(layers.BatchNormalization), "batch normalization"),
    (on_sums(lambda: layers.Conv2D(4, 1)), "maps|expected two a map"),
    (on_sums(lambda: Weighted(lambda w, x: x * ops.abs(w.a) + w.b, "map", "map")), "other numbers"),
    (
        on_sums(lambda: Weighted(lambda w, x: x * ops.relu(w.a) + w.b, "map", "map")),
        "other numbers",
    ),
    (on_sums(lambda: Weighted(lambda w, x: x * w.a + ops.abs(w.b), "map", "map")), "other numbers"),
    (on_sums(lambda: Weighted(lambda w, x: 0 * x * w.a + w.b, "map", "map")), "other numbers"),
    (depthwise, "a coefficient for each pixel of the window"),
    (
        with_pool(lambda x, w, s: layers.Rescaling(4)(layers.AveragePooling2D(w, s)(x))),
        "window=3.*mean times 4, not times window",
    ),
    (
        with_pool(lambda x, w, s: layers.Rescaling(w)(layers.AveragePooling2D(w, s)(x))),
        "mean times window, not times window",
    ),
    (with_pool(lambda x, w, s: layers.AveragePooling2D(w, s)(x)), "multiplies the mean"),
    (with_pool(lambda x, w, s: layers.MaxPooling2D(w, s)(x)), "max pooling"),
    (with_pool(padded), "nothing is padded"),
    (with_pool(lambda x, w, _: pooled(x, w, w)), "maps .* expected"),
    (with_pool(lambda x, _, s: pooled(x, s, s)), "expected|must be the sum of its window"),
    (with_pool(lambda x, _, s: pooled(x, 2, s)), "maps .* expected"),
    (with_pool(lambda x, w, s: ops.abs(pooled(x, w, s))), "must be the sum of its window"),
    (with_pool(lambda x, w, s: pooled(ops.flip(x, -1), w, s)), "must be the sum of its window"),
    (never_squashed, "the activation is missing"),
    (squashed_first, "comes last and once"),
    (squashed_twice, "comes last and once"),
    (squashed_before_pooling, "comes last and once"),
    (always_tanh, "nothing is squashed"),
    (dropped, "training mode"),
    (layer_not_tensor, "returned AveragePooling2D; expected the Keras tensor"),
    (lambda x, **_: np.zeros(x.shape[1:]), "returned ndarray"),
    (nothing, "is a return missing"),
    (stopping, "stopped with KeyError"),
)


def weighed(window_of=pooled, *, dials=Affine, squashed="pixels"):
    """Return a `subsampling` that weighs the pixels, but for one thing.

    Args:
        window_of: what is taken of the windows, `window_of(x, window, stride)`.
        dials: makes the layer with the weights.
        squashed: "pixels", "inputs", "sums", "twice" or "never".
    """

    def subsampling(x, *, window, stride, activation):
        squash = keras.activations.get(activation)
        x = dials()(squash(x) if squashed == "inputs" else x)
        x = squash(x) if squashed in ("pixels", "twice") else x
        x = window_of(x, window, stride)
        return squash(x) if squashed in ("sums", "twice") else x

    return subsampling


ONE_BIAS = "adds the bias once, after the sum"
BEFORE = (
    (with_pool(pooled), ONE_BIAS),
    (squashed_first, ONE_BIAS),
    (squashed_before_pooling, ONE_BIAS),
    (weighed(squashed="sums"), "before the windows add"),
    (weighed(squashed="twice"), "before the windows add"),
    (weighed(squashed="inputs"), "before the windows add"),
    (weighed(squashed="never"), "the activation is missing"),
    (weighed(lambda x, w, s: layers.AveragePooling2D(w, s)(x)), "a window gives the mean of"),
    (
        weighed(lambda x, w, s: layers.Rescaling(4)(layers.AveragePooling2D(w, s)(x))),
        "window=3.*gives the mean times 4, not times window",
    ),
    (
        weighed(lambda x, w, s: layers.Rescaling(w)(layers.AveragePooling2D(w, s)(x))),
        "gives the mean times window, not times window",
    ),
    (weighed(lambda x, w, s: layers.MaxPooling2D(w, s)(x)), "must be the sum of its window"),
    (weighed(padded), "nothing is padded"),
    (weighed(lambda x, w, s: pooled(ops.square(x), w, s)), "must be the sum of its window"),
    (
        weighed(dials=lambda: Weighted(scale, "pixel", "pixel")),
        "a coefficient and a bias for each pixel",
    ),
    (weighed(dials=lambda: Weighted(scale, "pixel", "map")), "a coefficient for each pixel"),
    (weighed(dials=lambda: Weighted(scale, "one", "one")), "each map has its own pair"),
    (
        weighed(dials=lambda: Weighted(lambda w, x: (x + w.b) * w.a, "map", "map")),
        "multiplies the bias too",
    ),
    (
        weighed(dials=lambda: Weighted(lambda w, x: x * ops.abs(w.a) + w.b, "map", "map")),
        r"sum of pixel x coefficient \+ bias, but with other numbers",
    ),
    (weighed(dials=layers.BatchNormalization), "batch normalization"),
)
SQUARES = (
    (with_pool(pooled), "adds the pixels as they are; the squares .* are added"),
    (with_pool(lambda x, w, s: layers.MaxPooling2D(w, s)(x)), "that is max pooling; the squares"),
    (with_pool(lambda x, w, s: ops.square(pooled(x, w, s))), "squares the sum of a window"),
    (with_pool(lambda x, w, s: ops.sqrt(pooled(x * x, w, s))), "the root of the sum; the squares"),
    (with_pool(lambda x, w, s: layers.AveragePooling2D(w, s)(x * x)), "the mean of the squares of"),
    (
        with_pool(lambda x, w, s: layers.Rescaling(4)(layers.AveragePooling2D(w, s)(x * x))),
        "window=3.*mean of the squares times 4, not times window",
    ),
    (with_pool(lambda x, w, s: pooled(x * x * x, w, s)), "must be the sum of the squares"),
    (weighed(), "adds the pixels as they are"),
    (weighed(lambda x, w, s: pooled(x * x, w, s)), "must be the sum of the squares"),
    (with_pool(lambda x, w, s: padded(x * x, w, s)), "nothing is padded"),
    (on_sums(lambda: Weighted(scale, "pixel", "pixel")), "a coefficient and a bias for each pixel"),
    (never_squashed, "adds the pixels as they are"),
)
SUBSAMPLING += (  # right in another variant
    (weighed(), "each pixel gets the bias, before the sum"),
    (with_pool(lambda x, w, s: pooled(x * x, w, s)), "adds the squares of the pixels; the pixels"),
)
