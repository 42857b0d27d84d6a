"""Rules go by type, by base class, and for operations by name."""

import doctest
import sys

import keras
import pytest
from keras import layers as kl

from course_lib.registry import Rules


class Wide(kl.Conv2D):
    pass


@pytest.fixture
def rules():
    found = Rules("nothing about {kind} ({name!r}); add it")

    @found(kl.Conv2D, "Relu")
    def _(layer):
        return f"rule of {layer.name}"

    return found


def say(rules, layer):
    return rules.of(layer)(layer)


def test_a_type_without_a_rule_has_that_of_its_base_class(rules):
    assert say(rules, Wide(4, 3, name="wide")) == "rule of wide"
    rules(Wide)(lambda layer: "its own")
    assert say(rules, Wide(4, 3)) == "its own"
    assert say(rules, kl.Conv2D(4, 3, name="conv")) == "rule of conv"


def test_an_operation_goes_by_its_name_and_a_layer_does_not(rules):
    x = keras.Input((4,))
    relu = keras.ops.relu(x)._keras_history.operation
    assert say(rules, relu) == f"rule of {relu.name}"
    named = type("Relu", (kl.Layer,), {})(name="mine")
    with pytest.raises(NotImplementedError, match=r"nothing about Relu \('mine'\); add it"):
        rules.of(named)


def test_a_rule_may_stand_for_all_types(rules):
    rules(object)(lambda layer: "anything")
    assert say(rules, kl.ReLU()) == "anything"


def test_the_example_holds():
    assert doctest.testmod(sys.modules["course_lib.registry"]) == (0, 4)
