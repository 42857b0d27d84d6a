"""The checks of the questions on VGG: what they take, refuse and say."""

import ast
import re

import keras
import numpy as np
import pytest
from keras import layers

import nbfile
from course_lib.checks import vgg as check
from course_lib.checks import vgg_counts, vgg_fields, vgg_net
from course_lib.checks.agreement import TOLERANCE
from course_lib.checks.plain import Take
from course_lib.nets import without_values
from course_lib.nets.vgg import vgg
from course_lib.receptive_field import receptive_field
from tests.checks import vgg_right as right
from tests.checks import vgg_wrong as wrong
from tests.checks.bank import Bank
from tests.checks.bank_pieces import run_given
from tests.checks.judging import EXERCISES, define, solution


class TestBank(Bank):
    check, right, wrong = check, right, wrong


# What the references compute


def test_the_widest_stack_costs_no_more_and_the_next_one_does():
    answer = define(solution("vgg", "equivalent_stack"), "equivalent_stack")
    for _, kernel, channels in vgg_counts.CASES:
        one = kernel**2 * channels**2
        m, between = answer(kernel, channels), kernel // 2 - 2
        stacks = [9 * (2 * channels * n + between * n**2) for n in (m, m + 1)]
        assert stacks[0] <= one < stacks[1]
    assert 2 * 9 * 36 * answer(5, 36) == 25 * 36**2


def test_a_field_is_as_large_as_that_of_the_net():
    answer = define(solution("vgg", "stack_receptive_field"), "stack_receptive_field")
    with without_values():
        net = vgg("D")
    rows = []
    for layer in net.layers:
        if isinstance(layer, layers.Conv2D):
            rows.append(("conv", layer.kernel_size[0], 1, 1))
        elif isinstance(layer, layers.MaxPooling2D):
            rows.append(("pool", 2, 2, 0))
    fields = [answer(rows, unit) for unit in (0, 1)]
    assert fields[0][1] - fields[0][0] + 1 == receptive_field(net).size
    assert fields[1][0] - fields[0][0] == receptive_field(net).stride


def test_the_example_of_a_field_is_right():
    answer = define(solution("vgg", "stack_receptive_field"), "stack_receptive_field")
    assert answer([vgg_fields.SMALL, vgg_fields.SMALL, vgg_fields.HALVE], 0) == (-2, 3)


@pytest.mark.parametrize("slip", vgg_fields.SLIPS)
def test_each_slip_changes_a_field(slip):
    found = [
        vgg_fields.slipped(layers, unit, slip) == vgg_fields.slipped(layers, unit, "")
        for _, layers, unit in vgg_fields.CASES
    ]
    assert not all(found)


@pytest.mark.parametrize("variant", vgg_net.ORDERS)
def test_each_fault_of_a_net_changes_weights_or_outputs_far_beyond_the_tolerance(variant):
    for fault in filter(None, vgg_net.faults(variant)):
        assert any(_differ(variant, fault, stages) for _, stages in vgg_net.CASES), fault


def _differ(variant, fault, stages):
    rng = np.random.default_rng(4)
    x = rng.normal(size=(2, 19, 17, 3))
    sizes = {"stages": stages, "variant": variant}
    takes, found = [Take(), Take()], []
    try:
        for take, name in zip(takes, (fault, None), strict=True):
            vgg_net.net(x, take, False, name, **sizes)
    except ValueError:  # the windows do not fit
        return True
    if takes[0].asked != takes[1].asked:
        return True
    units = [
        (rng.normal(size=shape) / max(1, np.prod(shape[:-1])) ** 0.5,)
        for _, shape in takes[0].asked
    ]
    for name in (fault, None):
        found.append(vgg_net.net(x, Take(units), False, name, **sizes))
    if found[0].shape != found[1].shape:
        return True
    return np.abs(found[0] - found[1]).max() > 10 * TOLERANCE * found[1].std()


# The pieces


@pytest.fixture(scope="module")
def pieces():
    return run_given(nbfile.read(EXERCISES / "vgg.ipynb")["cells"])


def shape_of(pieces, label):
    """Return the shape that the first line of a piece names."""
    return ast.literal_eval(re.search(r"\([\d, ]+\)", pieces[f"piece_{label}"].__doc__)[0])


def built(pieces, label):
    return pieces[f"piece_{label}"](shape_of(pieces, label))


def test_two_pieces_stop_as_their_faults_do(pieces):
    with without_values():
        with pytest.raises(TypeError, match="'tuple' object is not callable"):
            built(pieces, "a")
        with pytest.raises(ValueError, match="shape"):
            built(pieces, "b")


def test_the_pieces_read_what_the_net_has_there(pieces):
    with without_values():
        net = vgg("D")
    stages = {"a": 1, "b": 0, "c": 5, "d": 5, "e": 4, "f": 3}
    for label, stage in stages.items():
        before = net.get_layer(f"stage{stage}_pool").output if stage else net.input
        assert shape_of(pieces, label) == before.shape[1:]


def test_the_other_pieces_weigh_what_follows_from_their_faults(pieces):
    def paper(*parts):
        return sum(layer.count_params() for layer in net.layers if layer.name.startswith(parts))

    with without_values():
        net = vgg("D")
        found = {label: built(pieces, label).count_params() for label in "cdef"}
    assert found["c"] < paper("head")
    assert found["d"] == paper("head")
    assert found["e"] == paper("stage5", "head")
    assert found["f"] > paper("stage4", "stage5")


def test_one_head_goes_without_dropout(pieces):
    with without_values():
        kinds = {
            label: [type(layer) for layer in built(pieces, label).layers].count(layers.Dropout)
            for label in "cde"
        }
    assert kinds == {"c": 2, "d": 2, "e": 0}


def test_the_sound_head_computes_what_dense_layers_do(pieces):
    head = pieces["piece_d"]((7, 7, 2))
    kernels = [layer.get_weights() for layer in head.layers if layer.weights]
    x = np.random.default_rng(1).normal(size=(2, 7, 7, 2)).astype("float32")
    dense = x.reshape(2, -1)
    for number, (kernel, bias) in enumerate(kernels):
        dense = dense @ kernel.reshape(-1, kernel.shape[-1]) + bias
        dense = np.maximum(dense, 0) if number < 2 else dense
    np.testing.assert_allclose(head(x), keras.ops.softmax(dense), rtol=1e-3, atol=1e-6)


def test_the_last_hint_counts_the_weights_of_a_piece(pieces):
    exec(check.hint.texts["diagnosis"][2], pieces)
    assert pieces["count"](pieces["piece_c"], 1, 1, 4) == 4097 * 4096 + 5 * 4096 + 2 * 4097
