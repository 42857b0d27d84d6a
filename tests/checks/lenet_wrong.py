"""Wrong answers to the questions on LeNet, and what each must be told."""

import keras

from course_lib.nets.lenet import lenet5
from course_lib.nets.lenet_layers import Subsampling
from tests.checks import lenet_wrong_counts as counts
from tests.checks import lenet_wrong_layers as layers
from tests.checks import lenet_wrong_nets as nets
from tests.checks import lenet_wrong_subsampling as pooling
from tests.checks.lenet_right import TABLE


def numbered(bank):
    """Name answers by their places; lines and large letters of a message make no difference."""
    return {str(i): (answer, f"(?is){idea}") for i, (answer, idea) in enumerate(bank)}


def but(place, option):
    """Return a diagnosis that is wrong for one piece."""
    return lambda piece: option if piece == place else TABLE[piece]


WRONG = {
    "weights_by_layer": numbered(counts.WEIGHTS),
    "dense_minus_convolution": numbered(counts.DIFFERENCE),
    "connections": numbered(layers.CONNECTIONS),
    "subsampling": numbered(pooling.SUBSAMPLING),
    "small_lenet": numbered(nets.SMALL_LENET),
    "diagnosis": {
        "no option": (
            lambda piece: f"piece {piece} looks right",
            "Expected one of 'no weights', 'per pixel'",
        ),
        # The text of an option must not be true of a piece that has another fault.
        "1: bias": (but(1, "no bias"), "returned 'no bias'. .*still be a coefficient to train"),
        "2: dense": (but(2, "dense"), "returned 'dense'. .*Follow one output back"),
        "5: pixels": (but(5, "per pixel"), "returned 'per pixel'. .*there would still be maps"),
    },
}
WRONG_OF_VARIANT = {
    ("subsampling", "before"): numbered(pooling.BEFORE),
    ("subsampling", "squares"): numbered(pooling.SQUARES),
    ("small_lenet", "slide"): numbered(nets.SLIDE),
    ("small_lenet", "scales"): numbered(nets.SCALES),
}

# What the course itself has: wrong in every variant, since each asks for something else.


def course_subsampling(x, *, window, stride, activation):
    return Subsampling(window, activation=activation)(x)


def course_lenet(image, *, maps, units, classes, activation, halving):
    """Return the course's net with the widths asked for, without its softmax."""
    names = ("stage1_conv", "stage2_conv", "stage3_conv", "head_f6")
    widths = dict(zip(names, (*maps, units), strict=True))
    net = lenet5(
        input_shape=image.shape[1:],
        classes=classes,
        activation=activation,
        pooling="average" if halving == "stride" else halving,
    )

    def resized(layer):
        config = layer.get_config()
        config.pop("kernel_initializer", None)  # the check's own has no name for Keras
        if layer.name in widths:
            config["filters" if "filters" in config else "units"] = widths[layer.name]
        if layer.name == "head_output":
            config["activation"] = "linear"
        return type(layer).from_config(config)

    return keras.models.clone_model(net, clone_function=resized)(image)


OF_COURSE = {"subsampling": [course_subsampling], "small_lenet": [course_lenet]}
BETWEEN = {
    ("subsampling", "after", "before"): "the bias once, after the sum; here each pixel gets",
    ("subsampling", "before", "after"): "each pixel gets the bias, .* here it is added once",
    ("subsampling", "squares", "after"): "adds the squares of the pixels",
    ("subsampling", "after", "squares"): "adds the pixels as they are; the squares",
    ("small_lenet", "cover", "slide"): "C5 has 5x5 kernels here",
    ("small_lenet", "slide", "cover"): "C5 covers what is left",
    ("small_lenet", "scales", "cover"): "F6 reads .* it reads C5 alone",
    ("small_lenet", "cover", "scales"): "and the mean of each map of the first stage",
}
EQUIVALENT = {  # where there are variants, patterns of the variant and the name
    "weights_by_layer": {"operands: `s4_side - 4` -> `4 - s4_side`": "the side of C5 is squared"},
    "dense_minus_convolution": {
        "operands: `side - 4` -> `4 - side`": "it is squared",
        "order: `dense = c5_maps * s4_maps * side ** 2 + f6_units * c5_maps` after `convolution = "
        "c5_maps * s4_maps * 25 + f6_units * c5_maps * positions`": "neither uses the other",
        "order: `positions = (side - 4) ** 2` after `dense = c5_maps * s4_maps * side ** 2 + "
        "f6_units * c5_maps`": "the dense end does not use the positions",
    },
    "subsampling": {
        r"\w+ order: `weigh = .*` after `squash = .*": "neither reads the other",
        r"(after|squares) order: `squash = .*` after `(sums|x) = .*": "neither reads the other",
    },
    "small_lenet": {
        r"\w+ order: `step = .*` after `x = image`": "neither reads the other",
        r"\w+ order: `if halving == 'average':` after `if halving == 'max':`": "one applies",
        r"slide order: `for filters .*` after `side = 5`": "neither reads the other",
        r"(cover|scales) number: `1` -> `2` #2": (
            "the images are square: height and width are the same number"
        ),
    },
}
