"""How many activations of a net must be kept at once.

In inference a value is needed until its last reader has run; the peak over the steps of the graph
is what a device must have beside the weights.  The convention, which frameworks and devices only
approach: branches run one after another; what the net returns stays to the end; batch
normalization, activations and other steps that change values one by one write over what they read,
unless something else reads that too; zeros around a map are not stored.  The exceptions are `Add`,
`Multiply` and `Maximum` of two maps: they could write over one of the two, but have memory of their
own, as in the paper that `peak_activations` names.  Training keeps every output for the way back.

A layer of your own that changes values one by one is named once:

    >>> class Double(kl.Layer):
    ...     def call(self, x):
    ...         return 2 * x
    >>> image = keras.Input((8, 8, 3))
    >>> net = keras.Model(image, Double()(image))
    >>> peak_activations(net)  # what it reads and what it gives, 8 x 8 x 3 each
    384
    >>> in_place(Double)
    >>> peak_activations(net)
    192
"""

from math import prod

import keras
from keras import layers as kl

from course_lib.graph import Step, steps_and_outputs
from course_lib.registry import Rules

rule = Rules("")  # whether a layer writes over what it reads; the rule for all others is next
rule(object)(lambda layer: False)


def in_place(*kinds: type | str) -> None:
    """Say that layers of these types, or operations of these names, write over what they read."""
    rule(*kinds)(lambda layer: True)


in_place(
    kl.Activation,
    kl.BatchNormalization,
    kl.Dropout,
    kl.Flatten,
    kl.Normalization,
    kl.ReLU,
    kl.Rescaling,
    kl.Reshape,
    kl.Softmax,
)
in_place("Relu", "Reshape", "Tanh")


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
    order = _depth_first(_steps_to_the_end(model))
    readers = {step: [other for other in order if step in other.before] for step in order}
    place = {step: i for i, step in enumerate(order)}
    store: dict[Step, Step] = {}  # whose memory holds the output of a step
    until: dict[Step, int] = {}
    for step in order:
        store[step] = store[step.before[0]] if _writes_over(step, readers, store) else step
        last = max((place[reader] for reader in readers[step]), default=len(order))
        until[store[step]] = max(until.get(store[step], 0), last)
    return max(
        sum(_size(one) for one, last in until.items() if place[one] <= now <= last)
        for now in range(len(order))
    )


def _steps_to_the_end(model) -> list[Step]:
    """Return the steps of a net, and one of no size that reads all that the net returns."""
    found, returned = steps_and_outputs(model)
    return [*found, Step(kl.Identity(name="end"), tuple(returned), (), ())]


def _writes_over(step: Step, readers, store) -> bool:
    """Tell whether the output of a step takes the memory of what it reads."""
    if len(step.before) != 1:
        return False
    if isinstance(step.layer, kl.ZeroPadding2D):
        return True
    if not rule.of(step.layer)(step.layer):
        return False
    memory = store[step.before[0]]
    return all(len(readers[other]) == 1 for other, its in store.items() if its is memory)


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
