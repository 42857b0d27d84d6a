"""EfficientNet-B0 to -B7: one net, made deeper, wider and larger together.

Tan, Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", ICML 2019,
https://arxiv.org/abs/1905.11946.  Table 1 gives B0; its block, MBConv, is the inverted residual of
`course_lib.nets.mobilenet_v2` with a gate of `course_lib.nets.senet`.  A stage here holds all rows
of the table that work at one size of map.

The paper derives B1 to B7 from B0 by alpha^phi, beta^phi, gamma^phi; the nets that it measures have
the coefficients of the authors' code, tensorflow/tpu, models/official/efficientnet, and these
follow no single phi.  Rounding, padding, epsilon, dropout and stochastic depth are the code's, too.
Tensors are channels-last, written (B, H, W, C).
"""

from functools import partial
from math import ceil
from typing import NamedTuple

import keras
from keras import layers, ops

from course_lib.nets.keras_weights import pretrainable
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
from course_lib.nets.mobilenet_v2 import Row, Variant, blocks, inverted_residual, round_channels
from course_lib.nets.senet import squeeze_excite

STEM, LAST = 32, 1280  # channels out of the first convolution and of the last
GATE_SHARE = 0.25  # units in a gate / channels into its block
# fmt: off
TABLE = (  # Tan & Le 2019, table 1, stages 2-8; columns t, c, n, s, kernel
    Row(1,  16, 1, 1, 3),
    Row(6,  24, 2, 2, 3),
    Row(6,  40, 2, 2, 5),
    Row(6,  80, 3, 2, 3),
    Row(6, 112, 3, 1, 5),
    Row(6, 192, 4, 2, 5),
    Row(6, 320, 1, 1, 3),
)
# fmt: on


class Scale(NamedTuple):
    """How a net of the family differs from B0.

    Attributes:
        width: channels / those of B0, beta^phi in the paper.
        depth: blocks / those of B0, alpha^phi.
        resolution: side of the image, pixels.
        dropout: share of values in front of the classifier that a training step sets to 0.
    """

    width: float
    depth: float
    resolution: int
    dropout: float


# tensorflow/tpu, models/official/efficientnet/efficientnet_builder.py
SIZES = {
    "b0": Scale(width=1.0, depth=1.0, resolution=224, dropout=0.2),
    "b1": Scale(width=1.0, depth=1.1, resolution=240, dropout=0.2),
    "b2": Scale(width=1.1, depth=1.2, resolution=260, dropout=0.3),
    "b3": Scale(width=1.2, depth=1.4, resolution=300, dropout=0.3),
    "b4": Scale(width=1.4, depth=1.8, resolution=380, dropout=0.4),
    "b5": Scale(width=1.6, depth=2.2, resolution=456, dropout=0.4),
    "b6": Scale(width=1.8, depth=2.6, resolution=528, dropout=0.5),
    "b7": Scale(width=2.0, depth=3.1, resolution=600, dropout=0.5),
}


@pretrainable
def efficientnet(
    size: str,
    *,
    input_shape: tuple[int, int, int] | None = None,
    classes: int | None = 1000,
    dropout: float | None = None,
    drop_connect: float = 0.2,
    conventions: Conventions = RELEASED,
) -> keras.Model:
    """Build an EfficientNet classifier, with fresh weights or with those for ImageNet.

    Tan & Le 2019, table 1.

    Args:
        size: "b0" to "b7", one of `SIZES`.
        input_shape: (H, W, C) of one image, in pixels; H and W at least 32, C 1 or 3.  Where it
            is not given, RGB at the resolution of `size`.
        classes: number of classes.  `None` leaves the head off and returns the feature map of
            stage 5, (B, H/32, W/32, 1280) for b0 and 2560 channels for b7.
        dropout: share of values in front of the classifier that a training step sets to 0; that
            of `size` where it is not given.
        drop_connect: probability, in training, that the last block loses its F(x); it grows
            with the number of the block from 0.
        conventions: biases, epsilon, padding and scale of the convolutions and their
            normalizations.
        pretrained: "imagenet" for trained weights, for RGB images, with 1000 classes or `None`;
            `course_lib.nets.keras_weights` says more.

    Returns:
        A functional `keras.Model`: images in [0, 1] to class probabilities (B, classes).  With
        trained weights it rescales them itself (layer `stem_rescale`), and warns of arrays that
        plainly are not in [0, 1].

    Raises:
        ValueError: unknown `size`, a share that is not in [0, 1), `conventions` that are none, an
            image that is too small, or a number of classes below 1, or settings that trained
            weights do not fit.
        OSError: the trained weights are neither in the cache of Keras nor to be downloaded.

    Example:
        >>> efficientnet("b0").count_params()
        5330564
    """
    check_choice("size", size, SIZES)
    classes = check_classes(classes)
    scale = SIZES[size]
    dropout = scale.dropout if dropout is None else dropout
    check_rate("dropout", dropout)
    check_rate("drop_connect", drop_connect)
    check_conventions(conventions)
    variant = Variant(activation="swish", gate=narrow_gate, conventions=conventions)
    conv = partial(conv_bn, activation="swish", conventions=conventions)

    if input_shape is None:
        input_shape = (scale.resolution, scale.resolution, 3)
    image = image_input(input_shape, minimum=32)
    x = conv(image, round_channels(STEM * scale.width), 3, stride=2, name="stem")
    x = mbconv_stages(x, scaled(TABLE, scale), variant, drop_connect)
    x = conv(x, round_channels(LAST * scale.width), 1, name="stage5_last")  # (B, H/32, W/32, 1280)
    if classes is not None:
        x = head(x, classes, dropout=dropout)
    return keras.Model(image, x, name=f"efficientnet_{size}")


def scaled(table, scale: Scale, *, ends_repeat: bool = True) -> tuple[Row, ...]:
    """Return the table of a larger net: channels x width, rounded; blocks x depth, rounded up.

    `ends_repeat=False` leaves the number of blocks in the first and the last row.
    """
    rows = []
    for i, row in enumerate(table):
        fixed = not ends_repeat and i in (0, len(table) - 1)
        repeats = row.repeats if fixed else ceil(scale.depth * row.repeats)
        channels = round_channels(scale.width * row.channels)
        rows.append(row._replace(channels=channels, repeats=repeats))
    return tuple(rows)


def mbconv_stages(x, table, variant, drop_connect):
    """Apply the blocks of a table; block i of n, from 0, is dropped at the rate i / n of the last.

    (B, H, W, C) to (B, H/16, W/16, channels of the last row).
    """
    total = sum(row.repeats for row in table)
    for i, (stage, number, row, stride) in enumerate(blocks(table)):
        name, rate = f"stage{stage}_block{number}", drop_connect * i / total
        drop = StochasticDepth(rate, name=f"{name}_drop") if rate else None
        x = inverted_residual(
            x,
            row.channels,
            expansion=row.expansion,
            kernel=row.kernel,
            stride=stride,
            name=name,
            variant=variant._replace(drop=drop),
        )
    return x


def narrow_gate(x, channels, name):
    """Gate the depthwise output; the units in the gate are a quarter of those into the block."""
    width = max(1, int(GATE_SHARE * channels))
    return squeeze_excite(x, width=width, activation="swish", name=name)


@keras.saving.register_keras_serializable("course_lib")
class StochasticDepth(layers.Layer):
    """Set whole images to 0 in training, each with probability `rate`; divide the rest by 1 - rate.

    In front of an addition it drops the block for these images.  Huang et al., "Deep Networks with
    Stochastic Depth", ECCV 2016, https://arxiv.org/abs/1603.09382; they scale at inference, the
    authors of EfficientNet in training, as here.
    """

    def __init__(self, rate, seed=None, **kwargs):
        super().__init__(**kwargs)
        check_rate("rate", rate)
        self.rate = rate
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.built = True

    def call(self, x, training=False):
        if not training or self.rate == 0:
            return x
        shape = (ops.shape(x)[0], *(1,) * (len(x.shape) - 1))  # one draw for each image
        kept = keras.random.uniform(shape, seed=self.seed_generator) >= self.rate
        return x * ops.cast(kept, x.dtype) / (1 - self.rate)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return super().get_config() | {"rate": self.rate, "seed": self.seed}
