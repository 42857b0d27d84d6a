"""Standard against depthwise separable convolutions, for equal width, cost, weights, and time.

Howard et al., "MobileNets", 2017, sections 3.1 and 4.1: a separable net needs an eighth to a ninth
of the multiply-adds and loses one point on ImageNet.  Multiply-adds are not time: the arms are
compared for equal seconds of processor time as well, and the time of inference is measured.
"""

import time
from functools import partial

import keras
import numpy as np

from course_lib.cost import cost
from course_lib.evaluate.classify import probabilities
from course_lib.experiments.parts import errors, small_garments, trained
from course_lib.experiments.plan import Comparison, Experiment
from course_lib.nets.layers import conv_bn, depthwise_bn, head

SECONDS = 8.0  # of training, where time is what the arms have in common
STRIDES = (1, 1, 2, 1, 2, 1)
REPEATS = 5  # timings of inference, of which the shortest counts


def _arm(label, widths, *, separable, seconds=None):
    return {
        "label": label,
        "widths": widths,
        "separable": separable,
        "seconds": seconds,
        "timed": True,  # inference is, in every arm
    }


STANDARD, THIN = [16, 16, 32, 32, 64, 64], [8, 8, 16, 16, 32, 32]
WIDE = [49, 49, 89, 89, 169, 169]
ARMS = {
    "standard": _arm("standard", STANDARD, separable=False),
    "standard_thin": _arm("standard, half as wide", THIN, separable=False),
    "separable": _arm("separable, as wide", STANDARD, separable=True),
    "separable_macs": _arm("separable, equal MACs", WIDE, separable=True),
    "separable_weights": _arm(
        "separable, equal weights", [50, 50, 92, 92, 175, 175], separable=True
    ),
    "standard_timed": _arm("standard, equal time", STANDARD, separable=False, seconds=SECONDS),
    "separable_timed": _arm(
        "separable, as wide, equal time", STANDARD, separable=True, seconds=SECONDS
    ),
    "separable_macs_timed": _arm(
        "separable, equal MACs, equal time", WIDE, separable=True, seconds=SECONDS
    ),
}


def build(settings):
    """Return six 3x3 convolutions, the first one standard, and a classifier."""
    image = keras.Input((14, 14, 1), name="image")
    x = image
    for i, (width, stride) in enumerate(zip(settings["widths"], STRIDES, strict=True), start=1):
        if settings["separable"] and i > 1:
            x = depthwise_bn(x, 3, stride=stride, name=f"block{i}_filter")
            x = conv_bn(x, width, 1, name=f"block{i}_combine")
        else:
            x = conv_bn(x, width, 3, stride=stride, name=f"block{i}")
    return keras.Model(image, head(x, 10))


def trial(settings, run, splits):
    """Train one net; return its errors, its cost, and its time for an image in inference mode."""
    began = time.process_time()
    result = trained(
        partial(build, settings), run, splits, optimizer="adam", seconds=settings["seconds"]
    )
    seconds = time.process_time() - began
    counted = cost(result.model)
    return errors(result.model, splits) | {
        "macs": counted.macs,
        "weights": counted.params,
        "updates": result.curve[-1][0],
        "training_seconds": seconds,  # with the time that compiling takes
        "microseconds_an_image": microseconds(result.model, splits["train"].images),
    }


def microseconds(model, images):
    """Return the processor time of inference for an image; the shortest of several timings."""
    probabilities(model, images)  # compiles
    found = []
    for _ in range(REPEATS):
        began = time.process_time()
        probabilities(model, images)
        found.append(time.process_time() - began)
    return float(1e6 * np.min(found) / len(images))


EXPERIMENT = Experiment(
    name="mobilenet",
    chapter="modern/mobilenet",
    question="Do separable convolutions lower the error for equal multiply-adds, weights, or time?",
    metric="test_error",
    arms=ARMS,
    comparisons={
        "width": Comparison("separable", "standard", "greater", "test_error"),
        "macs": Comparison("separable_macs", "standard", "less", "test_error"),
        "weights": Comparison("separable_weights", "standard", "less", "test_error"),
        "time": Comparison("separable_timed", "standard_timed", "less", "test_error"),
        "time_for_macs": Comparison("separable_macs_timed", "standard_timed", "less", "test_error"),
        "thin": Comparison("separable", "standard_thin", "less", "test_error"),
        "speed": Comparison("separable", "standard", "less", "microseconds_an_image"),
    },
    rates=(0.001, 0.003, 0.01, 0.03),
    steps=250,
    batch_size=64,
    load=small_garments,
    trial=trial,
)
