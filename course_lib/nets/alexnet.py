"""AlexNet, in one piece and as split over two GPUs.

Krizhevsky, Sutskever, Hinton, "ImageNet Classification with Deep Convolutional Neural Networks",
NIPS 2012, https://papers.nips.cc/paper/4824.  Section 3.5 and figure 2 give the layers, section
3.3 the response normalization, section 3.4 the overlapping pooling, section 4.2 the dropout.

The paper prints an input of 224 pixels, from which an 11x11 convolution with stride 4 cannot get
its 55x55 maps: 227 pixels can, and 224 with 2 pixels of zeros on each side.  The default is 227,
as in Caffe.  Kernels start from He's distribution; the paper's (standard deviation 0.01, biases
of 1 in some layers) belongs to its schedule of training.  Tensors are channels-last, (B, H, W, C).
"""

import keras
from keras import layers

from course_lib.nets.classic_layers import LocalResponseNormalization, dense_head
from course_lib.nets.layers import check_choice, check_classes, check_rate, conv_relu, image_input

WIDTHS = (96, 256, 384, 384, 256)  # maps of the five convolutions; section 3.5
DENSE = (4096, 4096)  # units of the hidden dense layers
# k, n, alpha, beta of the response normalization; section 3.3, and the defaults of Caffe's layer,
# whose alpha is divided by n
RESPONSE_NORMS = {"paper": (2.0, 5, 1e-4, 0.75), "caffe": (1.0, 5, 1e-4 / 5, 0.75), "none": None}


def alexnet(
    *,
    input_shape: tuple[int, int, int] = (227, 227, 3),
    classes: int | None = 1000,
    groups: int = 1,
    response_norm: str = "paper",
    dropout: float = 0.5,
    padding: int = 0,
) -> keras.Model:
    """Build an AlexNet classifier with fresh weights.

    Krizhevsky et al. 2012, section 3.5.

    Args:
        input_shape: (H, W, C) of one image, in pixels; H and W at least 67 (63 with a padding of
            2), C 1 or 3.
        classes: number of classes.  `None` leaves the head off and returns the feature map of
            stage 3, (B, 6, 6, 256) for 227 pixels.
        groups: 2 gives the paper's net: convolutions 2, 4 and 5 read only the maps of their own
            GPU, half of them.  1 gives the same maps in one piece, as most books draw it.
        response_norm: constants of the normalization after convolutions 1 and 2, one of
            `RESPONSE_NORMS`.  It runs over all maps, as in Caffe; whether it crosses the border
            between the two GPUs the paper does not say.
        dropout: the share of the values of both hidden dense layers that a training step sets
            to 0.
        padding: pixels of zeros on each side of the image, 0, or 2 for images of 224 pixels.

    Returns:
        A functional `keras.Model`: images in [0, 1] to class probabilities (B, classes).

    Raises:
        ValueError: unknown `groups`, `response_norm` or `padding`, a `dropout` outside [0, 1),
            an image that is too small, or a number of classes below 1.

    Example:
        >>> from course_lib.nets import without_values
        >>> with without_values():
        ...     print(alexnet().count_params(), alexnet(groups=2).count_params())
        62378344 60965224
    """
    check_choice("groups", groups, (1, 2))
    check_choice("response_norm", response_norm, RESPONSE_NORMS)
    check_choice("padding", padding, (0, 2))
    check_rate("dropout", dropout)
    classes = check_classes(classes)

    x = image = image_input(input_shape, minimum=67 - 2 * padding)
    if padding:
        x = layers.ZeroPadding2D(padding, name="stage1_pad")(x)
    x = conv_relu(x, WIDTHS[0], 11, stride=4, padding="valid", name="stage1")  # (B, 55, 55, 96)
    x = _normalize(x, response_norm, "stage1_norm")
    x = layers.MaxPooling2D(3, 2, name="stage1_pool")(x)  # (B, 27, 27, 96)
    x = conv_relu(x, WIDTHS[1], 5, groups=groups, name="stage2")  # (B, 27, 27, 256)
    x = _normalize(x, response_norm, "stage2_norm")
    x = layers.MaxPooling2D(3, 2, name="stage2_pool")(x)  # (B, 13, 13, 256)
    x = conv_relu(x, WIDTHS[2], 3, name="stage3_block1")  # reads the maps of both GPUs
    x = conv_relu(x, WIDTHS[3], 3, groups=groups, name="stage3_block2")
    x = conv_relu(x, WIDTHS[4], 3, groups=groups, name="stage3_block3")
    x = layers.MaxPooling2D(3, 2, name="stage3_pool")(x)  # (B, 6, 6, 256)
    if classes is not None:
        x = dense_head(x, DENSE, classes, dropout=dropout)
    return keras.Model(image, x, name="alexnet" if groups == 1 else "alexnet_grouped")


def _normalize(x, response_norm, name):
    constants = RESPONSE_NORMS[response_norm]
    return x if constants is None else LocalResponseNormalization(*constants, name=name)(x)
