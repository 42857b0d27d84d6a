"""Our nets and `keras.applications` with the same weights compute the same numbers."""

from pathlib import Path

import keras
import pytest

from course_lib.nets import transplant, without_values
from tests.nets.compare import (
    TOLERANCE,
    images,
    largest_difference,
    part_outputs,
    randomize,
    without_softmax,
)
from tests.nets.twins import DEPTHS, NUMBERS, SIZE, layers_with_weights

STAGES = (3, 4, 6, 3)


def twins(name):
    theirs = getattr(keras.applications, name)(weights=None, **SIZE)
    return theirs, (NUMBERS | DEPTHS)[name]()


RESIDUAL = ("ResNet50", "ResNet50V2")


@pytest.mark.parametrize("name", [name for name in NUMBERS if name not in RESIDUAL])
def test_other_twins_are_compared_beside_their_family(name):
    """What is in the table judges faults, so something must have compared it."""
    tests = Path(__file__).parent.glob("test_*.py")
    assert any(f'NUMBERS["{name}"]()' in path.read_text("utf-8") for path in tests)


@pytest.mark.parametrize("name", RESIDUAL)
def test_outputs_agree(name):
    theirs, ours = twins(name)
    randomize(theirs)
    for layer in theirs.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.9  # theirs is 0.99: the running statistics are compared too
    transplant(theirs, ours)
    last = [f"conv{k}_block{count}_out" for k, count in enumerate(STAGES, start=2)]
    wanted = [theirs.get_layer(layer).output for layer in last]
    got = [
        ours.get_layer(f"stage{k}_block{count}_out").output
        for k, count in enumerate(STAGES, start=1)
    ]
    without_softmax(theirs.layers[-1])
    wanted.append(theirs.output)
    got.append(part_outputs(ours)["head"])
    assert [tuple(t.shape) for t in got] == [tuple(t.shape) for t in wanted]
    assert largest_difference(theirs, ours, wanted, got, images(ours)) <= TOLERANCE


@pytest.mark.parametrize("name", DEPTHS)
def test_layers_agree(name):
    with without_values():
        theirs, ours = twins(name)
    assert layers_with_weights(ours) == layers_with_weights(theirs)
