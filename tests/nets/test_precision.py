"""Nets in half precision, and compiled as a whole: they run and give probabilities."""

import keras
import numpy as np
import pytest

from course_lib.nets import NETS
from tests.nets.compare import images

SMALL = {"input_shape": (32, 32, 3), "classes": 10}
HALF = ("mobilenet_025",)
COMPILED = ("mobilenet_025",)


def probabilities(y):
    y = keras.ops.convert_to_numpy(y).astype("float64")
    return np.isfinite(y).all() and np.allclose(y.sum(axis=1), 1, atol=0.01)


@pytest.mark.parametrize("name", HALF)
def test_mixed_precision(name):
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = NETS[name](**SMALL)
    finally:
        keras.config.set_dtype_policy("float32")
    assert {w.dtype for w in model.weights if w.name != "seed_generator_state"} == {"float32"}
    y = model(images(model), training=True)
    assert keras.backend.standardize_dtype(y.dtype) == "float16"
    assert probabilities(y)


@pytest.mark.parametrize("name", COMPILED)
def test_compiled_as_a_whole(name):
    model = NETS[name](**SMALL)
    model.compile(jit_compile=True)
    x = images(model)
    y = model.predict(x, verbose=0)
    assert probabilities(y)
    np.testing.assert_allclose(y, keras.ops.convert_to_numpy(model(x)), atol=1e-4)
