"""What the box of a layer says in a block figure: a rule per layer type.

A layer of your own gets its words in three lines:

    >>> @rule(kl.UpSampling2D)
    ... def _(layer):
    ...     return f"repeat {layer.size[0]} × {layer.size[1]}"
    >>> label(kl.UpSampling2D(2))
    'repeat 2 × 2'
"""

from keras import layers as kl

from course_lib.registry import Rules

WORDS = {
    "BatchNormalization": "batch norm",
    "Concatenate": "concatenate",
    "Dropout": "dropout",
    "Flatten": "flatten",
    "GlobalAveragePooling2D": "global average pool",
    "ReLU": "ReLU",
    "Relu": "ReLU",
    "Rescaling": "rescale",
    "Softmax": "softmax",
    "relu": "ReLU",
}

rule = Rules("no words for {kind} (layer {name!r})")  # none is missing: `object` has one


def label(layer) -> str:
    """Return what the box of `layer` says: the name of its type where it has no rule."""
    return rule.of(layer)(layer)


def with_activation(text, layer) -> str:
    """Append the activation of `layer`, where it has one, to what its box says."""
    name = _activation(layer)
    return text if name == "linear" else f"{text}, {name}"


@rule(object)
def _(layer):
    return WORDS.get(type(layer).__name__, type(layer).__name__)


@rule(kl.Conv2D)
def _(layer):
    return with_activation(f"conv {_size(layer)}, {layer.filters}{_stride(layer)}", layer)


@rule(kl.DepthwiseConv2D)
def _(layer):
    return with_activation(f"depthwise {_size(layer)}{_stride(layer)}", layer)


@rule(kl.Dense)
def _(layer):
    return with_activation(f"dense {layer.units}", layer)


@rule(kl.Activation)
def _(layer):
    return _activation(layer)


@rule(kl.MaxPooling2D)
def _(layer):
    return f"max pool {_window(layer.pool_size)}{_stride(layer)}"


@rule(kl.AveragePooling2D)
def _(layer):
    return f"average pool {_window(layer.pool_size)}{_stride(layer)}"


@rule(kl.ZeroPadding2D)
def _(layer):
    return f"pad {layer.padding[0][0]}"


def _size(layer):
    return _window(layer.kernel_size)


def _window(sides):
    return " × ".join(map(str, sides))


def _stride(layer):
    return f", stride {layer.strides[0]}" if layer.strides[0] > 1 else ""


def _activation(layer):
    name = getattr(layer.activation, "__name__", type(layer.activation).__name__)
    return WORDS.get(name, name.replace("_", " "))
