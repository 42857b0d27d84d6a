"""Arms with and without batch normalization, and both of its modes on a net known in advance."""

import keras
import numpy as np
import pytest

from course_lib.data import Split
from course_lib.experiments import batchnorm, batchnorm_modes


def test_arms_differ_in_normalization_and_rate():
    kinds = {
        name: sum(
            isinstance(layer, keras.layers.BatchNormalization)
            for layer in batchnorm.build(batchnorm.ARMS[name]).layers
        )
        for name in ("none_0.1", "bn_0.1")
    }
    assert kinds == {"none_0.1": 0, "bn_0.1": 6}
    rates = {arm["learning_rate"] for arm in batchnorm.ARMS.values()}
    assert sorted(rates) == list(batchnorm.RATES)


@pytest.mark.parametrize("momentum", [0.9, 0.99, 0.999])
def test_the_momentum_is_that_of_the_arm(momentum):
    net = batchnorm_modes.build(momentum)
    found = {
        layer.momentum for layer in net.layers if isinstance(layer, keras.layers.BatchNormalization)
    }
    assert found == {momentum}


def bright_or_dark():
    """A net that says 1 for an image that is brighter than the average that it divides by."""
    image = keras.Input((2, 2, 1))
    x = keras.layers.BatchNormalization(name="bn")(keras.layers.GlobalAveragePooling2D()(image))
    scores = keras.layers.Dense(2, use_bias=False, name="fc")(x)
    model = keras.Model(image, keras.layers.Softmax()(scores))
    model.get_layer("fc").kernel.assign([[-1.0, 1.0]])
    model.get_layer("bn").moving_mean.assign([0.5])
    return model


IMAGES = np.repeat(np.array([0.1, 0.9] * 10, "float32"), 4).reshape(20, 2, 2, 1)
SPLIT = Split(IMAGES, np.array([0, 1] * 10, "int32"))


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_a_batch_is_normalized_by_itself():
    model = bright_or_dark()
    assert batchnorm_modes.batch_error(model, SPLIT, 20) == 0.0
    assert batchnorm_modes.batch_error(model, SPLIT, 1) == 0.5  # each is its own average
    by_class = Split(IMAGES[[*range(0, 20, 2), *range(1, 20, 2)]], np.repeat([0, 1], 10))
    assert batchnorm_modes.batch_error(model, by_class, 10) == 0.5


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_running_averages_are_left_as_they_were():
    model = bright_or_dark()
    batchnorm_modes.batch_error(model, SPLIT, 20)
    mean = keras.ops.convert_to_numpy(model.get_layer("bn").moving_mean)
    np.testing.assert_array_equal(mean, [0.5])
