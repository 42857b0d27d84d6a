"""The graph of a net: its layers in order, what each reads, and each use of a layer."""

import keras


def operations(model):
    """Return the layers of a net, and the operations of sums written as code, inputs first.

    Raises:
        ValueError: a net without a graph: written as a class, or a `Sequential` without input.
    """
    functional = model._functional if isinstance(model, keras.Sequential) else model
    if not hasattr(functional, "operations"):
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
