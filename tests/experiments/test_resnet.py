"""The arms of the degradation experiment differ in their shortcuts and depth alone."""

import keras
import pytest

from course_lib.cost import cost
from course_lib.experiments import resnet
from course_lib.experiments.plan import Run
from course_lib.nets.resnet_cifar import resnet_cifar


def _net(settings):
    with keras.StatelessScope(initialize_variables=False):  # weights are counted, not made
        return resnet_cifar(
            settings["depth"],
            input_shape=(14, 14, 1),
            shortcut=settings["shortcut"],
            widths=resnet.WIDTHS,
        )


@pytest.mark.parametrize("depth", resnet.DEPTHS)
def test_a_plain_net_and_its_residual_twin_cost_the_same(depth):
    plain, residual = (cost(_net(resnet.ARMS[f"{kind}_{depth}"])) for kind in ("plain", "residual"))
    assert plain.trainable == residual.trainable
    assert plain.macs == residual.macs


def test_arms_cover_two_kinds_at_four_depths():
    assert {(arm["kind"], arm["depth"]) for arm in resnet.ARMS.values()} == {
        (kind, depth) for kind in ("plain", "residual") for depth in (8, 20, 32, 56)
    }


def test_images_are_small_and_splits_kept_apart():
    splits = resnet.load()
    assert {name: s.images.shape for name, s in splits.items()} == {
        "train": (4_000, 14, 14, 1),
        "validation": (2_000, 14, 14, 1),
        "test": (3_000, 14, 14, 1),
    }


# Keras converts its TensorFlow variables in a way that NumPy 2 is about to drop.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_a_trial_measures_errors_curve_and_first_gradients():
    splits = {name: split.take(60) for name, split in resnet.load().items() if name != "test"}
    found = resnet.trial(resnet.ARMS["residual_8"], Run(0.1, 0, 4, 20), splits)
    assert set(found) == {
        *("train_error", "validation_error", "curve_step", "curve_error"),
        *("gradient_first", "gradient_last"),
    }
    assert found["gradient_first"] > 0.0
    assert found["gradient_first"] != found["gradient_last"]
    assert found["curve_step"] == [1, 2, 3, 4]
