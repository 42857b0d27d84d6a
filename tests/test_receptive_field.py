"""The recurrence against hand-worked layers and against what a pixel really reaches."""

import doctest
import sys

import keras
import numpy as np
import pytest
from keras import layers as kl

from course_lib.nets import NETS, without_values
from course_lib.receptive_field import ReceptiveField, receptive_field, rule
from twins import FAMILIES, pair

HEIGHT = {
    "lenet5": 64,
    "lenet5_original": 64,
    "resnet18": 512,
    "resnet34": 960,
    "resnet50": 544,
    "resnet50_v1_5": 512,
    "resnet50v2": 512,
    "plain18": 512,
    "resnet20_cifar": 96,
    "resnet32_cifar": 160,
    "resnet56_cifar": 288,
}


def with_positive_weights(model):
    """Copy a net with average pools for max pools, and kernels that average: nothing cancels."""

    def clone(layer):
        if isinstance(layer, kl.MaxPooling2D):
            return kl.AveragePooling2D.from_config(layer.get_config())
        return type(layer).from_config(layer.get_config())

    copy = keras.models.clone_model(model, clone_function=clone)
    for weight in copy.weights:
        if weight.name == "kernel":
            weight.assign(np.full(weight.shape, 1 / np.prod(weight.shape[:-1]), "float32"))
    return copy


def gradient(function, x):
    """Gradient of a scalar function at `x`, on the backend in use."""
    if keras.backend.backend() == "jax":
        import jax

        return np.asarray(jax.grad(function)(x))
    if keras.backend.backend() == "torch":
        x = keras.ops.convert_to_tensor(x).requires_grad_()
        function(x).backward()
        return x.grad.numpy(force=True)
    import tensorflow as tf

    x = tf.convert_to_tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    return tape.gradient(y, x).numpy()


@pytest.mark.parametrize("name", HEIGHT)
def test_impulse_reaches_as_far_as_the_formula_says(name):
    model = NETS[name](input_shape=(HEIGHT[name], 32, 1), classes=None)
    field = receptive_field(model)
    copy = with_positive_weights(model)
    row = copy.output_shape[1] // 2
    image = np.full((1, HEIGHT[name], 32, 1), 0.5, "float32")
    seen = gradient(lambda x: keras.ops.sum(copy(x, training=False)[0, row, 0]), image)
    rows = np.flatnonzero(np.abs(seen).max(axis=(0, 2, 3)))
    assert rows[0] > 0
    assert rows[-1] < HEIGHT[name] - 1  # the whole field lies in the image
    assert rows[-1] - rows[0] + 1 == field.height


def field_of(*steps, name=None):
    x = y = keras.Input((64, 64, 3))
    for step in steps:
        y = step(y)
    return receptive_field(keras.Model(x, y), name)


@pytest.mark.parametrize(
    ("steps", "size", "stride"),
    [
        ([kl.Conv2D(2, 3)], 3, 1),
        ([kl.Conv2D(2, 3), kl.Conv2D(2, 3)], 3 + 2, 1),
        ([kl.Conv2D(2, 3, 2), kl.Conv2D(2, 3)], 3 + 2 * 2, 2),
        ([kl.Conv2D(2, 3, dilation_rate=2)], 2 * (3 - 1) + 1, 1),
        ([kl.DepthwiseConv2D(5)], 5, 1),
        ([kl.MaxPooling2D(2), kl.Conv2D(2, 5)], 2 + 4 * 2, 2),
        ([kl.AveragePooling2D(3, 2), kl.ReLU(), kl.BatchNormalization()], 3, 2),
        ([kl.Conv2D(2, 1, 2), kl.Conv2D(2, 3)], 1 + 2 * 2, 2),
        ([kl.Normalization(mean=0.0, variance=1.0), kl.Conv2D(2, 3)], 3, 1),
    ],
)
def test_stacks_by_hand(steps, size, stride):
    found = field_of(*steps)
    assert (found.size, found.stride) == (size, stride)


@pytest.mark.parametrize("name", FAMILIES)
def test_both_nets_of_a_pair_see_as_far(name):
    with without_values():
        ours, theirs = (receptive_field(net) for net in pair(name, side=96, classes=10))
    assert ours == theirs


def test_sides_may_differ():
    found = field_of(kl.Conv2D(2, (1, 7)))
    assert (found.height, found.width, found.size) == (1, 7, 7)


def test_branches_take_the_larger_field():
    x = keras.Input((16, 16, 3))
    wide, narrow = kl.Conv2D(4, 5, padding="same")(x), kl.Conv2D(4, 1)(x)
    assert receptive_field(keras.Model(x, wide + narrow)).size == 5


def test_a_gate_from_global_pooling_does_not_count():
    x = keras.Input((16, 16, 3))
    y = kl.Conv2D(4, 3, padding="same")(x)
    gate = kl.Reshape((1, 1, 4))(kl.Dense(4)(kl.GlobalAveragePooling2D()(y)))
    assert receptive_field(keras.Model(x, kl.Multiply()([y, gate]))).size == 3


def test_auxiliary_heads_do_not_count():
    x = keras.Input((32, 32, 1))
    y = kl.Conv2D(2, 3)(x)
    out = kl.Dense(2, name="head_fc")(kl.GlobalAveragePooling2D()(y))
    aux = kl.GlobalAveragePooling2D()(kl.Conv2D(2, 7, name="aux1_conv")(y))
    for outputs in ([out, aux], [aux, out]):
        model = keras.Model(x, outputs)
        assert receptive_field(model).size == 3
        assert receptive_field(model, "aux1_conv").size == 9


def test_a_layer_can_be_named():
    model = NETS["lenet5"]()
    sizes = [receptive_field(model, f"stage{k}_conv").size for k in (1, 2, 3)]
    assert sizes == [5, 14, 32]


@pytest.mark.parametrize(
    ("layer", "message"),
    [("nowhere", "has no layer 'nowhere'"), ("head_f6", "'head_f6' .* sees the whole image")],
)
def test_layers_without_a_field_are_refused(layer, message):
    with pytest.raises(ValueError, match=message):
        receptive_field(NETS["lenet5"](), layer)


def test_branches_with_different_strides_are_refused():
    x = keras.Input((16, 16, 3))
    y = kl.Add(name="join")([kl.Conv2D(4, 2, 2)(x), kl.Conv2D(4, 1)(kl.Conv2D(4, 9)(x))])
    with pytest.raises(ValueError, match=r"'join' joins branches of strides \[1, 2\]"):
        receptive_field(keras.Model(x, y))


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (kl.SeparableConv2D(2, 3), "no receptive field rule for SeparableConv2D"),
        (kl.Conv2D(2, 3, (1, 2)), "has two strides"),
    ],
)
def test_a_layer_without_a_rule_is_an_error(layer, message):
    with pytest.raises(NotImplementedError, match=message):
        field_of(layer)


@pytest.mark.parametrize("name", [None, "second"])
def test_a_net_inside_a_net_sees_what_its_layers_see(name):
    first, second = kl.Conv2D(2, 3, 2), kl.Conv2D(2, 3, name="second")
    inner = keras.Sequential([keras.Input((64, 64, 3)), first, second])
    assert field_of(inner, kl.Flatten(), name=name) == ReceptiveField(7, 7, 2)


def test_each_use_of_a_layer_counts():
    layer = kl.Conv2D(3, 3, name="again")
    assert field_of(layer, layer).size == 5
    with pytest.raises(ValueError, match="uses a layer 'again' 2 times"):
        field_of(layer, layer, name="again")


def test_the_examples_hold(monkeypatch):
    monkeypatch.setattr(rule, "_rules", dict(rule._rules))
    assert doctest.testmod(sys.modules["course_lib.receptive_field"]) == (0, 3)
