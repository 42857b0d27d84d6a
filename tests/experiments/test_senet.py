"""Gates are where the arm says, and their spread is that of known answers."""

import keras
import numpy as np
import pytest

from course_lib.experiments import senet


def test_a_constant_gate_is_the_same_for_every_image():
    gate = senet.ConstantGate()
    images = np.random.default_rng(0).random((3, 4, 4, 5)).astype("float32")
    found = keras.ops.convert_to_numpy(gate(images))
    np.testing.assert_allclose(found, images / 2.0, rtol=1e-6)  # the sigmoid of 0
    assert gate.logit.shape == (5,)


@pytest.mark.parametrize("ratio", senet.RATIOS)
def test_a_larger_ratio_is_a_narrower_gate(ratio):
    net = senet.build(senet.ARMS[f"se_{ratio}"])
    assert [net.get_layer(f"gate{i}_reduce").units for i in (1, 2, 3, 4)] == [
        width // ratio for width in senet.WIDTHS
    ]


def test_spread_of_gates_over_images_and_classes():
    """Gates that read nothing, with all weights zero, are 1/2 for every image."""
    splits = {"validation": senet.small_garments()["validation"].take(40)}
    net = senet.build(senet.ARMS["se_4"])
    for i in (1, 2, 3, 4):
        layer = net.get_layer(f"gate{i}_expand")
        layer.kernel.assign(keras.ops.zeros(layer.kernel.shape))
    found = senet.gates(net, splits["validation"])
    assert found["gate_mean"] == [pytest.approx(0.5)] * 4
    assert found["gate_sd_images"] == found["gate_sd_classes"] == [pytest.approx(0.0, abs=1e-6)] * 4
