"""Layer groups and input checks shared by the networks."""

import math
import operator
from collections.abc import Hashable
from numbers import Real
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
PADDINGS = ("symmetric", "same")  # those that keep the size of a map at stride 1


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
    shape = integers(input_shape) or ()
    if len(shape) != 3 or min(shape[:2]) < minimum or shape[2] not in (1, 3):
        raise ValueError(
            "input_shape must be (height, width, channels) with height and width at least "
            f"{minimum} pixels and 1 (grey) or 3 (RGB) channels, got {input_shape!r}"
        )
    return keras.Input(shape, name="image")


def check_choice(name, value, allowed):
    """Raise `ValueError` unless `value` is one of `allowed`, which are words and integers."""
    fits = isinstance(value, Hashable) and value in tuple(allowed)  # an array compares each value
    if not fits or isinstance(value, bool | float):  # True equals 1, 50.0 equals 50
        raise ValueError(f"{name} must be one of {tuple(allowed)}, got {value!r}")


def check_flag(name, value):
    """Raise `ValueError` unless `value` is true or false: a word such as "none" counts as true."""
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be one of (False, True), got {value!r}")


def check_rate(name, value):
    """Raise `ValueError` unless `value` is a share that training can set to 0: not all."""
    if not (_is_number(value) and 0 <= value < 1):
        raise ValueError(f"{name} must be at least 0 (none) and below 1, got {value!r}")


def check_positive(name, value, *, such_as):
    """Raise `ValueError` unless `value` is a finite number above 0."""
    if not (_is_number(value) and 0 < value < math.inf):
        raise ValueError(f"{name} must be a number above 0, such as {such_as}, got {value!r}")


def check_epsilon(value, name="epsilon"):
    """Raise `ValueError` unless batch normalization can add `value` to a variance."""
    check_positive(name, value, such_as="1e-5")


def check_conventions(value):
    """Raise `ValueError` unless `value` is a `Conventions` that a net with shortcuts can have."""
    if not isinstance(value, Conventions):
        raise ValueError(
            "conventions must be a `course_lib.nets.layers.Conventions`, such as "
            f"Conventions(epsilon=1e-3), got {value!r}; leave it out for those of the authors"
        )
    check_flag("bias of conventions", value.bias)
    check_epsilon(value.epsilon, "epsilon of conventions")
    check_choice("padding of conventions", value.padding, PADDINGS)
    check_flag("scale of conventions", value.scale)


def check_classes(classes):
    """Return `classes`, `None` or a positive `int`; raise `ValueError` for anything else."""
    if classes is None:
        return None
    number = integer(classes)
    if number is None or number < 1:
        raise ValueError(
            "classes must be a positive integer, or None for the feature map without a head, "
            f"got {classes!r}"
        )
    return number


def integer(value) -> int | None:
    """Return an integer of any library as an `int`; `None` for other values, True and False too."""
    try:
        return None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        return None


def integers(values) -> tuple[int, ...] | None:
    """Return a tuple or list of integers as a tuple of `int`; `None` for anything else."""
    if not isinstance(values, tuple | list):
        return None
    found = tuple(number for number in map(integer, values) if number is not None)
    return found if len(found) == len(values) else None


def _is_number(value):
    return isinstance(value, Real) and not isinstance(value, bool)


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
