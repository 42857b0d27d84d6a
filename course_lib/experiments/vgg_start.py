"""From which initial weights a deep net without batch normalization learns.

Simonyan and Zisserman 2015, section 3.1: normal weights with variance 0.01, the shallow net first
and its layers copied into the deep ones; they found later that the scheme of Glorot and Bengio
(AISTATS 2010) needs no such stages.  Krizhevsky et al. 2012, section 5, have a standard deviation
of 0.01, as which the other number is often read.  He, Zhang, Ren, Sun (ICCV 2015), section 2.2,
derive the scale for ReLU and give the depths at which the difference shows.
"""

import keras
from keras import layers

from course_lib.experiments.parts import errors_and_curve, small_garments, trained
from course_lib.experiments.plan import Comparison, Experiment

DEPTHS = (6, 12, 18)  # convolutions
STARTS = {
    "small": ("normal, sd 0.01", keras.initializers.RandomNormal(stddev=0.01)),
    "large": ("normal, sd 0.1", keras.initializers.RandomNormal(stddev=0.1)),
    "glorot": ("Glorot", keras.initializers.GlorotUniform()),
    "he": ("He", keras.initializers.HeNormal()),
}
ARMS = {
    f"{start}_{depth}": {
        "label": f"{label}, {depth} convolutions",
        "kind": label,
        "start": start,
        "depth": depth,
    }
    for start, (label, _) in STARTS.items()
    for depth in DEPTHS
}


def build(settings):
    """Return `depth` 3x3 convolutions of 16 channels in two stages, and a classifier."""
    image = keras.Input((14, 14, 1), name="image")
    x, depth = image, settings["depth"]
    for i in range(1, depth + 1):
        x = layers.Conv2D(
            16,
            3,
            padding="same",
            activation="relu",
            kernel_initializer=STARTS[settings["start"]][1].clone(),
            name=f"conv{i}",
        )(x)
        if i in (depth // 2, depth):
            x = layers.MaxPooling2D(name=f"pool{i}")(x)
    x = layers.Flatten(name="head_flatten")(x)
    return keras.Model(image, layers.Dense(10, activation="softmax", name="head_fc")(x))


def trial(settings, run, splits):
    """Train one net once; return its errors and its curve."""
    return errors_and_curve(trained(lambda: build(settings), run, splits), splits)


EXPERIMENT = Experiment(
    name="vgg_start",
    chapter="classic/vgg",
    question="From which initial weights does a deep net without batch normalization learn?",
    metric="train_error",
    arms=ARMS,
    comparisons={
        **{
            f"glorot_against_small_{depth}": Comparison(
                f"glorot_{depth}", f"small_{depth}", "less", "train_error"
            )
            for depth in DEPTHS
        },
        **{
            f"large_against_small_{depth}": Comparison(
                f"large_{depth}", f"small_{depth}", "less", "train_error"
            )
            for depth in DEPTHS
        },
        **{
            f"he_against_glorot_{depth}": Comparison(
                f"he_{depth}", f"glorot_{depth}", "less", "train_error"
            )
            for depth in DEPTHS
        },
    },
    rates=(0.003, 0.01, 0.03, 0.1),
    steps=200,
    batch_size=64,
    load=small_garments,
    trial=trial,
)
