"""VGG: configurations A to E, with 11 to 19 layers that have weights.

Simonyan, Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition",
ICLR 2015, https://arxiv.org/abs/1409.1556.  Table 1 gives the configurations, table 2 their
weights, section 2.1 the layers around them, section 3.1 the dropout.

Kernels start from He's distribution.  The authors trained A first and copied layers of it into
the others, and found afterwards that Glorot's distribution makes this unnecessary (section 3.1).
A stage is what stands between two poolings.  Tensors are channels-last, (B, H, W, C).
"""

import keras
from keras import layers

from course_lib.nets.classic_layers import LocalResponseNormalization, dense_head
from course_lib.nets.keras_weights import pretrainable
from course_lib.nets.layers import check_choice, check_classes, check_rate, conv_relu, image_input

# Sides of the kernels, by stage; Simonyan & Zisserman 2015, table 1
CONFIGURATIONS = {
    "A": ((3,), (3,), (3, 3), (3, 3), (3, 3)),
    "A-LRN": ((3,), (3,), (3, 3), (3, 3), (3, 3)),  # response normalization ends its stage 1
    "B": ((3, 3), (3, 3), (3, 3), (3, 3), (3, 3)),
    "C": ((3, 3), (3, 3), (3, 3, 1), (3, 3, 1), (3, 3, 1)),
    "D": ((3, 3), (3, 3), (3, 3, 3), (3, 3, 3), (3, 3, 3)),
    "E": ((3, 3), (3, 3), (3, 3, 3, 3), (3, 3, 3, 3), (3, 3, 3, 3)),
}
WIDTHS = (64, 128, 256, 512, 512)  # channels of each stage: the last is not doubled
DENSE = (4096, 4096)  # units of the hidden dense layers


@pretrainable
def vgg(
    configuration: str,
    *,
    input_shape: tuple[int, int, int] = (224, 224, 3),
    classes: int | None = 1000,
    dropout: float = 0.5,
) -> keras.Model:
    """Build a VGG classifier, with fresh weights or with those for ImageNet.

    Simonyan & Zisserman 2015, table 1.

    Args:
        configuration: one of `CONFIGURATIONS`; "D" is known as VGG-16, "E" as VGG-19.
        input_shape: (H, W, C) of one image, in pixels; H and W at least 32, C 1 or 3.
        classes: number of classes.  `None` leaves the head off and returns the feature map of
            stage 5, (B, H/32, W/32, 512).
        dropout: the share of the values of both hidden dense layers that a training step sets
            to 0; `keras.applications` has no dropout.
        pretrained: "imagenet" for trained weights, which "D" and "E" have for RGB images, with
            1000 classes (of 224x224 pixels) or `None`; `course_lib.nets.keras_weights` says more.

    Returns:
        A functional `keras.Model`: images in [0, 1] to class probabilities (B, classes).  With
        trained weights it rescales them itself (layer `stem_rescale`), and warns of arrays that
        plainly are not in [0, 1].

    Raises:
        ValueError: unknown `configuration`, a `dropout` outside [0, 1), an image that is too small,
            or a number of classes below 1, or settings that trained weights do not fit.
        OSError: the trained weights are neither in the cache of Keras nor to be downloaded.

    Example:
        >>> from course_lib.nets import without_values
        >>> with without_values():
        ...     print(vgg("D").count_params())
        138357544
    """
    check_choice("configuration", configuration, CONFIGURATIONS)
    check_rate("dropout", dropout)
    classes = check_classes(classes)
    stages = CONFIGURATIONS[configuration]

    x = image = image_input(input_shape, minimum=32)
    for stage, (kernels, width) in enumerate(zip(stages, WIDTHS, strict=True), start=1):
        for i, kernel in enumerate(kernels, start=1):
            x = conv_relu(x, width, kernel, name=f"stage{stage}_block{i}")
        if configuration == "A-LRN" and stage == 1:
            x = LocalResponseNormalization(name="stage1_norm")(x)
        x = layers.MaxPooling2D(2, name=f"stage{stage}_pool")(x)  # (B, H/2**stage, ...)
    if classes is not None:
        x = dense_head(x, DENSE, classes, dropout=dropout)
    return keras.Model(image, x, name=_name(configuration))


def _name(configuration):
    depth = sum(map(len, CONFIGURATIONS[configuration])) + len(DENSE) + 1
    return f"vgg{depth}" + {"A-LRN": "_lrn", "C": "_c"}.get(configuration, "")
