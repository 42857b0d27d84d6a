"""The arms differ in what their names say: width or depth for equal weights, or the start alone."""

import keras
import numpy as np
import pytest

from course_lib.cost import cost
from course_lib.experiments import vgg, vgg_start
from course_lib.receptive_field import receptive_field


@pytest.fixture(scope="module")
def nets():
    return {name: vgg.build(settings) for name, settings in vgg.ARMS.items()}


def _stage(net, stage):
    return sum(
        layer.count_params() for layer in net.layers if layer.name.startswith(f"stage{stage}_conv")
    )


def test_the_blocks_weigh_what_the_paper_says(nets):
    """27 C^2 and 49 C^2, besides the biases."""
    assert _stage(nets["three"], 1) == 27 * 24**2 + 3 * 24
    assert _stage(nets["seven"], 1) == 49 * 24**2 + 24
    ratio = _stage(nets["seven_same_weights"], 1) / _stage(nets["three"], 1)
    assert ratio == pytest.approx(1.0, abs=0.03)


def test_all_see_as_much(nets):
    fields = {name: receptive_field(net, "stage2_pool") for name, net in nets.items()}
    assert len(set(fields.values())) == 1


def test_one_arm_has_the_depth_without_the_relus(nets):
    assert cost(nets["three_linear"]).macs == cost(nets["three"]).macs
    relus = {
        name: [
            keras.activations.serialize(layer.activation) == "relu"
            for layer in net.layers
            if layer.name.startswith("stage") and isinstance(layer, keras.layers.Conv2D)
        ]
        for name, net in nets.items()
    }
    assert relus["three"] == [True] * 6
    assert relus["three_linear"] == [False, False, True] * 2


@pytest.mark.parametrize("depth", vgg_start.DEPTHS)
def test_starts_differ_in_the_spread_of_the_weights_alone(depth):
    """Of a 3x3 convolution of 16 channels: sd 0.01, sqrt(2 / 288), sqrt(2 / 144)."""
    expected = {"small": 0.01, "glorot": (1 / 144) ** 0.5, "he": (2 / 144) ** 0.5}
    for start, spread in expected.items():
        keras.utils.set_random_seed(0)
        net = vgg_start.build(vgg_start.ARMS[f"{start}_{depth}"])
        kernels = [
            w for w in net.weights if w.path.startswith("conv") and w.path.endswith("kernel")
        ]
        assert len(kernels) == depth
        assert np.std(keras.ops.convert_to_numpy(kernels[1])) == pytest.approx(spread, rel=0.1)
        assert not np.array_equal(*(keras.ops.convert_to_numpy(k) for k in kernels[1:3]))
