"""The graph of a net as its layers, what they read, and what has no graph."""

import keras
import pytest
from keras import layers as kl

from course_lib.graph import operations, producers, weights_of


def names(steps):
    return [step.name for step in steps]


def test_inputs_come_first():
    x = keras.Input((8, 8, 3), name="image")
    net = keras.Model(x, kl.ReLU(name="relu")(kl.Conv2D(4, 3, name="conv")(x)))
    assert names(operations(net)) == ["image", "conv", "relu"]


def test_a_sequential_has_the_operations_of_its_graph():
    net = keras.Sequential([keras.Input((8, 8, 3)), kl.Conv2D(4, 3, name="conv"), kl.ReLU()])
    assert names(operations(net))[1] == "conv"
    assert len(operations(net)) == 3


def test_producers_are_what_a_layer_reads():
    x = keras.Input((8, 8, 3), name="image")
    conv = kl.Conv2D(3, 1, name="conv")
    net = keras.Model(x, conv(x) + x)
    image, _, total = operations(net)
    assert producers(image) == []
    assert producers(conv) == [image]
    assert names(producers(total)) == ["conv", "image"]
    assert weights_of(total) == []
    assert len(weights_of(conv)) == 2


class ByHand(keras.Model):
    def call(self, x):
        return x


@pytest.mark.parametrize("net", [ByHand(name="net"), keras.Sequential([kl.ReLU()], name="net")])
def test_a_net_without_a_graph_is_refused(net):
    with pytest.raises(ValueError, match=r"'net' \(.*\) has no graph of layers; build it with"):
        operations(net)
