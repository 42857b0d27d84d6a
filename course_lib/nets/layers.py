"""Layer groups and input checks shared by the networks."""

from typing import NamedTuple

import keras
from keras import layers


class Conventions(NamedTuple):
    """Where published implementations of one net differ.

    Attributes:
        bias: whether convolutions have biases although batch normalization follows.
        epsilon: added to the variance in batch normalization.
        padding: "symmetric", `kernel // 2` pixels on each side as in Caffe and PyTorch; "same" as
            in TensorFlow, which at stride 2 may pad one side more; or "valid" for none.  The
            first two differ at stride 2 only: they sample other pixels.
        scale: whether batch normalization has a gamma.
    """

    bias: bool = False
    epsilon: float = 1e-5
    padding: str = "symmetric"
    scale: bool = True


PAPER = Conventions()


def conv_bn(x, filters, kernel, *, stride=1, activation="relu", name, conventions=PAPER):
    """Apply a convolution, batch normalization and an activation (`None`: no activation).

    `kernel` is a side or (height, width), in pixels.
    """
    x, border = _pad(x, kernel, stride, conventions.padding, name)
    x = layers.Conv2D(
        filters,
        kernel,
        stride,
        border,
        use_bias=conventions.bias,
        kernel_initializer="he_normal",
        name=f"{name}_conv",
    )(x)
    return _bn_act(x, activation, name, conventions)


def depthwise_bn(x, kernel, *, stride=1, activation="relu", name, conventions=PAPER):
    """Apply one filter to each channel, batch normalization and an activation.

    A filter reads `kernel`² values.  Keras takes that for the fan-out of a depthwise kernel and
    for its fan-in all channels as well, with which the first maps of a wide net almost vanish.
    """
    x, border = _pad(x, kernel, stride, conventions.padding, name)
    x = layers.DepthwiseConv2D(
        kernel,
        stride,
        border,
        use_bias=conventions.bias,
        depthwise_initializer=keras.initializers.VarianceScaling(2.0, "fan_out"),
        name=f"{name}_depthwise",
    )(x)
    return _bn_act(x, activation, name, conventions)


def conv_relu(x, filters, kernel, *, stride=1, groups=1, padding="symmetric", name):
    """Apply a convolution with biases and a ReLU, as nets did before batch normalization.

    `groups`: the input channels are split into so many groups, each read by its own filters.
    """
    x, border = _pad(x, kernel, stride, padding, name)
    return layers.Conv2D(
        filters,
        kernel,
        stride,
        border,
        groups=groups,
        activation="relu",
        kernel_initializer="he_normal",
        name=f"{name}_conv",
    )(x)


def batch_norm(x, *, epsilon=1e-5, scale=True, name):
    """Normalize each channel over the batch and the positions.

    The running averages move by a tenth a step (momentum 0.9).  Keras' own default, 0.99, needs
    hundreds of steps before inference mode agrees with training mode.
    """
    return layers.BatchNormalization(momentum=0.9, epsilon=epsilon, scale=scale, name=name)(x)


def head(x, classes, *, dropout=0.0):
    """Global average pooling and a softmax classifier: (B, H, W, C) to (B, classes).

    `dropout`: the share of values in front of the classifier that a training step sets to 0.
    """
    x = layers.GlobalAveragePooling2D(name="head_pool")(x)
    if dropout:
        x = layers.Dropout(dropout, name="head_dropout")(x)
    return layers.Dense(classes, activation="softmax", name="head_fc")(x)


def image_input(input_shape, minimum):
    """Return the `keras.Input` of an image; raise `ValueError` unless it fits the net."""
    fits = (
        isinstance(input_shape, tuple | list)
        and len(input_shape) == 3
        and all(isinstance(n, int) for n in input_shape)
        and min(input_shape[:2]) >= minimum
        and input_shape[2] in (1, 3)
    )
    if not fits:
        raise ValueError(
            "input_shape must be (height, width, channels) with height and width at least "
            f"{minimum} pixels and 1 (grey) or 3 (RGB) channels, got {input_shape!r}"
        )
    return keras.Input(tuple(input_shape), name="image")


def check_choice(name, value, allowed):
    """Raise `ValueError` unless `value` is one of `allowed`."""
    if value not in allowed:
        raise ValueError(f"{name} must be one of {tuple(allowed)}, got {value!r}")


def check_classes(classes):
    """Raise `ValueError` unless `classes` is `None` or a positive integer."""
    if classes is not None and not (isinstance(classes, int) and classes >= 1):
        raise ValueError(
            "classes must be a positive integer, or None for the feature map without a head, "
            f"got {classes!r}"
        )


def _pad(x, kernel, stride, padding, name):
    """Return `x`, padded where Keras has no word for it, and the word for the rest."""
    if padding != "symmetric":
        return x, padding
    if stride == 1 or kernel == 1:
        return x, "same"  # the same pixels, without a layer of its own
    return layers.ZeroPadding2D(kernel // 2, name=f"{name}_pad")(x), "valid"


def _bn_act(x, activation, name, conventions):
    x = batch_norm(x, epsilon=conventions.epsilon, scale=conventions.scale, name=f"{name}_bn")
    if activation:
        x = layers.Activation(activation, name=f"{name}_{activation}")(x)
    return x
