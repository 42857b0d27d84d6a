"""Each one-line fault of a net is caught: by a number, or by an output far over the tolerance."""

from dataclasses import astuple

import pytest

from course_lib.nets import without_values
from tests.nets.broken import package
from tests.nets.compare import (
    TOLERANCE,
    images,
    largest_difference,
    part_outputs,
    randomize,
)
from tests.nets.faults import FAULTS

SMALL = {"classes": 10, "input_shape": (32, 32, 3)}
BUILD = {
    "resnet18": lambda nets: nets.resnet.resnet(18, **SMALL),
    "resnet50": lambda nets: nets.resnet.resnet(50, **SMALL),
    "option A": lambda nets: nets.resnet.resnet(18, shortcut="zero_pad", **SMALL),
    "resnet8_cifar": lambda nets: nets.resnet_cifar.resnet_cifar(8),
    "resnet50v2": lambda nets: nets.resnet_v2.resnet_v2(50, **SMALL),
    "twin of v2": lambda nets: nets.resnet_v2.resnet_v2(50, stride_at="last", **SMALL),
    "lenet5": lambda nets: nets.lenet.lenet5(),
    "lenet5_original": lambda nets: nets.lenet.lenet5_original(),
}
FAR = 100 * TOLERANCE


def numbers(nets, model):
    """Return what `published.py` pins."""
    total = nets.cost.cost(model)
    return {
        "weights": (total.params, total.trainable),
        "MACs": total.macs,
        "shapes": [(part.name, part.shape) for part in total.stages()],
        "field": astuple(nets.receptive_field.receptive_field(model)),
    }


@pytest.fixture(scope="module")
def right():
    """The nets without a fault: (model with random weights, its numbers) by name."""
    with package() as nets:
        models = {name: build(nets) for name, build in BUILD.items()}
        return {name: (model, numbers(nets, model)) for name, model in models.items()}


def caught_by(fault, right):
    """Return "numbers" or "outputs", whichever shows the fault; None where neither does."""
    model, wanted = right[fault.net]
    with package(fault) as nets:
        try:
            with without_values():
                if numbers(nets, BUILD[fault.net](nets)) != wanted:
                    return "numbers"
            wrong = BUILD[fault.net](nets)
        except (ValueError, NotImplementedError):
            return "numbers"  # the net cannot be built, or has a layer that cannot be counted
        randomize(model, smallest_variance=0.02)
        try:
            nets.transplant.transplant(model, wrong)
        except ValueError:
            return "structure"
    ours, theirs = part_outputs(model), part_outputs(wrong)
    parts = [part for part in ours if part in theirs]
    difference = largest_difference(
        model,
        wrong,
        [ours[part] for part in parts],
        [theirs[part] for part in parts],
        images(model),
    )
    return "outputs" if difference >= FAR else None


def test_nets_without_a_fault_pass(right):
    with package() as nets:
        for name, (model, wanted) in right.items():
            again = BUILD[name](nets)
            assert numbers(nets, again) == wanted
            randomize(model, smallest_variance=0.02)
            nets.transplant.transplant(model, again)
            ours, theirs = part_outputs(model), part_outputs(again)
            difference = largest_difference(
                model, again, [*ours.values()], [*theirs.values()], images(model)
            )
            assert difference <= TOLERANCE


COUNTS: dict[str, int] = {}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f"{f.net}: {f.what}")
def test_fault_is_caught(fault, right):
    found = caught_by(fault, right)
    COUNTS[str(found)] = COUNTS.get(str(found), 0) + 1
    assert found is not None, f"survived: {fault.what} ({fault.net})"


def test_every_fault_was_tried(record_property):
    killed = sum(count for how, count in COUNTS.items() if how != "None")
    survived = COUNTS.get("None", 0)
    how = ", ".join(f"{count} by {name}" for name, count in sorted(COUNTS.items()))
    record_property("summary", f"faults of the nets: {killed} killed ({how}), {survived} survived")
    assert survived == 0
