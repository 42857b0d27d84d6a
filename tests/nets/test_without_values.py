"""Nets that are built to be counted."""

from contextlib import suppress

import keras
import pytest

from course_lib.nets import resnet_cifar, without_values


@pytest.mark.parametrize("error", [None, ValueError])
def test_a_net_without_values_leaves_the_dtype_policy(error):
    keras.config.set_dtype_policy("mixed_float16")
    try:
        with suppress(ValueError), without_values():
            net = resnet_cifar(8)
            if error:
                raise error
        assert keras.config.dtype_policy().name == "mixed_float16"
        assert net.layers[1].compute_dtype == "float16"
        assert keras.layers.Dense(1).compute_dtype == "float16"
    finally:
        keras.config.set_dtype_policy("float32")


def test_it_has_the_shapes_of_a_net_with_values():
    with without_values():
        counted = resnet_cifar(8)
    used = resnet_cifar(8)
    assert [w.shape for w in counted.weights] == [w.shape for w in used.weights]
    assert counted.count_params() == used.count_params()
