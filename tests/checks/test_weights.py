from collections import Counter

import keras
import numpy as np
import pytest
from keras import layers, ops

from course_lib.checks.weights import randomize, undrawn


def units_of(*net, shape=(6, 5, 4)):
    model = keras.Sequential([keras.Input(shape), *net])
    ((units, scale),) = randomize(model, np.random.default_rng(1), [100])
    return Counter((role, arrays[0].shape) for role, arrays in units), scale


@pytest.mark.parametrize(
    ("layer", "units"),
    [
        (layers.Conv2D(2, 3), {("kernel", (3, 3, 4, 2)): 1, ("vector", (2,)): 1}),
        (layers.Dense(2, use_bias=False), {("kernel", (1, 1, 4, 2)): 1}),
        (layers.DepthwiseConv2D(2, use_bias=False), {("kernel", (2, 2, 4, 1)): 1}),
        (layers.Conv2D(2, 1, groups=2, use_bias=False), {("kernel", (1, 1, 2, 2)): 1}),
        (layers.BatchNormalization(), {("norm", (4,)): 1}),
        (layers.BatchNormalization(scale=False), {("normalization without scale", (4,)): 1}),
        (
            layers.LayerNormalization(),
            {("normalization without moving mean and moving variance", (4,)): 1},
        ),
        (layers.Dropout(0.5), {}),
        (layers.PReLU(shared_axes=[1, 2]), {("vector", (4,)): 1}),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_weights_are_sorted_by_role(layer, units):
    assert units_of(layer)[0] == units


def test_images_are_scaled_only_where_something_normalizes():
    assert units_of(layers.Conv2D(2, 3))[1] == 1
    assert units_of(layers.Conv2D(2, 3), layers.BatchNormalization())[1] == 100


class TwoNorms(layers.Layer):
    """Batch normalization written by hand, twice in one layer, with names of its own."""

    def build(self, input_shape):
        size = (input_shape[-1],)
        self.rows = [
            [
                self.add_weight(shape=size, initializer=start, trainable=trainable, name=name)
                for start, trainable, name in (
                    ("zeros", True, "b"),
                    ("ones", True, "a"),
                    ("ones", False, "v"),
                    ("zeros", False, "m"),
                )
            ]
            for _ in range(2)
        ]

    def call(self, x):
        for b, a, v, m in self.rows:
            x = (x - m) / ops.sqrt(v) * a + b
        return x


def test_a_normalization_written_by_hand_is_recognized_by_how_its_weights_start():
    model = keras.Sequential([keras.Input((2, 2, 3)), TwoNorms()])
    for units, _ in randomize(model, np.random.default_rng(1), [4, 100]):
        assert [role for role, _ in units] == ["norm", "norm"]
        for _, (_, _, _, variance) in units:
            assert (variance > 0).all()


def test_equal_names_do_not_mix_two_normalizations():
    inner = [layers.BatchNormalization(name="bn") for _ in range(2)]

    class Pair(layers.Layer):
        def __init__(self):
            super().__init__()
            self.first, self.second = inner

        def build(self, input_shape):
            self.first.build(input_shape)
            self.second.build(input_shape)

        def call(self, x):
            return self.second(self.first(x))

    assert units_of(Pair())[0] == {("norm", (4,)): 2}


def test_a_fixed_weight_keeps_its_value_and_is_no_unit():
    mean = layers.DepthwiseConv2D(
        2, use_bias=False, depthwise_initializer=keras.initializers.Constant(0.25), trainable=False
    )
    assert units_of(mean)[0] == {}
    assert (mean.get_weights()[0] == 0.25).all()


def test_weights_start_without_a_draw_unless_somebody_chose_how():
    shape = (3, 4)
    with undrawn():
        usual = layers.Dense(4)
        chosen = layers.Dense(4, kernel_initializer="ones", trainable=False)
    for layer in (usual, chosen):
        layer.build((None, 3))
    np.testing.assert_array_equal(usual.get_weights()[0], np.full(shape, 0.5))
    np.testing.assert_array_equal(chosen.get_weights()[0], np.ones(shape))
    drawn = layers.Dense(4)
    drawn.build((None, 3))
    assert drawn.get_weights()[0].std() > 0
