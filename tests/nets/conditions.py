"""Conditions under which a net must work: half precision, compilation, a round trip to a file."""

from contextlib import contextmanager

import keras
import numpy as np

from tests.nets.compare import images


@contextmanager
def half_precision():
    """Build nets in this context to compute in float16."""
    keras.config.set_dtype_policy("mixed_float16")
    try:
        yield
    finally:
        keras.config.set_dtype_policy("float32")


def gives_probabilities(model):
    """Tell whether each head of a net gives shares of 1."""
    answers = [keras.ops.convert_to_numpy(y) for y in keras.tree.flatten(model(images(model)))]
    return all(
        bool(np.isfinite(y).all() and np.allclose(y.sum(axis=1), 1, atol=5e-3)) for y in answers
    )


def compiles(model):
    """Predict by XLA, which PyTorch has not, and compare with the same net without it."""
    x = images(model)
    wanted = [keras.ops.convert_to_numpy(y) for y in keras.tree.flatten(model(x))]
    model.compile(jit_compile=keras.backend.backend() != "torch")
    got = keras.tree.flatten(model.predict(x, verbose=0))
    return all(
        bool(np.abs(b - a).max() <= 1e-4 * a.std()) for a, b in zip(wanted, got, strict=True)
    )


def survives_saving(model, path):
    model.save(path / "net.keras")
    again = keras.models.load_model(path / "net.keras")
    x = images(model)
    a, b = (keras.ops.convert_to_numpy(net(x)) for net in (model, again))
    return bool((a == b).all())
