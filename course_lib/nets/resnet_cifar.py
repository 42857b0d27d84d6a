"""The small residual networks for 32x32 images: depth 6n + 2, three stages, and plain twins.

He et al. 2016 (https://arxiv.org/abs/1512.03385), section 4.2: a 3x3 stem without pooling, three
stages of n basic blocks with 16, 32 and 64 channels, option A shortcuts, global average pooling.
"""

import keras

from course_lib.nets.layers import (
    check_choice,
    check_classes,
    conv_bn,
    head,
    image_input,
    integer,
    integers,
)
from course_lib.nets.resnet import SHORTCUTS, basic_block


def resnet_cifar(
    depth: int,
    *,
    input_shape: tuple[int, int, int] = (32, 32, 3),
    classes: int | None = 10,
    shortcut: str = "zero_pad",
    widths: tuple[int, int, int] = (16, 32, 64),
) -> keras.Model:
    """Build a residual (or plain) network of 6n + 2 layers with fresh weights.

    He et al. 2016, section 4.2.

    Args:
        depth: layers with weights, 6n + 2: 8, 14, 20, 32, 44, 56, 110 ...
        input_shape: (H, W, C) of one image, in pixels; H and W at least 8, C 1 or 3.
        classes: number of classes.  `None` leaves the head off and returns the feature map of
            stage 3, (B, H/4, W/4, widths[2]).
        shortcut: "zero_pad" (option A, the paper's choice here), "projection" (B),
            "projection_all" (C) or "none" for the plain network.
        widths: channels of the three stages, not decreasing.

    Returns:
        A functional `keras.Model`: images in [0, 1] to class probabilities (B, classes).

    Raises:
        ValueError: a depth that is not 6n + 2, an unknown `shortcut`, widths that are not three
            non-decreasing positive integers, an image that is too small, or a number of classes
            below 1.

    Example:
        >>> resnet_cifar(20).count_params()
        271098
    """
    depth = check_depth(depth)
    check_choice("shortcut", shortcut, SHORTCUTS)
    classes = check_classes(classes)
    widths = check_widths(widths)

    image = image_input(input_shape, minimum=8)
    x = conv_bn(image, widths[0], 3, name="stem")  # (B, H, W, 16)
    for stage, width in enumerate(widths, start=1):
        for i in range(1, (depth - 2) // 6 + 1):
            stride = 2 if stage > 1 and i == 1 else 1
            name = f"stage{stage}_block{i}"
            x = basic_block(x, width, stride=stride, shortcut=shortcut, name=name)
    if classes is not None:
        x = head(x, classes)
    kind = "plain" if shortcut == "none" else "resnet"
    return keras.Model(image, x, name=f"{kind}{depth}_cifar")


def check_depth(depth):
    """Return `depth` as an `int`; raise `ValueError` unless it is 6n + 2."""
    number = integer(depth)
    if number is None or number < 8 or number % 6 != 2:
        raise ValueError(f"depth must be 6n + 2 with n at least 1 (8, 14, 20, ...), got {depth!r}")
    return number


def check_widths(widths):
    """Return `widths` as a tuple; raise `ValueError` unless it is three that do not decrease."""
    found = integers(widths) or ()
    if len(found) != 3 or found[0] < 1 or list(found) != sorted(found):
        raise ValueError(
            "widths must be three non-decreasing channel counts, such as (16, 32, 64), "
            f"got {widths!r}"
        )
    return found
