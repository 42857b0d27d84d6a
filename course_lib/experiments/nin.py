"""A head that averages each map, against dense heads, on centered and on shifted images.

Lin, Chen, Yan, "Network in network", ICLR 2014, section 3.2, replaces the dense layers at the end
by one map for each class and its mean, and claims less overfitting and robustness to translations.
"""

import keras
import numpy as np
from keras import layers

from course_lib.data import Split
from course_lib.evaluate.classify import error
from course_lib.experiments.parts import errors_and_curve, small_garments, trained
from course_lib.experiments.plan import Comparison, Experiment
from course_lib.nets.layers import conv_bn

SHIFT = 2  # pixels at most, of 14
ARMS = {
    "average": {"label": "global average pooling", "head": "average"},
    "dense": {"label": "one dense layer", "head": "dense"},
    "hidden": {"label": "two dense layers", "head": "hidden"},
}


def build(settings):
    """Return two groups of a 3x3 and two 1x1 convolutions, and the head of the arm."""
    image = keras.Input((14, 14, 1), name="image")
    x = image
    for stage, width in ((1, 24), (2, 48)):
        x = conv_bn(x, width, 3, name=f"stage{stage}_conv")
        x = conv_bn(x, width, 1, name=f"stage{stage}_mlp1")
        x = conv_bn(x, width, 1, name=f"stage{stage}_mlp2")
        x = layers.MaxPooling2D(name=f"stage{stage}_pool")(x)
    if settings["head"] == "average":
        x = layers.Conv2D(10, 1, name="head_maps")(x)
        x = layers.GlobalAveragePooling2D(name="head_pool")(x)
    else:
        x = layers.Flatten(name="head_flatten")(x)
        if settings["head"] == "hidden":
            x = layers.Dense(128, activation="relu", name="head_hidden")(x)
        x = layers.Dense(10, name="head_fc")(x)
    return keras.Model(image, layers.Softmax(name="head_softmax")(x))


def trial(settings, run, splits):
    """Train one net on centered images; return its errors on these and on shifted ones."""
    result = trained(lambda: build(settings), run, splits, optimizer="adam")
    measures = errors_and_curve(result, splits)
    for name in ("validation", "test"):
        if name in splits:
            measures[f"{name}_error_shifted"] = error(result.model, shifted(splits[name]))
    judge = "test" if "test" in splits else "validation"
    rise = measures[f"{judge}_error_shifted"] - measures[f"{judge}_error"]
    return measures | {"rise_by_shift": rise}


def shifted(split):
    """Move each image by up to 2 pixels in each direction, by a fixed seed; zeros come in."""
    draw = np.random.default_rng(0)
    frame = np.pad(split.images, [(0, 0), (SHIFT, SHIFT), (SHIFT, SHIFT), (0, 0)])
    offsets = draw.integers(0, 2 * SHIFT + 1, (len(split), 2))
    side = split.images.shape[1]
    moved = [
        image[y : y + side, x : x + side] for image, (y, x) in zip(frame, offsets, strict=True)
    ]
    return Split(np.stack(moved), split.labels)


EXPERIMENT = Experiment(
    name="nin",
    chapter="modern/nin",
    question="Does global average pooling generalize better than a dense head, and to shifts?",
    metric="test_error_shifted",
    arms=ARMS,
    comparisons={
        "centered": Comparison("average", "dense", "less", "test_error"),
        "centered_hidden": Comparison("average", "hidden", "less", "test_error"),
        "shifted": Comparison("average", "dense", "less", "test_error_shifted"),
        "shifted_hidden": Comparison("average", "hidden", "less", "test_error_shifted"),
        "rise": Comparison("average", "dense", "less", "rise_by_shift"),
    },
    rates=(0.001, 0.003, 0.01, 0.03),
    steps=300,
    batch_size=64,
    load=small_garments,
    trial=trial,
)
