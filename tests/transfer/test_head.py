"""Heads: shapes, seeds, names, and no second classifier behind a first."""

import keras
import numpy as np
import pytest

from course_lib import nets
from course_lib.transfer import new_head
from tests.transfer.bodies import images, tiny_body


@pytest.mark.parametrize(
    ("pooling", "inputs"), [("average", 3), ("max", 3), ("flatten", 4 * 4 * 3)]
)
def test_head_reads_the_pooled_map(pooling, inputs):
    model = new_head(tiny_body(), 5, pooling=pooling, dropout=0.5)
    assert model.get_layer("head_fc").kernel.shape == (inputs, 5)
    assert [layer.name for layer in model.layers[-3:]] == ["head_pool", "head_dropout", "head_fc"]
    answer = keras.ops.convert_to_numpy(model(images(2)))
    np.testing.assert_allclose(answer.sum(axis=1), 1.0, rtol=1e-5)


def test_logits_and_vectors():
    body = tiny_body()
    pooled = keras.Model(body.inputs[0], keras.layers.GlobalAveragePooling2D()(body.outputs[0]))
    model = new_head(pooled, 2, activation=None)
    logits, features = (keras.ops.convert_to_numpy(m(images(2))) for m in (model, pooled))
    wanted = features @ np.array(model.get_layer("head_fc").kernel)
    np.testing.assert_allclose(logits, wanted, rtol=1e-5, atol=1e-6)


def test_the_seed_decides_the_weights_whatever_was_drawn_before():
    body = tiny_body()
    one = new_head(body, 2, seed=1)
    keras.utils.set_random_seed(99)
    two, other = new_head(body, 2, seed=1), new_head(body, 2, seed=2)
    kernels = [m.get_layer("head_fc").kernel.numpy() for m in (one, two, other)]
    np.testing.assert_array_equal(kernels[0], kernels[1])
    assert not np.array_equal(kernels[0], kernels[2])


def test_weights_are_shared_with_the_body():
    body = tiny_body()
    model = new_head(body, 2)
    body.get_layer("stem_bn").gamma.assign([2.0, 2.0, 2.0])
    np.testing.assert_array_equal(model.get_layer("stem_bn").gamma, [2.0, 2.0, 2.0])


def classifiers():
    body = tiny_body()
    pooled = keras.layers.GlobalAveragePooling2D(name="pool")(body.outputs[0])
    scores = keras.layers.Dense(3, name="scores")(pooled)
    chance = keras.layers.Dense(1, activation="sigmoid", name="chance")(pooled)
    yield "softmax", keras.Model(body.inputs, keras.layers.Softmax()(scores)), "scores"
    yield "words", keras.Model(body.inputs, keras.layers.Activation("softmax")(scores)), "scores"
    yield "dense", new_head(body, 2), "head_pool"
    yield "logits", keras.Model(body.inputs, scores), "pool"
    yield "sigmoid", keras.Model(body.inputs, chance), "pool"


@pytest.mark.parametrize(
    ("model", "before"), [pytest.param(m, b, id=name) for name, m, b in classifiers()]
)
def test_a_second_classifier_is_refused(model, before):
    message = rf"ends in a classifier.*classes=None.*include_top=False.*get_layer\('{before}'\)"
    with pytest.raises(ValueError, match=message):
        new_head(model, 2)


def test_a_gate_of_its_own_is_no_classifier():
    """A sigmoid inside the net, as in squeeze-and-excitation, is not its end."""
    with nets.without_values():
        body = nets.se_resnet(18, input_shape=(32, 32, 3), classes=None)
        assert new_head(body, 2).output_shape == (None, 2)


def test_a_net_with_trained_weights_still_warns_of_wrong_images():
    inputs = keras.Input((4, 4, 1))
    body = nets.pretrained.PretrainedNet(inputs, keras.layers.Conv2D(2, 1)(inputs))
    with pytest.warns(UserWarning, match="divide 8-bit images by 255"):
        new_head(body, 2).predict(255 * images(2), verbose=0)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"classes": 1}, "classes must be an integer of at least 2, got 1"),
        ({"classes": 2.0}, "classes must be"),
        ({"dropout": 1.0}, "dropout must be from 0 and below 1, got 1.0"),
        ({"pooling": "mean"}, "pooling must be one of"),
        ({"activation": "relu"}, "activation must be one of"),
    ],
)
def test_bad_settings_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        new_head(tiny_body(), **({"classes": 2} | settings))


def test_other_outputs_are_refused():
    inputs = keras.Input((4, 4))
    with pytest.raises(ValueError, match=r"one output .* got 1 and \[\(None, 4, 4\)\]"):
        new_head(keras.Model(inputs, keras.layers.ReLU()(inputs)), 2)
