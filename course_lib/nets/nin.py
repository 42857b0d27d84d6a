"""Network in Network: convolutions followed by 1x1 convolutions, and no dense layer.

Lin, Chen, Yan, "Network In Network", ICLR 2014, https://arxiv.org/abs/1312.4400.  Section 3.1
gives the mlpconv layer, section 3.2 the head: one map a class, its mean, softmax.

The paper prints no widths.  Those of `nin_cifar` are the first author's settings for CIFAR-10,
https://github.com/mavenlin/cuda-convnet, file NIN/cifar-10_def; `nin` is the net for ImageNet
that he released later, https://gist.github.com/mavenlin/d802a5849de39225bcc6.  Tensors are
channels-last, (B, H, W, C).
"""

import keras
from keras import layers

from course_lib.nets.classic_layers import drop
from course_lib.nets.layers import check_choice, check_classes, check_rate, conv_relu, image_input

# By stage: kernel and stride of the convolution, channels of it and of the 1x1 convolutions.
# The last stage ends in one more, with a map for each class, which belongs to the head.
IMAGENET = (
    (11, 4, (96, 96, 96)),
    (5, 1, (256, 256, 256)),
    (3, 1, (384, 384, 384)),
    (3, 1, (1024, 1024)),
)
CIFAR = (
    (5, 1, (192, 160, 96)),
    (5, 1, (192, 192, 192)),
    (3, 1, (192, 192)),
)
POOLINGS = ("max", "average")


def nin(
    *,
    input_shape: tuple[int, int, int] = (224, 224, 3),
    classes: int | None = 1000,
    dropout: float = 0.5,
) -> keras.Model:
    """Build the NiN classifier for ImageNet with fresh weights.

    Lin et al. 2014, section 3, with the widths of the net that the first author released.

    Args:
        input_shape: (H, W, C) of one image, in pixels; H and W at least 39, C 1 or 3.
        classes: number of classes.  `None` leaves the head off and returns the feature map of
            stage 4, (B, 6, 6, 1024) for 224 pixels.
        dropout: the share of the values in front of stage 4 that a training step sets to 0.

    Returns:
        A functional `keras.Model`: images in [0, 1] to class probabilities (B, classes).

    Raises:
        ValueError: a `dropout` outside [0, 1), an image that is too small, or a number of
            classes below 1.

    Example:
        >>> nin().count_params()
        7595176
    """
    check_rate("dropout", dropout)
    classes = check_classes(classes)
    x = image = image_input(input_shape, minimum=39)
    for stage, (kernel, stride, widths) in enumerate(IMAGENET, start=1):
        padding = "valid" if stage == 1 else "symmetric"
        x = mlpconv(x, kernel, widths, stride=stride, padding=padding, name=f"stage{stage}")
        if stage < len(IMAGENET):
            x = _pool(x, "max", f"stage{stage}_pool")  # (B, 27, 27, 96), 13, 6
        if stage == len(IMAGENET) - 1:
            x = drop(x, dropout, f"stage{stage}_dropout")
    if classes is not None:
        x = class_maps_head(x, classes)
    return keras.Model(image, x, name="nin")


def nin_cifar(
    *,
    input_shape: tuple[int, int, int] = (32, 32, 3),
    classes: int | None = 10,
    second_pool: str = "max",
    dropout: float = 0.5,
) -> keras.Model:
    """Build the NiN classifier for CIFAR-10 with fresh weights.

    Lin et al. 2014, sections 4.1 and 4.2.

    Args:
        input_shape: (H, W, C) of one image, in pixels; H and W at least 4, C 1 or 3.
        classes: number of classes.  `None` leaves the head off and returns the feature map of
            stage 3, (B, H/4, W/4, 192).
        second_pool: what ends stage 2, "max" as in the paper, or "average" as in the net that
            the author released for Caffe.
        dropout: the share of the values in front of stages 2 and 3 that a training step sets
            to 0.

    Returns:
        A functional `keras.Model`: images in [0, 1] to class probabilities (B, classes).

    Raises:
        ValueError: unknown `second_pool`, a `dropout` outside [0, 1), an image that is too
            small, or a number of classes below 1.

    Example:
        >>> nin_cifar().count_params()
        966986
    """
    check_choice("second_pool", second_pool, POOLINGS)
    check_rate("dropout", dropout)
    classes = check_classes(classes)
    x = image = image_input(input_shape, minimum=4)
    for stage, (kernel, stride, widths) in enumerate(CIFAR, start=1):
        x = mlpconv(x, kernel, widths, stride=stride, name=f"stage{stage}")
        if stage < len(CIFAR):
            pooling = second_pool if stage == 2 else "max"
            x = _pool(x, pooling, f"stage{stage}_pool")  # (B, H/2, W/2, 96), (B, H/4, W/4, 192)
            x = drop(x, dropout, f"stage{stage}_dropout")
    if classes is not None:
        x = class_maps_head(x, classes)
    return keras.Model(image, x, name="nin_cifar")


def mlpconv(x, kernel, widths, *, stride=1, padding="symmetric", name):
    """Apply a convolution and 1x1 convolutions, each with a ReLU; Lin et al. 2014, equation 2."""
    x = conv_relu(x, widths[0], kernel, stride=stride, padding=padding, name=f"{name}_block1")
    for i, width in enumerate(widths[1:], start=2):
        x = conv_relu(x, width, 1, name=f"{name}_block{i}")
    return x


def class_maps_head(x, classes):
    """Make a map for each class and compare their means: (B, H, W, C) to (B, classes).

    The maps are past a ReLU, as in the authors' nets, so that no mean is below 0.
    """
    x = conv_relu(x, classes, 1, name="head")
    x = layers.GlobalAveragePooling2D(name="head_pool")(x)
    return layers.Softmax(name="head_softmax")(x)


def _pool(x, kind, name):
    """Pool 3x3 with stride 2; the last window of an even side reaches a pixel over the edge.

    So Caffe and cuda-convnet count: 54 pixels give 27, 27 give 13.
    """
    if kind == "average":
        return ClippedAveragePooling(3, 2, name=name)(x)
    odd = all(side % 2 for side in x.shape[1:3])
    return layers.MaxPooling2D(3, 2, "valid" if odd else "same", name=name)(x)


@keras.saving.register_keras_serializable("course_lib")
class ClippedAveragePooling(layers.AveragePooling2D):
    """Average windows that cover the map; one that reaches over its edge averages what is inside.

    As in Caffe.  Keras' own layer counts its padding on PyTorch, and not on TensorFlow and JAX.
    """

    def call(self, x):
        pad = [(0, 0), *((0, over) for over in self._over(x.shape)), (0, 0)]
        means, shares = (
            super(ClippedAveragePooling, self).call(keras.ops.pad(values, pad))
            for values in (x, keras.ops.ones_like(x))
        )
        return means / shares

    def compute_output_shape(self, shape):
        rows, cols = self._over(shape)
        batch, height, width, channels = shape
        return super().compute_output_shape((batch, height + rows, width + cols, channels))

    def _over(self, shape):
        """Return by how many pixels the last window reaches over the edges below and right."""
        windows = zip(shape[1:3], self.pool_size, self.strides, strict=True)
        return [(window - side) % stride for side, window, stride in windows]
