"""Copy weights between two networks of the same structure, whatever their layers are called."""

import hashlib

import keras

ORDERED = ("Concatenate",)  # merges in which the order of the inputs matters


def transplant(source: keras.Model, target: keras.Model) -> None:
    """Copy every weight of `source` into the layer of `target` that has the same place.

    Layers are matched by structure: the kind of layer, the shapes of its weights and everything
    between it and the image, not by name.  Layers without weights (padding, activations) are
    passed over, so a padding written in two ways is no difference; neither is the order in which
    a sum lists its terms.

    Args:
        source: a functional model whose weights are read.
        target: a functional model whose weights are replaced, all or none.

    Raises:
        ValueError: the structures differ; the message names the first layer that does not fit.
    """
    from_layers, from_marks = _weighted_layers(source)
    to_layers, to_marks = _weighted_layers(target)
    if sorted(from_marks.values()) != sorted(to_marks.values()):
        left, right = _first_misfit(source, from_marks, to_marks), None
        if left is None:
            right = _first_misfit(target, to_marks, from_marks)
        model, layer = (source, left) if left is not None else (target, right)
        raise ValueError(
            f"cannot transplant {source.name!r} into {target.name!r}: layer {layer.name!r} "
            f"({type(layer).__name__}, weights {_shapes(layer)}) of {model.name!r} has no "
            "counterpart at its place in the other net"
        )
    for giver, taker in zip(from_layers, to_layers, strict=True):
        taker.set_weights(giver.get_weights())


def _weighted_layers(model):
    """Return layers with weights in an order fixed by structure alone, and a mark for each."""
    marks = {}  # layer name: digest of its kind, weight shapes and everything before it
    for layer in model.layers:  # Keras lists inputs before what reads them
        before = [marks[p.name] for p in producers(layer)]
        if type(layer).__name__ not in ORDERED:
            before.sort()
        if layer.weights or len(before) != 1:
            text = repr((type(layer).__name__, _shapes(layer), before))
            marks[layer.name] = hashlib.sha256(text.encode()).hexdigest()
        else:
            marks[layer.name] = before[0]
    order, seen = [], set()
    stack = [(t._keras_history.operation, False) for t in model.outputs]
    while stack:
        layer, inputs_done = stack.pop()
        if inputs_done:
            if layer.weights:
                order.append(layer)
        elif layer.name not in seen:
            seen.add(layer.name)
            before = producers(layer)
            if type(layer).__name__ not in ORDERED:
                before.sort(key=lambda p: marks[p.name])
            stack.append((layer, True))
            stack.extend((p, False) for p in reversed(before))
    return order, {layer.name: marks[layer.name] for layer in order}


def producers(layer):
    """Return the layers whose outputs `layer` reads; none for an input layer."""
    if isinstance(layer, keras.layers.InputLayer):
        return []
    tensors = layer.input if isinstance(layer.input, list | tuple) else [layer.input]
    return [t._keras_history.operation for t in tensors]


def _first_misfit(model, marks, other_marks):
    left = list(other_marks.values())
    for layer in model.layers:
        if layer.name in marks:
            if marks[layer.name] not in left:
                return layer
            left.remove(marks[layer.name])
    return None


def _shapes(layer):
    return [tuple(w.shape) for w in layer.weights]
