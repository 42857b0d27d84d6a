"""One 5x5 convolution, two of 3x3, or a 1x5 and a 5x1.

Szegedy et al., CVPR 2016, sections 3.1 and 3.2: the factorized forms read the same square with
18/25 and 10/25 of the weights and multiply-adds for equal channels.  They are to err no more.
"""

from typing import Any

import keras
from keras import layers

from course_lib.cost import cost
from course_lib.experiments.parts import errors_and_curve, small_garments, trained
from course_lib.experiments.plan import Comparison, Experiment
from course_lib.nets.layers import conv_bn, head

WIDTH = 24
ARMS: dict[str, dict[str, Any]] = {
    "five": {"label": "5x5", "kernels": ((5, 5),)},
    "two_three": {"label": "3x3, 3x3", "kernels": ((3, 3), (3, 3))},
    "asymmetric": {"label": "1x5, 5x1", "kernels": ((1, 5), (5, 1))},
}


def build(settings):
    """Return a stem and two stages that hold the arm's convolutions, with batch normalization."""
    image = keras.Input((14, 14, 1), name="image")
    x = conv_bn(image, WIDTH, 3, name="stem")
    for stage in (1, 2):
        for i, kernel in enumerate(settings["kernels"], start=1):
            x = conv_bn(x, WIDTH, kernel, name=f"stage{stage}_conv{i}")
        x = layers.MaxPooling2D(name=f"stage{stage}_pool")(x)
    return keras.Model(image, head(x, 10))


def trial(settings, run, splits):
    """Train one net; return its errors, its curve and its cost."""
    result = trained(lambda: build(settings), run, splits, optimizer="adam")
    counted = cost(result.model)
    return errors_and_curve(result, splits) | {"macs": counted.macs, "weights": counted.params}


EXPERIMENT = Experiment(
    name="factorization",
    chapter="modern/inception_v3",
    question="Do factorized convolutions err no more than the 5x5 they replace?",
    metric="test_error",
    arms=ARMS,
    comparisons={
        "two_three": Comparison("two_three", "five", "less", "test_error"),
        "asymmetric": Comparison("asymmetric", "five", "less", "test_error"),
    },
    rates=(0.001, 0.003, 0.01, 0.03),
    steps=300,
    batch_size=64,
    load=small_garments,
    trial=trial,
)
