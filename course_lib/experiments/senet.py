"""Squeeze-and-excitation by its reduction ratio, against none and against gates that read nothing.

Hu, Shen, Albanie, Sun, Wu, arXiv:1709.01507v4, sections 3 and 6.1.  The control multiplies each
channel by a number that is learned and is the same for every image: what it gains is not owed to
reading the image.
"""

from functools import partial

import keras
import numpy as np
from keras import layers

from course_lib.experiments.parts import errors_and_curve, small_garments, trained
from course_lib.experiments.plan import Comparison, Experiment
from course_lib.nets.layers import conv_bn, head
from course_lib.nets.senet import squeeze_excite

WIDTHS = (16, 32, 32, 64)
STRIDES = (1, 2, 1, 2)
RATIOS = (2, 4, 8, 16)
ARMS = {
    "none": {"label": "no gates", "gate": "none", "ratio": 0},
    "constant": {"label": "gates that read nothing", "gate": "constant", "ratio": 0},
    **{f"se_{r}": {"label": f"SE, r = {r}", "gate": "se", "ratio": r} for r in RATIOS},
}


class ConstantGate(layers.Layer):
    """Multiply each channel by the sigmoid of a weight of its own: (B, H, W, C) to the same."""

    def build(self, input_shape):
        self.logit = self.add_weight((input_shape[-1],), initializer="zeros", name="logit")

    def call(self, x):
        return x * keras.ops.sigmoid(self.logit)


def build(settings):
    """Return four convolutions, each with the gate of the arm behind it, and a classifier."""
    image = keras.Input((14, 14, 1), name="image")
    x = image
    for i, (width, stride) in enumerate(zip(WIDTHS, STRIDES, strict=True), start=1):
        x = conv_bn(x, width, 3, stride=stride, name=f"conv{i}")
        if settings["gate"] == "se":
            x = squeeze_excite(x, settings["ratio"], name=f"gate{i}")
        elif settings["gate"] == "constant":
            x = ConstantGate(name=f"gate{i}")(x)
    return keras.Model(image, head(x, 10))


def trial(settings, run, splits):
    """Train one net; return its errors, and how its gates differ between images and classes."""
    result = trained(partial(build, settings), run, splits, optimizer="adam")
    measures = errors_and_curve(result, splits)
    if settings["gate"] == "se":
        measures |= gates(result.model, splits["validation"])
    return measures


def gates(model, split):
    """Return by place: the mean gate, and its sd over images and over the means of classes."""
    outputs = [model.get_layer(f"gate{i}_expand").output for i in range(1, len(WIDTHS) + 1)]
    found = keras.Model(model.input, outputs).predict(split.images, batch_size=500, verbose=0)
    flat = [values.reshape(len(split), -1) for values in found]
    classes = np.unique(split.labels)
    means = [np.stack([v[split.labels == c].mean(axis=0) for c in classes]) for v in flat]
    return {
        "gate_mean": [float(v.mean()) for v in flat],
        "gate_sd_images": [float(v.std(axis=0).mean()) for v in flat],
        "gate_sd_classes": [float(m.std(axis=0).mean()) for m in means],
    }


EXPERIMENT = Experiment(
    name="senet",
    chapter="modern/senet",
    question="Do gates that read the image lower the error, and does their reduction matter?",
    metric="test_error",
    arms=ARMS,
    comparisons={
        **{f"se_{r}": Comparison(f"se_{r}", "none", "less", "test_error") for r in RATIOS},
        "reading": Comparison("se_4", "constant", "less", "test_error"),
        "narrowest": Comparison("se_2", "se_16", "less", "test_error"),
    },
    rates=(0.001, 0.003, 0.01, 0.03),
    steps=250,
    batch_size=64,
    load=small_garments,
    trial=trial,
)
