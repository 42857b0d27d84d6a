"""LeNet-5: the net of the paper, and the shorter one that textbooks draw.

LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition",
Proceedings of the IEEE 86(11), 1998, section II-B.  The paper's layers are C1 S2 C3 S4 C5 F6 and
the output; here C1 and S2 are stage 1, C3 and S4 stage 2, C5 stage 3, F6 and the output the head.
Tensors are channels-last, (batch, height, width, channels), written (B, H, W, C).
"""

import keras
from keras import layers

from course_lib.nets.layers import check_choice, check_classes, image_input
from course_lib.nets.lenet_layers import RadialBasis, Subsampling, TableConv2D

# Which maps of S2 (rows) each map of C3 (columns) reads; LeCun et al. 1998, table I
C3_TABLE = (
    "X...XXX..XXXX.XX",
    "XX...XXX..XXXX.X",
    "XXX...XXX..X.XXX",
    ".XXX..XXXX..X.XX",
    "..XXX..XXXX.XX.X",
    "...XXX..XXXX.XXX",
)
ACTIVATIONS = ("relu", "tanh", "scaled_tanh", "sigmoid")
POOLINGS = ("max", "average", "trainable")


def lenet5(
    *,
    input_shape: tuple[int, int, int] = (32, 32, 1),
    classes: int | None = 10,
    activation: str = "tanh",
    pooling: str = "average",
) -> keras.Model:
    """Build the LeNet-5 of textbooks: full connections in C3 and a softmax output.

    LeCun et al. 1998, section II-B, but for the table of C3 and the radial basis output.

    Args:
        input_shape: (H, W, C) of one image, in pixels; H and W at least 32, C 1 or 3.
        classes: number of classes.  `None` leaves the head off and returns C5, (B, 1, 1, 120)
            for a 32x32 image.
        activation: after C1, C3, C5 and F6, and after trainable pooling: one of `ACTIVATIONS`.
        pooling: S2 and S4: "average", "max", or "trainable" as in the paper (sum of four, times
            a coefficient, plus a bias, then the activation).

    Returns:
        A functional `keras.Model`: images in [0, 1] to class probabilities (B, classes).

    Raises:
        ValueError: unknown `activation` or `pooling`, an image that is too small, or a number of
            classes below 1.

    Example:
        >>> lenet5().count_params()
        61706
    """
    check_choice("activation", activation, ACTIVATIONS)
    check_choice("pooling", pooling, POOLINGS)
    classes = check_classes(classes)
    squash = scaled_tanh if activation == "scaled_tanh" else activation

    image = image_input(input_shape, minimum=32)
    x = layers.Conv2D(6, 5, activation=squash, name="stage1_conv")(image)  # (B, 28, 28, 6)
    x = _pool(x, pooling, squash, "stage1_pool")  # (B, 14, 14, 6)
    x = layers.Conv2D(16, 5, activation=squash, name="stage2_conv")(x)  # (B, 10, 10, 16)
    x = _pool(x, pooling, squash, "stage2_pool")  # (B, 5, 5, 16)
    x = layers.Conv2D(120, 5, activation=squash, name="stage3_conv")(x)  # (B, 1, 1, 120)
    if classes is not None:
        x = layers.Flatten(name="head_flatten")(x)
        x = layers.Dense(84, activation=squash, name="head_f6")(x)
        x = layers.Dense(classes, activation="softmax", name="head_output")(x)
    return keras.Model(image, x, name="lenet5")


def lenet5_original(
    *, input_shape: tuple[int, int, int] = (32, 32, 1), classes: int | None = 10
) -> keras.Model:
    """Build LeNet-5 as published: C3 by table, trainable subsampling, radial basis output.

    LeCun et al. 1998, section II-B and appendix A: weights start uniform in +-2.4 / fan-in, the
    squashing function is 1.7159 tanh(2x/3), ink is 1.175 and paper -0.1.

    Args:
        input_shape: (H, W, C) of one image, in pixels; H and W at least 32, C 1 or 3.
        classes: 10, because the output units are drawings of the ten digits, or `None` for C5,
            (B, 1, 1, 120) for a 32x32 image.

    Returns:
        A functional `keras.Model`: images in [0, 1] (ink 1) to class probabilities (B, 10).
        The paper's output is the squared distance of F6 to each drawing, layer `head_output`;
        the probabilities are the softmax of the negative distances: its equation 9 without the
        constant that stands for rubbish.

    Raises:
        ValueError: an image that is too small, or classes other than 10 or `None`.

    Example:
        >>> from course_lib.cost import cost
        >>> cost(lenet5_original()).trainable
        60000
    """
    check_choice("classes", classes, (10, None))
    image = image_input(input_shape, minimum=32)
    x = layers.Rescaling(1.275, -0.1, name="stem_rescale")(image)
    x = _conv(x, 6, fan_in=25 * input_shape[2], name="stage1_conv")  # C1 (B, 28, 28, 6)
    x = _pool(x, "trainable", scaled_tanh, "stage1_pool")  # S2 (B, 14, 14, 6)
    x = TableConv2D(C3_TABLE, 5, activation=scaled_tanh, name="stage2_conv")(x)  # C3 (B,10,10,16)
    x = _pool(x, "trainable", scaled_tanh, "stage2_pool")  # S4 (B, 5, 5, 16)
    x = _conv(x, 120, fan_in=25 * 16, name="stage3_conv")  # C5 (B, 1, 1, 120)
    if classes is not None:
        x = layers.Flatten(name="head_flatten")(x)
        fan_in = x.shape[-1]
        x = layers.Dense(84, scaled_tanh, kernel_initializer=_uniform(fan_in), name="head_f6")(x)
        x = RadialBasis(name="head_output")(x)
        x = layers.Rescaling(-1.0, name="head_negative")(x)
        x = layers.Softmax(name="head_softmax")(x)
    return keras.Model(image, x, name="lenet5_original")


@keras.saving.register_keras_serializable("course_lib")
def scaled_tanh(x):
    """Return 1.7159 tanh(2x/3), which maps 1 to 1 and -1 to -1; LeCun et al. 1998, appendix A."""
    return 1.7159 * keras.ops.tanh(2.0 * x / 3.0)


def _pool(x, pooling, squash, name):
    if pooling == "trainable":
        return Subsampling(2, activation=squash, name=name)(x)
    layer = layers.MaxPooling2D if pooling == "max" else layers.AveragePooling2D
    return layer(2, name=name)(x)


def _conv(x, filters, *, fan_in, name):
    return layers.Conv2D(
        filters, 5, activation=scaled_tanh, kernel_initializer=_uniform(fan_in), name=name
    )(x)


def _uniform(fan_in):
    """Return the paper's initializer, uniform in +-2.4 / fan-in."""
    return keras.initializers.RandomUniform(-2.4 / fan_in, 2.4 / fan_in)
