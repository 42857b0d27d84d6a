"""Depth, width, resolution, or some of each, for equal multiply-adds.

Tan and Le, "EfficientNet", ICML 2019, sections 3.2 and 3.3: scaling one dimension gains less than
scaling all three by a compound coefficient.  Each arm has 3.5 times the multiply-adds of the base,
within 1 %.
"""

from functools import partial

import keras

from course_lib.cost import cost
from course_lib.data import Split, fashion_mnist
from course_lib.experiments.parts import errors_and_curve, trained
from course_lib.experiments.plan import Comparison, Experiment
from course_lib.nets.layers import conv_bn, head

IMAGES = 4_000


def _arm(label, widths, depths, side):
    return {"label": label, "widths": widths, "depths": depths, "side": side}


ARMS = {
    "base": _arm("base", [10, 20, 40], [1, 1, 1], 14),
    "width": _arm("width", [19, 39, 74], [1, 1, 1], 14),
    "depth": _arm("depth", [10, 20, 38], [2, 2, 2], 14),
    "resolution": _arm("resolution", [10, 20, 40], [1, 1, 1], 28),
    "compound": _arm("all three", [11, 22, 44], [1, 2, 1], 17),
}


def load():
    """Return the embedded splits at 28x28 pixels; a trial makes them smaller."""
    data = fashion_mnist("embedded")
    return {"train": data.train.take(IMAGES), "validation": data.validation, "test": data.test}


def build(settings):
    """Return three stages of 3x3 convolutions, the second and third at half the size."""
    side = settings["side"]
    image = keras.Input((side, side, 1), name="image")
    x = image
    for stage, (width, depth) in enumerate(
        zip(settings["widths"], settings["depths"], strict=True), start=1
    ):
        for i in range(1, depth + 1):
            stride = 2 if stage > 1 and i == 1 else 1
            x = conv_bn(x, width, 3, stride=stride, name=f"stage{stage}_conv{i}")
    return keras.Model(image, head(x, 10))


def resized(split, side):
    """Return the images at `side` pixels, bilinear, with neighbors averaged."""
    if side == split.images.shape[1]:
        return split
    images = keras.ops.image.resize(
        split.images, (side, side), interpolation="bilinear", antialias=True
    )
    return Split(keras.ops.convert_to_numpy(images), split.labels)


def trial(settings, run, splits):
    """Train one net once; return its errors, its curve and its cost."""
    own = {name: resized(split, settings["side"]) for name, split in splits.items()}
    result = trained(partial(build, settings), run, own, optimizer="adam")
    counted = cost(result.model)
    return errors_and_curve(result, own) | {"macs": counted.macs, "weights": counted.params}


EXPERIMENT = Experiment(
    name="efficientnet",
    chapter="modern/efficientnet",
    question="For equal multiply-adds, is it best to scale depth, width, resolution, or all three?",
    metric="test_error",
    arms=ARMS,
    comparisons={
        **{
            f"compound_against_{arm}": Comparison("compound", arm, "less", "test_error")
            for arm in ("width", "depth", "resolution")
        },
        **{
            f"{arm}_against_base": Comparison(arm, "base", "less", "test_error")
            for arm in ("width", "depth", "resolution", "compound")
        },
    },
    rates=(0.001, 0.003, 0.01, 0.03),
    steps=250,
    batch_size=64,
    load=load,
    trial=trial,
)
