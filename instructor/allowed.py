"""Build a model from the description that a submission sent, and from nothing that could act.

A description is a Keras configuration.  Every object in it, at any depth, must be one of those
named here, under Keras' own name of it; every number must be small.  So nothing in it names code,
and nothing makes the judge allocate much.
"""

from typing import Any

import keras
import numpy as np

LAYERS = """
Activation Add Average AveragePooling2D BatchNormalization CenterCrop Concatenate Conv2D
Conv2DTranspose Cropping2D Dense DepthwiseConv2D Dot Dropout ELU Flatten GlobalAveragePooling2D
GlobalMaxPooling2D GroupNormalization Identity InputLayer LayerNormalization LeakyReLU MaxPooling2D
Maximum Minimum Multiply PReLU Permute ReLU RepeatVector Rescaling Reshape SeparableConv2D Softmax
SpatialDropout2D Subtract UpSampling2D ZeroPadding2D
"""
ALLOWED = {("keras.layers", name) for name in LAYERS.split()} | {
    ("keras", "DTypePolicy"),
    ("keras.regularizers", "L1"),
    ("keras.regularizers", "L2"),
}
# A name of an activation; anything else would be looked up.
ACTIVATIONS = """
celu elu exponential gelu hard_sigmoid hard_silu leaky_relu linear log_softmax mish relu relu6 selu
sigmoid silu softmax softplus softsign swish tanh
"""
KEYS = {
    *("module", "class_name", "config", "registered_name", "build_config", "name"),
    "inbound_nodes",
}
LARGEST = 8192  # number
LONGEST = 300  # text
MOST = 20_000  # values
DEEPEST = 40
WEIGHTS = 1000  # arrays


class Refused(ValueError):
    """A description that is not built; the message says why."""


def build(config: Any, values: list[np.ndarray]) -> keras.Model:
    """Return the model of a description, with weights.

    Args:
        config: of a functional model.
        values: of its variables, in Keras' order.

    Raises:
        Refused: something in it is not allowed, or does not fit together.
    """
    if not isinstance(config, dict) or not isinstance(config.get("layers"), list):
        raise Refused("no functional model")
    if len(values) > WEIGHTS:
        raise Refused(f"{len(values)} weights, at most {WEIGHTS}")
    clean = _inspect(config, [MOST], 0)
    for layer in clean["layers"]:
        _is_object(layer)
    try:
        model = keras.Model.from_config(clean)
    except Exception as error:
        raise Refused(f"Keras cannot build it: {type(error).__name__}") from error
    if [tuple(v.shape) for v in model.variables] != [value.shape for value in values]:
        raise Refused("weights of other shapes than its layers have")
    for variable, value in zip(model.variables, values, strict=True):
        variable.assign(value)
    return model


def _inspect(value, left, depth) -> Any:
    """Return a description whose weights start at zero, after a look at every value in it.

    Raises:
        Refused: an object, a number, a text or a size that may not be in it.
    """
    left[0] -= 1
    if left[0] < 0 or depth > DEEPEST:
        raise Refused("a description without end")
    if isinstance(value, dict):
        return _inspect_object(value, left, depth)
    if isinstance(value, list | tuple):
        return type(value)(_inspect(item, left, depth + 1) for item in value)
    if isinstance(value, str):
        if len(value) > LONGEST:
            raise Refused("a text that names nothing")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if not abs(value) <= LARGEST:  # nor NaN
            raise Refused(f"the number {value!r} is too large")
    elif not (value is None or isinstance(value, bool)):
        raise Refused(f"a {type(value).__name__} in a description")
    return value


def _inspect_object(value, left, depth) -> dict:
    """Inspect an object of the list, the place of a tensor, or plain settings."""
    is_place = value.get("class_name") == "__keras_tensor__"
    if {"class_name", "module"} & set(value) and not is_place:
        _is_object(value)
    clean = {}
    for key, item in value.items():
        if key.endswith("_initializer"):  # the weights come with the description
            clean[key] = item and "zeros"
            continue
        if key.endswith("_regularizer") and item is not None:
            _is_object(item)
        if key.endswith("_constraint") and item is not None:
            raise Refused(f"a {key} is not built outside")
        if key == "activation" and item not in [None, *ACTIVATIONS.split()]:
            raise Refused("an activation that is not Keras' own")
        clean[key] = _inspect(item, left, depth + 1)
    return clean


def _is_object(value) -> None:
    """Refuse what is no serialized object of the list."""
    named = (value.get("module"), value.get("class_name")) if isinstance(value, dict) else value
    if not isinstance(named, tuple) or not all(type(n) is str for n in named):
        raise Refused("no object of Keras")
    if named not in ALLOWED:
        raise Refused(f"{named[1][:40]!r} is not built outside")
    if value.get("registered_name") is not None or set(value) - KEYS:
        raise Refused(f"a {named[1]} that is not Keras' own")
