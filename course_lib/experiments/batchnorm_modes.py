"""Two modes of batch normalization: whose mean and variance a net divides by, and when it matters.

Ioffe and Szegedy 2015, section 3.1: in training the batch's, in inference running averages.  The
nets differ in the momentum of these averages alone, and all train at one rate: after a short
training the slow ones still hold much of their first values, by which a validation error would
choose.  Each trained net is then judged in both modes.
"""

from functools import partial

import keras
import numpy as np

from course_lib.data import Split
from course_lib.experiments.parts import errors, errors_and_curve, few_garments, trained
from course_lib.experiments.plan import Comparison, Experiment
from course_lib.nets.layers import conv_bn, head

BATCHES = (1, 2, 4, 10, 50, 250)
FEW = 500  # images judged in training mode, 50 of each class
ARMS = {
    f"momentum_{round(1000 * momentum)}": {
        "label": f"momentum {momentum:g}",
        "momentum": momentum,
        "learning_rate": 0.003,
    }
    for momentum in (0.9, 0.99, 0.999)
}


def build(momentum):
    """Return three convolutions with batch normalization of that momentum, and a classifier."""
    image = keras.Input((14, 14, 1), name="image")
    x = conv_bn(image, 16, 3, name="conv1")
    x = conv_bn(x, 32, 3, stride=2, name="conv2")
    x = conv_bn(x, 32, 3, name="conv3")
    model = keras.Model(image, head(x, 10))
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = momentum
    return model


def trial(settings, run, splits):
    """Train one net; return its errors in inference mode and, by batch size, in training mode."""
    result = trained(partial(build, settings["momentum"]), run, splits, optimizer="adam")
    model = result.model
    judge = splits["test"] if "test" in splits else splits["validation"]
    few = judge.take(FEW)
    by_class = Split(few.images[np.argsort(few.labels)], few.labels[np.argsort(few.labels)])
    darker = Split(0.5 * few.images, few.labels)
    return errors_and_curve(result, splits) | {
        **{f"batch_{size}_error": batch_error(model, few, size) for size in BATCHES},
        "sorted_error": batch_error(model, by_class, 50),
        "inference_error": errors(model, {"few": few})["few_error"],
        "darker_error": errors(model, {"darker": darker})["darker_error"],
        "darker_batch_error": batch_error(model, darker, 250),
    }


class TrainingMode(keras.layers.Layer):
    """Run a net in training mode, whatever the mode of the net that it is put into."""

    def __init__(self, net, **kwargs):
        super().__init__(**kwargs)
        self.net = net

    def call(self, x):
        return self.net(x, training=True)


def batch_error(model, split, size):
    """Return the error where each batch of `size` images is normalized by itself.

    The running averages, which that may move, are put back.
    """
    kept = [keras.ops.convert_to_numpy(w) for w in model.non_trainable_variables]
    image = keras.Input(model.input_shape[1:])
    by_batch = keras.Model(image, TrainingMode(model)(image))
    found = by_batch.predict(split.images, batch_size=size, verbose=0).argmax(axis=1)
    for weight, value in zip(model.non_trainable_variables, kept, strict=True):
        weight.assign(value)
    return float(np.mean(found != split.labels))


EXPERIMENT = Experiment(
    name="batchnorm_modes",
    chapter="modern/batchnorm",
    question="When do the two modes of batch normalization give different answers?",
    metric="test_error",
    arms=ARMS,
    comparisons={
        "slow_averages": Comparison("momentum_990", "momentum_900", "greater", "test_error"),
        "slower_averages": Comparison("momentum_999", "momentum_900", "greater", "test_error"),
        "one_image": Comparison(
            "momentum_900", "momentum_900", "greater", "batch_1_error", "inference_error"
        ),
        "large_batch": Comparison(
            "momentum_900", "momentum_900", "less", "batch_250_error", "inference_error"
        ),
        "sorted": Comparison(
            "momentum_900", "momentum_900", "greater", "sorted_error", "batch_50_error"
        ),
        "darker": Comparison(
            "momentum_900", "momentum_900", "greater", "darker_error", "darker_batch_error"
        ),
    },
    rates=(),
    steps=180,
    batch_size=64,
    load=few_garments,
    trial=trial,
)
