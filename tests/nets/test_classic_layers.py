"""Response normalization against the formula in loops, and the shared head."""

import keras
import numpy as np
import pytest

from course_lib.nets.classic_layers import (
    LocalResponseNormalization,
    dense_head,
    drop,
)
from tests.nets.loops import response_norm

NORMS = [
    {},  # the paper's constants
    {"alpha": 0.5, "beta": 0.5},
    {"k": 1.0, "n": 3, "alpha": 2.0},
    {"n": 1, "alpha": 1.0},
    {"n": 13, "alpha": 0.1},  # wider than all maps
]


def maps(scale=1.0, dtype="float32"):
    return (np.random.default_rng(0).normal(size=(2, 3, 4, 7)) * scale).astype(dtype)


@pytest.mark.parametrize("constants", NORMS)
@pytest.mark.parametrize("scale", [1.0, 300.0])
def test_response_norm_is_the_formula(constants, scale):
    x = maps(scale)
    got = keras.ops.convert_to_numpy(LocalResponseNormalization(**constants)(x))
    wanted = np.stack([response_norm(image.astype("float64"), **constants) for image in x])
    assert np.abs(got - wanted).max() <= 1e-5 * wanted.std()


def test_response_norm_by_hand():
    """Maps 1, 2, 3 with n = 3: the first and the last have one neighbour."""
    x = np.array([1.0, 2.0, 3.0], "float32").reshape(1, 1, 1, 3)
    layer = LocalResponseNormalization(k=1.0, n=3, alpha=1.0, beta=1.0)
    got = keras.ops.convert_to_numpy(layer(x)).ravel()
    assert np.allclose(got, [1 / (1 + 1 + 4), 2 / (1 + 1 + 4 + 9), 3 / (1 + 4 + 9)])


def test_response_norm_reads_no_other_position():
    x = maps(100.0)
    before = keras.ops.convert_to_numpy(LocalResponseNormalization()(x))
    x[:, 1, 2] *= 2
    after = keras.ops.convert_to_numpy(LocalResponseNormalization()(x))
    changed = (before != after).any(axis=(0, 3))
    assert changed[1, 2]
    assert changed.sum() == 1


def test_response_norm_in_half_precision_does_not_overflow():
    x = maps(1000.0, "float16")
    layer = LocalResponseNormalization(dtype="mixed_float16")
    y = layer(x)
    assert keras.backend.standardize_dtype(y.dtype) == "float16"
    wanted = np.stack([response_norm(image.astype("float64")) for image in x])
    assert np.abs(keras.ops.convert_to_numpy(y) - wanted).max() <= 2e-3 * wanted.std()


def test_response_norm_remembers_its_constants():
    constants = {"k": 1.0, "n": 3, "alpha": 0.2, "beta": 0.6}
    again = LocalResponseNormalization.from_config(
        LocalResponseNormalization(**constants).get_config()
    )
    assert {key: getattr(again, key) for key in constants} == constants


@pytest.mark.parametrize("n", [0, -3, 4, 5.0, "5"])
def test_an_even_number_of_maps_has_no_middle(n):
    with pytest.raises(ValueError, match=f"n must be a positive odd number .*got {n!r}"):
        LocalResponseNormalization(n=n)


def test_the_head_drops_behind_each_hidden_layer():
    x = keras.Input((2, 2, 3))
    model = keras.Model(x, dense_head(x, (4, 5), 6, dropout=0.25))
    assert [layer.name for layer in model.layers[1:]] == [
        "head_flatten",
        "head_dense1",
        "head_dropout1",
        "head_dense2",
        "head_dropout2",
        "head_fc",
    ]
    assert [layer.rate for layer in model.layers if "dropout" in layer.name] == [0.25, 0.25]
    names = ["head_dense1", "head_dense2", "head_fc"]
    activations = [model.get_layer(name).activation.__name__ for name in names]
    assert activations == ["relu", "relu", "softmax"]


def test_no_dropout_is_no_layer():
    x = keras.Input((2, 2, 3))
    assert drop(x, 0.0, "stage1_dropout") is x
