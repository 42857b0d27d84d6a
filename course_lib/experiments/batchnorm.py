"""Batch normalization by learning rate: where it helps, and where it does not.

Ioffe and Szegedy, ICML 2015, sections 3.3 and 4.2.2: with it, rates can be raised 5 and 30 times.
The learning rate is what is studied, so it is not chosen.
"""

from functools import partial

import keras

from course_lib.experiments.parts import errors_and_curve, few_garments, trained
from course_lib.experiments.plan import Comparison, Experiment
from course_lib.experiments.why_resnets import conv_alone
from course_lib.nets.layers import conv_bn, head

RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
WIDTHS = (8, 16, 16, 16, 32, 32)
STRIDES = (1, 2, 1, 1, 2, 1)
ARMS = {
    f"{key}_{rate:g}": {
        "label": f"{label}, rate {rate:g}",
        "kind": label,
        "normalized": key == "bn",
        "learning_rate": rate,
    }
    for key, label in (("none", "without"), ("bn", "with batch normalization"))
    for rate in RATES
}


def build(settings):
    """Return six 3x3 convolutions and a classifier."""
    conv = conv_bn if settings["normalized"] else conv_alone
    image = keras.Input((14, 14, 1), name="image")
    x = image
    for i, (width, stride) in enumerate(zip(WIDTHS, STRIDES, strict=True), start=1):
        x = conv(x, width, 3, stride=stride, name=f"conv{i}")
    return keras.Model(image, head(x, 10))


def trial(settings, run, splits):
    """Train one net by SGD with momentum; return its errors and its curve."""
    return errors_and_curve(trained(partial(build, settings), run, splits), splits)


EXPERIMENT = Experiment(
    name="batchnorm",
    chapter="modern/batchnorm",
    question="At which learning rates does batch normalization lower the training error?",
    metric="train_error",
    arms=ARMS,
    comparisons={
        f"rate_{rate:g}": Comparison(f"bn_{rate:g}", f"none_{rate:g}", "less", "train_error")
        for rate in RATES
    },
    rates=(),
    steps=120,
    batch_size=64,
    load=few_garments,
    trial=trial,
)
