"""Squeeze-and-excitation: a gate for each channel, computed from all of them, and SE-ResNets.

Hu, Shen, Albanie, Sun, Wu, "Squeeze-and-Excitation Networks", CVPR 2018,
https://arxiv.org/abs/1709.01507.  Section 3 gives the block, figure 3 its place in a residual
block (behind F(x), in front of the addition), section 4 its cost.  The residual blocks are those
of `course_lib.nets.resnet`.  Version 4 on arXiv tries three other places (section 6.5).

Equations 3 and 5 have no biases; the authors' released nets (github.com/hujie-frank/SENet) have
them in both layers of the gate, and so has the default here.
"""

from functools import partial

import keras
from keras import layers

from course_lib.nets.layers import (
    check_choice,
    check_classes,
    check_flag,
    conv_bn,
    head,
    image_input,
    integer,
)
from course_lib.nets.resnet import (
    SIZES,
    basic_branch,
    bottleneck_branch,
    check_stride_on,
    join,
    shortcut_path,
    stem_and_stages,
)

PLACEMENTS = ("standard", "pre", "post", "identity")


def squeeze_excite(x, ratio=16, *, bias=True, width=None, activation="relu", name):
    """Multiply each channel by a gate in (0, 1) that reads the means of all channels.

    Hu et al. 2018, equations 2-4.

    Args:
        x: (B, H, W, C).
        ratio: r, the reduction: the first of the two dense layers has C / r units, rounded down.
        bias: whether the dense layers have biases: 2 C^2 / r weights without, C + C / r more with.
        width: units of the first dense layer, in place of C / r.
        activation: between the dense layers.
        name: stem of the names of the layers.

    Returns:
        (B, H, W, C).  The gates have shape (B, 1, 1, C): a product with (B, C) would take the
        batch for the width.

    Raises:
        ValueError: a ratio or a width that is not a positive integer, a ratio above C, or a
            `bias` neither true nor false.
    """
    check_flag("bias", bias)
    channels = x.shape[-1]
    if width is None:
        width = channels // check_units("ratio", ratio, channels)
    width = check_units("width", width)
    z = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_squeeze")(x)  # (B, 1, 1, C)
    z = layers.Dense(width, activation, use_bias=bias, name=f"{name}_reduce")(z)
    z = layers.Dense(channels, "sigmoid", use_bias=bias, name=f"{name}_expand")(z)
    return layers.Multiply(name=f"{name}_scale")([x, z])


def se_resnet(
    depth: int,
    *,
    input_shape: tuple[int, int, int] = (224, 224, 3),
    classes: int | None = 1000,
    ratio: int = 16,
    se_bias: bool = True,
    placement: str = "standard",
    stride_on: str = "1x1",
) -> keras.Model:
    """Build a ResNet with a gate in each block, with fresh weights.

    Hu et al. 2018, figure 3 and table 1.

    Args:
        depth: convolutions and dense layers on the longest path, those of the gates not counted:
            18, 34, 50, 101 or 152.
        input_shape: (H, W, C) of one image, in pixels; H and W at least 32, C 1 or 3.
        classes: number of classes.  `None` leaves the head off and returns the feature map of
            stage 4, (B, H/32, W/32, 512 or 2048).
        ratio: r, the reduction in the gates, from 1 to the channels of the narrowest block.
        se_bias: whether the gates have biases, as in the authors' released nets; `False` gives
            the formula of the paper, 2 C^2 / r weights for a gate.
        placement: what the gate multiplies: F(x) in front of the addition ("standard"), what F
            reads ("pre"), what the block returns ("post"), or the shortcut ("identity").
        stride_on: which convolution of a bottleneck has stride 2, "1x1" as in the authors'
            released nets, or "3x3".

    Returns:
        A functional `keras.Model`: images in [0, 1] to class probabilities (B, classes).

    Raises:
        ValueError: unknown `depth`, `placement` or `stride_on`, a `stride_on` for blocks without
            a 1x1 convolution, a ratio that does not fit, an `se_bias` neither true nor false, an
            image that is too small, or a number of classes below 1.

    Example:
        >>> se_resnet(18).count_params()
        11788192
    """
    check_choice("depth", depth, SIZES)
    check_choice("placement", placement, PLACEMENTS)
    check_stride_on(stride_on, depth)
    check_flag("se_bias", se_bias)
    classes = check_classes(classes)
    kind, blocks = SIZES[depth]
    basic = kind == "basic"
    block = partial(
        se_block,
        branch=basic_branch if basic else partial(bottleneck_branch, stride_on=stride_on),
        placement=placement,
        gate=partial(squeeze_excite, ratio=ratio, bias=se_bias),
    )

    image = image_input(input_shape, minimum=32)
    x = stem_and_stages(image, blocks, block, conv_bn)
    if classes is not None:
        x = head(x, classes)
    return keras.Model(image, x, name=f"se_resnet{depth}")


def se_block(
    x,
    width,
    *,
    stride=1,
    branch=bottleneck_branch,
    placement="standard",
    gate=squeeze_excite,
    name,
):
    """Return a residual block with a gate at one of `PLACEMENTS`; Hu et al. 2018, figure 3.

    `branch` makes F(x); `gate(x, name=...)` multiplies each channel.
    """
    gate = partial(gate, name=f"{name}_gate")
    y = gate(x) if placement == "pre" else x
    y = branch(y, width, stride=stride, name=name)
    skip = shortcut_path(x, y.shape[-1], stride=stride, option="projection", name=f"{name}_skip")
    y = gate(y) if placement == "standard" else y
    skip = gate(skip) if placement == "identity" else skip
    y = join(skip, y, name)
    return gate(y) if placement == "post" else y


def check_units(name, value, most=None):
    """Return `value` as an `int`; raise `ValueError` unless it is from 1 to `most`, where given."""
    number = integer(value)
    if number is None or number < 1 or (most is not None and number > most):
        limit = "1" if most is None else f"1 to the {most} channels that the gate reads"
        raise ValueError(f"{name} must be an integer from {limit}, got {value!r}")
    return number
