"""What changes features changes their hash, and what does not change them does not."""

import keras
import numpy as np
import pytest
from keras import layers

from course_lib.transfer.fingerprint import digest, fingerprint, sample
from tests.transfer.bodies import images, tiny_body


def double(x):
    return 2 * x


def mark(model=None, x=None, preprocessing=double, dtype="float16"):
    model = tiny_body() if model is None else model
    x = images(40) if x is None else x
    return digest(fingerprint(model, x, preprocessing, dtype))


@pytest.fixture(scope="module")
def usual():
    return mark()


def unnamed(seed=0):
    """Layers that Keras names, by a count that goes on through a session."""
    keras.utils.set_random_seed(seed)
    x = image = keras.Input((4, 4, 1))
    for _ in range(2):
        x = layers.Add()([x, layers.Conv2D(1, 1)(x)])
    return keras.Model(image, x)


def test_the_same_again_has_the_same_hash(usual):
    assert mark() == usual
    assert len(usual) == 16


def test_names_that_keras_counts_do_not_matter():
    one, two = unnamed(), unnamed()
    assert one.layers[1].name != two.layers[1].name
    assert mark(one) == mark(two)


def test_what_acts_in_training_alone_does_not_matter(usual):
    body = tiny_body()
    body.trainable = False
    body.compile("adam", "mse")
    assert mark(body) == usual


def test_images_in_another_container_are_the_same(usual, tmp_path):
    np.save(tmp_path / "images.npy", images(40))
    assert mark(x=np.load(tmp_path / "images.npy", mmap_mode="r")) == usual


def changed_weight():
    body = tiny_body()
    body.get_layer("stem_bn").moving_mean.assign([0.0, 0.0, 1e-3])
    return body


def changed_layer():
    inputs = keras.Input((4, 4, 1))
    return keras.Model(inputs, layers.BatchNormalization(epsilon=1e-4)(inputs))


def changed_pixel():
    x = images(40)
    x[17, 0, 0, 0] += 1e-6
    return x


@pytest.mark.parametrize(
    "change",
    [
        lambda: {"model": changed_weight()},
        lambda: {"x": changed_pixel()},
        lambda: {"x": images(40)[::-1]},
        lambda: {"x": images(40)[:39]},
        lambda: {"x": images(40).astype("float64")},
        lambda: {"preprocessing": None},
        lambda: {"preprocessing": lambda x: 2 * x + 1e-6},
        lambda: {"dtype": "float32"},
    ],
)
def test_what_changes_features_changes_the_hash(usual, change):
    assert mark(**change()) != usual


def test_a_setting_without_weights_counts():
    inputs = keras.Input((4, 4, 1))
    usual = keras.Model(inputs, layers.BatchNormalization(epsilon=1e-3)(inputs))
    assert mark(usual) != mark(changed_layer())


def test_the_order_of_connections_counts():
    """Equal layers and weights that are wired in another way."""

    def wired(swap):
        image = keras.Input((4, 4, 1))
        a, b = layers.ReLU()(image), layers.MaxPooling2D(1)(image)
        return keras.Model(image, layers.Subtract()([b, a] if swap else [a, b]))

    assert mark(wired(swap=False)) != mark(wired(swap=True))


@pytest.mark.parametrize(("count", "rows"), [(1, [0]), (3, [0, 1, 2]), (31, range(0, 31, 2))])
def test_sample_is_spread_evenly(count, rows):
    x = images(count)
    np.testing.assert_array_equal(sample(x), x[list(rows)])
