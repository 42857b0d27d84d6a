"""Residual networks: ResNet-18, -34, -50, -101, -152, and their twins without shortcuts.

He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition", CVPR 2016,
https://arxiv.org/abs/1512.03385.  Table 1 gives the sizes, section 3.3 the shortcut options A
(zero padding) and B (projection where the shape changes), section 4.1 option C (projection
everywhere) and the bottleneck.

Stage k here is conv{k+1}_x in the paper.  Tensors are channels-last, (batch, height, width,
channels); comments write them as (B, H, W, C).
"""

from functools import partial

import keras
from keras import layers

from course_lib.nets.keras_weights import pretrainable
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

# depth: (block, blocks per stage); He et al. 2016, table 1
SIZES = {
    18: ("basic", (2, 2, 2, 2)),
    34: ("basic", (3, 4, 6, 3)),
    50: ("bottleneck", (3, 4, 6, 3)),
    101: ("bottleneck", (3, 4, 23, 3)),
    152: ("bottleneck", (3, 8, 36, 3)),
}
WIDTHS = (64, 128, 256, 512)  # channels of a stage before expansion
EXPANSION = 4  # channels out of a bottleneck / its width
SHORTCUTS = ("zero_pad", "projection", "projection_all", "none")  # options A, B, C; plain net
STRIDES_ON = ("1x1", "3x3")  # convolutions of a bottleneck that can have its stride


@pretrainable
def resnet(
    depth: int,
    *,
    input_shape: tuple[int, int, int] = (224, 224, 3),
    classes: int | None = 1000,
    shortcut: str = "projection",
    stride_on: str = "1x1",
    bias: bool = False,
    epsilon: float = 1e-5,
) -> keras.Model:
    """Build a ResNet classifier, with fresh weights or with those for ImageNet.

    He et al. 2016, table 1.

    Args:
        depth: layers with weights on the longest path, one of `SIZES`.
        input_shape: (H, W, C) of one image, in pixels; H and W at least 32, C 1 or 3.
        classes: number of classes.  `None` leaves the head off and returns the feature map of
            stage 4, (B, H/32, W/32, 512 or 2048).
        shortcut: what carries `x` past a block, one of `SHORTCUTS`: "zero_pad" (option A),
            "projection" (B, where the shape changes), "projection_all" (C), or "none", which
            gives the plain network that the paper compares with.
        stride_on: which convolution of a bottleneck has stride 2: "1x1" as in the paper, or
            "3x3" as in torchvision ("ResNet v1.5").  Same weights, different multiply-adds.
        bias: whether the convolutions have biases (they do in `keras.applications`); batch
            normalization makes them redundant.
        epsilon: added to the variance in batch normalization.
        pretrained: "imagenet" for trained weights, which 50, 101 and 152 have for RGB images, with
            1000 classes or `None`.  They set `bias` and an epsilon of 1.001e-5, and keep the
            other arguments as they are; `course_lib.nets.keras_weights` says more.

    Returns:
        A functional `keras.Model`: images in [0, 1] to class probabilities (B, classes).  With
        trained weights it rescales them itself (layer `stem_rescale`), and warns of arrays that
        plainly are not in [0, 1].

    Raises:
        ValueError: unknown `depth`, `shortcut` or `stride_on`, a `stride_on` for blocks without a
            1x1 convolution, a `bias` neither true nor false, an `epsilon` that is not above 0, an
            image that is too small, or a number of classes below 1, or settings that trained
            weights do not fit.
        OSError: the trained weights are neither in the cache of Keras nor to be downloaded.

    Example:
        >>> resnet(18).count_params()
        11699112
    """
    check_choice("depth", depth, SIZES)
    check_choice("shortcut", shortcut, SHORTCUTS)
    check_stride_on(stride_on, depth)
    check_flag("bias", bias)
    check_epsilon(epsilon)
    classes = check_classes(classes)
    kind, blocks = SIZES[depth]
    conv = partial(conv_bn, conventions=Conventions(bias, epsilon))
    block = basic_block if kind == "basic" else partial(bottleneck_block, stride_on=stride_on)

    image = image_input(input_shape, minimum=32)
    x = stem_and_stages(image, blocks, partial(block, shortcut=shortcut, conv=conv), conv)
    if classes is not None:
        x = head(x, classes)
    family = "plain" if shortcut == "none" else "resnet"
    version = "_v1_5" if stride_on == "3x3" else ""
    return keras.Model(image, x, name=f"{family}{depth}{version}")


def stem_and_stages(image, counts, block, conv):
    """Apply the stem and, for each stage, a count of blocks: (B, H, W, C) to (B, H/32, W/32, .)."""
    x = conv(image, 64, 7, stride=2, name="stem")  # (B, H/2, W/2, 64)
    x = layers.ZeroPadding2D(1, name="stem_pool_pad")(x)  # zeros are harmless: x is past its ReLU
    x = layers.MaxPooling2D(3, 2, name="stem_pool")(x)  # (B, H/4, W/4, 64)
    for stage, (count, width) in enumerate(zip(counts, WIDTHS, strict=True), start=1):
        for i in range(1, count + 1):
            stride = 2 if stage > 1 and i == 1 else 1
            x = block(x, width, stride=stride, name=f"stage{stage}_block{i}")
    return x


def basic_block(x, width, *, stride=1, shortcut="projection", name, conv=conv_bn):
    """Return relu(F(x) + shortcut(x)) with two 3x3 convolutions in F, He et al. 2016, figure 5."""
    skip = shortcut_path(x, width, stride=stride, option=shortcut, name=f"{name}_skip", conv=conv)
    return join(skip, basic_branch(x, width, stride=stride, name=name, conv=conv), name)


def bottleneck_block(
    x, width, *, stride=1, shortcut="projection", stride_on="1x1", name, conv=conv_bn
):
    """Return relu(F(x) + shortcut(x)) with 1x1, 3x3 and 1x1 in F, He et al. 2016, figure 5."""
    channels = EXPANSION * width
    skip = shortcut_path(
        x, channels, stride=stride, option=shortcut, name=f"{name}_skip", conv=conv
    )
    x = bottleneck_branch(x, width, stride=stride, stride_on=stride_on, name=name, conv=conv)
    return join(skip, x, name)


def basic_branch(x, width, *, stride=1, name, conv=conv_bn):
    """Return F(x) of a basic block: (B, H, W, C) to (B, H/stride, W/stride, width)."""
    x = conv(x, width, 3, stride=stride, name=f"{name}_conv1")
    return conv(x, width, 3, activation=None, name=f"{name}_conv2")


def bottleneck_branch(x, width, *, stride=1, stride_on="1x1", name, conv=conv_bn):
    """Return F(x) of a bottleneck: (B, H, W, C) to (B, H/stride, W/stride, 4 width)."""
    first, second = (stride, 1) if stride_on == "1x1" else (1, stride)
    x = conv(x, width, 1, stride=first, name=f"{name}_conv1")
    x = conv(x, width, 3, stride=second, name=f"{name}_conv2")
    return conv(x, EXPANSION * width, 1, activation=None, name=f"{name}_conv3")


def shortcut_path(x, channels, *, stride, option, name, conv=conv_bn):
    """Return what is added to F(x): `x`, `x` made to fit by option A, B or C, or `None`."""
    same_shape = stride == 1 and x.shape[-1] == channels
    if option == "none":
        return None
    if option == "projection_all" or (option == "projection" and not same_shape):
        return conv(x, channels, 1, stride=stride, activation=None, name=name)
    return x if same_shape else ZeroPadShortcut(channels, stride, name=name)(x)


def join(skip, x, name):
    """Return relu(x + skip), or relu(x) where `skip` is `None`."""
    if skip is not None:
        x = layers.Add(name=f"{name}_add")([skip, x])
    return layers.ReLU(name=f"{name}_out")(x)


def check_stride_on(stride_on, depth):
    """Raise `ValueError` unless `stride_on` is known and fits the blocks of this depth."""
    check_choice("stride_on", stride_on, STRIDES_ON)
    if SIZES[depth][0] == "basic" and stride_on != STRIDES_ON[0]:
        raise ValueError(
            "stride_on chooses a convolution of bottlenecks, and the blocks of depth "
            f"{depth} are basic, with two 3x3 convolutions: leave it out, got {stride_on!r}"
        )


@keras.saving.register_keras_serializable("course_lib")
class ZeroPadShortcut(layers.Layer):
    """Keep every `stride`-th pixel and append zero channels: option A, without weights.

    (B, H, W, C) to (B, H/stride, W/stride, channels); He et al. 2016, section 3.3.
    """

    def __init__(self, channels, stride, **kwargs):
        super().__init__(**kwargs)
        self.channels = channels
        self.stride = stride

    def build(self, input_shape):
        if input_shape[-1] > self.channels:
            raise ValueError(
                f"{self.name}: zero padding can only add channels, but the input has "
                f"{input_shape[-1]} and the output {self.channels}; use a projection shortcut"
            )
        super().build(input_shape)

    def call(self, x):
        x = x[:, :: self.stride, :: self.stride]
        return keras.ops.pad(x, [(0, 0)] * 3 + [(0, self.channels - x.shape[-1])])

    def get_config(self):
        return super().get_config() | {"channels": self.channels, "stride": self.stride}
