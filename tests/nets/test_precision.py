"""Nets in half precision, and compiled as a whole; the nets are the short ones that show faults."""

import keras
import pytest

from tests.nets.broken import package
from tests.nets.compare import randomize
from tests.nets.conditions import compiles, gives_probabilities, half_precision
from tests.nets.faults import BUILD

NETS = ("nin_cifar", "all_cnn", "mobilenet", "mobilenet_v2", "se_resnet18", "efficientnet")


@pytest.mark.parametrize("name", NETS)
def test_half_precision(name):
    with half_precision():
        model = BUILD[name](package())
    kinds = {keras.backend.standardize_dtype(w.dtype) for w in model.trainable_weights}
    assert kinds == {"float32"}
    assert model.output.dtype == "float16"
    assert gives_probabilities(model)


@pytest.mark.parametrize("name", NETS)
def test_compiled_as_a_whole(name):
    model = BUILD[name](package())
    randomize(model)
    assert compiles(model)
