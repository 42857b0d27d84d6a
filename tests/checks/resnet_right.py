"""Right answers to the questions of the resnet exercises, each built another way.

They were chosen before the checks were written: other layer classes, other algorithms, the order
of layers changed, models inside models, and the same mathematics in `keras.ops`.
"""

from functools import partial

import keras
import numpy as np
from keras import layers, ops

from course_lib.checks.resnet_diagnosis import EFFECTS, FAULTS

# layer_count


def count_by_walking(blocks, kind, option):
    """Walk through the net, keep the channels, and count."""
    layers_seen, channels = 1, 64
    for stage, count in enumerate(blocks):
        out = 64 * 2**stage * (1 if kind == "basic" else 4)
        for block in range(count):
            halves = block == 0 and stage > 0
            layers_seen += {"basic": 2, "bottleneck": 3}[kind]
            layers_seen += option == "C" or (option == "B" and (halves or channels != out))
            channels = out
    return layers_seen + 1


def count_as_list(blocks, kind, option):
    """Write every layer down as a word."""
    words = ["stem", "head"] + ["3x3"] * sum(blocks) * 2
    if kind == "bottleneck":
        words += ["1x1"] * sum(blocks)
    if option == "C":
        words += ["projection"] * sum(blocks)
    elif option == "B":
        words += ["projection" for stage, _ in enumerate(blocks) if stage or kind != "basic"]
    return float(len(words))


# stage_macs


def macs_by_walking(blocks, width, channels, size, stride_on, groups):
    """Go from layer to layer with the size of the map."""
    total, (rows, columns), c = 0, size, channels
    for block in range(blocks):
        small = (rows // 2, columns // 2) if block == 0 else (rows, columns)
        inner = small if stride_on == "1x1" else (rows, columns)
        total += inner[0] * inner[1] * c * width
        total += small[0] * small[1] * 9 * width * width // groups
        total += small[0] * small[1] * width * 4 * width
        if block == 0:
            total += small[0] * small[1] * c * 4 * width
        rows, columns = small
        c = 4 * width
    return total


def macs_from_layers(blocks, width, channels, size, stride_on, groups):
    """Build the stage and count kernels and output maps."""
    x = keras.Input((*size, channels))
    total = 0

    def conv(x, filters, k, stride=1, parts=1):
        nonlocal total
        layer = layers.Conv2D(filters, k, stride, "same", groups=parts, use_bias=False)
        y = layer(x)
        total += y.shape[1] * y.shape[2] * layer.count_params()
        return y

    for block in range(blocks):
        stride = 2 if block == 0 else 1
        first = stride if stride_on == "1x1" else 1
        if block == 0:
            conv(x, 4 * width, 1, 2)
        x = conv(conv(conv(x, width, 1, first), width, 3, stride // first, groups), 4 * width, 1)
    return total


# shortcut


def shortcut_by_layers(x, channels, stride, option):
    """ZeroPadding cannot pad channels: concatenate with zero maps."""
    changes = stride != 1 or channels != x.shape[-1]
    if option == "C" or (option == "B" and changes):
        x = layers.Conv2D(channels, 1, strides=stride, use_bias=False)(x)
        return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
    if not changes:
        return x
    if stride > 1:
        x = layers.AveragePooling2D(stride)(x)
    extra = (channels - x.shape[-1]) // 2
    if extra == 0:
        return x
    zeros = layers.Lambda(lambda t: ops.zeros_like(t[..., :1]))(x)
    return layers.Concatenate()([*[zeros] * extra, x, *[zeros] * extra])


def shortcut_by_ops(x, channels, stride, option):
    """Plain operations, and a dense layer for the projection."""
    if option == "A":
        _, height, width, c = x.shape
        x = ops.reshape(x, (-1, height // stride, stride, width // stride, stride, c))
        x = ops.mean(ops.mean(x, 4), 2)
        extra = channels - c
        return ops.pad(x, ((0, 0), (0, 0), (0, 0), (extra // 2, extra - extra // 2)))
    if option == "B" and stride == 1 and x.shape[-1] == channels:
        return x
    x = layers.Dense(channels, use_bias=False)(x[:, ::stride, ::stride, :])
    return layers.BatchNormalization(epsilon=1e-4)(x)


def shortcut_by_fixed_filters(x, channels, stride, option):
    """The mean as a depthwise convolution that is never trained; padding as a product."""
    c = x.shape[-1]
    if option == "A":
        mean = layers.DepthwiseConv2D(
            stride,
            strides=stride,
            use_bias=False,
            depthwise_initializer=keras.initializers.Constant(1 / stride**2),
            trainable=False,
        )
        place = np.eye(c, channels, k=(channels - c) // 2, dtype="float32")
        return ops.matmul(mean(x), place)
    same = stride == 1 and c == channels
    if same and option != "C":
        return layers.Identity()(x)
    return keras.Sequential(
        [
            layers.MaxPooling2D(1, stride),
            layers.Conv2D(channels, (1, 1), use_bias=False),
            layers.BatchNormalization(axis=-1),
        ]
    )(x)


# residual_block


def residual_by_padding(x, width, stride):
    """Zero padding and `valid`, the shortcut first, the operator + and an Activation layer."""
    skip = x
    if stride != 1 or x.shape[-1] != width:
        skip = layers.Conv2D(width, 1, stride, use_bias=False)(x)
        skip = layers.BatchNormalization(epsilon=1e-5)(skip)
    for i in range(3):
        x = layers.ZeroPadding2D(1)(x)
        x = layers.Conv2D(width, 3, stride if i == 0 else 1, "valid", use_bias=False)(x)
        x = layers.BatchNormalization(epsilon=1e-5, momentum=0.9)(x)
        if i < 2:
            x = layers.Activation("relu")(x)
    return layers.Activation("relu")(skip + x)


class ResidualLayer(layers.Layer):
    """The block as one layer that owns its layers."""

    def __init__(self, width, stride, project, **kwargs):
        super().__init__(**kwargs)
        self.last = layers.BatchNormalization()
        self.norms = [layers.BatchNormalization() for _ in range(2)]
        self.convs = [
            layers.Conv2D(width, 3, stride if i == 0 else 1, "same", use_bias=False)
            for i in range(3)
        ]
        self.skip = []
        if project:
            convolution = layers.Conv2D(width, 1, stride, use_bias=False)
            self.skip = [convolution, layers.BatchNormalization()]

    def build(self, input_shape):
        shape = input_shape
        for layer in self.skip:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)
        shape = input_shape
        for conv, norm in zip(self.convs, [*self.norms, self.last], strict=True):
            conv.build(shape)
            shape = conv.compute_output_shape(shape)
            norm.build(shape)

    def call(self, x, training=None):
        y = x
        for conv, norm in zip(self.convs[:2], self.norms, strict=True):
            y = ops.relu(norm(conv(y), training=training))
        y = self.last(self.convs[2](y), training=training)
        for layer in self.skip:
            x = layer(x)
        return ops.relu(x + y)


def residual_by_subclass(x, width, stride):
    return ResidualLayer(width, stride, stride > 1 or x.shape[-1] != width)(x)


def residual_by_models(x, width, stride):
    """A Sequential model for the residual, a functional model for the shortcut."""
    c = x.shape[-1]
    residual = keras.Sequential(name="residual")
    for i, step in enumerate((stride, 1, 1)):
        residual.add(layers.Conv2D(width, 3, step, "same", use_bias=False))
        residual.add(layers.BatchNormalization(momentum=0.8))
        if i < 2:
            residual.add(layers.ReLU())
    skip = x
    if (stride, c) != (1, width):
        image = keras.Input(x.shape[1:])
        y = layers.Dense(width, use_bias=False)(layers.AveragePooling2D(1, stride)(image))
        skip = keras.Model(image, layers.BatchNormalization()(y))(x)
    return layers.ReLU()(layers.add([residual(x), skip]))


class WrittenOut(layers.Layer):
    """Convolution and batch normalization with weights of its own and names of its own."""

    def __init__(self, filters, k, stride=1):
        super().__init__()
        self.filters, self.k, self.stride = filters, k, stride

    def build(self, input_shape):
        size = (self.filters,)
        self.w = self.add_weight(shape=(self.k, self.k, input_shape[-1], self.filters))
        self.factor = self.add_weight(shape=size, initializer="ones", name="factor")
        self.shift = self.add_weight(shape=size, initializer="zeros", name="shift")
        self.m = self.add_weight(shape=size, initializer="zeros", trainable=False, name="m")
        self.v = self.add_weight(shape=size, initializer="ones", trainable=False, name="v")

    def call(self, x, training=None):
        x = ops.conv(x, self.w, self.stride, "same")
        mean, variance = (ops.moments(x, (0, 1, 2))) if training else (self.m, self.v)
        return (x - mean) / ops.sqrt(variance + 1e-3) * self.factor + self.shift


def residual_by_ops(x, width, stride):
    y = ops.relu(WrittenOut(width, 3, stride)(x))
    y = WrittenOut(width, 3)(ops.relu(WrittenOut(width, 3)(y)))
    if stride > 1 or x.shape[-1] != width:
        x = WrittenOut(width, 1, stride)(x)
    return ops.maximum(x + y, 0.0)


# bottleneck_block


def bottleneck_by_padding(x, width, expansion, stride):
    out = width * expansion
    skip = x
    if stride > 1:
        skip = layers.AveragePooling2D((2, 2), padding="same")(skip)
    if stride > 1 or x.shape[-1] != out:
        skip = layers.Conv2D(out, 1, use_bias=False)(skip)
        skip = layers.BatchNormalization(epsilon=1e-5)(skip)
    y = layers.Conv2D(width, 1, use_bias=False)(x)
    y = layers.ReLU()(layers.BatchNormalization(epsilon=1e-5)(y))
    y = layers.ZeroPadding2D(1)(y)
    y = layers.Conv2D(width, 3, stride, use_bias=False)(y)
    y = layers.ReLU()(layers.BatchNormalization(epsilon=1e-5)(y))
    y = layers.Conv2D(out, 1, use_bias=False)(y)
    y = layers.BatchNormalization(epsilon=1e-5)(y)
    return layers.ReLU()(layers.Add()([y, skip]))


def bottleneck_by_dense(x, width, expansion, stride):
    """Dense layers for 1x1, `same`, the mean of four subsampled maps."""

    def dense(x, filters):
        return layers.BatchNormalization()(layers.Dense(filters, use_bias=False)(x))

    y = layers.Conv2D(width, 3, stride, "same", use_bias=False)(ops.relu(dense(x, width)))
    y = dense(ops.relu(layers.BatchNormalization()(y)), expansion * width)
    if stride == 2:
        x = (x[:, ::2, ::2] + x[:, 1::2, ::2] + x[:, ::2, 1::2] + x[:, 1::2, 1::2]) / 4
    if stride == 2 or x.shape[-1] != y.shape[-1]:
        x = dense(x, expansion * width)
    return ops.relu(x + y)


def bottleneck_pooled_last(x, width, expansion, stride):
    """A 1x1 convolution and a mean of positions may change places; so may the branches."""
    y = x
    for i, (filters, k, step) in enumerate(
        ((width, 1, 1), (width, 3, stride), (width * expansion, 1, 1))
    ):
        y = layers.Conv2D(filters, k, step, padding="same", use_bias=False, groups=1)(y)
        y = layers.BatchNormalization(momentum=0.5, epsilon=1e-6)(y)
        y = layers.ReLU()(y) if i < 2 else y
    skip = x
    if x.shape != y.shape:
        skip = layers.Conv2D(width * expansion, 1, use_bias=False)(skip)
        if stride == 2:
            skip = layers.AvgPool2D(2)(skip)
        skip = layers.BatchNormalization()(skip)
    return layers.Activation(keras.activations.relu)(skip + y)


# diagnosis

TABLE = {
    "a": ("projection everywhere", "more weights"),
    "b": ("concatenation", "channels grow"),
    "c": ("no stride", "more multiply-adds"),
    "d": ("nothing", "none"),
    "e": ("relu before addition", "residual never negative"),
}
OPTIONS = (FAULTS, EFFECTS)

RIGHT = {
    "layer_count": [count_by_walking, count_as_list],
    "stage_macs": [macs_by_walking, macs_from_layers],
    "shortcut": [
        shortcut_by_layers,
        shortcut_by_ops,
        shortcut_by_fixed_filters,
    ],
    "residual_block": [
        residual_by_padding,
        residual_by_subclass,
        residual_by_models,
        residual_by_ops,
    ],
    "bottleneck_block": [
        bottleneck_by_padding,
        bottleneck_by_dense,
        bottleneck_pooled_last,
    ],
    "diagnosis": [
        lambda piece: TABLE[piece],
        lambda piece: list(TABLE[piece]),
        lambda piece: np.array(TABLE[piece]),
    ],
}

# Of the other variants


def pooled_shortcut(x, channels, stride, option, pool, front):
    missing = channels - x.shape[-1]
    if option == "A":
        zeros = ops.zeros_like(x[:, ::stride, ::stride, :1])
        some, others = ([zeros] * missing, []) if front else ([], [zeros] * missing)
        return ops.concatenate([*some, pool(x, stride), *others], 3)
    if option == "B" and (stride, missing) == (1, 0):
        return x
    x = layers.Dense(channels, use_bias=False)(pool(x, stride))
    return layers.BatchNormalization(epsilon=1e-4)(x)


def tiles(reduce):
    def pool(x, stride):
        _, height, width, c = x.shape
        x = ops.reshape(x, (-1, height // stride, stride, width // stride, stride, c))
        return reduce(x, (2, 4))

    return pool


def written_out(x, width, stride, units):
    """Build a residual block of layers with weights of their own."""
    y = x
    for i, (k, step) in enumerate(units):
        y = WrittenOut(width, k, step)(y)
        y = ops.relu(y) if i < 2 else y
    if stride > 1 or x.shape[-1] != width:
        x = WrittenOut(width, 1, stride)(x)
    return ops.relu(y + x)


def front(x, width, expansion, stride):
    y = layers.Conv2D(width, 3, padding="same", use_bias=False, strides=stride)(x)
    y = ops.relu(layers.BatchNormalization()(y))
    y = ops.relu(layers.BatchNormalization()(layers.Dense(width, use_bias=False)(y)))
    y = layers.BatchNormalization()(layers.Dense(expansion * width, use_bias=False)(y))
    if x.shape != y.shape:
        if stride == 2:
            x = tiles(ops.max)(x, 2)
        x = layers.BatchNormalization()(layers.Dense(expansion * width, use_bias=False)(x))
    return ops.relu(x + y)


def end(x, width, expansion, stride):
    y = x
    for _ in range(2):
        y = layers.BatchNormalization()(layers.Dense(width, use_bias=False)(y))
        y = layers.Activation("relu")(y)
    y = layers.ZeroPadding2D(1)(y)
    y = layers.Conv2D(width * expansion, 3, stride, use_bias=False)(y)
    y = layers.BatchNormalization()(y)
    if x.shape != y.shape:
        x = layers.BatchNormalization()(layers.Dense(expansion * width, use_bias=False)(x))
        x = layers.AveragePooling2D(2)(x) if stride == 2 else x
    return layers.ReLU()(layers.add([x, y]))


OF_VARIANT = {
    ("shortcut", "behind"): partial(pooled_shortcut, pool=tiles(ops.max), front=False),
    ("shortcut", "front"): partial(pooled_shortcut, pool=tiles(ops.mean), front=True),
    ("residual_block", "second"): lambda x, width, stride: written_out(
        x, width, stride, [(1, 1), (3, stride), (3, 1)]
    ),
    ("residual_block", "third"): lambda x, width, stride: written_out(
        x, width, stride, [(3, 1), (1, 1), (3, stride)]
    ),
    ("bottleneck_block", "front"): front,
    ("bottleneck_block", "end"): end,
}
OF_VARIANT = {key: (answer,) for key, answer in OF_VARIANT.items()}
