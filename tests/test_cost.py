"""Every rule against arithmetic by hand; totals, tables, and errors."""

import json

import keras
import pytest
from keras import layers as kl

from course_lib.cost import cost
from course_lib.nets import lenet5, lenet5_original, resnet
from course_lib.nets.lenet_layers import Subsampling, TableConv2D


def cost_of(*steps, shape=(8, 8, 3)):
    x = y = keras.Input(shape)
    for step in steps:
        y = step(y)
    return cost(keras.Model(x, y, name="tiny"))


@pytest.mark.parametrize(
    ("layer", "macs", "trainable"),
    [
        (kl.Conv2D(5, 3), 6 * 6 * 3 * 3 * 3 * 5, 3 * 3 * 3 * 5 + 5),
        (kl.Conv2D(5, 3, use_bias=False), 6 * 6 * 3 * 3 * 3 * 5, 3 * 3 * 3 * 5),
        (kl.Conv2D(5, 3, 2, padding="same"), 4 * 4 * 3 * 3 * 3 * 5, 3 * 3 * 3 * 5 + 5),
        (kl.Conv2D(6, 3, groups=3), 6 * 6 * 3 * 3 * 1 * 6, 3 * 3 * 1 * 6 + 6),
        (kl.Conv2D(5, 3, dilation_rate=2), 4 * 4 * 3 * 3 * 3 * 5, 3 * 3 * 3 * 5 + 5),
        (kl.Conv2D(5, 1), 8 * 8 * 3 * 5, 3 * 5 + 5),
        (kl.DepthwiseConv2D(3), 6 * 6 * 3 * 3 * 3, 3 * 3 * 3 + 3),
        (kl.DepthwiseConv2D(3, depth_multiplier=2), 6 * 6 * 3 * 3 * 3 * 2, 3 * 3 * 3 * 2 + 6),
        (kl.Dense(7), 8 * 8 * 3 * 7, 3 * 7 + 7),
        (TableConv2D(("X.", "XX", ".X"), 3), 6 * 6 * 3 * 3 * 4, 3 * 3 * 4 + 2),
        (Subsampling(2), 0, 2 * 3),
        (kl.BatchNormalization(), 0, 2 * 3),
        (kl.MaxPooling2D(2), 0, 0),
        (kl.GlobalAveragePooling2D(), 0, 0),
    ],
)
def test_rules_by_hand(layer, macs, trainable):
    found = cost_of(layer)
    assert (found.macs, found.trainable) == (macs, trainable)
    assert found.flops == 2 * macs


def test_dense_after_flatten():
    found = cost_of(kl.Flatten(), kl.Dense(10))
    assert (found.macs, found.trainable) == (192 * 10, 192 * 10 + 10)


def test_running_statistics_are_weights_but_not_trained():
    found = cost_of(kl.BatchNormalization())
    assert (found.params, found.trainable) == (4 * 3, 2 * 3)


def test_fixed_drawings_are_weights_but_not_trained():
    found = cost(lenet5_original())
    assert (found.params, found.trainable) == (60_840, 60_000)


def test_frozen_layers_are_not_trained():
    layer = kl.Conv2D(5, 3)
    layer.trainable = False
    found = cost_of(layer)
    assert (found.params, found.trainable) == (140, 0)


def test_activations_are_values_of_all_layers():
    found = cost_of(kl.Conv2D(5, 3), kl.ReLU())
    assert found.activations == 8 * 8 * 3 + 6 * 6 * 5 + 6 * 6 * 5
    assert found.activation_bytes == 4 * found.activations


def test_a_sum_written_as_code_costs_nothing():
    x = keras.Input((8, 8, 3))
    assert cost(keras.Model(x, keras.ops.relu(kl.Conv2D(3, 1)(x) + x))).macs == 8 * 8 * 3 * 3


def test_a_net_inside_a_net_is_counted():
    inner = keras.Sequential([keras.Input((8, 8, 3)), kl.Conv2D(5, 3), kl.ReLU()])
    assert cost_of(inner).macs == 6 * 6 * 27 * 5


def test_costs_add():
    one, other = cost_of(kl.Conv2D(5, 3)), cost_of(kl.Dense(7))
    both = one + other
    for quantity in ("params", "trainable", "macs", "activations"):
        assert getattr(both, quantity) == getattr(one, quantity) + getattr(other, quantity)
    assert both.name == "tiny + tiny"


def test_parts_sum_to_the_whole():
    found = cost(resnet(18, input_shape=(32, 32, 3), classes=10))
    parts = found.stages()
    assert [p.name for p in parts] == [
        "image",
        "stem",
        *(f"stage{k}" for k in (1, 2, 3, 4)),
        "head",
    ]
    for quantity in ("params", "trainable", "macs", "activations"):
        assert sum(getattr(part, quantity) for part in parts) == getattr(found, quantity)


def test_table_as_text_json_and_html():
    found = cost(lenet5())
    lines = str(found).splitlines()
    assert lines[0].split() == ["part", "output", "trainable", "MACs", "activations"]
    assert lines[-1].split() == ["total", "61,706", "416,520", f"{found.activations:,}"]
    assert len({len(line.rstrip()) for line in lines}) == 1
    data = json.loads(found.to_json())
    assert data["macs"] == sum(row["macs"] for row in data["layers"]) == 416_520
    assert data["flops"] == 833_040
    page = found._repr_html_()
    assert "<caption>lenet5: cost for one image, by part</caption>" in page
    assert page.count('<th scope="row">') == len(lines) - 1


@pytest.mark.parametrize(
    "layer", [kl.SeparableConv2D(2, 3), kl.Conv2DTranspose(2, 3), kl.UpSampling2D()]
)
def test_a_layer_without_a_rule_is_an_error(layer):
    with pytest.raises(NotImplementedError, match=f"no MAC rule for {type(layer).__name__} .*"):
        cost_of(layer)


def test_an_operation_without_a_rule_is_an_error():
    x = keras.Input((8, 3))
    net = keras.Model(x, keras.ops.matmul(x, keras.ops.ones((3, 4))))
    with pytest.raises(NotImplementedError, match="no MAC rule for Matmul"):
        cost(net)


def test_a_layer_used_twice_is_an_error():
    layer = kl.Conv2D(3, 1, name="shared")
    with pytest.raises(NotImplementedError, match="'shared' is used more than once"):
        cost_of(layer, layer)


def test_an_open_input_size_is_an_error():
    with pytest.raises(
        ValueError, match=r"fixed input size, but 'tiny' takes \(None, None, None, 3"
    ):
        cost_of(kl.Conv2D(3, 1), shape=(None, None, 3))
