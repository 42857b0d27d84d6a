"""Label smoothing: what it does to the error, to the confidence, and to calibration.

Szegedy et al., CVPR 2016, section 7: the target of the right class is 1 - epsilon + epsilon / K,
that of each other class epsilon / K.  Mueller, Kornblith, Hinton, NeurIPS 2019, section 3, find
that it improves calibration.  The nets are trained long enough on few images to be overconfident.
"""

import keras
import numpy as np

from course_lib.evaluate.calibration import expected_calibration_error
from course_lib.evaluate.classify import probabilities
from course_lib.experiments.parts import errors_and_curve, few_garments, trained
from course_lib.experiments.plan import Comparison, Experiment
from course_lib.nets.layers import conv_bn, head

ARMS = {
    f"smooth_{round(100 * epsilon):02d}": {
        "label": f"epsilon {epsilon}" if epsilon else "no smoothing",
        "epsilon": epsilon,
    }
    for epsilon in (0.0, 0.1, 0.2)
}


def build():
    """Return four convolutions with batch normalization and a classifier."""
    image = keras.Input((14, 14, 1), name="image")
    x = conv_bn(image, 16, 3, name="stage1_conv1")
    x = conv_bn(x, 32, 3, stride=2, name="stage1_conv2")
    x = conv_bn(x, 32, 3, name="stage2_conv1")
    x = conv_bn(x, 64, 3, stride=2, name="stage2_conv2")
    return keras.Model(image, head(x, 10))


def trial(settings, run, splits):
    """Train one net; return its errors, its confidence, and how far that is from its accuracy."""
    eye: np.ndarray = np.eye(10, dtype="float32")
    result = trained(
        build,
        run,
        splits,
        optimizer="adam",
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=settings["epsilon"]),
        augment=lambda images, labels, draw: (images, eye[labels]),
    )
    return errors_and_curve(result, splits) | confidence(result.model, splits)


def confidence(model, splits):
    """Return calibration error, mean confidence and logit gap on the images that judge."""
    judge = splits["test"] if "test" in splits else splits["validation"]
    found: np.ndarray = probabilities(model, judge.images).astype("float64")
    # Answers of a net that has diverged are no numbers: they count as equal probabilities.
    found = np.clip(np.where(np.isfinite(found), found, 1.0 / found.shape[1]), 1e-12, 1.0)
    two = np.sort(np.log(found), axis=1)[:, -2:]
    return {
        "calibration_error": expected_calibration_error(found, judge.labels),
        "confidence": float(found.max(axis=1).mean()),
        "logit_gap": float((two[:, 1] - two[:, 0]).mean()),  # softmax keeps differences of logits
    }


EXPERIMENT = Experiment(
    name="inception_v3",
    chapter="modern/inception_v3",
    question="Does label smoothing lower the error, the confidence, and the calibration error?",
    metric="calibration_error",
    arms=ARMS,
    comparisons={
        f"{metric}_{arm}": Comparison(arm, "smooth_00", "less", metric)
        for arm in ("smooth_10", "smooth_20")
        for metric in ("test_error", "calibration_error", "confidence", "logit_gap")
    },
    rates=(0.001, 0.003, 0.01, 0.03),
    steps=600,
    batch_size=64,
    load=few_garments,
    trial=trial,
)
