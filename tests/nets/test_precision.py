"""Nets in half precision, and compiled as a whole: they run and give probabilities.

The nets are the short ones that show faults.
"""

import keras
import numpy as np
import pytest

from tests.nets.broken import package
from tests.nets.compare import images, randomize
from tests.nets.faults import BUILD

NETS = ("mobilenet", "mobilenet_v2", "se_resnet18")


def are_probabilities(y):
    y = keras.ops.convert_to_numpy(y).astype("float64")
    return np.isfinite(y).all() and np.allclose(y.sum(axis=1), 1, atol=0.01)


@pytest.mark.parametrize("name", NETS)
def test_mixed_precision(name):
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = BUILD[name](package())
    finally:
        keras.config.set_dtype_policy("float32")
    assert {keras.backend.standardize_dtype(w.dtype) for w in model.weights} == {"float32"}
    for training in (False, True):
        y = model(images(model), training=training)
        assert keras.backend.standardize_dtype(y.dtype) == "float16"
        assert are_probabilities(y)


@pytest.mark.parametrize("name", NETS)
def test_compiled_as_a_whole(name):
    model = BUILD[name](package())
    randomize(model)
    model.compile(jit_compile=True)
    x = images(model)
    y = model.predict(x, verbose=0)
    assert are_probabilities(y)
    np.testing.assert_allclose(y, keras.ops.convert_to_numpy(model(x)), atol=1e-4)
