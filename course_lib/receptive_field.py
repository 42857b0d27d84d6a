"""How much of the image one value of a layer can see.

Walks the graph from the image with (size, stride): a window of side k adds (k - 1) strides, a
stride multiplies.  Branches take the larger field and must agree on the stride.  Global pooling
and dense layers see everything and end the walk, so gates computed from them do not count.

A layer of your own gets its window in three lines:

    >>> @rule(kl.SeparableConv2D)
    ... def _(layer):
    ...     return layer.kernel_size, layer.strides[0]
    >>> image = keras.Input((32, 32, 3))
    >>> receptive_field(keras.Model(image, kl.SeparableConv2D(8, 5)(image))).size
    5
"""

from dataclasses import dataclass

import keras
from keras import layers as kl

from course_lib.graph import Step, steps
from course_lib.registry import Rules

rule = Rules(
    "no receptive field rule for {kind} (layer {name!r}); add one with\n"
    "@course_lib.receptive_field.rule({kind})\n"
    "def _(layer): return (height, width), stride  # of its window; None: it sees everything"
)

rule(
    kl.Activation,
    kl.Add,
    kl.BatchNormalization,
    kl.Concatenate,
    kl.Dropout,
    kl.Multiply,
    kl.Normalization,
    kl.ReLU,
    kl.Rescaling,
    kl.Softmax,
    kl.ZeroPadding2D,
)(lambda layer: ((1, 1), 1))
# The same as operations, which is what `x + y` or `keras.ops.relu(x)` leaves in a graph
rule("Add", "Maximum", "Multiply", "Pad", "Relu", "Tanh")(lambda layer: ((1, 1), 1))
rule(kl.GlobalAveragePooling2D, kl.GlobalMaxPooling2D, kl.Flatten, kl.Dense)(lambda layer: None)


@rule(kl.Conv2D, kl.DepthwiseConv2D)
def _(layer):
    sides = zip(layer.kernel_size, layer.dilation_rate, strict=True)
    rows, cols = (dilation * (side - 1) + 1 for side, dilation in sides)
    return (rows, cols), _stride(layer)


@rule(kl.MaxPooling2D, kl.AveragePooling2D)
def _(layer):
    return layer.pool_size, _stride(layer)


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


def receptive_field(model: keras.Model, layer: str | None = None) -> ReceptiveField:
    """Return the receptive field of one value of a layer.

    Araujo, Norris, Sim, "Computing receptive fields of convolutional neural networks", Distill
    2019, section "Recurrence".

    Args:
        model: a functional or `Sequential` model with one image input; nets inside it count by
            their layers.
        layer: name of the layer; where it is not given, the last one with a local field, those of
            auxiliary heads (`aux1_...`) left out.

    Returns:
        Height, width and stride in pixels of the image.

    Raises:
        NotImplementedError: a layer without a rule, or with two different strides.
        ValueError: no such layer, one that is used more than once or sees the whole image, or
            branches with different strides that meet.
    """
    fields: dict[Step, ReceptiveField | None] = {}
    for step in steps(model):
        fields[step] = _field(step, [fields[before] for before in step.before])
    if layer is None:
        trunk = (field for step, field in fields.items() if not step.name.startswith("aux"))
        return [field for field in trunk if field is not None][-1]
    named = [field for step, field in fields.items() if step.name == layer]
    if not named:
        raise ValueError(f"{model.name!r} has no layer {layer!r}")
    if len(named) > 1:
        raise ValueError(
            f"{model.name!r} uses a layer {layer!r} {len(named)} times, each time with a field of "
            "its own; name a layer that is used once"
        )
    if named[0] is None:
        raise ValueError(f"layer {layer!r} of {model.name!r} sees the whole image")
    return named[0]


def _field(step: Step, before: list[ReceptiveField | None]) -> ReceptiveField | None:
    if isinstance(step.layer, kl.InputLayer):
        return ReceptiveField(1, 1, 1)
    local = [field for field in before if field is not None]
    window = rule.of(step.layer)(step.layer) if local else None
    if window is None:
        return None
    strides = {field.stride for field in local}
    if len(strides) > 1:
        raise ValueError(f"layer {step.name!r} joins branches of strides {sorted(strides)}")
    (rows, cols), stride = window
    jump = strides.pop()
    height = max(field.height for field in local) + (rows - 1) * jump
    width = max(field.width for field in local) + (cols - 1) * jump
    return ReceptiveField(height, width, jump * stride)


def _stride(layer):
    if len(set(layer.strides)) > 1:
        raise NotImplementedError(f"layer {layer.name!r} has two strides, {layer.strides}")
    return layer.strides[0]
