"""The trap: what batch normalization does to a trained net in `fit`, shown and warned of."""

import warnings

import keras
import numpy as np
import pytest

from course_lib.transfer import batch_norms, freeze, new_head, warn_of_batch_norm
from tests.transfer.bodies import images, tiny_body

STEM = "stem_bn"


def fitted(model):
    """Return how far training on a few bright images moves the running mean and the answers."""
    before = np.array(model.get_layer(STEM).moving_mean)
    learned = np.array(model.get_layer(STEM).gamma)
    model.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=True)
    x = 5.0 + images(6)
    model.fit(x, np.array([0, 1] * 3), batch_size=2, epochs=2, verbose=0)
    moved = np.abs(np.array(model.get_layer(STEM).moving_mean) - before).max()
    return moved, np.abs(np.array(model.get_layer(STEM).gamma) - learned).max()


def test_freezing_weights_only_lets_the_statistics_drift():
    model = new_head(tiny_body(), 2)
    for layer in model.layers[:-1]:
        for weight in layer.weights:
            weight.trainable = False  # the layers themselves stay trainable: the trap
    assert batch_norms(model)[STEM] == "drifting"
    with pytest.warns(UserWarning, match=f"3 batch normalizations, from '{STEM}' on, have frozen"):
        warn_of_batch_norm(model, 64)
    moved, learned = fitted(model)
    assert learned == 0.0
    assert moved > 0.5


def test_a_frozen_layer_keeps_its_statistics():
    model = new_head(tiny_body(), 2)
    freeze(model)
    assert set(batch_norms(model).values()) == {"inference"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_batch_norm(model, 2)
    assert fitted(model) == (0.0, 0.0)


def test_a_frozen_layer_answers_in_training_as_in_inference_and_a_trainable_one_does_not():
    model, x = new_head(tiny_body(), 2), images(4)

    def gap():
        answers = [keras.ops.convert_to_numpy(model(x, training=mode)) for mode in (True, False)]
        return np.abs(answers[0] - answers[1]).max()

    assert gap() > 1e-3
    freeze(model)
    assert gap() == 0.0


def test_small_batches_are_warned_of_and_large_ones_are_not():
    model = new_head(tiny_body(), 2)
    assert set(batch_norms(model).values()) == {"training"}
    with pytest.warns(UserWarning, match="would run in training mode on batches of 8 images"):
        warn_of_batch_norm(model, 8)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_batch_norm(model, 32)


def test_a_normalization_without_weights_of_its_own_is_seen():
    inputs = keras.Input((4, 4, 1))
    norm = keras.layers.BatchNormalization(center=False, scale=False, name="plain")
    assert batch_norms(keras.Model(inputs, norm(inputs))) == {"plain": "training"}
