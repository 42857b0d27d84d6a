"""MobileNetV2: inverted residuals with linear bottlenecks.

Sandler, Howard, Zhu, Zhmoginov, Chen, "MobileNetV2: Inverted Residuals and Linear Bottlenecks",
CVPR 2018, https://arxiv.org/abs/1801.04381.  Table 1 gives the block, table 2 the net.  A stage
here holds all rows of table 2 that work at one size of map, so it may change its width inside.

The paper is silent on padding, the epsilon of batch normalization and the rounding of channels;
all three are those of the authors' code, tensorflow/models, research/slim/nets/mobilenet.
Tensors are channels-last, written (B, H, W, C).
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import keras
from keras import layers

from course_lib.nets.keras_weights import pretrainable
from course_lib.nets.layers import (
    Conventions,
    check_classes,
    check_conventions,
    check_flag,
    check_positive,
    conv_bn,
    depthwise_bn,
    head,
    image_input,
)
from course_lib.nets.mobilenet import RELEASED, alpha_suffix


class Row(NamedTuple):
    """A row of the table: blocks that share everything but the stride of the first.

    Attributes:
        expansion: t, channels inside a block / channels into it.
        channels: c, out of each block.
        repeats: n, blocks.
        stride: s, of the first block.
        kernel: side of the depthwise filters, pixels.
    """

    expansion: int
    channels: int
    repeats: int
    stride: int
    kernel: int = 3


STEM, LAST = 32, 1280  # channels out of the first convolution and of the last
# fmt: off
TABLE = (  # Sandler et al. 2018, table 2; columns t, c, n, s
    Row(1,  16, 1, 1),
    Row(6,  24, 2, 2),
    Row(6,  32, 3, 2),
    Row(6,  64, 4, 2),
    Row(6,  96, 3, 1),
    Row(6, 160, 3, 2),
    Row(6, 320, 1, 1),
)
# fmt: on


class Variant(NamedTuple):
    """What the nets that are built of inverted residuals change in the block.

    Attributes:
        activation: after the expansion and after the depthwise convolution.
        linear: whether nothing follows the projection; `False` puts the activation there, which
            Sandler et al. 2018, figure 6a, compare with.
        shortcut: whether blocks that may have a shortcut have it (figure 6b).
        gate: what the depthwise output passes through before its projection:
            `gate(y, channels into the block, name=...)`.
        drop: a layer that F(x) passes through in front of the addition.
        conventions: biases, epsilon, padding and scale.
    """

    activation: str = "relu6"
    linear: bool = True
    shortcut: bool = True
    gate: Callable | None = None
    drop: Callable | None = None
    conventions: Conventions = RELEASED


PUBLISHED = Variant()


@pretrainable
def mobilenet_v2(
    *,
    input_shape: tuple[int, int, int] = (224, 224, 3),
    classes: int | None = 1000,
    alpha: float = 1.0,
    linear: bool = True,
    shortcut: bool = True,
    conventions: Conventions = RELEASED,
) -> keras.Model:
    """Build a MobileNetV2 classifier, with fresh weights or with those for ImageNet.

    Sandler et al. 2018, table 2.

    Args:
        input_shape: (H, W, C) of one image, in pixels; H and W at least 32, C 1 or 3.
        classes: number of classes.  `None` leaves the head off and returns the feature map of
            stage 5, (B, H/32, W/32, 1280).
        alpha: the width multiplier, above 0, of all channels but those of the last convolution,
            which it can raise and not lower.
        linear: whether the projections have no activation, as in the paper.
        shortcut: whether blocks with equal input and output shape add their input.
        conventions: biases, epsilon, padding and scale of the convolutions and their
            normalizations.
        pretrained: "imagenet" for trained weights, for RGB images with sides of 224, alpha 1.4,
            1.3, 1, 0.75, 0.5 or 0.35 (from 1 on down also 192, 160, 128 or 96), and 1000 classes
            or `None`; `course_lib.nets.keras_weights` says more.

    Returns:
        A functional `keras.Model`: images in [0, 1] to class probabilities (B, classes).  With
        trained weights it rescales them itself (layer `stem_rescale`), and warns of arrays that
        plainly are not in [0, 1].

    Raises:
        ValueError: an alpha that is not above 0, a `linear` or `shortcut` neither true nor false,
            `conventions` that are none, an image that is too small, or a number of classes below 1,
            or settings that trained weights do not fit.
        OSError: the trained weights are neither in the cache of Keras nor to be downloaded.

    Example:
        >>> mobilenet_v2().count_params()
        3538984
    """
    check_positive("alpha", alpha, such_as="0.5 or 1.0")
    check_flag("linear", linear)
    check_flag("shortcut", shortcut)
    check_conventions(conventions)
    classes = check_classes(classes)
    variant = Variant(linear=linear, shortcut=shortcut, conventions=conventions)
    conv = partial(conv_bn, activation=variant.activation, conventions=conventions)

    image = image_input(input_shape, minimum=32)
    x = conv(image, round_channels(STEM * alpha), 3, stride=2, name="stem")  # (B, H/2, W/2, 32)
    for stage, block, row, stride in blocks(TABLE):
        x = inverted_residual(
            x,
            round_channels(row.channels * alpha),
            expansion=row.expansion,
            stride=stride,
            name=f"stage{stage}_block{block}",
            variant=variant,
        )
    x = conv(x, round_channels(LAST * max(1.0, alpha)), 1, name=f"stage{stage}_last")
    if classes is not None:
        x = head(x, classes)
    return keras.Model(image, x, name="mobilenet_v2" + alpha_suffix(alpha))


def blocks(table):
    """Yield (stage, number in it, row, stride) of each block; a stride of 2 opens a stage."""
    stage, number = 1, 0
    for row in table:
        for repeat in range(row.repeats):
            stride = row.stride if repeat == 0 else 1
            stage, number = (stage, number + 1) if stride == 1 else (stage + 1, 1)
            yield stage, number, row, stride


def inverted_residual(
    x, channels, *, expansion=6, kernel=3, stride=1, name, variant: Variant = PUBLISHED
):
    """Widen, filter each channel, narrow without activation, and add the input where it fits.

    (B, H, W, C) to (B, H/stride, W/stride, channels) by way of expansion x C channels; an
    expansion of 1 has no layer.  Sandler et al. 2018, table 1 and figure 4d.
    """
    settings: dict[str, Any] = {
        "activation": variant.activation,
        "conventions": variant.conventions,
    }
    y, narrow = x, x.shape[-1]
    if expansion != 1:
        y = conv_bn(y, expansion * narrow, 1, name=f"{name}_expand", **settings)
    y = depthwise_bn(y, kernel, stride=stride, name=f"{name}_filter", **settings)
    if variant.gate is not None:
        y = variant.gate(y, narrow, name=f"{name}_gate")
    settings["activation"] = None if variant.linear else variant.activation
    y = conv_bn(y, channels, 1, name=f"{name}_project", **settings)
    if not (variant.shortcut and stride == 1 and channels == narrow):
        return y
    y = y if variant.drop is None else variant.drop(y)
    return layers.Add(name=f"{name}_add")([x, y])


def round_channels(channels: float, divisor: int = 8) -> int:
    """Return the nearest multiple of `divisor`, not under 90 % of `channels`.

    From the authors' code, `_make_divisible`; the paper has no such rule.

    Example:
        >>> round_channels(32 * 0.35)  # 11.2: 8 would be 71 % of it
        16
        >>> round_channels(24 * 1.1)  # 26.4: 24 is 91 % of it
        24
    """
    rounded = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    return rounded if rounded >= 0.9 * channels else rounded + divisor
