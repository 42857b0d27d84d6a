"""EfficientNet-Lite0 to -Lite4: EfficientNet for small devices, with weights for three of them.

Published as code, without a paper: tensorflow/tpu, models/official/efficientnet/lite.  Against
`course_lib.nets.efficientnet` it has no gates and ReLU6 for swish; its stem, its last convolution
and the number of blocks in the first and the last row of the table do not grow.
"""

from functools import partial

import keras

from course_lib.nets.efficientnet import (
    LAST,
    STEM,
    TABLE,
    Scale,
    mbconv_stages,
    scaled,
)
from course_lib.nets.layers import (
    Conventions,
    check_choice,
    check_classes,
    check_conventions,
    check_rate,
    conv_bn,
    head,
    image_input,
)
from course_lib.nets.mobilenet import RELEASED
from course_lib.nets.mobilenet_v2 import Variant
from course_lib.nets.pretrained import IMAGENET, ImageRescaling, PretrainedNet, load_imagenet

# tensorflow/tpu, models/official/efficientnet/lite/efficientnet_lite_builder.py
SIZES = {
    "lite0": Scale(width=1.0, depth=1.0, resolution=224, dropout=0.2),
    "lite1": Scale(width=1.0, depth=1.1, resolution=240, dropout=0.2),
    "lite2": Scale(width=1.1, depth=1.2, resolution=260, dropout=0.3),
    "lite3": Scale(width=1.2, depth=1.4, resolution=280, dropout=0.3),
    "lite4": Scale(width=1.4, depth=1.8, resolution=300, dropout=0.3),
}


def efficientnet_lite(
    size: str,
    *,
    input_shape: tuple[int, int, int] | None = None,
    classes: int | None = 1000,
    dropout: float | None = None,
    drop_connect: float = 0.2,
    pretrained: str | None = None,
    conventions: Conventions = RELEASED,
) -> keras.Model:
    """Build an EfficientNet-Lite classifier, with fresh weights or with those for ImageNet.

    tensorflow/tpu, models/official/efficientnet/lite/efficientnet_lite_builder.py.

    Args:
        size: "lite0" to "lite4", one of `SIZES`.
        input_shape: (H, W, C) of one image, in pixels; H and W at least 32, C 1 or 3.  Where it
            is not given, RGB at the resolution of `size`.
        classes: number of classes.  `None` leaves the head off and returns the feature map of
            stage 5, (B, H/32, W/32, 1280).
        dropout: share of values in front of the classifier that a training step sets to 0; that
            of `size` where it is not given.
        drop_connect: probability, in training, that the last block loses its F(x); it grows
            with the number of the block from 0.
        pretrained: "imagenet" for trained weights, which "lite0", "lite1" and "lite2" have, with
            1000 classes or `None`, for RGB.  Names of the classes: `course_lib.nets.class_names`.
        conventions: biases, epsilon, padding and scale of the convolutions and their
            normalizations.

    Returns:
        A functional `keras.Model`: images in [0, 1] to class probabilities (B, classes).  With
        trained weights it rescales them itself (layer `stem_rescale`), and warns of arrays that
        plainly are not in [0, 1] in a call, `predict`, `evaluate` and `fit`.  It cannot warn of
        data sets, of generators, or inside a compiled model that it is a part of.

    Raises:
        ValueError: unknown `size` or `pretrained`, settings that the trained weights do not fit,
            a share that is not in [0, 1), `conventions` that are none, an image that is too
            small, or classes below 1.
        ModuleNotFoundError: the package with the trained weights is not installed.

    Example:
        >>> efficientnet_lite("lite0").count_params()
        4694024
    """
    check_choice("size", size, SIZES)
    classes = check_classes(classes)
    scale = SIZES[size]
    if input_shape is None:
        input_shape = (scale.resolution, scale.resolution, 3)
    dropout = scale.dropout if dropout is None else dropout
    check_rate("dropout", dropout)
    check_rate("drop_connect", drop_connect)
    check_conventions(conventions)
    image = x = image_input(input_shape, minimum=32)
    if pretrained is not None:
        check_pretrained(size, pretrained, classes, input_shape[2], conventions)
        x = ImageRescaling(255 / 128, -127 / 128, name="stem_rescale")(x)  # (8-bit - 127) / 128
    variant = Variant(activation="relu6", conventions=conventions)
    conv = partial(conv_bn, activation="relu6", conventions=conventions)

    x = conv(x, STEM, 3, stride=2, name="stem")  # (B, H/2, W/2, 32)
    x = mbconv_stages(x, scaled(TABLE, scale, ends_repeat=False), variant, drop_connect)
    x = conv(x, LAST, 1, name="stage5_last")  # (B, H/32, W/32, 1280)
    if classes is not None:
        x = head(x, classes, dropout=dropout)
    if pretrained is None:
        return keras.Model(image, x, name=f"efficientnet_{size}")
    model = PretrainedNet(image, x, name=f"efficientnet_{size}_{pretrained}")
    load_imagenet(model, size)
    return model


def check_pretrained(size, pretrained, classes, channels, conventions):
    """Raise `ValueError` unless there are trained weights for these settings."""
    check_choice("pretrained", pretrained, (None, "imagenet"))
    if size not in IMAGENET:
        raise ValueError(
            f"there are trained weights for {tuple(IMAGENET)}, got size {size!r}; "
            "leave pretrained=None for fresh weights"
        )
    if classes not in (None, 1000) or channels != 3 or conventions != RELEASED:
        raise ValueError(
            "the trained weights are for 1000 classes, RGB images and the conventions of the "
            f"authors, got classes={classes}, {channels} channels, {conventions}; for other "
            "classes build with classes=None and put a head of your own behind it"
        )
