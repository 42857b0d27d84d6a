"""Nets in half precision, and compiled as a whole: one of each kind, the short ones of faults."""

import keras
import pytest

from tests.nets.broken import package
from tests.nets.compare import randomize
from tests.nets.conditions import compiles, gives_probabilities, half_precision
from tests.nets.faults import BUILD

# Behind a comma, a name tells which part or variant of the net it is.
WHOLE = [name for name in BUILD if "," not in name]


@pytest.mark.parametrize("name", WHOLE)
def test_half_precision(name):
    with half_precision():
        model = BUILD[name](package())
    kinds = {keras.backend.standardize_dtype(w.dtype) for w in model.trainable_weights}
    assert kinds == {"float32"}
    assert {output.dtype for output in model.outputs} == {"float16"}
    assert gives_probabilities(model)


@pytest.mark.parametrize("name", WHOLE)
def test_compiled_as_a_whole(name):
    model = BUILD[name](package())
    randomize(model)
    assert compiles(model)
