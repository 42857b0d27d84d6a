"""How many activations of a net must be kept at once.

In inference a value is needed until its last reader has run; the peak over the steps of the graph
is what a device must have beside the weights.  The convention, which frameworks and devices only
approach: branches run one after another; batch normalization, activations and other steps that
change values one by one write over what they read, unless something else reads that too; zeros
around a map are not stored.  Training keeps every output for the way back.
"""

from math import prod

import keras
from keras import layers as kl

from course_lib.graph import Step, steps

# Steps that write over their input
IN_PLACE = (
    kl.Activation,
    kl.BatchNormalization,
    kl.Dropout,
    kl.Flatten,
    kl.ReLU,
    kl.Rescaling,
    kl.Reshape,
    kl.Softmax,
)
IN_PLACE_OPERATIONS = ("Relu", "Reshape", "Tanh")


def peak_activations(model: keras.Model) -> int:
    """Return the largest number of values that one image needs at once in inference.

    Sandler et al. 2018 (MobileNetV2), section 5.1, count the same way: the inputs and outputs of
    a step are there together.

    Args:
        model: a functional or `Sequential` model of fixed input size.

    Returns:
        Values; times 4 for bytes as float32, times 1 for int8.

    Raises:
        ValueError: a net without a graph.
    """
    order = _depth_first(steps(model))
    readers = {step: [other for other in order if step in other.before] for step in order}
    place = {step: i for i, step in enumerate(order)}
    store: dict[Step, Step] = {}  # whose memory holds the output of a step
    for step in order:
        store[step] = store[step.before[0]] if _writes_over(step, readers) else step
    until: dict[Step, int] = {}
    for step in order:
        last = max((place[reader] for reader in readers[step]), default=len(order))
        until[store[step]] = max(until.get(store[step], 0), last)
    return max(
        sum(_size(one) for one, last in until.items() if place[one] <= now <= last)
        for now in range(len(order))
    )


def _writes_over(step: Step, readers) -> bool:
    """Tell whether the output of a step takes the memory of what it reads."""
    if len(step.before) != 1:
        return False
    if isinstance(step.layer, kl.ZeroPadding2D):
        return True
    name = type(step.layer).__name__
    written_as_code = not isinstance(step.layer, kl.Layer)
    in_place = isinstance(step.layer, IN_PLACE) or (written_as_code and name in IN_PLACE_OPERATIONS)
    return in_place and len(readers[step.before[0]]) == 1


def _size(step: Step) -> int:
    return sum(prod(shape) for shape in step.outputs)


def _depth_first(found: list[Step]) -> list[Step]:
    """Order the steps so that a branch ends before the next one begins."""
    read = {before for step in found for before in step.before}
    order: dict[Step, None] = {}
    stack = [(step, False) for step in reversed(found) if step not in read]
    while stack:
        step, inputs_done = stack.pop()
        if inputs_done:
            order[step] = None
        elif step not in order:
            stack.append((step, True))
            stack += [(before, False) for before in reversed(step.before)]
    return list(order)
