"""How much of the image one value of a layer can see.

Walks the graph from the image with (size, stride): a window of side k adds (k - 1) strides, a
stride multiplies.  Branches take the larger field and must agree on the stride.  Global pooling
and dense layers see everything and end the walk, so gates computed from them do not count.
"""

from dataclasses import dataclass
from functools import singledispatch

import keras
from keras import layers as kl

from course_lib.graph import operations, producers
from course_lib.nets.lenet_layers import RadialBasis, Subsampling, TableConv2D
from course_lib.nets.resnet import ZeroPadShortcut

GLOBAL = (kl.GlobalAveragePooling2D, kl.GlobalMaxPooling2D, kl.Flatten, kl.Dense, RadialBasis)
POINTWISE = (
    kl.Activation,
    kl.Add,
    kl.BatchNormalization,
    kl.Concatenate,
    kl.Dropout,
    kl.Multiply,
    kl.ReLU,
    kl.Rescaling,
    kl.Softmax,
    kl.ZeroPadding2D,
)
# The same as operations, which is what `x + y` or `keras.ops.relu(x)` leaves in a graph
POINTWISE_OPERATIONS = ("Add", "Maximum", "Multiply", "Pad", "Relu", "Tanh")


@dataclass(frozen=True)
class ReceptiveField:
    """Side of the field in image pixels, and the distance between neighbours' fields."""

    height: int
    width: int
    stride: int

    @property
    def size(self) -> int:
        """The larger side, in pixels."""
        return max(self.height, self.width)


@singledispatch
def window(layer) -> tuple[tuple[int, int], int]:
    """Return the (height, width) of the window of `layer`, dilation included, and its stride.

    Raises:
        NotImplementedError: no rule for this type of layer.
    """
    written_as_code = not isinstance(layer, kl.Layer)
    name = type(layer).__name__
    if isinstance(layer, POINTWISE) or (written_as_code and name in POINTWISE_OPERATIONS):
        return (1, 1), 1
    raise NotImplementedError(
        f"no receptive field rule for {name} (layer {layer.name!r}); register one with\n"
        f"@course_lib.receptive_field.window.register\n"
        f"def _(layer: {name}): return (height, width), stride"
    )


@window.register
def _(layer: kl.Conv2D):
    return _conv_window(layer)


@window.register
def _(layer: kl.DepthwiseConv2D):
    return _conv_window(layer)


@window.register
def _(layer: kl.MaxPooling2D):
    return layer.pool_size, _stride(layer)


@window.register
def _(layer: kl.AveragePooling2D):
    return layer.pool_size, _stride(layer)


@window.register
def _(layer: Subsampling):
    return (layer.size, layer.size), layer.size


@window.register
def _(layer: TableConv2D):
    return (layer.kernel_size, layer.kernel_size), 1


@window.register
def _(layer: ZeroPadShortcut):
    return (1, 1), layer.stride


def receptive_field(model: keras.Model, layer: str | None = None) -> ReceptiveField:
    """Return the receptive field of one value of a layer.

    Araujo, Norris, Sim, "Computing receptive fields of convolutional neural networks", Distill
    2019, section "Recurrence".

    Args:
        model: a functional model with one image input.
        layer: name of the layer; the last one with a local field where it is not given.

    Returns:
        Height, width and stride in pixels of the image.

    Raises:
        NotImplementedError: a layer without a rule, or with two different strides.
        ValueError: no such layer, a layer that sees the whole image, or branches with different
            strides that meet.
    """
    fields: dict[str, ReceptiveField | None] = {}
    for each in operations(model):
        fields[each.name] = _field(each, [fields[p.name] for p in producers(each)])
    local = {name: field for name, field in fields.items() if field is not None}
    if layer is None:
        layer = list(local)[-1]
    if layer not in fields:
        raise ValueError(f"{model.name!r} has no layer {layer!r}")
    if layer not in local:
        raise ValueError(f"layer {layer!r} of {model.name!r} sees the whole image")
    return local[layer]


def _field(layer, before):
    if isinstance(layer, kl.InputLayer):
        return ReceptiveField(1, 1, 1)
    local = [field for field in before if field is not None]
    if isinstance(layer, GLOBAL) or not local:
        return None
    strides = {field.stride for field in local}
    if len(strides) > 1:
        raise ValueError(f"layer {layer.name!r} joins branches of strides {sorted(strides)}")
    (rows, cols), stride = window(layer)
    jump = strides.pop()
    height = max(field.height for field in local) + (rows - 1) * jump
    width = max(field.width for field in local) + (cols - 1) * jump
    return ReceptiveField(height, width, jump * stride)


def _conv_window(layer):
    sides = zip(layer.kernel_size, layer.dilation_rate, strict=True)
    rows, cols = (dilation * (side - 1) + 1 for side, dilation in sides)
    return (rows, cols), _stride(layer)


def _stride(layer):
    if len(set(layer.strides)) > 1:
        raise NotImplementedError(f"layer {layer.name!r} has two strides, {layer.strides}")
    return layer.strides[0]
