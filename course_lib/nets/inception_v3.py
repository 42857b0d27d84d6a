"""Inception-v3: convolutions taken apart into smaller and one-sided ones, for 299x299 pixels.

Szegedy, Vanhoucke, Ioffe, Shlens, Wojna, "Rethinking the Inception Architecture for Computer
Vision", CVPR 2016, https://arxiv.org/abs/1512.00567.  Section 6 and table 1 give the outline,
figures 5, 6, 7 and 10 the modules, section 4 the auxiliary classifier.

The paper leaves the widths to a file beside it; they are those of the net that the authors
released, which other libraries have too.  That net differs from the printed outline: its stem ends
in a 1x1 and a 3x3 convolution and a second pooling where table 1 has three 3x3 convolutions, its
modules at 35x35 have a 5x5 convolution where figure 5 has a 3x3, and four modules at 17x17 follow
the one that halves the map where table 1 counts five.
"""

from functools import partial

import keras
from keras import layers

from course_lib.nets.keras_weights import pretrainable
from course_lib.nets.layers import (
    Conventions,
    check_classes,
    check_epsilon,
    check_flag,
    check_rate,
    conv_bn,
    head,
    image_input,
)

# The widths that change from module to module, in channels; the others stand in the modules
POOL_WIDTHS = (32, 64, 64)  # at 35x35: of the projection behind the pooling
SEVEN_WIDTHS = (128, 160, 160, 192)  # at 17x17: between the one-sided 7-pixel convolutions


@pretrainable
def inception_v3(
    *,
    input_shape: tuple[int, int, int] = (299, 299, 3),
    classes: int | None = 1000,
    auxiliary: bool = False,
    dropout: float = 0.2,
    epsilon: float = 1e-5,
    scale: bool = True,
) -> keras.Model:
    """Build Inception-v3, with fresh weights or with those for ImageNet.

    Szegedy et al. 2015, section 6, with the widths of the released net.

    Args:
        input_shape: (H, W, C) of one image, in pixels; H and W at least 75, with the auxiliary
            classifier at least 107; C 1 or 3.
        classes: number of classes.  `None` leaves all heads off and returns the feature map of
            stage 3, (B, 8, 8, 2048) for 299x299 pixels.
        auxiliary: whether to add the classifier behind the last module at 17x17, for training
            only: `keras.Model(net.input, net.outputs[0])` is the net without it.
        dropout: share of values in front of the classifier that a training step sets to 0.  The
            paper gives none; 0.2 is that of the released code, `keras.applications` has 0.
        epsilon: added to the variance in batch normalization; 1e-3 in the released net.
        scale: whether batch normalization has a gamma; it has none in the released net.
        pretrained: "imagenet" for trained weights, for RGB images, with 1000 classes or `None`.
            They set `epsilon` and `scale` of the released net, and have no auxiliary classifier;
            `course_lib.nets.keras_weights` says more.

    Returns:
        A functional `keras.Model`: images in [0, 1] to class probabilities (B, classes); with the
        auxiliary classifier to a list of two, from the layers `head_fc` and `aux1_fc`.  With
        trained weights it rescales them itself (layer `stem_rescale`), and warns of arrays that
        plainly are not in [0, 1].

    Raises:
        ValueError: `auxiliary` or `scale` neither true nor false, a `dropout` outside [0, 1), an
            `epsilon` that is not above 0, an image that is too small, or a number of classes below
            1, or settings that trained weights do not fit.
        OSError: the trained weights are neither in the cache of Keras nor to be downloaded.

    Example:
        >>> from course_lib.nets import without_values
        >>> with without_values():
        ...     print(inception_v3().count_params())
        23869000
    """
    check_flag("auxiliary", auxiliary)
    check_flag("scale", scale)
    check_rate("dropout", dropout)
    check_epsilon(epsilon)
    classes = check_classes(classes)
    conv = partial(_conv, conventions=Conventions(epsilon=epsilon, scale=scale))

    image = image_input(input_shape, minimum=107 if auxiliary else 75)
    x = stem(image, conv)  # (B, 35, 35, 192)
    for i, width in enumerate(POOL_WIDTHS, start=1):
        x = module_35(x, width, name=f"stage1_block{i}", conv=conv)  # (B, 35, 35, 256 or 288)
    x = reduction_17(x, name="stage2_block1", conv=conv)  # (B, 17, 17, 768)
    for i, width in enumerate(SEVEN_WIDTHS, start=2):
        x = module_17(x, width, name=f"stage2_block{i}", conv=conv)
    middle = x
    x = reduction_8(x, name="stage3_block1", conv=conv)  # (B, 8, 8, 1280)
    for i in (2, 3):
        x = module_8(x, name=f"stage3_block{i}", conv=conv)  # (B, 8, 8, 2048)
    outputs = x if classes is None else head(x, classes, dropout=dropout)
    if auxiliary and classes is not None:
        outputs = [outputs, auxiliary_head(middle, classes, conv)]
    name = "inception_v3_aux" if auxiliary else "inception_v3"
    return keras.Model(image, outputs, name=name)


def stem(image, conv):
    """Return the features that the first module reads: (B, 299, 299, C) to (B, 35, 35, 192)."""
    x = conv(image, 32, 3, stride=2, padding="valid", name="stem_conv1")  # (B, 149, 149, 32)
    x = conv(x, 32, 3, padding="valid", name="stem_conv2")
    x = conv(x, 64, 3, name="stem_conv3")  # (B, 147, 147, 64)
    x = layers.MaxPooling2D(3, 2, name="stem_pool1")(x)  # (B, 73, 73, 64)
    x = conv(x, 80, 1, name="stem_conv4")
    x = conv(x, 192, 3, padding="valid", name="stem_conv5")  # (B, 71, 71, 192)
    return layers.MaxPooling2D(3, 2, name="stem_pool2")(x)


def module_35(x, pool_width, *, name, conv):
    """Join a 1x1, a 5x5, two 3x3 in a row and pooling; Szegedy et al. 2015, figure 5."""
    return _join(
        name,
        conv(x, 64, 1, name=f"{name}_1x1"),
        _branch(x, (48, 1), (64, 5), name=f"{name}_5x5", conv=conv),
        _branch(x, (64, 1), (96, 3), (96, 3), name=f"{name}_double", conv=conv),
        _pooled(x, pool_width, name=name, conv=conv),
    )


def reduction_17(x, *, name, conv):
    """Halve the map by convolutions and by pooling, side by side; Szegedy et al. 2015, figure 10.

    (B, 35, 35, C) to (B, 17, 17, 480 + C).
    """
    return _join(
        name,
        _branch(x, (384, 3), halve=True, name=f"{name}_3x3", conv=conv),
        _branch(x, (64, 1), (96, 3), (96, 3), halve=True, name=f"{name}_double", conv=conv),
        layers.MaxPooling2D(3, 2, name=f"{name}_pool")(x),
    )


def module_17(x, width, *, name, conv):
    """Join a 1x1, a 7x7 and two 7x7, taken apart, and pooling; Szegedy et al. 2015, figure 6."""
    row, column = (1, 7), (7, 1)
    seven = ((width, 1), (width, row), (192, column))
    twice = ((width, 1), (width, column), (width, row), (width, column), (192, row))
    return _join(
        name,
        conv(x, 192, 1, name=f"{name}_1x1"),
        _branch(x, *seven, name=f"{name}_7x7", conv=conv),
        _branch(x, *twice, name=f"{name}_double", conv=conv),
        _pooled(x, 192, name=name, conv=conv),
    )


def reduction_8(x, *, name, conv):
    """Halve the map as `reduction_17` does, one branch through a 7x7 taken apart.

    (B, 17, 17, C) to (B, 8, 8, 512 + C).
    """
    seven = ((192, 1), (192, (1, 7)), (192, (7, 1)), (192, 3))
    return _join(
        name,
        _branch(x, (192, 1), (320, 3), halve=True, name=f"{name}_3x3", conv=conv),
        _branch(x, *seven, halve=True, name=f"{name}_7x7", conv=conv),
        layers.MaxPooling2D(3, 2, name=f"{name}_pool")(x),
    )


def module_8(x, *, name, conv):
    """Join a 1x1, two branches that end side by side, and pooling; Szegedy et al. 2015, figure 7.

    (B, 8, 8, C) to (B, 8, 8, 2048): wide, in front of the classifier.
    """
    three = conv(x, 384, 1, name=f"{name}_3x3")
    double = _branch(x, (448, 1), (384, 3), name=f"{name}_double", conv=conv)
    return _join(
        name,
        conv(x, 320, 1, name=f"{name}_1x1"),
        _side_by_side(three, name=f"{name}_3x3", conv=conv),
        _side_by_side(double, name=f"{name}_double", conv=conv),
        _pooled(x, 192, name=name, conv=conv),
    )


def auxiliary_head(x, classes, conv):
    """Classify the 17x17 map, for training only: (B, H, W, C) to (B, classes).

    Batch normalization follows both convolutions; the second reads the whole pooled map of a
    299x299 image, 5x5, and shrinks with the map of a smaller one.
    """
    x = layers.AveragePooling2D(5, 3, name="aux1_pool")(x)  # (B, 5, 5, C)
    x = conv(x, 128, 1, name="aux1_1x1")
    kernel = tuple(min(5, side) for side in x.shape[1:3])
    x = conv(x, 768, kernel, padding="valid", name="aux1_5x5")  # (B, 1, 1, 768)
    x = layers.GlobalAveragePooling2D(name="aux1_mean")(x)
    return layers.Dense(classes, activation="softmax", name="aux1_fc")(x)


def _conv(x, filters, kernel, *, stride=1, padding="same", name, conventions):
    conventions = conventions._replace(padding=padding)
    return conv_bn(x, filters, kernel, stride=stride, name=name, conventions=conventions)


def _branch(x, *steps, halve=False, name, conv):
    """Apply convolutions, given as (channels, kernel), in a row; `halve`: the last one halves."""
    for i, (filters, kernel) in enumerate(steps, start=1):
        last = {"stride": 2, "padding": "valid"} if halve and i == len(steps) else {}
        x = conv(x, filters, kernel, **last, name=f"{name}_conv{i}")
    return x


def _pooled(x, width, *, name, conv):
    x = layers.AveragePooling2D(3, 1, "same", name=f"{name}_pool")(x)
    return conv(x, width, 1, name=f"{name}_pool_proj")


def _side_by_side(x, *, name, conv):
    """Read one map by a 1x3 and by a 3x1 convolution and join them: 768 channels."""
    row, column = (conv(x, 384, k, name=f"{name}_{k[0]}x{k[1]}") for k in ((1, 3), (3, 1)))
    return _join(name, row, column)


def _join(name, *branches):
    return layers.Concatenate(name=f"{name}_out")(branches)
