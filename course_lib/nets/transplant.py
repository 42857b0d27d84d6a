"""Copy weights between two networks of the same structure, whatever their layers are called."""

import hashlib
from collections import Counter

import keras

from course_lib.graph import operations, producers, weights_of

# Merges whose inputs may come in any order
SYMMETRIC = ("Add", "Average", "Maximum", "Minimum", "Multiply")
STRIDES = ("strides", "dilation_rate")  # attributes by which layers with equal weights differ


def transplant(source: keras.Model, target: keras.Model) -> None:
    """Copy every weight of `source` into the layer of `target` that has the same place.

    Layers are matched by structure: the kind of layer, the names and shapes of its weights, its
    strides and dilation, and everything between it and the image, not by name.  Steps with one
    input and no weights (padding, activations) are passed over, so a padding written in two ways
    is no difference; neither is the order in which a sum lists its terms.

    Args:
        source: a functional or `Sequential` model whose weights are read.
        target: a functional or `Sequential` model whose weights are replaced, all or none.

    Raises:
        ValueError: the structures differ; the message names the first layer that does not fit.
    """
    if _places(source) != _places(target):
        raise ValueError(_misfit(source, target))
    pairs = zip(_in_order(source), _in_order(target), strict=True)
    for giver, taker in pairs:
        taker.set_weights(giver.get_weights())


def _marks(model):
    """Return a digest for each step of the graph: its kind, its weights, all that is before it."""
    marks: dict[str, str] = {}
    for step in operations(model):  # Keras lists inputs before what reads them
        before = [marks[p.name] for p in producers(step)]
        if type(step).__name__ in SYMMETRIC:
            before.sort()
        passed_over = len(before) == 1 and not weights_of(step)
        marks[step.name] = before[0] if passed_over else _digest(_facts(step), before)
    return marks


def _places(model):
    """Count the marks of the layers with weights and of the joins; other steps do not matter."""
    marks = _marks(model)
    return Counter(marks[step.name] for step in _kept(model))


def _kept(model):
    return [s for s in operations(model) if weights_of(s) or len(producers(s)) != 1]


def _in_order(model):
    """Return the layers with weights in an order that structure alone decides."""
    ranks = _ranks(model)
    order, seen = [], set()
    stack = [(t._keras_history.operation, False) for t in model.outputs]
    while stack:
        step, inputs_done = stack.pop()
        if inputs_done:
            order.append(step)
        elif step.name not in seen:
            seen.add(step.name)
            before = producers(step)
            if type(step).__name__ in SYMMETRIC:
                before.sort(key=lambda p: ranks[p.name])
            stack.append((step, True))
            stack.extend((p, False) for p in reversed(before))
    return [step for step in order if weights_of(step)]


def _ranks(model):
    """Return for each step what is before it and what reads it, to tell equal branches apart."""
    marks, after = _marks(model), {}
    readers: dict[str, list[str]] = {step.name: [] for step in operations(model)}
    for step in reversed(operations(model)):
        reads = sorted(readers[step.name])
        passed_over = len(producers(step)) == 1 and not weights_of(step) and len(reads) == 1
        after[step.name] = reads[0] if passed_over else _digest(_facts(step), reads)
        for producer in producers(step):
            readers[producer.name].append(after[step.name])
    return {name: (mark, after[name]) for name, mark in marks.items()}


def _misfit(source, target):
    """Name the first layer, from the image on, that one net has and the other has not.

    A layer with weights where there is one, else a join of branches.
    """
    extra = [
        (step, model)
        for model, other in ((source, target), (target, source))
        for step in _surplus(model, other)
    ]
    step, model = min(extra, key=lambda found: not weights_of(found[0]))
    return (
        f"cannot transplant {source.name!r} into {target.name!r}: layer {step.name!r} "
        f"({_description(step)}) of {model.name!r} has no counterpart at its place in the other "
        "net; transplant between nets that differ in their names alone"
    )


def _surplus(model, other):
    """Yield the steps that count, from the image on, that the other net has not as often."""
    marks, left = _marks(model), _places(other)
    for step in _kept(model):
        left[marks[step.name]] -= 1
        if left[marks[step.name]] < 0:
            yield step


def _description(step):
    """Say what must agree: the weights and strides of a layer, or the steps that a join reads."""
    if not weights_of(step):
        return f"{type(step).__name__} of {[p.name for p in producers(step)]}"
    words = [type(step).__name__, f"weights {[tuple(w.shape) for w in weights_of(step)]}"]
    return ", ".join(words + [f"{word} {value}" for word, value in _strides(step)])


def _strides(step):
    """Return the strides and the dilation of a layer that has them, by name."""
    return [(word, getattr(step, word)) for word in STRIDES if hasattr(step, word)]


def _facts(step):
    facts = [type(step).__name__, *((w.name, tuple(w.shape)) for w in weights_of(step))]
    if weights_of(step):
        facts += _strides(step)
    if isinstance(step, keras.layers.BatchNormalization):
        facts.append(step.axis % len(step.output.shape))
    return facts


def _digest(*facts):
    return hashlib.sha256(repr(facts).encode()).hexdigest()
