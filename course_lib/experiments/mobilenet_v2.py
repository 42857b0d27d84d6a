"""The linear bottleneck, and where the shortcut goes.

Sandler et al., CVPR 2018, sections 3.2, 3.3 and 6.4: a ReLU in the narrow layer loses information,
and shortcuts between the narrow layers do better than between the wide ones or none.
"""

from functools import partial

import keras
from keras import layers

from course_lib.experiments.parts import errors_and_curve, small_garments, trained
from course_lib.experiments.plan import Comparison, Experiment
from course_lib.nets.layers import conv_bn, depthwise_bn, head

EXPANSION = 6
STAGES = ((8, 1, 3), (16, 2, 3))  # narrow channels, first stride, blocks
ARMS = {
    "linear": {"label": "linear, shortcut between bottlenecks", "linear": True, "skip": "narrow"},
    "relu": {"label": "ReLU6, shortcut between bottlenecks", "linear": False, "skip": "narrow"},
    "wide": {"label": "linear, shortcut between expansions", "linear": True, "skip": "wide"},
    "none": {"label": "linear, no shortcut", "linear": True, "skip": "none"},
}


def build(settings):
    """Return a stem, six inverted residual blocks, a 1x1 convolution and a classifier."""
    image = keras.Input((14, 14, 1), name="image")
    x, wide = conv_bn(image, 8, 3, activation="relu6", name="stem"), None
    for stage, (channels, first, count) in enumerate(STAGES, start=1):
        for i in range(1, count + 1):
            stride = first if i == 1 else 1
            x, wide = block(x, wide, channels, stride, settings, f"stage{stage}_block{i}")
    x = conv_bn(x, 64, 1, activation="relu6", name="head_conv")
    return keras.Model(image, head(x, 10))


def block(x, wide, channels, stride, settings, name):
    """Expand, filter, narrow; return the narrow map, and the filtered wide one."""
    expanded = conv_bn(x, EXPANSION * x.shape[-1], 1, activation="relu6", name=f"{name}_expand")
    first = wide is None  # no block before it; with a shortcut the narrow ones had one more
    if settings["skip"] == "wide" and not first and wide.shape == expanded.shape:
        expanded = layers.Add(name=f"{name}_add")([wide, expanded])
    filtered = depthwise_bn(expanded, 3, stride=stride, activation="relu6", name=f"{name}_filter")
    activation = None if settings["linear"] else "relu6"
    narrow = conv_bn(filtered, channels, 1, activation=activation, name=f"{name}_project")
    if settings["skip"] == "narrow" and not first and narrow.shape == x.shape:
        narrow = layers.Add(name=f"{name}_add")([x, narrow])
    return narrow, filtered


def trial(settings, run, splits):
    """Train one net once; return its errors and its curve."""
    return errors_and_curve(
        trained(partial(build, settings), run, splits, optimizer="adam"), splits
    )


EXPERIMENT = Experiment(
    name="mobilenet_v2",
    chapter="modern/mobilenet_v2",
    question="Does a linear bottleneck err less than one with ReLU, and where do shortcuts help?",
    metric="test_error",
    arms=ARMS,
    comparisons={
        "linear": Comparison("linear", "relu", "less", "test_error"),
        "place": Comparison("linear", "wide", "less", "test_error"),
        "shortcut": Comparison("linear", "none", "less", "test_error"),
        "linear_training": Comparison("linear", "relu", "less", "train_error"),
    },
    rates=(0.001, 0.003, 0.01, 0.03),
    steps=250,
    batch_size=64,
    load=small_garments,
    trial=trial,
)
