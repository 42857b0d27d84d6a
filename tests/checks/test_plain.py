import keras
import numpy as np
import pytest
from keras import layers

from course_lib.checks.plain import Take, convolve, normalize, pool, relu

RNG = np.random.default_rng(3)


def by_keras(layer, x, **call):
    return keras.ops.convert_to_numpy(layer(keras.ops.convert_to_tensor(x), **call))


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("shape", [(2, 7, 6, 4), (1, 8, 5, 4)])
def test_convolution_agrees_with_keras(padding, stride, shape):
    x = RNG.normal(size=shape).astype("float32")
    layer = layers.Conv2D(6, 3, stride, padding, use_bias=False, groups=2)
    want = by_keras(layer, x)
    kernel = keras.ops.convert_to_numpy(keras.ops.copy(layer.kernel))
    np.testing.assert_allclose(convolve(x, kernel, stride, padding), want, atol=1e-5)


def test_symmetric_padding_puts_half_the_kernel_on_each_side():
    x = RNG.normal(size=(1, 8, 8, 2)).astype("float32")
    layer = keras.Sequential([layers.ZeroPadding2D(1), layers.Conv2D(3, 3, 2, use_bias=False)])
    want = by_keras(layer, x)
    (kernel,) = layer.get_weights()
    np.testing.assert_allclose(convolve(x, kernel, 2), want, atol=1e-5)
    assert not np.allclose(convolve(x, kernel, 2, "same"), want)


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize(
    ("how", "layer"), [("mean", layers.AveragePooling2D), ("max", layers.MaxPooling2D)]
)
def test_pooling_agrees_with_keras(padding, how, layer):
    x = RNG.normal(size=(2, 7, 5, 3)).astype("float32")
    want = by_keras(layer(3, 2, padding), x)
    np.testing.assert_allclose(pool(x, 3, 2, how, padding), want, atol=1e-6)


def test_pooling_steps_over_its_window_unless_told():
    x = np.arange(16.0).reshape(1, 4, 4, 1)
    assert pool(x, 2, how="sum").ravel().tolist() == [10, 18, 42, 50]


@pytest.mark.parametrize("training", [True, False])
def test_normalization_agrees_with_keras(training):
    x = RNG.normal(2, 3, size=(3, 4, 5, 2)).astype("float32")
    layer = layers.BatchNormalization(epsilon=1e-5)
    layer.build(x.shape)
    norm = tuple(RNG.uniform(0.5, 2, 2).astype("float32") for _ in range(4))
    layer.set_weights(norm)
    want = by_keras(layer, x, training=training)
    np.testing.assert_allclose(normalize(x, norm, training), want, atol=1e-4)


def test_relu_keeps_what_is_positive():
    assert relu(np.array([-1.0, 0.0, 2.0])).tolist() == [0, 0, 2]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: convolve(np.zeros((1, 5, 5, 3)), np.zeros((3, 3, 2, 4))), "cannot read 3"),
        (lambda: pool(np.zeros((1, 2, 5, 3)), 3), "does not fit in 2 x 5"),
    ],
)
def test_what_does_not_fit_is_an_error(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_take_hands_out_units_in_order_and_notes_what_was_asked():
    blank = Take()
    assert blank.kernel((3, 3, 2, 4)).shape == (3, 3, 2, 4)
    assert [part.shape for part in blank.norm(4)] == [(4,)] * 4
    assert blank.vector(5).shape == (5,)
    assert blank.asked == [("kernel", (3, 3, 2, 4)), ("norm", (4,)), ("vector", (5,))]
    full = Take([("a kernel",), ("scale", "offset", "mean", "variance"), ("a bias",)])
    assert full.kernel((1, 1, 1, 1)) == "a kernel"
    assert full.norm(3) == ("scale", "offset", "mean", "variance")
    assert full.vector(3) == "a bias"
