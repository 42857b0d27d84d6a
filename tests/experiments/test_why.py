"""Blocks begin or become the identity, and gradients are read where they should be."""

import keras
import numpy as np
import pytest

from course_lib.experiments import why_resnets, why_resnets_deletion, why_resnets_gradients
from course_lib.experiments.plan import Run
from course_lib.nets.resnet_cifar import resnet_cifar

IMAGES = np.random.default_rng(0).random((6, 14, 14, 1)).astype("float32")


def _map(net, name):
    return keras.Model(net.input, net.get_layer(name).output)(IMAGES, training=False)


@pytest.mark.parametrize("kind", ["zeroed", "bn_zeroed"])
def test_a_block_that_starts_at_zero_gives_what_it_takes(kind):
    net = why_resnets.build(why_resnets.ARMS[f"{kind}_20"])
    first = keras.ops.convert_to_numpy(_map(net, "stage1_block1_out"))
    third = keras.ops.convert_to_numpy(_map(net, "stage1_block3_out"))
    np.testing.assert_allclose(first, third, rtol=0, atol=1e-6)
    assert first.std() > 0.01


def test_other_blocks_change_what_they_take():
    net = why_resnets.build(why_resnets.ARMS["residual_8"] | {"depth": 20})
    first, third = (keras.ops.convert_to_numpy(_map(net, f"stage1_block{i}_out")) for i in (1, 3))
    assert np.abs(first - third).max() > 0.01


def test_arms_have_batch_normalization_where_they_say():
    for name in ("plain_8", "bn_residual_20"):
        net = why_resnets.build(why_resnets.ARMS[name])
        kinds = [isinstance(layer, keras.layers.BatchNormalization) for layer in net.layers]
        assert any(kinds) == name.startswith("bn")


@pytest.mark.parametrize("shortcut", ["none", "zero_pad"])
def test_a_deleted_block_is_the_identity_and_the_others_stay(shortcut):
    keras.utils.set_random_seed(0)
    net = resnet_cifar(20, input_shape=(14, 14, 1), shortcut=shortcut, widths=(8, 16, 32))
    for weight in net.weights:  # as after a training
        if weight.path.endswith("gamma"):
            weight.assign(weight + 0.3)
    before = keras.ops.convert_to_numpy(_map(net, "stage2_block2_out"))
    why_resnets_deletion.delete(net, "stage2_block3", residual=shortcut != "none")
    np.testing.assert_array_equal(
        keras.ops.convert_to_numpy(_map(net, "stage2_block2_out")), before
    )
    after = keras.ops.convert_to_numpy(_map(net, "stage2_block3_out"))
    np.testing.assert_allclose(after, before, rtol=0, atol=1e-5)


def test_gradients_of_a_linear_net_are_alike_everywhere():
    """A net without activations has one gradient for all images of a class, up to its softmax."""

    def linear():
        image = keras.Input((14, 14, 1))
        x = keras.layers.Flatten()(image)
        return keras.Model(image, keras.layers.Dense(10, activation="softmax")(x))

    from course_lib.experiments.parts import few_garments

    found = why_resnets_gradients.neighbor_correlation(
        linear, Run(0.1, 0, 1, 64), few_garments()["train"].take(64)
    )
    assert found > 0.95


def test_correlation_by_hand():
    x = np.array([1.0, 2.0, 3.0])
    assert why_resnets_gradients._correlation(x, 5.0 - 2.0 * x) == pytest.approx(-1.0)
    assert why_resnets_gradients._correlation(x, np.ones(3)) == 0.0
