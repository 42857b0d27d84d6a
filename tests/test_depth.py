"""The depth of nets whose layers can be counted by eye; `tests/nets` has those of the papers."""

import keras
import pytest
from keras import layers

from course_lib.depth import depth


def test_branches_count_by_the_longest():
    image = keras.Input((8, 8, 3))
    short = layers.Conv2D(4, 1)(image)
    long = layers.Conv2D(4, 3, padding="same")(layers.Conv2D(4, 1)(image))
    assert depth(keras.Model(image, layers.Add()([short, long]))) == 2


def test_a_gate_and_a_normalization_are_no_layers():
    image = keras.Input((8, 8, 3))
    x = layers.BatchNormalization()(layers.Conv2D(4, 3)(image))
    gate = layers.Dense(4, "sigmoid")(layers.Dense(2)(layers.GlobalAveragePooling2D()(x)))
    scaled = layers.Multiply()([x, layers.Reshape((1, 1, 4))(gate)])
    assert depth(keras.Model(image, scaled)) == 1


def test_an_auxiliary_head_does_not_count():
    image = keras.Input((8, 8, 3))
    x = layers.Flatten()(layers.Conv2D(4, 3, name="stem")(image))
    extra = layers.Dense(2, name="aux1_fc")(layers.Dense(5, name="aux1_dense")(x))
    assert depth(keras.Model(image, [layers.Dense(2, name="head")(x), extra])) == 2


def test_a_net_without_a_graph_is_refused():
    with pytest.raises(ValueError, match="has no graph"):
        depth(keras.Sequential([layers.Dense(2)]))
