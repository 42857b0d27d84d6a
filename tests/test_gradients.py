"""Gradients are those of arithmetic, however small."""

import keras
import numpy as np
import pytest

from course_lib.batches import Batches
from course_lib.gradients import gradient_norms, gradients
from tests.test_train import SPLIT, build


# Keras converts its TensorFlow variables in a way that NumPy 2 is about to drop.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_gradient_norms_are_those_of_arithmetic():
    """For softmax and cross-entropy the gradient of the bias is the mean of p - y."""
    norms = gradient_norms(build, SPLIT, batch_size=30, seed=3)
    images, labels = Batches(SPLIT, batch_size=30, seed=3)[0]
    keras.utils.set_random_seed(3)
    model = build()
    p = keras.ops.convert_to_numpy(model(images))
    away = p - np.eye(2)[labels]
    bias = np.linalg.norm(away.mean(axis=0))
    kernel = np.linalg.norm(images.reshape(30, -1).T @ away / 30)
    found = {path.split("/")[-1]: norm for path, norm in norms.items()}
    assert found == {
        "kernel": pytest.approx(kernel, rel=1e-3),
        "bias": pytest.approx(bias, rel=1e-3),
    }


# Keras converts its TensorFlow variables in a way that NumPy 2 is about to drop.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_small_gradients_are_not_lost_beside_large_weights():
    """A change of weights near 1 by 1e-12 could not be seen; the gradient itself can."""

    def scaled():
        image = keras.Input((2, 2, 1))
        x = keras.layers.Rescaling(1e-12)(keras.layers.Flatten()(image))
        x = keras.layers.Dense(2, kernel_initializer="ones", name="fc")(x)
        return keras.Model(image, keras.layers.Softmax()(x))

    kernel = next(
        value
        for path, value in gradients(scaled, SPLIT, batch_size=30, seed=0).items()
        if path.endswith("kernel")
    )
    assert 1e-15 < np.abs(kernel).max() < 1e-11
