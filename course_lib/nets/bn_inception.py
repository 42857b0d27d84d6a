"""BN-Inception: GoogLeNet with batch normalization and two 3x3 convolutions for each 5x5.

Ioffe, Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal
Covariate Shift", ICML 2015, https://arxiv.org/abs/1502.03167, appendix and figure 5.  Later
papers of the group call this net Inception-v2; another paper gives that name to another net
(`inception_v3`).

Figure 5 contradicts itself in 4c and 4d: `avg + 128` makes 608 channels, its column of sizes says
576, as `avg + 96` would make.  For 3c and 4e its sides are those before the stride.
"""

from functools import partial
from typing import NamedTuple

import keras
from keras import layers

from course_lib.nets.layers import (
    Conventions,
    check_choice,
    check_classes,
    check_epsilon,
    check_flag,
    conv_bn,
    head,
    image_input,
)


class Widths(NamedTuple):
    """The widths of a module, in channels, and its pooling; the columns of figure 5.

    A module without a 1x1 branch halves the map: its last convolutions and its pooling have
    stride 2, and the pooled channels pass through without a projection.
    """

    one: int  # #1x1
    reduce3: int  # #3x3 reduce
    three: int  # #3x3
    reduce_double: int  # double #3x3 reduce
    double: int  # double #3x3, both convolutions
    pool: str  # "avg" or "max"
    project: int | None  # + proj; 0 for "pass through", `None` where the figure is at odds


STEM = (64, 64, 192)  # channels of the 7x7, the 1x1 and the 3x3 convolution; figure 5
# fmt: off
STAGES = (  # Ioffe & Szegedy 2015, figure 5; a stage begins with the module that halves the map
    #             #1x1  3x3 reduce  #3x3  double reduce  double   pool  proj
    {"3a": Widths( 64,      64,      64,        64,        96,   "avg",   32),
     "3b": Widths( 64,      64,      96,        64,        96,   "avg",   64)},
    {"3c": Widths(  0,     128,     160,        64,        96,   "max",    0),
     "4a": Widths(224,      64,      96,        96,       128,   "avg",  128),
     "4b": Widths(192,      96,     128,        96,       128,   "avg",  128),
     "4c": Widths(160,     128,     160,       128,       160,   "avg", None),
     "4d": Widths( 96,     128,     192,       160,       192,   "avg", None)},
    {"4e": Widths(  0,     128,     192,       192,       256,   "max",    0),
     "5a": Widths(352,     192,     320,       160,       224,   "avg",  128),
     "5b": Widths(352,     192,     320,       192,       224,   "max",  128)},
)
# fmt: on
POOLS = {"avg": layers.AveragePooling2D, "max": layers.MaxPooling2D}


def bn_inception(
    *,
    input_shape: tuple[int, int, int] = (224, 224, 3),
    classes: int | None = 1000,
    stem: str = "separable",
    project_4cd: int = 96,
    bias: bool = False,
    epsilon: float = 1e-5,
    padding: str = "same",
) -> keras.Model:
    """Build BN-Inception with fresh weights.

    Ioffe & Szegedy 2015, figure 5.

    Args:
        input_shape: (H, W, C) of one image, in pixels; H and W at least 32, C 1 or 3.
        classes: number of classes.  `None` leaves the head off and returns the feature map of
            stage 3, (B, H/32, W/32, 1024).
        stem: the first convolution: "separable" with depth multiplier 8, as the appendix says, or
            "plain" as in Caffe models.
        project_4cd: channels behind the pooling of 4c and 4d: 96, so that all modules of stage 2
            have the 576 channels of figure 5, as in the TensorFlow model; or the 128 printed
            beside, as in ports of one Caffe model.
        bias: whether the convolutions have biases although batch normalization follows.
        epsilon: added to the variance in batch normalization.
        padding: "same" as in TensorFlow, or "symmetric" as in Caffe; the two differ at
            stride 2.

    Returns:
        A functional `keras.Model`: images in [0, 1] to class probabilities (B, classes).

    Raises:
        ValueError: unknown `stem`, `project_4cd` or `padding`, a `bias` neither true nor false,
            an `epsilon` that is not above 0, an image that is too small, or a number of classes
            below 1.

    Example:
        >>> bn_inception().count_params()
        11208192
    """
    check_choice("stem", stem, ("separable", "plain"))
    check_choice("project_4cd", project_4cd, (96, 128))
    check_choice("padding", padding, ("same", "symmetric"))
    check_flag("bias", bias)
    check_epsilon(epsilon)
    classes = check_classes(classes)
    conv = partial(conv_bn, conventions=Conventions(bias, epsilon, padding))

    image = image_input(input_shape, minimum=32)
    x = first_conv(image, stem, padding, conv)  # (B, H/2, W/2, 64)
    x = layers.MaxPooling2D(3, 2, "same", name="stem_pool1")(x)  # (B, H/4, W/4, 64)
    x = conv(x, STEM[1], 1, name="stem_3x3_reduce")
    x = conv(x, STEM[2], 3, name="stem_3x3")
    x = layers.MaxPooling2D(3, 2, "same", name="stem_pool2")(x)  # (B, H/8, W/8, 192)
    for stage, modules in enumerate(STAGES, start=1):
        for module, widths in modules.items():
            project = project_4cd if widths.project is None else widths.project
            name = f"stage{stage}_{module}"
            x = inception_module(x, widths._replace(project=project), name=name, conv=conv)
    if classes is not None:
        x = head(x, classes)
    return keras.Model(image, x, name="bn_inception")


def first_conv(image, kind, padding, conv):
    """Return maps of half the side; "separable": 8 filters for each colour, then a 1x1."""
    if kind == "plain":
        return conv(image, STEM[0], 7, stride=2, name="stem_7x7")
    if padding == "symmetric":
        image = layers.ZeroPadding2D(3, name="stem_7x7_pad")(image)
    x = layers.DepthwiseConv2D(
        7,
        2,
        "same" if padding == "same" else "valid",
        depth_multiplier=8,
        use_bias=False,
        depthwise_initializer="he_normal",
        name="stem_7x7_depthwise",
    )(image)  # (B, H/2, W/2, 24)
    return conv(x, STEM[0], 1, name="stem_7x7")


def inception_module(x, widths, *, name, conv=conv_bn):
    """Join branches of convolutions with batch normalization; Ioffe & Szegedy 2015, figure 5.

    (B, H, W, C) to (B, H, W, one + three + double + project), or without a 1x1 branch to
    (B, H/2, W/2, three + double + C).
    """
    stride = 1 if widths.one else 2
    three = conv(x, widths.reduce3, 1, name=f"{name}_3x3_reduce")
    three = conv(three, widths.three, 3, stride=stride, name=f"{name}_3x3")
    double = conv(x, widths.reduce_double, 1, name=f"{name}_double_reduce")
    double = conv(double, widths.double, 3, name=f"{name}_double1")
    double = conv(double, widths.double, 3, stride=stride, name=f"{name}_double2")
    branches = [three, double, POOLS[widths.pool](3, stride, "same", name=f"{name}_pool")(x)]
    if widths.one:
        branches.insert(0, conv(x, widths.one, 1, name=f"{name}_1x1"))
        branches[-1] = conv(branches[-1], widths.project, 1, name=f"{name}_pool_proj")
    return layers.Concatenate(name=f"{name}_out")(branches)
