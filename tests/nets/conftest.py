"""Nets get their first kernels quickly: on JAX, XLA compiles a draw anew for every shape."""

import keras
import numpy as np
import pytest


@pytest.fixture(autouse=True)
def quick_kernels(monkeypatch):
    """Let NumPy draw He's distribution on JAX; a new shape takes seconds there otherwise."""
    if keras.backend.backend() == "jax":
        monkeypatch.setattr(keras.initializers.HeNormal, "__call__", draw)


def draw(self, shape, dtype=None):
    values = np.random.default_rng(0).normal(0, np.sqrt(2 / np.prod(shape[:-1])), shape)
    return keras.ops.convert_to_tensor(values, dtype or keras.config.floatx())
