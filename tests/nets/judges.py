"""What a copy of the nets with a fault is judged by: none of it comes from a copy without.

`entries` of a fault are nets of `NETS`, which are built from the copy at their full width.
"""

from functools import lru_cache, partial

import numpy as np
from keras import layers as kl

from course_lib.nets import NETS, without_values
from tests.nets import outputs
from tests.nets.broken import Copy, package
from tests.nets.compare import TOLERANCE
from tests.nets.faults import BY_HAND, ENTRIES
from tests.nets.published import ROWS
from tests.nets.quantities import quantities

FAR = 100 * TOLERANCE
# The net cannot be built, or has a layer that cannot be counted.
REFUSED = (ValueError, NotImplementedError)
PUBLISHED, NUMPY, STORED, STRUCTURE = "published numbers", "NumPy", "stored answers", "structure"


@lru_cache
def whole():
    """Return a copy without a fault of which no net is ever made short."""
    return Copy()


def of_copy(nets, build):
    """Return a builder of ours, with its arguments, as it is in a copy."""
    if not isinstance(build, partial):
        build = partial(build)
    module = getattr(nets, build.func.__module__.rpartition(".")[2])
    return partial(getattr(module, build.func.__name__), *build.args, **build.keywords)


def has_published_numbers(nets, name):
    """Tell whether a net of a copy has what its row pins."""
    (row,) = (row for row in ROWS if row.net == name)
    try:
        with without_values():
            model = of_copy(nets, NETS[name])()
        found = quantities(model, nets.cost.cost, nets.receptive_field.receptive_field)
    except REFUSED:
        return False
    return found == {quantity: pin.value for quantity, pin in row.pins()}


def gives_stored_answers(nets, name):
    """Tell whether a net of a copy answers about what the file says."""
    want = outputs.stored()[name]
    try:
        got = outputs.logits(name, of_copy(nets, NETS[name]))
    except REFUSED:
        return False
    return got.shape == want.shape and bool(np.abs(got - want).max() < FAR * want.std())


def has_the_structure(nets, name):
    """Tell whether the running averages move by a tenth a step, which no answer shows."""
    with without_values():
        model = of_copy(nets, NETS[name])()
    norms = [layer for layer in model.layers if isinstance(layer, kl.BatchNormalization)]
    return {layer.momentum for layer in norms} <= {0.9}


def is_as_by_hand(nets, name):
    """Tell whether a short net of a copy computes about what its paper says, in NumPy."""
    try:
        return bool(BY_HAND[name](nets) < FAR)
    except (*REFUSED, KeyError):  # an array or a layer of that name or shape is not there
        return False


def killed_by(fault):
    """Return what tells a fault from a net without; `None` where nothing does."""
    nets, entries = Copy(fault, whole()), ENTRIES.get(fault.net, ())
    if not all(has_published_numbers(nets, name) for name in entries):
        return PUBLISHED
    if fault.net in BY_HAND and not is_as_by_hand(package(fault), fault.net):
        return NUMPY
    if not all(gives_stored_answers(nets, name) for name in entries):
        return STORED
    return None if all(has_the_structure(nets, name) for name in entries) else STRUCTURE
