"""How many seeds a difference needs: two nets, and one of them against itself, twenty times.

What three, five or ten of the twenty seeds would have said can be read off the stored values.
Bouthillier et al., "Accounting for variance in machine learning benchmarks", MLSys 2021, section 2:
random choices such as the initial weights move results markedly.
"""

from dataclasses import replace

import keras
from keras import layers

from course_lib.experiments.parts import errors, small_garments, trained
from course_lib.experiments.plan import Comparison, Experiment

APART = 1_000  # between the seeds of a net and of its double
ARMS = {
    "max": {"label": "max pooling", "pooling": "max", "shift": 0},
    "average": {"label": "average pooling", "pooling": "average", "shift": 0},
    "again": {"label": "max pooling, other seeds", "pooling": "max", "shift": APART},
}
POOLING = {"max": layers.MaxPooling2D, "average": layers.AveragePooling2D}


def build(settings):
    """Return two convolutions with pooling, and a classifier."""
    image = keras.Input((14, 14, 1), name="image")
    x = image
    for stage, width in ((1, 16), (2, 32)):
        x = layers.Conv2D(width, 3, padding="same", activation="relu", name=f"stage{stage}_conv")(x)
        x = POOLING[settings["pooling"]](2, name=f"stage{stage}_pool")(x)
    x = layers.Flatten(name="head_flatten")(x)
    return keras.Model(image, layers.Dense(10, activation="softmax", name="head_fc")(x))


def trial(settings, run, splits):
    """Train one net once; return its errors."""
    own = replace(run, seed=run.seed + settings["shift"])
    return errors(trained(lambda: build(settings), own, splits, optimizer="adam").model, splits)


EXPERIMENT = Experiment(
    name="evaluation_seeds",
    chapter="practice/evaluation",
    question="How many seeds show a difference, and how often do they show one that is not there?",
    metric="test_error",
    arms=ARMS,
    comparisons={
        "pooling": Comparison("max", "average", "less", "test_error"),
        "itself": Comparison("again", "max", "less", "test_error"),
    },
    rates=(0.001, 0.003, 0.01, 0.03),
    steps=200,
    batch_size=64,
    load=small_garments,
    trial=trial,
    seeds=tuple(range(20)),
)
