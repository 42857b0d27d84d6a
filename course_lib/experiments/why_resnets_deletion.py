"""What happens when one block of a trained net is taken out.

Veit, Wilber, Belongie, "Residual networks behave like ensembles of relatively shallow networks",
NIPS 2016, section 4.1: deleting a layer of VGG brings its error to chance, deleting a block of a
residual net hardly changes it.
"""

from functools import partial

import keras
import numpy as np

from course_lib.evaluate.classify import error
from course_lib.experiments.parts import errors_and_curve, small_garments, trained
from course_lib.experiments.plan import Comparison, Experiment
from course_lib.nets.resnet_cifar import resnet_cifar

DEPTH = 20
WIDTHS = (8, 16, 32)
BLOCKS = [f"stage{stage}_block{i}" for stage in (1, 2, 3) for i in (1, 2, 3)]
KEEP_SIZE = [name for name in BLOCKS if name not in ("stage2_block1", "stage3_block1")]
ARMS = {
    "plain": {"label": "plain, 20 layers", "shortcut": "none"},
    "residual": {"label": "residual, 20 layers", "shortcut": "zero_pad"},
}


def trial(settings, run, splits):
    """Train one net; return its errors, and those without each block that keeps the map's size."""
    build = partial(
        resnet_cifar, DEPTH, input_shape=(14, 14, 1), shortcut=settings["shortcut"], widths=WIDTHS
    )
    result = trained(build, run, splits)
    measures = errors_and_curve(result, splits)
    judge = "test" if "test" in splits else "validation"
    without = []
    for block in KEEP_SIZE:
        weights = result.model.get_weights()
        delete(result.model, block, residual=settings["shortcut"] != "none")
        without.append(error(result.model, splits[judge]))
        result.model.set_weights(weights)
    intact = measures[f"{judge}_error"]
    return measures | {
        "error_without_block": without,
        "rise": float(np.mean(without)) - intact,
        "largest_rise": max(without) - intact,
    }


def delete(model: keras.Model, block: str, *, residual: bool) -> None:
    """Make a block the identity by its weights, whatever comes in (which is never negative).

    With a shortcut the branch becomes zero.  Without one, both convolutions copy their input, and
    batch normalization divides by the root of 1 - epsilon + epsilon.
    """
    for layer in (
        model.get_layer(f"{block}_conv{i}_{kind}") for i in (1, 2) for kind in ("conv", "bn")
    ):
        if isinstance(layer, keras.layers.BatchNormalization):
            ones = np.ones(layer.gamma.shape)
            layer.gamma.assign(0.0 * ones if residual else ones)
            layer.beta.assign(0.0 * ones)
            layer.moving_mean.assign(0.0 * ones)
            layer.moving_variance.assign((1.0 - layer.epsilon) * ones)
        else:
            kernel = np.zeros(layer.kernel.shape)
            kernel[1, 1] = np.eye(kernel.shape[-1])
            layer.kernel.assign(kernel)


EXPERIMENT = Experiment(
    name="why_resnets_deletion",
    chapter="modern/why_resnets",
    question="How much worse is a trained net when one of its blocks is taken out?",
    metric="rise",
    arms=ARMS,
    comparisons={"rise": Comparison("residual", "plain", "less", "rise")},
    rates=(0.003, 0.01, 0.03, 0.1, 0.3),
    steps=300,
    batch_size=64,
    load=small_garments,
    trial=trial,
)
