"""GoogLeNet: nine Inception modules, each with four branches side by side.

Szegedy, Liu, Jia, Sermanet, Reed, Anguelov, Erhan, Vanhoucke, Rabinovich, "Going Deeper with
Convolutions", CVPR 2015, https://arxiv.org/abs/1409.4842.  Table 1 gives the widths, figure 3 the
order of the layers, section 5 the auxiliary classifiers.

Table 1 prints 2.7K weights and 34M multiply-adds for the first convolution.  The 7x7 convolution
that it names there has 9,408 and 118M; the printed ones fit a separable convolution with depth
multiplier 8 (2,712 and 34.0M), which the same group reports for its next net (`bn_inception`).
"""

from functools import partial
from typing import NamedTuple

import keras
from keras import layers

from course_lib.nets.classic_layers import LocalResponseNormalization
from course_lib.nets.layers import (
    check_choice,
    check_classes,
    check_flag,
    conv_relu,
    head,
    image_input,
)


class Widths(NamedTuple):
    """The six widths of an Inception module, in channels; the columns of table 1."""

    one: int  # #1x1
    reduce3: int  # #3x3 reduce
    three: int  # #3x3
    reduce5: int  # #5x5 reduce
    five: int  # #5x5
    pool: int  # pool proj


STEM = (64, 64, 192)  # channels of the 7x7, the 1x1 and the 3x3 convolution; table 1
# fmt: off
STAGES = (  # Szegedy et al. 2014, table 1
    #             #1x1  3x3 reduce  #3x3  5x5 reduce  #5x5  pool proj
    {"3a": Widths( 64,      96,     128,      16,      32,      32),
     "3b": Widths(128,     128,     192,      32,      96,      64)},
    {"4a": Widths(192,      96,     208,      16,      48,      64),
     "4b": Widths(160,     112,     224,      24,      64,      64),
     "4c": Widths(128,     128,     256,      24,      64,      64),
     "4d": Widths(112,     144,     288,      32,      64,      64),
     "4e": Widths(256,     160,     320,      32,     128,     128)},
    {"5a": Widths(256,     160,     320,      32,     128,     128),
     "5b": Widths(384,     192,     384,      48,     128,     128)},
)
# fmt: on
AUXILIARY = ("4a", "4d")  # the modules whose outputs an auxiliary classifier reads, section 5


def googlenet(
    *,
    input_shape: tuple[int, int, int] = (224, 224, 3),
    classes: int | None = 1000,
    auxiliary: bool = False,
    padding: str = "same",
) -> keras.Model:
    """Build GoogLeNet with fresh weights.

    Szegedy et al. 2014, table 1 and figure 3.  The paper does not give the constants of its local
    response normalization; they are those of Krizhevsky et al. 2012 here.

    Args:
        input_shape: (H, W, C) of one image, in pixels; H and W at least 32, with auxiliary
            classifiers at least 65; C 1 or 3.
        classes: number of classes.  `None` leaves all heads off and returns the feature map of
            stage 3, (B, H/32, W/32, 1024).
        auxiliary: whether to add the two classifiers that help in training.  Their losses count
            0.3 each: `compile(..., loss_weights=[1.0, 0.3, 0.3])`.  They are no part of the net
            that predicts: `keras.Model(net.input, net.outputs[0])` is the net without them.
        padding: "same" as figure 3 says, or "symmetric" as in the Caffe model; the stem's
            convolution alone differs.

    Returns:
        A functional `keras.Model`: images in [0, 1] to class probabilities (B, classes); with
        auxiliary classifiers to a list of three, from the layers `head_fc`, `aux1_fc`, `aux2_fc`.

    Raises:
        ValueError: `auxiliary` neither true nor false, unknown `padding`, an image that is too
            small, or a number of classes below 1.

    Example:
        >>> googlenet().count_params()
        6998552
    """
    check_flag("auxiliary", auxiliary)
    check_choice("padding", padding, ("same", "symmetric"))
    classes = check_classes(classes)
    image = image_input(input_shape, minimum=65 if auxiliary else 32)
    x = stem(image, conv=partial(conv_relu, padding=padding))  # (B, H/8, W/8, 192)
    outputs: list[keras.KerasTensor] = []
    for stage, modules in enumerate(STAGES, start=1):
        if stage > 1:  # (B, H/16, W/16, 480) and (B, H/32, W/32, 832)
            x = layers.MaxPooling2D(3, 2, "same", name=f"stage{stage}_pool")(x)
        for module, widths in modules.items():
            x = inception_module(x, widths, name=f"stage{stage}_{module}")
            if auxiliary and classes is not None and module in AUXILIARY:
                outputs.append(auxiliary_head(x, classes, name=f"aux{len(outputs) + 1}"))
    if classes is not None:
        x = head(x, classes, dropout=0.4)
    name = "googlenet_aux" if auxiliary else "googlenet"
    return keras.Model(image, [x, *outputs] if outputs else x, name=name)


def stem(image, *, conv=conv_relu):
    """Return the features that the first module reads: (B, H, W, C) to (B, H/8, W/8, 192)."""
    x = conv(image, STEM[0], 7, stride=2, name="stem_7x7")  # (B, H/2, W/2, 64)
    x = layers.MaxPooling2D(3, 2, "same", name="stem_pool1")(x)  # (B, H/4, W/4, 64)
    x = LocalResponseNormalization(name="stem_norm1")(x)
    x = conv(x, STEM[1], 1, name="stem_3x3_reduce")
    x = conv(x, STEM[2], 3, name="stem_3x3")
    x = LocalResponseNormalization(name="stem_norm2")(x)
    return layers.MaxPooling2D(3, 2, "same", name="stem_pool2")(x)


def inception_module(x, widths, *, name, conv=conv_relu):
    """Join four branches at one map size: 1x1, 3x3, 5x5 and pooling; figure 2b.

    (B, H, W, C) to (B, H, W, one + three + five + pool).  A 1x1 convolution reduces the channels
    in front of the 3x3 and the 5x5; the one behind the pooling keeps the output narrow.
    """
    one = conv(x, widths.one, 1, name=f"{name}_1x1")
    three = conv(x, widths.reduce3, 1, name=f"{name}_3x3_reduce")
    three = conv(three, widths.three, 3, name=f"{name}_3x3")
    five = conv(x, widths.reduce5, 1, name=f"{name}_5x5_reduce")
    five = conv(five, widths.five, 5, name=f"{name}_5x5")
    pool = layers.MaxPooling2D(3, 1, "same", name=f"{name}_pool")(x)
    pool = conv(pool, widths.pool, 1, name=f"{name}_pool_proj")
    return layers.Concatenate(name=f"{name}_out")([one, three, five, pool])


def auxiliary_head(x, classes, *, name):
    """Classify a map in the middle of the net, for training only: (B, H, W, C) to (B, classes).

    Szegedy et al. 2014, section 5.
    """
    x = layers.AveragePooling2D(5, 3, name=f"{name}_pool")(x)  # (B, 4, 4, C) of 14x14 pixels
    x = conv_relu(x, 128, 1, name=name)
    x = layers.Flatten(name=f"{name}_flatten")(x)
    x = layers.Dense(1024, activation="relu", name=f"{name}_hidden")(x)
    x = layers.Dropout(0.7, name=f"{name}_dropout")(x)
    return layers.Dense(classes, activation="softmax", name=f"{name}_fc")(x)
