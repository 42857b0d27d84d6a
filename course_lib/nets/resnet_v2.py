"""Pre-activation residual networks: ResNet-50, -101 and -152 v2.

He, Zhang, Ren, Sun, "Identity Mappings in Deep Residual Networks", ECCV 2016,
https://arxiv.org/abs/1603.05027: batch normalization and ReLU move in front of each convolution
(figure 4e), nothing follows the addition, so the shortcut carries x unchanged from block to
block.  Sizes as in `course_lib.nets.resnet`.
"""

import keras
from keras import layers

from course_lib.nets.keras_weights import pretrainable
from course_lib.nets.layers import (
    batch_norm,
    check_choice,
    check_classes,
    check_epsilon,
    check_flag,
    head,
    image_input,
)
from course_lib.nets.resnet import EXPANSION, SIZES, WIDTHS

DEPTHS = tuple(depth for depth, (kind, _) in SIZES.items() if kind == "bottleneck")


@pretrainable
def resnet_v2(
    depth: int,
    *,
    input_shape: tuple[int, int, int] = (224, 224, 3),
    classes: int | None = 1000,
    stride_at: str = "first",
    stem_norm: str = "before_pool",
    bias: bool = False,
    epsilon: float = 1e-5,
) -> keras.Model:
    """Build a pre-activation ResNet classifier, with fresh weights or with those for ImageNet.

    He et al. 2016b, section 3 and appendix.

    Args:
        depth: one of `DEPTHS`.
        input_shape: (H, W, C) of one image, in pixels; H and W at least 32, C 1 or 3.
        classes: number of classes.  `None` leaves the head off and returns the activated feature
            map of stage 4, (B, H/32, W/32, 2048).
        stride_at: the block of a stage that halves the map: "first" as in the authors' code, or
            "last" (of the stage before) as in `keras.applications`.
        stem_norm: where batch normalization and ReLU follow the stem convolution: "before_pool"
            as in the authors' code, or "after_pool" as in `keras.applications`.
        bias: whether the convolutions that no batch normalization follows have biases (they do
            in `keras.applications`).
        epsilon: added to the variance in batch normalization.
        pretrained: "imagenet" for trained weights, for RGB images, with 1000 classes or `None`.
            They set all conventions of `keras.applications`, and an epsilon of 1.001e-5;
            `course_lib.nets.keras_weights` says more.

    Returns:
        A functional `keras.Model`: images in [0, 1] to class probabilities (B, classes).  With
        trained weights it rescales them itself (layer `stem_rescale`), and warns of arrays that
        plainly are not in [0, 1].

    Raises:
        ValueError: unknown `depth`, `stride_at` or `stem_norm`, a `bias` neither true nor false, an
            `epsilon` that is not above 0, an image that is too small, or a number of classes below
            1, or settings that trained weights do not fit.
        OSError: the trained weights are neither in the cache of Keras nor to be downloaded.

    Example:
        >>> from course_lib.nets import without_values
        >>> with without_values():
        ...     print(resnet_v2(50).count_params())
        25594792
    """
    check_choice("depth", depth, DEPTHS)
    check_choice("stride_at", stride_at, ("first", "last"))
    check_choice("stem_norm", stem_norm, ("before_pool", "after_pool"))
    check_flag("bias", bias)
    check_epsilon(epsilon)
    classes = check_classes(classes)
    image = image_input(input_shape, minimum=32)
    x = layers.ZeroPadding2D(3, name="stem_pad")(image)
    x = _conv(x, 64, 7, stride=2, bias=bias, name="stem_conv")  # (B, H/2, W/2, 64)
    if stem_norm == "before_pool":
        x = _bn_relu(x, epsilon, "stem")
    x = layers.ZeroPadding2D(1, name="stem_pool_pad")(x)
    x = layers.MaxPooling2D(3, 2, name="stem_pool")(x)  # (B, H/4, W/4, 64)
    for stage, (count, width) in enumerate(zip(SIZES[depth][1], WIDTHS, strict=True), start=1):
        for i in range(1, count + 1):
            halves = i == 1 and stage > 1 if stride_at == "first" else i == count and stage < 4
            x = preactivation_block(
                x,
                width,
                stride=2 if halves else 1,
                activated=stage == i == 1 and stem_norm == "before_pool",
                bias=bias,
                epsilon=epsilon,
                name=f"stage{stage}_block{i}",
            )
    x = _bn_relu(x, epsilon, "stage4_final")
    if classes is not None:
        x = head(x, classes)
    return keras.Model(image, x, name=f"resnet{depth}v2")


def preactivation_block(x, width, *, stride, activated, bias, epsilon, name):
    """Return F(x) + shortcut(x), with BN and ReLU in front of each convolution of F.

    `activated` says that `x` is already past its ReLU (the first block after the stem).  Where
    the number of channels changes, the projection reads the activated input, as F does.
    """
    channels = EXPANSION * width
    y = x if activated else _bn_relu(x, epsilon, f"{name}_pre")
    if x.shape[-1] != channels:
        skip = _conv(y, channels, 1, stride=stride, bias=bias, name=f"{name}_skip_conv")
    else:
        skip = x
        if stride > 1:
            skip = layers.MaxPooling2D(1, stride, name=f"{name}_skip_pool")(x)  # keeps 1 in 4
    y = _bn_relu(_conv(y, width, 1, name=f"{name}_conv1_conv"), epsilon, f"{name}_conv1")
    y = layers.ZeroPadding2D(1, name=f"{name}_conv2_pad")(y)
    y = _conv(y, width, 3, stride=stride, name=f"{name}_conv2_conv")
    y = _bn_relu(y, epsilon, f"{name}_conv2")
    y = _conv(y, channels, 1, bias=bias, name=f"{name}_conv3_conv")
    return layers.Add(name=f"{name}_out")([skip, y])


def _conv(x, filters, kernel, *, stride=1, bias=False, name):
    return layers.Conv2D(
        filters, kernel, stride, use_bias=bias, kernel_initializer="he_normal", name=name
    )(x)


def _bn_relu(x, epsilon, name):
    return layers.ReLU(name=f"{name}_relu")(batch_norm(x, epsilon=epsilon, name=f"{name}_bn"))
