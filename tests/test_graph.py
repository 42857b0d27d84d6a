"""The graph of a net as its layers, what they read, and what has no graph."""

import keras
import pytest
from keras import layers as kl

from course_lib.graph import operations, producers, steps, steps_and_outputs, weights_of
from course_lib.nets import resnet, without_values


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


def test_steps_tell_which_of_them_make_the_outputs():
    x = keras.Input((8, 8, 3), name="image")
    conv = kl.Conv2D(4, 3, name="conv")(x)
    inner = keras.Model(x, [kl.ReLU(name="relu")(conv), conv], name="inner")
    image = keras.Input((8, 8, 3), name="outer_image")
    found, returned = steps_and_outputs(keras.Model(image, inner(image)))
    assert names(found) == names(steps(keras.Model(image, inner(image))))
    assert names(returned) == ["relu", "conv"]


def test_steps_are_the_operations_where_nothing_is_nested_or_shared():
    with without_values():
        net = resnet(50)
    assert [step.layer for step in steps(net)] == operations(net)


def test_a_net_inside_is_opened_at_each_use():
    one, other = keras.Input((8, 8, 3), name="one"), keras.Input((8, 8, 3), name="other")
    x = keras.Input((8, 8, 3), name="inside")
    conv, relu = kl.Conv2D(4, 3, name="conv"), kl.ReLU(name="relu")
    inner = keras.Model(x, relu(conv(x)))
    net = keras.Model([one, other], kl.Subtract(name="less")([inner(one), inner(other)]))
    found = steps(net)
    assert names(found) == ["one", "other", "conv", "relu", "conv", "relu", "less"]
    assert [names(step.before) for step in found[2:]] == [
        ["one"],
        ["conv"],
        ["other"],
        ["conv"],
        ["relu", "relu"],
    ]
    assert found[3] in found[-1].before
    assert found[-1].before[0].before[0].before[0] is found[0]
    assert (found[2].inputs, found[2].outputs) == (((8, 8, 3),), ((6, 6, 4),))


def test_a_net_inside_may_give_several_outputs():
    x = keras.Input((8, 8, 3), name="image")
    low = kl.Conv2D(2, 1, name="low")(x)
    inner = keras.Model(x, [kl.Conv2D(2, 1, name="high")(low), low])
    image = keras.Input((8, 8, 3), name="image")
    high, low = inner(image)
    found = steps(keras.Model(image, kl.Subtract(name="less")([low, high])))
    assert names(found[-1].before) == ["low", "high"]


class ByHand(keras.Model):
    def call(self, x):
        return x


@pytest.mark.parametrize("net", [ByHand(name="net"), keras.Sequential([kl.ReLU()], name="net")])
def test_a_net_without_a_graph_is_refused(net):
    with pytest.raises(ValueError, match=r"'net' \(.*\) has no graph of layers; build it with"):
        operations(net)
