"""One 7x7 convolution, or three of 3x3 that see as much.

Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition",
ICLR 2015, section 2.3: three 3x3 convolutions read a square of 7x7 with 27 C^2 weights instead of
49 C^2, and have three ReLUs instead of one.  The paper names both advantages and separates neither;
here one arm has the weights of the other kind, and one has the depth without the ReLUs.
"""

import keras
from keras import layers

from course_lib.experiments.parts import errors_and_curve, small_garments, trained
from course_lib.experiments.plan import Comparison, Experiment

ARMS = {
    "three": {"label": "three 3x3", "kernels": (3, 3, 3), "width": 24, "linear": False},
    "three_linear": {
        "label": "three 3x3, one ReLU",
        "kernels": (3, 3, 3),
        "width": 24,
        "linear": True,
    },
    "seven": {"label": "one 7x7", "kernels": (7,), "width": 24, "linear": False},
    "seven_same_weights": {
        "label": "one 7x7, as many weights",
        "kernels": (7,),
        "width": 18,
        "linear": False,
    },
}


def build(settings):
    """Return a stem and two stages that each hold one block: images 14x14 to ten classes."""
    image = keras.Input((14, 14, 1), name="image")
    x = _conv(image, settings["width"], 3, "relu", "stem")
    for stage in (1, 2):
        kernels = settings["kernels"]
        for i, kernel in enumerate(kernels, start=1):
            activation = "relu" if i == len(kernels) or not settings["linear"] else None
            x = _conv(x, settings["width"], kernel, activation, f"stage{stage}_conv{i}")
        x = layers.MaxPooling2D(name=f"stage{stage}_pool")(x)
    x = layers.Flatten(name="head_flatten")(x)
    return keras.Model(image, layers.Dense(10, activation="softmax", name="head_fc")(x))


def _conv(x, width, kernel, activation, name):
    return layers.Conv2D(
        width,
        kernel,
        padding="same",
        activation=activation,
        # Each keeps the scale of what it reads; with He's, which is for ReLU, the arm without them
        # would start from twice the variance at every convolution.
        kernel_initializer="he_normal" if activation else "lecun_normal",
        name=name,
    )(x)


def trial(settings, run, splits):
    """Train one net once; return its errors and its curve."""
    return errors_and_curve(trained(lambda: build(settings), run, splits, optimizer="adam"), splits)


EXPERIMENT = Experiment(
    name="vgg",
    chapter="classic/vgg",
    question="Do three 3x3 convolutions err less than one 7x7 that sees as much, and why?",
    metric="test_error",
    arms=ARMS,
    comparisons={
        "same_width": Comparison("three", "seven", "less", "test_error"),
        "same_weights": Comparison("three", "seven_same_weights", "less", "test_error"),
        "relus": Comparison("three", "three_linear", "less", "test_error"),
        "depth_alone": Comparison("three_linear", "seven_same_weights", "less", "test_error"),
    },
    rates=(0.001, 0.003, 0.01, 0.03),
    steps=300,
    batch_size=64,
    load=small_garments,
    trial=trial,
)
