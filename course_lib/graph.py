"""The graph of a net: its layers in order, what each reads, and each use of a layer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras

Shape = tuple[int, ...]  # without the batch; None for a side that is not fixed


@dataclass(frozen=True, eq=False)
class Step:
    """One use of a layer, or of an operation of a sum written as code.

    Attributes:
        layer: what is used.
        before: the steps whose outputs it reads.
        inputs: shapes of what it reads.
        outputs: shapes of what it gives; most layers give one tensor.
    """

    layer: Any
    before: tuple["Step", ...]
    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]

    @property
    def name(self) -> str:
        """The name of the layer, which all its uses share."""
        return self.layer.name


def steps(model: keras.Model) -> list[Step]:
    """Return each use of a layer in a net, inputs first, the nets inside it opened.

    A net inside is replaced by its layers, as often as it is used; its input layers are the
    outputs that it reads.  A layer that is used twice gives two steps.

    Raises:
        ValueError: a net without a graph; see `operations`.
    """
    return steps_and_outputs(model)[0]


def steps_and_outputs(model: keras.Model) -> tuple[list[Step], list[Step]]:
    """Return the `steps` of a net, and those among them that make what the net returns.

    Raises:
        ValueError: a net without a graph; see `operations`.
    """
    found: list[Step] = []
    return found, _follow(model, (), found)


def operations(model):
    """Return the layers of a net, and the operations of sums written as code, inputs first.

    Raises:
        ValueError: a net without a graph: written as a class, or a `Sequential` without input.
    """
    functional = _functional(model)
    if functional is None:
        raise ValueError(
            f"{model.name!r} ({type(model).__name__}) has no graph of layers; build it with "
            "keras.Input and keras.Model(inputs, outputs), or as a Sequential that starts with "
            "keras.Input"
        )
    return functional.operations


def producers(layer):
    """Return the layers and operations whose outputs `layer` reads; none for an input layer."""
    if isinstance(layer, keras.layers.InputLayer):
        return []
    tensors = layer.input if isinstance(layer.input, list | tuple) else [layer.input]
    return [t._keras_history.operation for t in tensors]


def weights_of(step):
    """Return the weights of a layer; none for an operation such as the sum in `x + y`."""
    return getattr(step, "weights", [])


def _functional(model):
    """Return what holds the graph of a net; `None` for a layer, or a net without a graph."""
    model = model._functional if isinstance(model, keras.Sequential) else model
    return model if hasattr(model, "operations") else None


def _follow(model, given: Sequence[Step], found: list[Step]) -> list[Step]:
    """Append the steps of `model`, which reads `given`, and return those of its outputs."""
    order = {operation: place for place, operation in enumerate(operations(model))}
    functional = _functional(model)
    made: dict[int, Step] = {}  # by the id of the tensor that it makes
    if given:
        made.update(zip(map(id, functional.inputs), given, strict=True))
    for depth in sorted(functional._nodes_by_depth, reverse=True):
        for node in sorted(functional._nodes_by_depth[depth], key=lambda n: order[n.operation]):
            if node.is_input and given:
                continue
            before = tuple(made[id(tensor)] for tensor in node.input_tensors)
            if _functional(node.operation) is not None:
                outputs = _follow(node.operation, before, found)
            else:
                shapes = (_shapes(node.input_tensors), _shapes(node.outputs))
                found.append(Step(node.operation, before, *shapes))
                outputs = [found[-1]] * len(node.outputs)
            made.update(zip(map(id, node.outputs), outputs, strict=True))
    return [made[id(tensor)] for tensor in functional.outputs]


def _shapes(tensors) -> tuple[Shape, ...]:
    return tuple(tuple(tensor.shape[1:]) for tensor in tensors)
