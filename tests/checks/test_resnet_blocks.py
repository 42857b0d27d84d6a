import re
from functools import partial
from itertools import product

import numpy as np
import pytest

from course_lib.checks import resnet_blocks as blocks
from course_lib.checks import resnet_faults as faults
from course_lib.checks.agreement import TOLERANCE, judge_model
from course_lib.checks.plain import Take
from course_lib.nets.layers import conv_bn
from course_lib.nets.resnet import shortcut_path

SIZES = {
    "shortcut": [
        {"channels": channels, "stride": stride, "option": option}
        for channels, stride in ((8, 2), (6, 1), (4, 1), (4, 2), (4, 3))
        for option in "ABC"
    ],
    "residual_block": [
        {"width": width, "stride": stride} for width, stride in ((5, 2), (4, 1), (4, 2))
    ],
    "bottleneck_block": [
        {"width": width, "expansion": 2, "stride": stride}
        for width, stride in ((5, 2), (2, 1), (3, 1))
    ],
}
FAULTS = {
    ("shortcut", name): {**faults.shortcut(name, "A"), **faults.shortcut(name, "B")}
    for name in blocks.SHORTCUT
}
FAULTS |= {("residual_block", name): faults.residual(name) for name in blocks.RESIDUAL}
FAULTS |= {("bottleneck_block", name): faults.bottleneck(name) for name in blocks.BOTTLENECK}


def computed(question, fault, sizes, training=True, **variant):
    """Return what the weights of a fault are and what it gives on fixed images, or None."""
    reference = partial(getattr(blocks, question), **variant)
    rng = np.random.default_rng(4)
    x = rng.normal(size=(3, 8, 6, 4))
    dry = Take()
    try:
        reference(x, dry, training, fault, **sizes)
    except ValueError:
        return None
    units = []
    for role, shape in dry.asked:
        count, scale = (4, 3) if role == "norm" else (1, 1)
        units.append(
            tuple(scale * rng.uniform(0.5, 1.5, shape) - (role == "kernel") for _ in range(count))
        )
    return dry.asked, reference(x, Take(units), training, fault, **sizes)


@pytest.mark.parametrize(
    ("question", "variant", "fault"),
    [(*key, fault) for key in FAULTS for fault in FAULTS[key] if fault],
)
def test_each_fault_changes_weights_or_outputs_far_beyond_the_tolerance(question, variant, fault):
    for sizes, training in product(SIZES[question], (True, False)):
        wrong, right = (
            computed(question, name, sizes, training, variant=variant) for name in (fault, None)
        )
        if wrong is None:
            continue
        if wrong[0] != right[0] or wrong[1].shape != right[1].shape:
            return
        if np.abs(wrong[1] - right[1]).max() > 10 * TOLERANCE * right[1].std():
            return
    pytest.fail("nobody can hear this text: it is right in every case")


@pytest.mark.parametrize(("question", "variant"), FAULTS)
def test_no_text_asks_for_what_another_variant_does(question, variant):
    asks = r"(?:asks for the|asks for their|gives its|one pixel, its) (mean|maximum)"
    own = {"shortcut": blocks.SHORTCUT, "bottleneck_block": blocks.BOTTLENECK}.get(question)
    for text in FAULTS[question, variant].values():
        for how in re.findall(asks, text):
            assert faults.HOW[own[variant].how] == how, text
        for place in re.findall(r"here the (\w+) one (?:has it|is$)", text):
            found = blocks.RESIDUAL if question == "residual_block" else blocks.BOTTLENECK
            assert place == blocks.PLACES[found[variant].place], text


def test_options_b_and_c_are_those_of_the_course():
    def paper(x, channels, stride, option):
        name = {"B": "projection", "C": "projection_all"}[option]
        return shortcut_path(x, channels, stride=stride, option=name, name="skip", conv=conv_bn)

    for sizes in SIZES["shortcut"]:
        if sizes["option"] != "A":
            rng = np.random.default_rng(2)
            shape, nothing = (8, 6, 4), {}
            judge_model(
                paper, blocks.shortcut, shape=shape, arguments=sizes, faults=nothing, rng=rng
            )


def test_both_paddings_halve_the_map_and_differ():
    sizes = {"width": 5, "expansion": 2, "stride": 2}
    outputs = [
        computed("bottleneck_block", None, sizes | {"padding": padding})[1]
        for padding in ("same", "symmetric")
    ]
    assert [y.shape for y in outputs] == [(3, 4, 3, 10)] * 2
    assert np.abs(outputs[0] - outputs[1]).max() > TOLERANCE * outputs[0].std()
