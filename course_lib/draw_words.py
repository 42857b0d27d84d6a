"""What the box of a layer says in a block figure: a rule per layer type."""

from functools import singledispatch

from keras import layers as kl

from course_lib.nets.lenet_layers import Subsampling, TableConv2D
from course_lib.nets.resnet import ZeroPadShortcut

WORDS = {
    "BatchNormalization": "batch norm",
    "Concatenate": "concatenate",
    "Dropout": "dropout",
    "Flatten": "flatten",
    "GlobalAveragePooling2D": "global average pool",
    "RadialBasis": "distance to ten drawings",
    "ReLU": "ReLU",
    "Relu": "ReLU",
    "Rescaling": "rescale",
    "Softmax": "softmax",
    "relu": "ReLU",
    "scaled_tanh": "scaled tanh",
}


@singledispatch
def label(layer) -> str:
    """Return what the box of `layer` says."""
    return WORDS.get(type(layer).__name__, type(layer).__name__)


@label.register
def _(layer: kl.Conv2D):
    return _with_activation(f"conv {_size(layer)}, {layer.filters}{_stride(layer)}", layer)


@label.register
def _(layer: kl.DepthwiseConv2D):
    return _with_activation(f"depthwise {_size(layer)}{_stride(layer)}", layer)


@label.register
def _(layer: TableConv2D):
    side = layer.kernel_size
    return _with_activation(f"conv {side} × {side} by table, {len(layer.table[0])}", layer)


@label.register
def _(layer: kl.Dense):
    return _with_activation(f"dense {layer.units}", layer)


@label.register
def _(layer: kl.Activation):
    return _activation(layer)


@label.register
def _(layer: kl.MaxPooling2D):
    return f"max pool {_window(layer.pool_size)}{_stride(layer)}"


@label.register
def _(layer: kl.AveragePooling2D):
    return f"average pool {_window(layer.pool_size)}{_stride(layer)}"


@label.register
def _(layer: Subsampling):
    return f"subsample {layer.size} × {layer.size}"


@label.register
def _(layer: kl.ZeroPadding2D):
    return f"pad {layer.padding[0][0]}"


@label.register
def _(layer: ZeroPadShortcut):
    return "pad channels" + (f", stride {layer.stride}" if layer.stride > 1 else "")


def _size(layer):
    return _window(layer.kernel_size)


def _window(sides):
    return " × ".join(map(str, sides))


def _stride(layer):
    return f", stride {layer.strides[0]}" if layer.strides[0] > 1 else ""


def _with_activation(text, layer):
    name = _activation(layer)
    return text if name == "linear" else f"{text}, {name}"


def _activation(layer):
    name = getattr(layer.activation, "__name__", type(layer.activation).__name__)
    return WORDS.get(name, name)
