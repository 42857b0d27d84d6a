"""The checks of the questions on squeeze and excitation: what they take, refuse and say."""

from functools import partial

import keras
import numpy as np
import pytest

import nbfile
from course_lib.checks import senet as check
from course_lib.checks import senet_block, senet_cost, senet_weights
from course_lib.checks.agreement import TOLERANCE
from course_lib.checks.plain import Take
from course_lib.cost import cost
from course_lib.nets import resnet, se_resnet, without_values
from course_lib.nets.resnet import SIZES, WIDTHS
from course_lib.nets.senet import squeeze_excite
from tests.checks import senet_right as right
from tests.checks import senet_wrong as wrong
from tests.checks.bank import Bank
from tests.checks.bank_pieces import run_given
from tests.checks.judging import EXERCISES, judge


class TestBank(Bank):
    check, right, wrong = check, right, wrong


# What the references compute

BLOCKS = SIZES[50][1]


@pytest.mark.parametrize("bias", [True, False])
def test_the_weights_and_operations_are_those_of_the_course_s_net(bias):
    with without_values():
        gated, plain = cost(se_resnet(50, se_bias=bias)), cost(resnet(50))
    stages = tuple((blocks, 4 * width) for blocks, width in zip(BLOCKS, WIDTHS, strict=True))
    asked = {"stages": stages, "ratio": 16, "least": 1, "bias": bias}
    assert senet_weights.weights(**asked) == gated.trainable - plain.trainable
    net = {
        "side": 56,
        "channels": 64,
        "stages": tuple(zip(BLOCKS, WIDTHS, (1, 2, 2, 2), strict=True)),
        "ratio": 16,
        "place": "branch",
    }
    dense, scale, everything = (
        senet_cost.operations(**net, count=count) for count in senet_cost.COUNTS
    )
    assert dense == gated.macs - plain.macs
    assert (scale, everything) == (8_034_304, 13_553_664)


def test_gates_in_front_of_a_block_are_those_of_the_course_s_net():
    with without_values():
        gated = se_resnet(50, placement="pre", se_bias=False, ratio=8)
    net = {
        "side": 56,
        "channels": 64,
        "stages": tuple(zip(BLOCKS, WIDTHS, (1, 2, 2, 2), strict=True)),
    }
    found = senet_cost.gates(**net, place="input")
    scales = [layer for layer in gated.layers if layer.name.endswith("_gate_scale")]
    assert [layer.output.shape[1:] for layer in scales] == [
        (gate.side, gate.side, gate.channels) for gate in found
    ]


def test_the_examples_are_those_in_the_notebook():
    stages = ((2, 12), (1, 30))
    assert senet_weights.weights(stages, 10, 2, True) == senet_weights.EXAMPLE
    asked = (4, 6, ((2, 3, 2),), 4, "input", "scale")
    assert senet_cost.operations(*asked) == senet_cost.EXAMPLE
    tasks = "".join(map(nbfile.source, nbfile.read(EXERCISES / "senet.ipynb")["cells"]))
    for example in (senet_weights.EXAMPLE, senet_cost.EXAMPLE):
        assert f"the answer is `{example}`" in tasks


def test_the_reference_of_the_paper_is_the_course_s_gate():
    image = keras.Input((5, 7, 11))
    model = keras.Model(image, squeeze_excite(image, 2, name="gate"))
    rng = np.random.default_rng(1)
    values = [rng.normal(0, 0.5, w.shape).astype("float32") for w in model.get_weights()]
    values[1][:] = 0  # the course's first layer has biases, that of the question none
    model.set_weights(values)
    x = rng.normal(size=(3, 5, 7, 11)).astype("float32")
    units = [(values[0][None, None],), (values[2][None, None],), (values[3],)]
    found = senet_block.block(x, Take(units), False, "as paper", ratio=2)
    np.testing.assert_allclose(found, np.asarray(model(x)), atol=1e-5)


@pytest.mark.parametrize("variant", senet_block.VARIANTS)
def test_each_fault_changes_weights_or_outputs_far_beyond_the_tolerance(variant):
    rng = np.random.default_rng(6)
    x = rng.normal(size=(3, 5, 7, 11))
    for fault in filter(None, senet_block.faults(variant)):
        takes = [Take(), Take()]
        for take, name in zip(takes, (fault, None), strict=True):
            senet_block.block(x, take, False, name, ratio=2, variant=variant)
        if takes[0].asked != takes[1].asked:
            continue
        units = [
            (rng.normal(size=shape) / np.prod(shape[:-1]) ** 0.5,)
            if role == "kernel"
            else (rng.uniform(-0.5, 0.5, shape),)
            for role, shape in takes[0].asked
        ]
        found, want = (
            senet_block.block(x, Take(units), False, name, ratio=2, variant=variant)
            for name in (fault, None)
        )
        same = found.shape == want.shape
        assert not same or np.abs(found - want).max() > 3 * TOLERANCE * want.std(), fault


# The trap


@pytest.mark.parametrize(
    ("sides", "told"),
    [((8, 3), "takes the batch for the width"), ((6, 7), "meets"), ((7, 1), "batch for the width")],
)
def test_the_trap_is_told_on_each_kind_of_map(sides, told, monkeypatch):
    kinds = [case for case in senet_block.CASES if case[1] == sides]
    assert kinds
    monkeypatch.setattr(senet_block, "CASES", kinds)
    monkeypatch.setenv("COURSE_CHECK_SEED", "1")
    for variant in ("both", "shared"):
        trap = wrong.block(variant, **wrong.read(form=variant, keepdims=False))
        assert told in judge(partial(check.se_block, variant=variant), trap)


# The pieces


@pytest.fixture(scope="module")
def pieces():
    space = run_given(nbfile.read(EXERCISES / "senet.ipynb")["cells"])
    exec(check.hint.texts["diagnosis"][2], space)
    return space


def build(pieces, label, shape=(5, 3, 8)):
    x = keras.Input(shape)
    model = keras.Model(x, pieces[f"piece_{label}"](x))
    rng = np.random.default_rng(3)
    model.set_weights([rng.uniform(0, 0.3, w.shape) for w in model.get_weights()])
    return model


def gates(pieces, label, batch=3, shape=(5, 3, 8)):
    """Return the gates of a piece for images, and for each image alone."""
    model = build(pieces, label, shape)
    rng = np.random.default_rng(4)
    images = rng.uniform(0.5, 2, (batch, *shape)) * rng.uniform(0.2, 3, (batch, 1, 1, shape[2]))
    alone = [pieces["gate_of"](model, image[None]) for image in images]
    return np.asarray(pieces["gate_of"](model, images)), np.concatenate(alone)


def test_every_piece_keeps_the_shape_of_one_image(pieces):
    for label in "abcdef":
        assert gates(pieces, label, batch=1)[0].shape == (1, 5, 3, 8)


def test_the_effects_are_what_the_table_says(pieces):
    together, alone = gates(pieces, "a")  # as many images as columns
    assert not np.allclose(together, alone, atol=0.05)
    with pytest.raises(Exception, match=r"(?i)incompatible|broadcast|must match"):
        gates(pieces, "a", batch=4)
    for label in "bcdef":
        np.testing.assert_allclose(*gates(pieces, label), atol=1e-5)
    for label in "abcdef":
        _, found = gates(pieces, label)
        assert np.allclose(found.mean(3), 1 / 8, atol=1e-5) == (label == "b")
        assert (np.ptp(found, axis=(1, 2)).max() > 1e-3) == (label == "c")
        assert (np.ptp(found, axis=0).max() < 1e-5) == (label == "f")
        kernels = [w for w in build(pieces, label).get_weights() if w.ndim > 1]
        assert sum(w.size for w in kernels) == {"e": 16, "f": 0}.get(label, 1) * 2 * 8 * 2


def test_the_odd_piece_is_the_course_s_gate(pieces):
    odd = build(pieces, "d")
    x = keras.Input((5, 3, 8))
    course = keras.Model(x, squeeze_excite(x, 4, name="gate"))
    course.set_weights(odd.get_weights())
    images = np.random.default_rng(5).normal(size=(3, 5, 3, 8)).astype("float32")
    np.testing.assert_allclose(np.asarray(odd(images)), np.asarray(course(images)), atol=1e-5)
