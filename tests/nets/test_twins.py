"""Our nets and `keras.applications` with the same weights compute the same numbers."""

from collections import Counter

import keras
import pytest

from course_lib.nets import resnet, resnet_v2, transplant, without_values
from course_lib.nets.keras_weights import FAMILIES
from tests.nets.compare import (
    TOLERANCE,
    images,
    largest_difference,
    part_outputs,
    randomize,
    without_softmax,
)

V1, V2 = FAMILIES["resnet"].settings, FAMILIES["resnet_v2"].settings
TWINS = {
    "ResNet50": (resnet, 50, V1),
    "ResNet101": (resnet, 101, V1),
    "ResNet152": (resnet, 152, V1),
    "ResNet50V2": (resnet_v2, 50, V2),
    "ResNet101V2": (resnet_v2, 101, V2),
    "ResNet152V2": (resnet_v2, 152, V2),
}
STAGES = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
SIZE = {"input_shape": (64, 64, 3), "classes": 10}


def twins(name):
    builder, depth, conventions = TWINS[name]
    theirs = getattr(keras.applications, name)(weights=None, **SIZE)
    return theirs, builder(depth, **SIZE, **conventions)


@pytest.mark.parametrize("name", ["ResNet50", "ResNet50V2"])
def test_outputs_agree(name):
    theirs, ours = twins(name)
    randomize(theirs)
    for layer in theirs.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.9  # theirs is 0.99: the running statistics are compared too
    transplant(theirs, ours)
    blocks = STAGES[TWINS[name][1]]
    last = [f"conv{k}_block{count}_out" for k, count in enumerate(blocks, start=2)]
    wanted = [theirs.get_layer(layer).output for layer in last]
    got = [
        ours.get_layer(f"stage{k}_block{count}_out").output
        for k, count in enumerate(blocks, start=1)
    ]
    without_softmax(theirs.layers[-1])
    wanted.append(theirs.output)
    got.append(part_outputs(ours)["head"])
    assert [tuple(t.shape) for t in got] == [tuple(t.shape) for t in wanted]
    assert largest_difference(theirs, ours, wanted, got, images(ours)) <= TOLERANCE


@pytest.mark.parametrize("name", [name for name in TWINS if "50" not in name])
def test_layers_agree(name):
    with without_values():
        theirs, ours = twins(name)
    assert layers_with_weights(ours) == layers_with_weights(theirs)


def layers_with_weights(model):
    """Kind, weight shapes and output shape of each layer that has weights, counted."""
    return Counter(
        (type(layer).__name__, tuple(tuple(w.shape) for w in layer.weights), layer.output.shape)
        for layer in model.layers
        if layer.weights
    )
