"""The checks of the questions on AlexNet: what they take, refuse and say."""

import re

import numpy as np
import pytest
from keras import layers

import nbfile
from course_lib.checks import alexnet as check
from course_lib.checks import alexnet_blocks, alexnet_response
from course_lib.checks.agreement import TOLERANCE
from course_lib.checks.plain import Take
from course_lib.nets import without_values
from course_lib.nets.alexnet import RESPONSE_NORMS, alexnet
from course_lib.nets.classic_layers import LocalResponseNormalization
from tests.checks import alexnet_right as right
from tests.checks import alexnet_wrong as wrong
from tests.checks.bank import Bank
from tests.checks.bank_pieces import run_given
from tests.checks.judging import EXERCISES, define, solution


class TestBank(Bank):
    check, right, wrong = check, right, wrong


# What the references compute


def test_the_side_of_a_pooling_is_counted_by_the_rule_of_a_convolution():
    answer = define(solution("alexnet", "conv_output_size"), "conv_output_size")
    for size, kernel, stride, side in ((227, 11, 4, 55), (55, 3, 2, 27), (27, 3, 2, 13)):
        assert answer(size, kernel, stride, 0) == side
    assert answer(224, 11, 4, 0) == 54
    assert answer(224, 11, 4, 2) == 55


def test_the_response_is_that_of_the_course():
    k, n, alpha, beta = RESPONSE_NORMS["paper"]
    x = np.random.default_rng(2).normal(0, 100, (2, 3, 4, 9)).astype("float32")
    layer = LocalResponseNormalization(k, n, alpha, beta)
    own = alexnet_response.RESPONSES["middle"]
    want = alexnet_response.normalized(x, own, None, n=n, k=k, alpha=alpha, beta=beta)
    np.testing.assert_allclose(np.asarray(layer(x)), want, rtol=1e-5)


@pytest.mark.parametrize("variant", alexnet_response.RESPONSES)
def test_each_fault_of_a_response_changes_a_case_beyond_the_tolerance(variant):
    own = alexnet_response.RESPONSES[variant]
    rng = np.random.default_rng(3)
    for fault in alexnet_response.faults(variant):
        found = []
        for _, maps, n, k, alpha, beta, scale in alexnet_response.CASES:
            x, asked = scale * rng.normal(size=(2, 4, 3, maps)), (n, k, alpha, beta)
            asked = dict(zip(("n", "k", "alpha", "beta"), asked, strict=True))
            wrong, want = (
                alexnet_response.normalized(x, own, name, **asked) for name in (fault, None)
            )
            found.append(np.abs(wrong - want).max() / np.abs(want).max())
        assert max(found) > 10 * alexnet_response.CLOSE, fault


@pytest.mark.parametrize("variant", alexnet_blocks.ORDERS)
def test_each_fault_of_a_block_changes_weights_or_outputs_far_beyond_the_tolerance(variant):
    for fault in filter(None, alexnet_blocks.faults(variant)):
        assert any(_differ(variant, fault, groups) for groups in (2, 1, 3)), fault


def _differ(variant, fault, groups):
    rng = np.random.default_rng(4)
    x = rng.normal(size=(2, 9, 11, 4 * groups))
    sizes = {"filters": 2 * groups, "kernel": 5, "groups": groups, "variant": variant}
    takes, found = [Take(), Take()], []
    try:
        for take, name in zip(takes, (fault, None), strict=True):
            alexnet_blocks.block(x, take, False, name, **sizes)
    except ValueError:  # the windows do not fit
        return True
    if takes[0].asked != takes[1].asked:
        return True
    units = [(rng.normal(size=shape) / np.prod(shape[:-1]) ** 0.5,) for _, shape in takes[0].asked]
    for name in (fault, None):
        found.append(alexnet_blocks.block(x, Take(units), False, name, **sizes))
    if found[0].shape != found[1].shape:
        return True
    return np.abs(found[0] - found[1]).max() > 10 * TOLERANCE * found[1].std()


# The pieces


@pytest.fixture(scope="module")
def pieces():
    return run_given(nbfile.read(EXERCISES / "alexnet.ipynb")["cells"])


def built(pieces, label, *shape):
    """Build a piece as the last hint does."""
    exec(check.hint.texts["diagnosis"][2], pieces)
    return pieces["build"](pieces[f"piece_{label}"], *shape)


def test_the_pieces_have_the_shapes_that_their_authors_claim(pieces):
    with without_values():
        found = {
            label: built(pieces, label, *shape).output_shape[1:]
            for label, shape in {
                "a": (227, 227, 3),
                "b": (227, 227, 3),
                "c": (13, 13, 256),
                "d": (224, 224, 3),
                "e": (6, 6, 256),
                "f": (227, 227, 3),
            }.items()
        }
    stage = (13, 13, 256)
    assert found == {"a": (1000,), "b": stage, "c": (6, 6, 256), "d": stage, "e": (1000,)} | {
        "f": stage
    }


def test_the_net_without_groups_has_more_weights_than_its_author_says(pieces):
    claimed = int(re.search(r"[\d,]{5,}", pieces["piece_a"].__doc__)[0].replace(",", ""))
    with without_values():
        assert claimed == alexnet(groups=2).count_params()
        assert built(pieces, "a", 227, 227, 3).count_params() == alexnet().count_params() > claimed


def test_the_sound_piece_has_the_weights_of_the_paper(pieces):
    with without_values():
        paper = alexnet(groups=2)
        stages = [paper.get_layer(name).count_params() for name in ("stage1_conv", "stage2_conv")]
        for label, side in (("d", 224), ("b", 227), ("f", 227)):
            assert built(pieces, label, side, side, 3).count_params() == sum(stages)
        later = [layer for layer in paper.layers if layer.name.startswith("stage3_block")]
        third = built(pieces, "c", 13, 13, 256)
        assert third.count_params() < sum(layer.count_params() for layer in later)


def test_one_dense_layer_goes_without_dropout(pieces):
    kinds = [type(layer) for layer in built(pieces, "e", 1, 1, 4).layers]
    assert kinds.count(layers.Dense) == 3
    assert kinds.count(layers.Dropout) == 1
