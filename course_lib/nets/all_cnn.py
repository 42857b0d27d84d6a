"""All-CNN-C: a net of convolutions alone, and the nets with pooling that it is compared with.

Springenberg, Dosovitskiy, Brox, Riedmiller, "Striving for Simplicity: The All Convolutional Net",
ICLR 2015 workshop, https://arxiv.org/abs/1412.6806.  Table 1 gives model C, table 2 what is
derived from it, section 3 the dropout.

The paper is silent on padding.  Its mean over 6x6 positions of a 32x32 image leaves one choice
for the sizes: all 3x3 layers are padded but the last.  Where the zeros of a stride-2 convolution
lie stays open: on both sides here, as in a version for Caffe, https://github.com/mateuszbuda/ALL-CNN.
Tensors are channels-last, (B, H, W, C).
"""

import keras
from keras import layers

from course_lib.nets.classic_layers import drop
from course_lib.nets.layers import check_choice, check_classes, check_rate, conv_relu, image_input
from course_lib.nets.nin import class_maps_head

# Strides of the 3x3 convolutions of stages 1 and 2, and whether 3x3 max pooling with stride 2
# follows; Springenberg et al. 2015, table 2
VARIANTS = {
    "model_c": ((1, 1), True),
    "strided_cnn": ((1, 2), False),
    "conv_pool_cnn": ((1, 1, 1), True),
    "all_cnn": ((1, 1, 2), False),
}
WIDTHS = (96, 192)  # channels of stages 1 and 2; stage 3 has those of stage 2


def all_cnn(
    *,
    input_shape: tuple[int, int, int] = (32, 32, 3),
    classes: int | None = 10,
    variant: str = "all_cnn",
    input_dropout: float = 0.2,
    dropout: float = 0.5,
    padding: str = "symmetric",
) -> keras.Model:
    """Build the All-CNN-C classifier, or a variant of it, with fresh weights.

    Springenberg et al. 2015, tables 1 and 2.

    Args:
        input_shape: (H, W, C) of one image, in pixels; H and W at least 9, C 1 or 3.
        classes: number of classes.  `None` leaves the head off and returns the feature map of
            stage 3, (B, H/4 - 2, W/4 - 2, 192).
        variant: what halves the maps of stages 1 and 2, one of `VARIANTS`: max pooling
            ("model_c"), the stride of the convolution before it ("strided_cnn"), a further
            convolution with stride 2 ("all_cnn"), or, with as many weights as that, a further
            convolution and max pooling ("conv_pool_cnn").
        input_dropout: the share of the image's values that a training step sets to 0.
        dropout: the same for the values that leave stages 1 and 2.
        padding: zeros of a stride-2 convolution, "symmetric" or "same" as in TensorFlow.

    Returns:
        A functional `keras.Model`: images in [0, 1] to class probabilities (B, classes).

    Raises:
        ValueError: unknown `variant` or `padding`, a dropout outside [0, 1), an image that is
            too small, or a number of classes below 1.

    Example:
        >>> all_cnn().count_params()
        1369738
    """
    check_choice("variant", variant, VARIANTS)
    check_choice("padding", padding, ("symmetric", "same"))
    check_rate("input_dropout", input_dropout)
    check_rate("dropout", dropout)
    classes = check_classes(classes)
    strides, pooled = VARIANTS[variant]

    image = image_input(input_shape, minimum=9)
    x = drop(image, input_dropout, "stem_dropout")
    for stage, width in enumerate(WIDTHS, start=1):
        for i, stride in enumerate(strides, start=1):
            name = f"stage{stage}_block{i}"
            x = conv_relu(x, width, 3, stride=stride, padding=padding, name=name)
        if pooled:
            x = layers.MaxPooling2D(3, 2, "same", name=f"stage{stage}_pool")(x)
        x = drop(x, dropout, f"stage{stage}_dropout")  # (B, H/2, W/2, 96), (B, H/4, W/4, 192)
    x = conv_relu(x, WIDTHS[-1], 3, padding="valid", name="stage3_block1")  # (B, 6, 6, 192)
    x = conv_relu(x, WIDTHS[-1], 1, name="stage3_block2")
    if classes is not None:
        x = class_maps_head(x, classes)
    return keras.Model(image, x, name=variant)
