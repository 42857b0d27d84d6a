"""The checks of the questions on the Inception module: what they take, refuse and say."""

import keras
import numpy as np
import pytest
from keras import layers

import nbfile
from course_lib.checks import inception as check
from course_lib.checks import inception_factor, inception_macs, inception_module
from course_lib.checks.agreement import TOLERANCE
from course_lib.checks.plain import Take
from course_lib.cost import cost
from course_lib.nets import without_values
from course_lib.nets.googlenet import STAGES, Widths
from course_lib.nets.googlenet import inception_module as course_module
from tests.checks import inception_right as right
from tests.checks import inception_wrong as wrong
from tests.checks.bank import Bank
from tests.checks.bank_pieces import run_given
from tests.checks.judging import EXERCISES


class TestBank(Bank):
    check, right, wrong = check, right, wrong


# What the references compute

SIZES = {"one": 6, "reduce3": 4, "three": 7, "reduce5": 8, "five": 9, "pool": 10}


def test_the_multiply_adds_are_those_of_the_course():
    with without_values():
        image = keras.Input((28, 28, 192))
        widths = STAGES[0]["3a"]
        model = keras.Model(image, course_module(image, widths, name="module"))
        found = inception_macs.work(
            size=(28, 28),
            channels=192,
            kernels=(1, 3, 5),
            reduce=(0, widths.reduce3, widths.reduce5),
            filters=(widths.one, widths.three, widths.five),
            project=widths.pool,
        )
    assert found == cost(model).macs


def test_the_example_is_the_one_in_the_notebook():
    asked = ((4, 6), 5, (3,), (2,), (7,), 0)
    arguments = dict(zip(inception_macs.NAMES, asked, strict=True))
    assert inception_macs.work(**arguments) == inception_macs.EXAMPLE
    small = inception_factor.factor(8, (2, 3, 4, 1, 2, 2), 1)
    assert small == 704 / 222
    tasks = "".join(map(nbfile.source, nbfile.read(EXERCISES / "inception.ipynb")["cells"]))
    assert "`3264`" in tasks
    assert "704 / 222, about 3.171" in tasks


def test_the_reference_of_the_paper_is_the_course_s_module():
    image = keras.Input((9, 7, 5))
    model = keras.Model(image, course_module(image, Widths(**SIZES), name="module"))
    rng = np.random.default_rng(1)
    values = [rng.normal(0, 0.3, w.shape).astype("float32") for w in model.get_weights()]
    model.set_weights(values)
    by_name = {w.path: w.numpy() for w in model.weights}
    steps = ("1x1", "3x3_reduce", "3x3", "5x5_reduce", "5x5", "pool_proj")
    units = []
    for step in steps:
        units.append((by_name[f"module_{step}_conv/kernel"],))
        units.append((by_name[f"module_{step}_conv/bias"],))
    x = rng.normal(size=(2, 9, 7, 5)).astype("float32")
    found = inception_module.module(x, Take(units), False, "as paper", **SIZES)
    np.testing.assert_allclose(found, np.asarray(model(x)), atol=1e-4)


@pytest.mark.parametrize("variant", inception_module.FORMS)
def test_each_fault_changes_weights_or_outputs_far_beyond_the_tolerance(variant):
    rng = np.random.default_rng(6)
    x = rng.normal(size=(2, 6, 7, 5))
    for fault in filter(None, inception_module.faults(variant)):
        takes = [Take(), Take()]
        for take, name in zip(takes, (fault, None), strict=True):
            inception_module.module(x, take, False, name, variant=variant, **SIZES)
        if takes[0].asked != takes[1].asked:
            continue
        units = [
            (rng.normal(size=shape) / np.prod(shape[:-1]) ** 0.5,)
            if role == "kernel"
            else (rng.uniform(-0.5, 0.5, shape),)
            for role, shape in takes[0].asked
        ]
        found, want = (
            inception_module.module(x, Take(units), False, name, variant=variant, **SIZES)
            for name in (fault, None)
        )
        same = found.shape == want.shape
        assert not same or np.abs(found - want).max() > 3 * TOLERANCE * want.std(), fault


def test_the_module_with_four_widths_has_the_right_shape_and_hears_what_it_is():
    image = keras.Input((28, 28, 192))
    with without_values():
        bug, sound = (
            keras.Model(image, answer(image, **STAGES[0]["3a"]._asdict()))
            for answer in (wrong.MODULE["four widths"][0], right.module_by_layers)
        )
    assert bug.output.shape == sound.output.shape == (None, 28, 28, 256)
    assert (cost(bug).params, cost(sound).params) == (93_504, 163_696)


# The pieces


@pytest.fixture(scope="module")
def pieces():
    space = run_given(nbfile.read(EXERCISES / "inception.ipynb")["cells"])
    exec(check.hint.texts["diagnosis"][2], space)
    return space


def build(pieces, label, channels=192, side=28):
    image = keras.Input((side, side, channels))
    with without_values():
        return keras.Model(image, pieces[f"piece_{label}"](image))


def kernels(model):
    return [layer.kernel.shape for layer in model.layers if isinstance(layer, layers.Conv2D)]


def test_most_pieces_have_the_shape_of_module_3a(pieces):
    shapes = {label: build(pieces, label).output.shape[1:] for label in "abcdef"}
    assert shapes == dict.fromkeys("abdef", (28, 28, 256)) | {"c": (28, 28, 416)}


def test_the_effects_are_what_the_table_says(pieces):
    counted = {label: cost(build(pieces, label)) for label in "abcdef"}
    assert counted["a"].params == 93_504
    assert counted["d"].params == counted["e"].params == 163_696
    assert counted["f"].macs > 28**2 * 192 * (64 + 9 * 128 + 25 * 32)  # the naive module
    assert max(counted[label].macs for label in "abcde") < counted["f"].macs
    more = {label: build(pieces, label, 200).output.shape[-1] for label in "abcdef"}
    assert [
        label for label in "abcdef" if more[label] != build(pieces, label).output.shape[-1]
    ] == ["c"]
    reads = {shape[2] for shape in kernels(build(pieces, "b"))}
    assert reads == {192, 64, 96, 16}
    assert (3, 3, 32, 128) in kernels(build(pieces, "a"))


def test_the_odd_piece_is_module_3a(pieces):
    image = keras.Input((9, 8, 20))
    odd = keras.Model(image, pieces["piece_d"](image))
    course = keras.Model(image, course_module(image, STAGES[0]["3a"], name="module"))
    values = {}
    for model in (odd, course):
        for weight in model.weights:
            size = tuple(n for n in weight.shape if n != 1)  # no two kernels have the same
            if len(size) > 1:
                values.setdefault(size, np.random.default_rng(len(values)).normal(0, 0.2, size))
                weight.assign(values[size].reshape(weight.shape))
    x = np.random.default_rng(7).normal(size=(2, 9, 8, 20)).astype("float32")
    np.testing.assert_allclose(np.asarray(odd(x)), np.asarray(course(x)), atol=1e-4)


def test_the_last_hint_shows_what_tells_the_bug(pieces):
    rows = pieces["show"](pieces["piece_a"], 192)
    assert sum(params for *_, params in rows) == 93_504
    assert ("Conv2D", (28, 28, 96), 18_528) not in rows
    assert ("Conv2D", (28, 28, 96), 18_528) in pieces["show"](pieces["piece_c"], 192)
