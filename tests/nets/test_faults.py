"""Each one-line fault of a net is caught, by what does not come from a right copy of it.

Where a family has no forward pass in NumPy, only a right copy may show a fault.  The summary counts
those apart, and among them the right copies that were found equal to a net of other people.
"""

from collections import Counter
from dataclasses import astuple
from functools import lru_cache

import pytest

from course_lib.nets import without_values
from tests.nets.broken import Fault, package
from tests.nets.compare import (
    TOLERANCE,
    images,
    largest_difference,
    part_outputs,
    randomize,
)
from tests.nets.faults import BUILD, BY_HAND, FAULTS
from tests.nets.independent import shown_by
from tests.nets.judges import FAR, REFUSED, killed_by


def numbers(nets, model):
    """Return what `published/` pins."""
    total = nets.cost.cost(model)
    return {
        "weights": (total.params, total.trainable),
        "MACs": total.macs,
        "shapes": [(part.name, part.shape) for part in total.stages()],
        "field": astuple(nets.receptive_field.receptive_field(model)),
    }


@lru_cache
def right(net):
    """Return a net without a fault, and its numbers."""
    nets = package()
    model = BUILD[net](nets)
    return model, numbers(nets, model)


def differs(fault):
    """Tell whether a fault changes anything at all: it does not where it is equivalent."""
    model, wanted = right(fault.net)
    nets = package(fault)
    try:
        with without_values():
            if numbers(nets, BUILD[fault.net](nets)) != wanted:
                return True
        wrong = BUILD[fault.net](nets)
    except REFUSED:
        return True
    randomize(model, smallest_variance=0.02)
    try:
        nets.transplant.transplant(model, wrong)
    except ValueError:
        return True
    ours, theirs = part_outputs(model), part_outputs(wrong)
    parts = [part for part in ours if part in theirs]
    difference = largest_difference(
        model,
        wrong,
        [ours[part] for part in parts],
        [theirs[part] for part in parts],
        images(model),
    )
    return bool(difference >= FAR)


@pytest.mark.parametrize("net", [net for net in BUILD if net not in BY_HAND])
def test_a_net_without_a_fault_passes(net):
    model, wanted = right(net)
    nets = package()
    again = BUILD[net](nets)
    assert numbers(nets, again) == wanted
    randomize(model, smallest_variance=0.02)
    nets.transplant.transplant(model, again)
    ours, theirs = part_outputs(model), part_outputs(again)
    difference = largest_difference(
        model, again, [*ours.values()], [*theirs.values()], images(model)
    )
    assert difference <= TOLERANCE


@pytest.mark.parametrize("net", BY_HAND)
def test_a_net_without_a_fault_is_as_by_hand(net):
    assert BY_HAND[net](package()) <= TOLERANCE


TRIED: dict[Fault, str | None] = {}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f"{f.net}: {f.what}")
def test_fault_is_caught(fault):
    TRIED[fault] = killed_by(fault) or shown_by(fault)
    if TRIED[fault] is None and differs(fault):
        assert fault.net not in BY_HAND, f"survived: {fault.what} ({fault.net})"
        TRIED[fault] = "a right copy alone"
    assert TRIED[fault] is not None, f"equivalent, so no fault: {fault.what} ({fault.net})"


def test_every_fault_was_tried(record_property):
    """Needs the tests above in this process: run the whole file, with --dist loadfile."""
    kinds = Counter(kind for kind in TRIED.values() if kind)
    how = ", ".join(f"{count} by {kind}" for kind, count in sorted(kinds.items()))
    survived = len(TRIED) - kinds.total()
    record_property(
        "summary", f"faults of the nets: {kinds.total()} killed ({how}), {survived} survived"
    )
    assert len(TRIED) == len(FAULTS), f"{len(TRIED)} of {len(FAULTS)} faults were tried"
    assert survived == 0
