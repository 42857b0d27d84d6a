"""All arms but the base have equal multiply-adds; images are resized as the arm says."""

import numpy as np
import pytest

from course_lib.cost import cost
from course_lib.data import Split
from course_lib.experiments import efficientnet


def test_scaled_arms_cost_the_same_within_one_percent():
    macs = {name: cost(efficientnet.build(arm)).macs for name, arm in efficientnet.ARMS.items()}
    base = macs.pop("base")
    assert max(macs.values()) / min(macs.values()) < 1.01
    assert macs["resolution"] / base == pytest.approx(3.5, abs=0.05)


def test_each_arm_scales_what_it_is_named_for():
    base, arms = efficientnet.ARMS["base"], efficientnet.ARMS
    assert min(np.array(arms["width"]["widths"]) / base["widths"]) > 1.8
    assert arms["depth"]["depths"] == [2, 2, 2]
    assert arms["resolution"]["side"] == 2 * base["side"]
    for key in ("widths", "depths", "side"):
        assert np.sum(arms["compound"][key]) > np.sum(base[key])


def test_resizing_keeps_the_mean_brightness():
    images = np.random.default_rng(0).random((3, 28, 28, 1)).astype("float32")
    split = Split(images, np.zeros(3, "int32"))
    small = efficientnet.resized(split, 14)
    assert small.images.shape == (3, 14, 14, 1)
    assert small.images.mean() == pytest.approx(images.mean(), abs=0.02)
    assert efficientnet.resized(split, 28) is split
