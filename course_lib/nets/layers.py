"""Layer groups and input checks shared by the networks."""

from typing import NamedTuple

import keras
from keras import layers


class Conventions(NamedTuple):
    """Where published implementations of one net differ.

    Attributes:
        bias: whether convolutions have biases although batch normalization follows.
        epsilon: added to the variance in batch normalization.
    """

    bias: bool = False
    epsilon: float = 1e-5


PAPER = Conventions()


def conv_bn(x, filters, kernel, *, stride=1, activation="relu", name, conventions=PAPER):
    """Apply a convolution, batch normalization and an activation (`None`: no activation).

    Padding is symmetric, `kernel // 2` on each side, so a stride-2 convolution samples the
    same pixels as in the authors' Caffe nets; `padding="same"` agrees with that only at stride 1.
    """
    padding = "same"
    if stride > 1 and kernel > 1:
        x = layers.ZeroPadding2D(kernel // 2, name=f"{name}_pad")(x)
        padding = "valid"
    x = layers.Conv2D(
        filters,
        kernel,
        stride,
        padding,
        use_bias=conventions.bias,
        kernel_initializer="he_normal",
        name=f"{name}_conv",
    )(x)
    x = batch_norm(x, epsilon=conventions.epsilon, name=f"{name}_bn")
    if activation:
        x = layers.Activation(activation, name=f"{name}_{activation}")(x)
    return x


def batch_norm(x, *, epsilon=1e-5, name):
    """Normalize each channel over the batch and the positions.

    The running averages move by a tenth a step (momentum 0.9).  Keras' own default, 0.99, needs
    hundreds of steps before inference mode agrees with training mode.
    """
    return layers.BatchNormalization(momentum=0.9, epsilon=epsilon, name=name)(x)


def head(x, classes):
    """Global average pooling and a softmax classifier: (B, H, W, C) to (B, classes)."""
    x = layers.GlobalAveragePooling2D(name="head_pool")(x)
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
