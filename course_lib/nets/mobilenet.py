"""MobileNet: depthwise separable convolutions, made thinner by alpha and smaller by rho.

Howard, Zhu, Chen, Kalenichenko, Wang, Weyand, Andreetto, Adam, "MobileNets: Efficient
Convolutional Neural Networks for Mobile Vision Applications", 2017,
https://arxiv.org/abs/1704.04861.  Table 1 gives the net, section 3.3 the width multiplier alpha,
section 3.4 the resolution multiplier rho: the side of the image over 224.

The last depthwise row of table 1 prints stride 2 between two maps of 7x7; here it is 1, as the
sizes of the maps, the multiply-adds and the authors' code demand.  The paper is silent on padding
and on the epsilon of batch normalization; both are those of the authors' code, tensorflow/models,
research/slim/nets/mobilenet_v1.py.  Tensors are channels-last, written (B, H, W, C).
"""

from functools import partial
from typing import Any

import keras
from keras import layers

from course_lib.nets.keras_weights import pretrainable
from course_lib.nets.layers import (
    Conventions,
    check_choice,
    check_classes,
    check_conventions,
    check_flag,
    check_positive,
    conv_bn,
    depthwise_bn,
    head,
    image_input,
)

STEM = 32  # channels out of the first convolution, which has stride 2
# Channels out of each block, by stage; the first block of stages 2-5 has stride 2.
# Howard et al. 2017, table 1
STAGES = ((64,), (128, 128), (256, 256), (512,) * 6, (1024, 1024))
SIDE = 224  # of the image, pixels, before rho
ACTIVATIONS = ("relu", "relu6")
HEADS = ("dense", "convolution")
RELEASED = Conventions(epsilon=1e-3, padding="same")


@pretrainable
def mobilenet(
    *,
    input_shape: tuple[int, int, int] | None = None,
    classes: int | None = 1000,
    alpha: float = 1.0,
    rho: float = 1.0,
    separable: bool = True,
    conventions: Conventions = RELEASED,
    **details: str,
) -> keras.Model:
    """Build a MobileNet classifier, with fresh weights or with those for ImageNet.

    Howard et al. 2017, table 1.

    Args:
        input_shape: (H, W, C) of one image, in pixels; H and W at least 32, C 1 or 3.  Where it
            is not given, RGB with sides of 224 rho.
        classes: number of classes.  `None` leaves the head off and returns the feature map of
            stage 5, (B, H/32, W/32, 1024 alpha).
        alpha: the width multiplier of all channels, above 0; products are rounded down.
        rho: the resolution multiplier, above 0 (section 3.4): the sides are 224 rho, a whole
            number of pixels.  The paper's are 224, 192, 160 and 128, so 192 / 224 is a rho of
            the paper.  With an `input_shape`, which has the sides already, it stays 1.
        separable: `False` replaces each separable block by one 3x3 convolution, which gives the
            net that table 4 of the paper compares with.
        conventions: biases, epsilon, padding and scale of the convolutions and their
            normalizations.
        details: `activation`, "relu" as in the paper or "relu6" as in the authors' code; and
            `head_kind`: the classifier is a "dense" layer as in the paper, or a 1x1 "convolution"
            of the pooled map as in the authors' code, which computes the same.
        pretrained: "imagenet" for trained weights, for RGB images with sides of 224, 192, 160 or
            128, alpha 1, 0.75, 0.5 or 0.25, and 1000 classes or `None`.  They set the details of
            the authors' code; `course_lib.nets.keras_weights` says more.

    Returns:
        A functional `keras.Model`: images in [0, 1] to class probabilities (B, classes).  With
        trained weights it rescales them itself (layer `stem_rescale`), and warns of arrays that
        plainly are not in [0, 1].

    Raises:
        ValueError: unknown `activation` or `head_kind`, an `alpha` or `rho` that is not above 0, a
            `rho` that gives no whole number of pixels or stands beside an `input_shape`, a
            `separable` neither true nor false, `conventions` that are none, an image that is too
            small, or a number of classes below 1, or settings that trained weights do not fit.
        OSError: the trained weights are neither in the cache of Keras nor to be downloaded.

    Example:
        >>> mobilenet(alpha=0.25).count_params()
        475544
    """
    check_positive("alpha", alpha, such_as="0.5 or 1.0")
    check_flag("separable", separable)
    check_conventions(conventions)
    activation, head_kind = checked_details(**details)
    classes = check_classes(classes)
    conv = partial(conv_bn, activation=activation, conventions=conventions)
    settings: dict[str, Any] = {"activation": activation, "conventions": conventions}
    block = partial(separable_block, **settings) if separable else partial(conv, kernel=3)

    image = image_input(resolved(input_shape, rho), minimum=32)
    x = conv(image, thinned(STEM, alpha), 3, stride=2, name="stem")  # (B, H/2, W/2, 32)
    for stage, channels in enumerate(STAGES, start=1):
        for i, width in enumerate(channels, start=1):
            stride = 2 if stage > 1 and i == 1 else 1
            x = block(x, thinned(width, alpha), stride=stride, name=f"stage{stage}_block{i}")
    if classes is not None:
        x = (head if head_kind == "dense" else convolution_head)(x, classes)
    name = "mobilenet" if separable else "conv_mobilenet"
    return keras.Model(image, x, name=name + alpha_suffix(alpha))


def checked_details(
    activation: str = "relu",
    head_kind: str = "dense",
) -> tuple[str, str]:
    """Return what `mobilenet` takes as details; raise `ValueError` for an unknown word."""
    check_choice("activation", activation, ACTIVATIONS)
    check_choice("head_kind", head_kind, HEADS)
    return activation, head_kind


def resolved(input_shape, rho):
    """Return the shape of the image: `input_shape`, or RGB with sides of 224 rho.

    Howard et al. 2017, section 3.4.
    """
    check_positive("rho", rho, such_as="1.0 or 192 / 224")
    if input_shape is not None:
        if rho != 1:
            raise ValueError(
                "rho must be 1 beside an input_shape, which has the sides already, "
                f"got rho={rho!r} and input_shape={input_shape!r}; give one of the two"
            )
        return input_shape
    side = round(SIDE * rho)
    if abs(side - SIDE * rho) > 1e-6:  # what the division in 192 / 224 loses is far below
        raise ValueError(
            f"rho must make {SIDE} rho a whole number of pixels, got {rho!r}, which makes "
            f"{SIDE * rho:.6g}; write it as a side over {SIDE}, such as {side} / {SIDE}"
        )
    return side, side, 3


def separable_block(
    x, channels, *, stride=1, activation="relu", name, conventions: Conventions = RELEASED
):
    """Filter each channel by itself, then combine the channels: 3x3 depthwise, 1x1.

    Both are followed by batch normalization and the activation; Howard et al. 2017, figure 3.
    """
    settings: dict[str, Any] = {"activation": activation, "conventions": conventions}
    x = depthwise_bn(x, 3, stride=stride, name=f"{name}_filter", **settings)
    return conv_bn(x, channels, 1, name=f"{name}_combine", **settings)


def convolution_head(x, classes):
    """Global average pooling and a 1x1 convolution to the classes: (B, H, W, C) to (B, classes)."""
    x = layers.GlobalAveragePooling2D(keepdims=True, name="head_pool")(x)  # (B, 1, 1, C)
    x = layers.Conv2D(classes, 1, name="head_conv")(x)
    x = layers.Flatten(name="head_flatten")(x)
    return layers.Softmax(name="head_softmax")(x)


def thinned(channels: int, alpha: float) -> int:
    """Return alpha x channels, rounded down and at least 1; Howard et al. 2017, section 3.3."""
    return max(1, int(alpha * channels))


def alpha_suffix(alpha: float) -> str:
    """Return what a name says about alpha: nothing for 1, "_075" for 0.75."""
    return "" if alpha == 1 else f"_{100 * alpha:03g}"
