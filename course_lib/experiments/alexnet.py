"""Three claims of AlexNet, each in a net small enough to be trained often.

Krizhevsky, Sutskever, Hinton, "ImageNet Classification with Deep Convolutional Neural Networks",
NIPS 2012.  Section 3.1 and figure 1: a four-layer net with ReLUs reaches a training error of 25 %
on CIFAR-10 six times faster than one with tanh, each at a learning rate chosen to train as fast as
possible, without regularization.  Section 3.4: pooling of 3x3 with stride 2 in place of 2x2 lowers
the top-1 error by 0.4 and the top-5 error by 0.3 points, and such nets overfit slightly less.
Section 4.2: without dropout in the dense layers the net overfits substantially.
"""

from statistics import fmean

import keras
from keras import layers

from course_lib.experiments.parts import errors_and_curve, small_garments, trained
from course_lib.experiments.plan import Comparison, Experiment
from course_lib.nets.classic_layers import dense_head

LEVEL = 0.25  # training error to reach; that of figure 1
WINDOW = 20  # batches in a running mean
FEW = 500  # training images of the arms with a dense head
# Each keeps the scale of what it reads; from He's, which is for ReLU, tanh would start saturated.
INITIAL = {"relu": "he_normal", "tanh": "lecun_normal"}


def _arm(label, *, activation="relu", pool=3, hidden=(), dropout=0.0, images=4_000):
    return {
        "label": label,
        "activation": activation,
        "pool": pool,
        "hidden": hidden,
        "dropout": dropout,
        "images": images,
    }


ARMS = {
    "relu": _arm("ReLU, pooling 3x3"),
    "tanh": _arm("tanh, pooling 3x3", activation="tanh"),
    "separate": _arm("ReLU, pooling 2x2", pool=2),
    "dense": _arm("dense head, 500 images", hidden=(256, 256), images=FEW),
    "dropout": _arm("dropout 0.5, 500 images", hidden=(256, 256), dropout=0.5, images=FEW),
}


class Recorded(keras.Model):
    """A net that keeps the error of each batch it is trained on, before the update."""

    def __init__(self, inputs, outputs):
        super().__init__(inputs, outputs)
        self.wrong: list[float] = []

    def train_on_batch(self, *batch, **options):
        """Train on one batch, as Keras does, and keep its error."""
        found = super().train_on_batch(*batch, **options)
        self.wrong.append(1.0 - float(found["accuracy"]))
        return found


def build(settings):
    """Return three 5x5 convolutions, each with its pooling, and a head: four layers or six.

    Both poolings turn 14x14 pixels into maps of 7x7, 4x4 and 2x2.
    """
    image = keras.Input((14, 14, 1), name="image")
    x, activation = image, settings["activation"]
    for stage, width in enumerate((32, 32, 64), start=1):
        x = layers.Conv2D(
            width,
            5,
            padding="same",
            activation=activation,
            kernel_initializer=INITIAL[activation],
            name=f"stage{stage}_conv",
        )(x)
        x = layers.MaxPooling2D(settings["pool"], 2, padding="same", name=f"stage{stage}_pool")(x)
    return Recorded(image, dense_head(x, settings["hidden"], 10, dropout=settings["dropout"]))


def trial(settings, run, splits):
    """Train one net once; return its errors, their gap, its curve, and when it got to the level."""
    train = splits["train"]
    splits = splits | {"train": train.take(min(settings["images"], len(train)))}
    result = trained(lambda: build(settings), run, splits)
    measures = errors_and_curve(result, splits)
    judge = "test" if "test" in splits else "validation"
    gap = measures[f"{judge}_error"] - measures["train_error"]
    return measures | {"error_gap": gap} | until_level(result.model.wrong)


def until_level(wrong, level=LEVEL):
    """Return after how many updates the running error is at a level, and whether it ever is.

    Args:
        wrong: the error of each batch, in order.
        level: the mean of `WINDOW` batches in a row that is low enough.

    Returns:
        "updates_to_level", with all updates where the level is not reached, so that a mean over
        seeds is that of the updates spent on it within the budget; and "reached", 1.0 or 0.0.
    """
    ends = range(WINDOW, len(wrong) + 1)
    found = next((end for end in ends if fmean(wrong[end - WINDOW : end]) <= level), None)
    return {
        "updates_to_level": len(wrong) if found is None else found,
        "reached": float(found is not None),
    }


EXPERIMENT = Experiment(
    name="alexnet",
    chapter="classic/alexnet",
    question="Does ReLU train faster than tanh, and do overlapping pooling and dropout err less?",
    metric="updates_to_level",
    arms=ARMS,
    comparisons={
        "activation": Comparison("relu", "tanh", "less", "updates_to_level"),
        "overlap": Comparison("relu", "separate", "less", "test_error"),
        "overlap_gap": Comparison("relu", "separate", "less", "error_gap"),
        "dropout": Comparison("dropout", "dense", "less", "test_error"),
        "dropout_training": Comparison("dropout", "dense", "greater", "train_error"),
        "dropout_gap": Comparison("dropout", "dense", "less", "error_gap"),
    },
    rates=(0.003, 0.01, 0.03, 0.1),
    steps=600,
    batch_size=64,
    load=small_garments,
    trial=trial,
)
