"""The checks of the questions on EfficientNet: what they take, refuse and say."""

import keras
import numpy as np
import pytest

import nbfile
from course_lib.checks import (
    efficientnet as check,
)
from course_lib.checks import (
    efficientnet_block,
    efficientnet_law,
    efficientnet_rows,
)
from course_lib.checks.plain import Take
from course_lib.nets.efficientnet import SIZES, narrow_gate
from course_lib.nets.mobilenet_v2 import Variant, inverted_residual
from tests.checks import efficientnet_right as right
from tests.checks import efficientnet_wrong as wrong
from tests.checks.bank import Bank
from tests.checks.bank_pieces import run_given
from tests.checks.judging import EXERCISES


class TestBank(Bank):
    check, right, wrong = check, right, wrong


# What the references compute


def test_the_examples_are_those_in_the_notebook():
    law = {"phi": 2, "alpha": 1.2, "beta": 1.25, "growth": 3}
    found = efficientnet_law.coefficients(law, None)
    np.testing.assert_allclose(found, (1.44, 1.5625, 1.6))
    rows = {"rows": ((20, 1), (50, 2)), "width": 1.5, "depth": 1.25, "divisor": 12, "fixed": (0,)}
    np.testing.assert_array_equal(efficientnet_rows.larger(rows, None), [(36, 1), (72, 3)])
    asked = {"mixing": 1, "filtering": 2, "alpha": 1, "beta": 2, "gamma": 1}
    for budget, phi in ((8, 1), (10, 1.212)):
        found = efficientnet_law.solved(asked | {"budget": budget}, None)
        np.testing.assert_allclose(found, [phi], atol=1e-4)
    tasks = "".join(map(nbfile.source, nbfile.read(EXERCISES / "efficientnet.ipynb")["cells"]))
    for said in ("(1.44, 1.5625, 1.6)", "[(36, 1), (72, 3)]", "`1.212`"):
        assert said in tasks


def test_the_law_is_the_papers_where_its_numbers_are_given():
    asked = {"phi": 3, "alpha": 1.2, "beta": 1.1, "growth": 1.2 * 1.1**2 * 1.15**2}
    found = efficientnet_law.coefficients(asked, None)
    np.testing.assert_allclose(found, np.array([1.2, 1.1, 1.15]) ** 3)


def test_the_reference_of_the_paper_is_the_course_s_block():
    image = keras.Input((7, 9, 12))
    variant = Variant(activation="swish", gate=narrow_gate)
    made = inverted_residual(image, 12, expansion=3, name="block", variant=variant)
    block = keras.Model(image, made)
    rng = np.random.default_rng(1)
    for weight in block.weights:
        weight.assign(rng.uniform(0.2, 1.0, weight.shape) * rng.choice([0.3, -0.2], weight.shape))
        if "variance" in weight.path:
            weight.assign(rng.uniform(0.5, 2, weight.shape))
    units = []
    for layer in block.layers:
        values = layer.get_weights()
        if isinstance(layer, keras.layers.Dense):
            units += [(values[0][None, None],), (values[1],)]
        elif values:
            units.append(tuple(values))
    x = rng.normal(size=(2, 7, 9, 12)).astype("float32")
    sizes = {"channels": 12, "expansion": 3, "stride": 1, "share": 0.25}
    found = efficientnet_block.block(x, Take(units), False, "as paper", **sizes)
    np.testing.assert_allclose(found, np.asarray(block(x)), atol=2e-3)


# The pieces


@pytest.fixture(scope="module")
def pieces():
    space = run_given(nbfile.read(EXERCISES / "efficientnet.ipynb")["cells"])
    exec(check.hint.texts["diagnosis"][2], space)
    return space


def test_one_piece_leaves_the_blocks_of_b0(pieces):
    depth = SIZES["b1"].depth
    assert all(pieces["piece_a"](n, depth) == n for n in (1, 2, 3, 4))
    assert pieces["piece_a"](4, 2.2) == 8


def test_one_gate_weighs_nearly_six_times_as_much(pieces):
    heavy, usual = (pieces["weights"](pieces[f"piece_{label}"]) for label in "bd")
    assert 5.5 < heavy / usual < 6.5


def test_one_piece_more_than_doubles_the_work(pieces):
    found = pieces["piece_c"](1)
    assert found["depth"] * found["width"] ** 2 * found["resolution"] ** 2 > 2
    assert 1.2 * 1.1**2 * 1.15**2 < 2


def test_the_odd_piece_is_a_gate_of_the_paper_s_code(pieces):
    image = keras.Input((5, 4, 24))
    odd = keras.Model(image, pieces["piece_d"](image, 8))
    usual = keras.Model(image, pieces["gate"](image, 2))
    for weight in usual.weights:
        weight.assign(np.random.default_rng(2).normal(size=weight.shape))
    for ours, theirs in zip(odd.weights, usual.weights, strict=True):
        ours.assign(np.reshape(theirs, ours.shape))
    x = np.random.default_rng(3).normal(size=(3, 5, 4, 24)).astype("float32")
    np.testing.assert_allclose(np.asarray(odd(x)), np.asarray(usual(x)), atol=1e-4)


def test_one_piece_never_drops_a_whole_branch(pieces):
    image = keras.Input((6, 6, 8))
    model = keras.Model(image, pieces["piece_e"](image, 3 * image, 0.5))
    x = np.ones((64, 6, 6, 8), "float32")
    branch = np.asarray(model(x, training=True)) - x
    assert (branch.reshape(64, -1) == 0).any(axis=1).all()
    assert not (branch.reshape(64, -1) == 0).all(axis=1).any()


def test_one_piece_promises_too_little(pieces):
    assert pieces["piece_f"](100, 3) < 100 * (1.2 * 1.1**2 * 1.15**2) ** 3
