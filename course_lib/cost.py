"""What a network costs: weights, multiply-adds and activations, by layer, stage and net.

A multiply-add (MAC) is one multiplication and the addition of its product.  Convolutions, dense
layers and the distances of a radial basis layer have them; biases, batch normalization, pooling,
activations, additions and the multiplication by a gate count 0.  FLOPs = 2 x MACs.

A layer of your own gets its multiply-adds in three lines, from the layer, the shapes that it
reads and the shape that it gives, without the batch; `free(MyLayer)` says that it has none:

    >>> @rule(kl.Conv1D)
    ... def _(layer, inputs, output):
    ...     return output[0] * prod(layer.kernel.shape)
    >>> signal = keras.Input((100, 2))
    >>> cost(keras.Model(signal, kl.Conv1D(5, 3)(signal))).macs  # 98 positions x 3 x 2 x 5
    2940
"""

from dataclasses import dataclass
from math import prod

import keras
from keras import layers as kl

from course_lib import cost_report
from course_lib.graph import Step, steps, weights_of
from course_lib.memory import peak_activations
from course_lib.registry import Rules
from course_lib.tables import Table

BYTES = {"fp32": 4, "fp16": 2, "int8": 1}  # of one number

rule = Rules(
    "no MAC rule for {kind} (layer {name!r}); add one with\n"
    "@course_lib.cost.rule({kind})\n"
    "def _(layer, inputs, output): return ...  # multiply-adds, from shapes without the batch\n"
    "or, where it has none, with course_lib.cost.free({kind})"
)


def free(*kinds: type | str) -> None:
    """Say that layers of these types, or operations of these names, have no multiply-adds."""
    rule(*kinds)(lambda layer, inputs, output: 0)


free(
    kl.InputLayer,
    kl.Activation,
    kl.Add,
    kl.AveragePooling2D,
    kl.BatchNormalization,
    kl.Concatenate,
    kl.Dropout,
    kl.Flatten,
    kl.GlobalAveragePooling2D,
    kl.GlobalMaxPooling2D,
    kl.MaxPooling2D,
    kl.Multiply,
    kl.Normalization,
    kl.ReLU,
    kl.Rescaling,
    kl.Reshape,
    kl.Softmax,
    kl.ZeroPadding2D,
)
# The same as operations, which is what `x + y` or `keras.ops.relu(x)` leaves in a graph
free("Add", "GetItem", "Maximum", "Multiply", "Pad", "Relu", "Reshape", "Tanh")


@rule(kl.Conv2D, kl.DepthwiseConv2D)
def _(layer, inputs, output):
    # output positions x kernel area x channels read by a filter x filters
    positions = output[1:] if layer.data_format == "channels_first" else output[:-1]
    return prod(positions) * prod(layer.kernel.shape)


@rule(kl.Dense)
def _(layer, inputs, output):
    return prod(output[:-1]) * prod(layer.kernel.shape)


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


@dataclass(frozen=True, repr=False)
class Cost:
    """What a network costs for one image; costs add.

    `print` gives the table by stage; the last line of a cell, and `report`, the totals, too.

    Attributes:
        name: of the network.
        layers: a `LayerCost` for each layer, from the image to the output.
        peak_activations: values that inference needs at once, see `course_lib.memory`; of a sum
            the larger, since its nets run one after another.
    """

    name: str
    layers: tuple[LayerCost, ...]
    peak_activations: int

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
        """Values that all layers output for one image, the image included: what training keeps."""
        return sum(row.activations for row in self.layers)

    @property
    def activation_bytes(self) -> int:
        """Bytes of `activations` as float32."""
        return BYTES["fp32"] * self.activations

    @property
    def peak_bytes(self) -> int:
        """Bytes of `peak_activations` as float32."""
        return BYTES["fp32"] * self.peak_activations

    @property
    def weight_bytes(self) -> dict[str, int]:
        """Bytes of all weights, for each of the number formats in `BYTES`."""
        return {name: size * self.params for name, size in BYTES.items()}

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

    def table(self, by: str = "stage") -> Table:
        """Return the table by "stage" or by "layer", with the total in its last row.

        Raises:
            ValueError: another word for `by`.
        """
        return cost_report.parts(self, by)

    def totals(self) -> Table:
        """Return the totals: weights, computation and memory, a row each."""
        return cost_report.totals(self)

    def report(self, by: str = "stage") -> str:
        """Return the table by "stage" or by "layer" as text, the totals under it."""
        return f"{self.table(by)}\n\n{self.totals()}"

    def __add__(self, other: "Cost") -> "Cost":
        peak = max(self.peak_activations, other.peak_activations)
        return Cost(f"{self.name} + {other.name}", self.layers + other.layers, peak)

    def to_json(self) -> str:
        """Return totals, layers and stages as JSON."""
        return cost_report.as_json(self)

    def __str__(self) -> str:
        return str(self.table())

    __repr__ = report

    def _repr_html_(self) -> str:
        return self.table()._repr_html_() + self.totals()._repr_html_()


def cost(model: keras.Model) -> Cost:
    """Count the weights, multiply-adds and activations of `model`, layer by layer.

    Nets inside it are counted by their layers.  A layer that is used twice has two rows: its
    multiply-adds and activations count each time, its weights once.

    Args:
        model: a built functional or `Sequential` model with one image input of fixed size.

    Returns:
        A `Cost`; `print` it for the table by stage, its `report()` for the totals, too.

    Raises:
        NotImplementedError: a layer without a rule; the message shows how to add one.
        ValueError: the size of the input is not fixed, or `model` has no graph.
    """
    counted: set[int] = set()
    rows = tuple(_layer_cost(step, model, counted) for step in steps(model))
    return Cost(model.name, rows, peak_activations(model))


def _layer_cost(step: Step, model, counted: set[int]) -> LayerCost:
    """Count one use of a layer, its weights where they are not yet `counted`."""
    if any(None in shape for shape in step.outputs):
        raise ValueError(
            f"cost needs a fixed input size, but {step.name!r} of {model.name!r} gives "
            f"{step.outputs[0]}; build it, and every net inside it, with input_shape=(height, "
            "width, channels)"
        )
    weights = [w for w in weights_of(step.layer) if id(w) not in counted]
    counted.update(map(id, weights))
    return LayerCost(
        name=step.name,
        kind=type(step.layer).__name__,
        shape=step.outputs[0],
        params=sum(prod(w.shape) for w in weights),
        trainable=sum(prod(w.shape) for w in weights if w.trainable),
        macs=int(rule.of(step.layer)(step.layer, step.inputs, step.outputs[0])),
        activations=sum(prod(shape) for shape in step.outputs),
    )
