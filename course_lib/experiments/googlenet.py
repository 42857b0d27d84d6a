"""Auxiliary classifiers: do they help a net whose early layers get weak gradients?

Szegedy et al., CVPR 2015, section 5: two more classifiers in the middle, their losses times 0.3,
are to bring gradient to the early layers.  Szegedy et al., CVPR 2016, section 4, find that they
help at the end of training only, as a regularizer.  Here: plain convolutions without batch
normalization, a shallow and a deep net, with and without two such heads.
"""

from functools import partial

import keras
from keras import layers

from course_lib.experiments.parts import errors, small_garments, trained
from course_lib.experiments.plan import Comparison, Experiment

DEPTHS = (6, 18)  # convolutions
WEIGHT = 0.3  # of the loss of each auxiliary classifier
ARMS = {
    f"{'with' if heads else 'without'}_{depth}": {
        "label": f"{'two auxiliary heads' if heads else 'one head'}, {depth} convolutions",
        "kind": "two auxiliary heads" if heads else "one head",
        "depth": depth,
        "heads": heads,
    }
    for heads in (False, True)
    for depth in DEPTHS
}


def build(settings):
    """Return 3x3 convolutions of 16 channels; heads after a third, two thirds, and the last."""
    image = keras.Input((14, 14, 1), name="image")
    x, depth = image, settings["depth"]
    outputs: list[keras.KerasTensor] = []
    for i in range(1, depth + 1):
        x = layers.Conv2D(
            16,
            3,
            padding="same",
            activation="relu",
            kernel_initializer="he_normal",
            name=f"conv{i}",
        )(x)
        if settings["heads"] and i in (depth // 3, 2 * depth // 3):
            outputs.append(_classify(x, f"aux{len(outputs) + 1}"))
        if i == depth // 2:
            x = layers.MaxPooling2D(name="pool")(x)
    return keras.Model(image, [_classify(x, "head"), *outputs])


def _classify(x, name):
    x = layers.AveragePooling2D(3, name=f"{name}_pool")(x)
    x = layers.Flatten(name=f"{name}_flatten")(x)
    return layers.Dense(10, activation="softmax", name=f"{name}_fc")(x)


def trial(settings, run, splits):
    """Train one net, with the same labels for all its heads; return the errors of the last head."""
    count = 3 if settings["heads"] else 1
    result = trained(
        partial(build, settings),
        run,
        splits,
        loss=["sparse_categorical_crossentropy"] * count,
        loss_weights=[1.0, WEIGHT, WEIGHT][:count],
        augment=lambda images, labels, draw: (images, (labels,) * count),
    )
    alone = keras.Model(result.model.input, result.model.outputs[0])
    return errors(alone, splits) | {
        "curve_step": [step for step, _, _ in result.curve],
        "curve_error": [wrong for _, _, wrong in result.curve],
    }


EXPERIMENT = Experiment(
    name="googlenet",
    chapter="modern/googlenet",
    question="Do auxiliary classifiers lower the error of a shallow or of a deep net?",
    metric="test_error",
    arms=ARMS,
    comparisons={
        **{
            f"test_{depth}": Comparison(f"with_{depth}", f"without_{depth}", "less", "test_error")
            for depth in DEPTHS
        },
        **{
            f"train_{depth}": Comparison(f"with_{depth}", f"without_{depth}", "less", "train_error")
            for depth in DEPTHS
        },
    },
    rates=(0.003, 0.01, 0.03, 0.1, 0.3),
    steps=300,
    batch_size=64,
    load=small_garments,
    trial=trial,
)
