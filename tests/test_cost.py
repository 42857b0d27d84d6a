"""Every rule against arithmetic by hand; totals, tables, and errors."""

import doctest
import json
import sys

import keras
import pytest
from keras import layers as kl

from course_lib.cost import cost, free, rule
from course_lib.nets import lenet5, lenet5_original, resnet, without_values
from course_lib.nets.lenet_layers import Subsampling, TableConv2D
from twins import FAMILIES, TWINS, pair


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
        (kl.GlobalMaxPooling2D(), 0, 0),
        (kl.Normalization(), 0, 0),
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


@pytest.mark.parametrize("name", FAMILIES)
def test_both_nets_of_a_pair_have_the_same_multiply_adds(name):
    with without_values():
        ours, theirs = (cost(net) for net in pair(name, side=96, classes=10))
    assert ours.macs == theirs.macs > 0
    # Some of theirs begin with the statistics of ImageNet's pixels, which are not trained
    assert ours.trainable == theirs.trainable


@pytest.mark.parametrize("pooling", ["avg", "max"])
def test_features_of_keras_applications_are_counted(pooling):
    build = getattr(keras.applications, TWINS["mobilenet"].theirs)
    with without_values():
        net = build(weights=None, input_shape=(96, 96, 3), include_top=False, pooling=pooling)
        ours = pair("mobilenet", side=96, classes=10, only="ours")
    assert cost(net).macs == cost(ours).macs - 1024 * 10


def totals(found):
    return found.params, found.trainable, found.macs, found.activations


def rows(found):
    """Every number of a cost but the names, which Keras counts up."""
    return [(r.kind, r.shape, r.params, r.trainable, r.macs, r.activations) for r in found.layers]


def layers_of_a_net():
    return [kl.Conv2D(5, 3), kl.BatchNormalization(), kl.ReLU(), kl.Conv2D(4, 1)]


@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("kind", ["Sequential", "functional"])
def test_a_net_inside_a_net_costs_what_its_layers_cost(kind, depth):
    def inside(steps, shape):
        if kind == "Sequential":
            return keras.Sequential([keras.Input(shape), *steps])
        x = y = keras.Input(shape)
        for step in steps:
            y = step(y)
        return keras.Model(x, y)

    steps = layers_of_a_net()
    for _ in range(depth):
        steps = [inside(steps, (8, 8, 3))]
    assert rows(cost_of(*steps, kl.Dense(7))) == rows(cost_of(*layers_of_a_net(), kl.Dense(7)))


def test_a_sequential_is_counted():
    net = keras.Sequential([keras.Input((8, 8, 3)), kl.Conv2D(5, 3), kl.ReLU()])
    assert rows(cost(net)) == rows(cost_of(kl.Conv2D(5, 3), kl.ReLU()))
    assert cost(net).activations == 552


def test_a_layer_used_twice_costs_twice_and_has_its_weights_once():
    layer = kl.Conv2D(3, 1, name="shared")
    found = cost_of(layer, layer)
    assert [row.macs for row in found.layers] == [0, 576, 576]
    assert [row.params for row in found.layers] == [0, 12, 0]
    assert found.activations == 3 * 192


def test_a_layer_used_twice_inside_a_net_costs_twice():
    layer = kl.Conv2D(3, 1)
    inner = keras.Sequential([keras.Input((8, 8, 3)), layer, layer])
    assert totals(cost_of(inner)) == (12, 12, 1_152, 576)


def test_a_net_used_twice_costs_twice_and_has_its_weights_once():
    one, other = keras.Input((8, 8, 3)), keras.Input((8, 8, 3))
    inner = keras.Sequential([keras.Input((8, 8, 3)), kl.Conv2D(3, 1)])
    found = cost(keras.Model([one, other], kl.Add()([inner(one), inner(other)])))
    assert totals(found) == (12, 12, 1_152, 5 * 192)


def test_uses_in_another_net_do_not_count():
    layer = kl.Conv2D(3, 1)
    assert totals(cost_of(layer)) == totals(cost_of(layer)) == (12, 12, 576, 384)


def test_a_layer_with_two_outputs_keeps_both():
    x = keras.Input((8, 8, 3))
    a, b = TwoMaps()(x)
    free(TwoMaps)
    assert cost(keras.Model(x, kl.Concatenate()([a, b]))).activations == 192 + 128 + 64 + 192


class TwoMaps(kl.Layer):
    def call(self, x):
        return x[..., :2], x[..., 2:]


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
    assert "<caption>lenet5: cost for one image, by stage</caption>" in page
    assert page.split("</table>")[0].count('<th scope="row">') == len(lines) - 1


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


def test_an_open_input_size_is_an_error():
    with pytest.raises(
        ValueError, match=r"fixed input size, but 'input_.*\(None, None, 3\); build"
    ):
        cost_of(kl.Conv2D(3, 1), shape=(None, None, 3))


def test_an_open_size_inside_is_an_error():
    inner = keras.Sequential([keras.Input((None, None, 3)), kl.Conv2D(3, 1, name="deep")])
    with pytest.raises(ValueError, match=r"'deep' of 'tiny' gives \(None, None, 3\); build"):
        cost_of(inner)


class Mixing(kl.Layer):
    def call(self, x):
        return x


def test_a_rule_takes_three_lines(monkeypatch):
    monkeypatch.setattr(rule, "_rules", dict(rule._rules))
    with pytest.raises(NotImplementedError, match=r"(?s)Mixing.*@course_lib\.cost\.rule\(Mixing\)"):
        cost_of(Mixing())

    @rule(Mixing)
    def _(layer, inputs, output):
        return inputs[0][0] * output[-1]

    assert cost_of(kl.Conv2D(5, 3), Mixing()).layers[-1].macs == 6 * 5


def test_the_examples_hold(monkeypatch):
    monkeypatch.setattr(rule, "_rules", dict(rule._rules))
    assert doctest.testmod(sys.modules["course_lib.cost"]) == (0, 3)


def test_table_by_layer_and_by_nothing_else():
    table = cost(lenet5()).table("layer")
    assert [row[0] for row in table.rows][:2] == ["image", "stage1_conv"]
    assert table.rows[-1][2:4] == (61_706, 416_520)
    with pytest.raises(ValueError, match="by must be 'stage' or 'layer', got 'block'"):
        cost(lenet5()).table("block")


def test_weights_in_bytes_and_the_peak_of_a_sum():
    small, large = cost(lenet5()), cost_of(kl.Conv2D(5, 3), shape=(64, 64, 3))
    assert small.weight_bytes == {"fp32": 246_824, "fp16": 123_412, "int8": 61_706}
    assert (small + large).peak_activations == large.peak_activations > small.peak_activations
