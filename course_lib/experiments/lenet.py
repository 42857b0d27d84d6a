"""LeNet-5 as published, the modern net that textbooks draw, and the steps between them.

LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition",
Proceedings of the IEEE 86(11), 1998, section II-B.  Images are 28x28, with a frame of zeros to
32x32 as in the paper.
"""

import keras

from course_lib.data import Split, fashion_mnist, pad_to
from course_lib.evaluate.classify import error
from course_lib.experiments.plan import Comparison, Experiment
from course_lib.nets.lenet import lenet5, lenet5_original
from course_lib.train import train


def load():
    """Return the embedded splits, padded to 32x32 pixels."""
    data = fashion_mnist("embedded")
    splits = {"train": data.train, "validation": data.validation, "test": data.test}
    return {name: Split(pad_to(s.images, 32), s.labels) for name, s in splits.items()}


def trial(settings, run, splits):
    """Train one net once; return its errors and its curve."""
    trained = train(
        lambda: build(settings),
        splits["train"],
        learning_rate=run.learning_rate,
        steps=run.steps,
        batch_size=run.batch_size,
        seed=run.seed,
        optimizer="adam",
    )
    return {
        **{f"{name}_error": error(trained.model, split) for name, split in splits.items()},
        "curve_step": [step for step, _, _ in trained.curve],
        "curve_error": [wrong for _, _, wrong in trained.curve],
    }


def build(settings):
    """Return the net of an arm."""
    if settings["output"] == "rbf":
        return lenet5_original()
    if settings["connections"] == "table":
        original = lenet5_original()
        softmax = keras.layers.Dense(10, activation="softmax", name="head_softmax")
        return keras.Model(original.input, softmax(original.get_layer("head_f6").output))
    return lenet5(activation=settings["activation"], pooling=settings["pooling"])


def _arm(label, *, activation="scaled_tanh", pooling="trainable", connections="all", output):
    return {
        "label": label,
        "activation": activation,
        "pooling": pooling,
        "connections": connections,
        "output": output,
    }


ARMS = {
    "original": _arm("original", connections="table", output="rbf"),
    "original_softmax": _arm("original, softmax output", connections="table", output="softmax"),
    "smooth": _arm("scaled tanh, trainable pooling", output="softmax"),
    "relu": _arm("ReLU, trainable pooling", activation="relu", output="softmax"),
    "max": _arm("scaled tanh, max pooling", pooling="max", output="softmax"),
    "modern": _arm("modern: ReLU, max pooling", activation="relu", pooling="max", output="softmax"),
    "textbook": _arm(
        "tanh, average pooling", activation="tanh", pooling="average", output="softmax"
    ),
}
STEPS = {
    # prediction: (arm, arm it is compared with); the textbook story is that the first errs less
    "modern_against_original": ("modern", "original"),
    "output": ("original_softmax", "original"),
    "connections": ("smooth", "original_softmax"),
    "activation": ("relu", "smooth"),
    "activation_with_max": ("modern", "max"),
    "pooling": ("max", "smooth"),
    "pooling_with_relu": ("modern", "relu"),
    "modern_against_textbook": ("modern", "textbook"),
}
EXPERIMENT = Experiment(
    name="lenet",
    chapter="classic/lenet",
    question="Which of the changes from the LeNet-5 of 1998 to the modern one lower its error?",
    metric="test_error",
    arms=ARMS,
    comparisons={name: Comparison(a, b, "less", "test_error") for name, (a, b) in STEPS.items()},
    rates=(0.0003, 0.001, 0.003, 0.01),
    steps=600,
    batch_size=64,
    load=load,
    trial=trial,
)
