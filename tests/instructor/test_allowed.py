"""Models from descriptions: those that Keras gives, and none that could act or grow."""

import copy
import json

import keras
import numpy as np
import pytest
from keras import layers

from instructor import allowed


def described(model):

    config = json.loads(json.dumps(model.get_config()))
    return config, [
        np.asarray(v, "float32") for v in map(keras.ops.convert_to_numpy, model.variables)
    ]


def block():
    x = image = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, padding="same", activation="relu", kernel_regularizer="l2")(x)
    x = layers.BatchNormalization()(x)
    x = layers.DepthwiseConv2D(3, strides=2)(layers.ZeroPadding2D(1)(x))
    y = layers.ReLU(max_value=6.0)(layers.Conv2D(4, 1)(x))
    x = layers.Dropout(0.5)(layers.Add()([x, y]))
    x = layers.Concatenate()([x, layers.LeakyReLU()(y)])
    return keras.Model(image, layers.Dense(3)(layers.GlobalAveragePooling2D()(x)))


def test_a_model_is_the_same_again():
    keras.utils.set_random_seed(0)
    model = block()
    built = allowed.build(*described(model))
    x = np.random.default_rng(0).normal(size=(3, 8, 8, 3)).astype("float32")
    for one, other in zip(model.variables, built.variables, strict=True):
        assert one.name == other.name
        assert one.trainable == other.trainable
    np.testing.assert_allclose(built(x, training=False), model(x, training=False), rtol=1e-5)


def test_every_layer_of_the_list_is_one_of_keras():
    for module, name in allowed.ALLOWED:
        assert module.startswith("keras")
        assert hasattr(eval(module), name), name


def change(config, path, value):
    changed = copy.deepcopy(config)
    at = changed
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return changed


CONV = ("layers", 1)
BAD = {
    "another module": ((*CONV, "module"), "os"),
    "another class": ((*CONV, "class_name"), "Lambda"),
    "a registered name": ((*CONV, "registered_name"), "mine>Conv2D"),
    "a class that is no text": ((*CONV, "class_name"), ["Conv2D"]),
    "a callable activation": ((*CONV, "config", "activation"), "os.system"),
    "an activation as an object": (
        (*CONV, "config", "activation"),
        {"class_name": "function", "config": "system", "module": "os", "registered_name": "x"},
    ),
    "an object in an argument": (
        (*CONV, "config", "strides"),
        {"class_name": "Popen", "module": "subprocess", "config": {"args": "true"}},
    ),
    "a constraint": ((*CONV, "config", "kernel_constraint"), {"class_name": "MaxNorm"}),
    "a regularizer of others": (
        (*CONV, "config", "kernel_regularizer"),
        {"class_name": "popen", "module": "os", "config": {}},
    ),
    "many filters": ((*CONV, "config", "filters"), 10**9),
    "no number": ((*CONV, "config", "filters"), float("nan")),
    "a long text": ((*CONV, "config", "name"), "x" * 1000),
    "layers that are none": (("layers",), [1]),
    "no layers": (("layers",), None),
    "a layer of other weights": ((*CONV, "config", "filters"), 5),
    "inputs that lead nowhere": (("input_layers",), [["nothing", 0, 0]]),
}


@pytest.mark.parametrize(("path", "value"), BAD.values(), ids=BAD)
def test_what_keras_would_not_say_is_refused(path, value):
    config, values = described(block())
    with pytest.raises(allowed.Refused):
        allowed.build(change(config, path, value), values)


def test_what_starts_the_weights_is_not_looked_at():
    config, values = described(block())
    path = (*CONV, "config", "kernel_initializer")
    built = allowed.build(change(config, path, {"module": "os", "class_name": "popen"}), values)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(built.variables[0]), values[0])


@pytest.mark.parametrize("config", [None, [], "text", {"layers": []}, {"layers": [{}]}])
def test_what_is_no_description_is_refused(config):
    with pytest.raises(allowed.Refused):
        allowed.build(config, [])


def test_a_description_without_end_is_refused():
    config, values = described(block())
    deep: list = []
    for _ in range(100):
        deep = [deep]
    for end in (deep, [0] * (allowed.MOST + 1)):
        with pytest.raises(allowed.Refused, match="without end"):
            allowed.build(config | {"more": end}, values)


def test_a_lambda_layer_is_refused():
    image = keras.Input((4,))
    model = keras.Model(image, layers.Lambda(lambda x: x)(image))
    with pytest.raises(allowed.Refused, match="Lambda"):
        allowed.build(model.get_config(), [])
