"""Equal multiply-adds, weights and widths are equal; shortcuts lie where an arm says."""

import keras
import pytest

from course_lib.cost import cost
from course_lib.experiments import mobilenet, mobilenet_v2


@pytest.fixture(scope="module")
def counted():
    return {name: cost(mobilenet.build(arm)) for name, arm in mobilenet.ARMS.items()}


def test_arms_are_equal_in_what_they_are_named_for(counted):
    standard = counted["standard"]
    assert counted["separable_macs"].macs == pytest.approx(standard.macs, rel=0.01)
    assert counted["separable_weights"].params == pytest.approx(standard.params, rel=0.03)
    assert counted["separable"].macs < 0.2 * standard.macs
    for name in ("standard", "separable", "separable_macs"):
        assert counted[f"{name}_timed"].macs == counted[name].macs


def test_kernels_are_standard_or_separable():
    for arm in mobilenet.ARMS.values():
        net = mobilenet.build(arm)
        found = sum(isinstance(layer, keras.layers.DepthwiseConv2D) for layer in net.layers)
        assert found == (5 if arm["separable"] else 0)


@pytest.fixture(scope="module")
def inverted():
    return {name: mobilenet_v2.build(arm) for name, arm in mobilenet_v2.ARMS.items()}


def test_shortcuts_join_narrow_or_wide_maps(inverted):
    """A block that halves the map or widens the narrow layer has no shortcut of its kind."""
    added = {
        name: [layer.output.shape[-1] for layer in net.layers if layer.name.endswith("_add")]
        for name, net in inverted.items()
    }
    assert added == {
        "linear": [8, 8, 16, 16],
        "relu": [8, 8, 16, 16],
        "wide": [48, 48, 48, 96],
        "none": [],
    }


def test_a_linear_bottleneck_has_no_activation(inverted):
    for name, net in inverted.items():
        behind = [layer for layer in net.layers if "_project_" in layer.name]
        assert any("relu6" in layer.name for layer in behind) == (name == "relu")
