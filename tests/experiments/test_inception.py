"""Arms of equal cost have it, and smoothed targets are what the loss makes of them."""

import numpy as np
import pytest

from course_lib.cost import cost
from course_lib.experiments import inception, inception_v3


@pytest.fixture(scope="module")
def macs():
    return {name: cost(inception.build(arm)).macs for name, arm in inception.ARMS.items()}


def test_all_arms_have_equal_multiply_adds(macs):
    for name, count in macs.items():
        assert count == pytest.approx(macs["inception"], rel=0.012), name


def test_arms_by_the_clock_are_the_same_nets():
    for name in inception.NETS:
        steps, clock = inception.ARMS[name], inception.ARMS[f"{name}_timed"]
        assert {k: v for k, v in steps.items() if clock[k] != v}.keys() == {
            "label",
            "seconds",
            "timed",
        }
        assert (steps["seconds"], clock["seconds"]) == (None, inception.SECONDS)


def test_a_module_without_reductions_keeps_all_channels_of_its_pooling():
    net = inception.build(inception.ARMS["naive"])
    pool = net.get_layer("stage1_block1_pool").output
    module = net.get_layer("stage1_block1_out").output
    assert pool.shape[-1] == inception.STEM
    assert module.shape[-1] == inception.STEM + 4 + 7 + 2  # of 14: a quarter, a half, an eighth


def test_confidence_of_known_answers():
    """Right 3 of 4 times with 0.9 each: calibration error 0.15; gap ln(0.9 / 0.1)."""

    class Known:
        def predict(self, images, **settings):
            return np.tile(np.array([[0.9, 0.1]], "float32"), (len(images), 1))

    judge = inception_v3.few_garments()["validation"].take(4)
    judge = type(judge)(judge.images, np.array([0, 0, 0, 1], "int32"))
    found = inception_v3.confidence(Known(), {"validation": judge})
    assert found["calibration_error"] == pytest.approx(0.15, abs=1e-6)
    assert found["confidence"] == pytest.approx(0.9)
    assert found["logit_gap"] == pytest.approx(np.log(9.0), rel=1e-6)
