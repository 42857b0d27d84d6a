"""What a network costs: weights, multiply-adds and activations, by layer, stage and net.

A multiply-add (MAC) is one multiplication and the addition of its product.  Convolutions, dense
layers and the distances of a radial basis layer have them; biases, batch normalization, pooling,
activations, additions and the multiplication by a gate count 0.  FLOPs = 2 x MACs.
"""

import json
from dataclasses import asdict, dataclass
from functools import singledispatch
from math import prod

import keras
from keras import layers as kl

from course_lib.graph import operations, weights_of
from course_lib.nets.lenet_layers import RadialBasis, Subsampling, TableConv2D
from course_lib.nets.resnet import ZeroPadShortcut

FREE = (
    kl.InputLayer,
    kl.Activation,
    kl.Add,
    kl.AveragePooling2D,
    kl.BatchNormalization,
    kl.Concatenate,
    kl.Dropout,
    kl.Flatten,
    kl.GlobalAveragePooling2D,
    kl.MaxPooling2D,
    kl.Multiply,
    kl.ReLU,
    kl.Rescaling,
    kl.Reshape,
    kl.Softmax,
    kl.ZeroPadding2D,
    Subsampling,
    ZeroPadShortcut,
)
# The same as operations, which is what `x + y` or `keras.ops.relu(x)` leaves in a graph
FREE_OPERATIONS = ("Add", "GetItem", "Maximum", "Multiply", "Pad", "Relu", "Reshape", "Tanh")


@singledispatch
def macs(layer) -> int:
    """Count the multiply-adds of `layer` for one image.

    Raises:
        NotImplementedError: no rule for this type of layer; the message shows how to add one.
    """
    written_as_code = not isinstance(layer, kl.Layer)
    if isinstance(layer, FREE) or (written_as_code and type(layer).__name__ in FREE_OPERATIONS):
        return 0
    kind = type(layer).__name__
    raise NotImplementedError(
        f"no MAC rule for {kind} (layer {layer.name!r}); register one with\n"
        f"@course_lib.cost.macs.register\ndef _(layer: {kind}): return ..."
    )


@macs.register
def _(layer: kl.Conv2D):
    # output positions x kernel area x channels read by a filter x filters
    return _positions(layer) * prod(layer.kernel.shape)


@macs.register
def _(layer: kl.DepthwiseConv2D):
    return _positions(layer) * prod(layer.kernel.shape)


@macs.register
def _(layer: kl.Dense):
    return prod(layer.output.shape[1:-1]) * prod(layer.kernel.shape)


@macs.register
def _(layer: TableConv2D):
    return prod(layer.output.shape[1:3]) * prod(layer.kernel.shape)


@macs.register
def _(layer: RadialBasis):
    return prod(layer.codes.shape)


@macs.register
def _(layer: keras.Model):
    return sum(macs(inner) for inner in operations(layer))


def _positions(layer):
    """Return in how many places the kernel of a convolution is applied."""
    shape = layer.output.shape
    return prod(shape[2:] if layer.data_format == "channels_first" else shape[1:-1])


@dataclass(frozen=True)
class LayerCost:
    """One layer: output shape without the batch, weights, multiply-adds, values it outputs."""

    name: str
    kind: str
    shape: tuple[int, ...]
    params: int
    trainable: int
    macs: int
    activations: int


@dataclass(frozen=True)
class Cost:
    """What a network costs for one image; costs add.

    Attributes:
        name: of the network.
        layers: a `LayerCost` for each layer, from the image to the output.
    """

    name: str
    layers: tuple[LayerCost, ...]

    @property
    def params(self) -> int:
        """All weights, the running statistics of batch normalization included."""
        return sum(row.params for row in self.layers)

    @property
    def trainable(self) -> int:
        """Weights that training changes: what papers call the number of parameters."""
        return sum(row.trainable for row in self.layers)

    @property
    def macs(self) -> int:
        """Multiply-adds for one image."""
        return sum(row.macs for row in self.layers)

    @property
    def flops(self) -> int:
        """Floating-point operations for one image: 2 x MACs."""
        return 2 * self.macs

    @property
    def activations(self) -> int:
        """Values that all layers output for one image, each kept once, the image included."""
        return sum(row.activations for row in self.layers)

    @property
    def activation_bytes(self) -> int:
        """Bytes of `activations` as float32."""
        return 4 * self.activations

    def stages(self) -> tuple[LayerCost, ...]:
        """Sum the layers of each part (stem, stage1, ..., head) into one row."""
        parts: dict[str, list[LayerCost]] = {}
        for row in self.layers:
            parts.setdefault(row.name.split("_")[0], []).append(row)
        rows = []
        for part, members in parts.items():
            sums = {
                key: sum(getattr(row, key) for row in members)
                for key in ("params", "trainable", "macs", "activations")
            }
            rows.append(LayerCost(part, "part", members[-1].shape, **sums))
        return tuple(rows)

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(f"{self.name} + {other.name}", self.layers + other.layers)

    def to_json(self) -> str:
        """Return totals and layers as JSON."""
        keys = ("name", "params", "trainable", "macs", "flops", "activations", "activation_bytes")
        totals = {key: getattr(self, key) for key in keys}
        return json.dumps(totals | {"layers": [asdict(row) for row in self.layers]}, indent=1)

    def __str__(self) -> str:
        cells = [[*map(str, row)] for row in self._table()]
        wide = [max(map(len, column)) for column in zip(*cells, strict=True)]
        pad = [str.ljust, *[str.rjust] * (len(wide) - 1)]
        return "\n".join(
            "  ".join(p(cell, w) for p, cell, w in zip(pad, row, wide, strict=True))
            for row in cells
        )

    def _repr_html_(self) -> str:
        head, *body = self._table()
        top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
        rows = "".join(
            f'<tr><th scope="row">{row[0]}</th>'
            + "".join(f"<td>{cell}</td>" for cell in row[1:])
            + "</tr>"
            for row in body
        )
        caption = f"{self.name}: cost for one image, by part"
        return (
            f"<table><caption>{caption}</caption>"
            f"<thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table>"
        )

    def _table(self):
        rows = [["part", "output", "trainable", "MACs", "activations"]]
        for row in self.stages():
            shape = " x ".join(map(str, row.shape))
            rows.append([row.name, shape, *_commas(row.trainable, row.macs, row.activations)])
        rows.append(["total", "", *_commas(self.trainable, self.macs, self.activations)])
        return rows


def cost(model: keras.Model) -> Cost:
    """Count the weights, multiply-adds and activations of `model`, layer by layer.

    Args:
        model: a built functional model with one image input of fixed size.

    Returns:
        A `Cost`; `print` it for the table by stage.

    Raises:
        NotImplementedError: a layer without a rule, or one that is used more than once.
        ValueError: the size of the input is not fixed.
    """
    if None in model.input_shape[1:]:
        raise ValueError(
            f"cost needs a fixed input size, but {model.name!r} takes {model.input_shape}; build "
            "it with input_shape=(height, width, channels)"
        )
    return Cost(model.name, tuple(_layer_cost(step) for step in operations(model)))


def _layer_cost(layer) -> LayerCost:
    if len(layer._inbound_nodes) > 1:
        raise NotImplementedError(f"layer {layer.name!r} is used more than once in the net")
    shape = tuple(layer.output.shape[1:])
    return LayerCost(
        name=layer.name,
        kind=type(layer).__name__,
        shape=shape,
        params=sum(prod(w.shape) for w in weights_of(layer)),
        trainable=sum(prod(w.shape) for w in weights_of(layer) if w.trainable),
        macs=int(macs(layer)),
        activations=prod(shape),
    )


def _commas(*numbers):
    return [f"{n:,}" for n in numbers]
