"""The checks of the questions on Network in Network: what they take, refuse and say."""

import re
from functools import partial

import keras
import numpy as np
import pytest
from keras import layers, ops

import nbfile
from course_lib.checks import nin as check
from course_lib.checks import nin_blocks, nin_dense, nin_maps, nin_matmul
from course_lib.checks.agreement import TOLERANCE
from course_lib.checks.arrays import CLOSE, made
from course_lib.checks.plain import Take
from course_lib.nets.nin import class_maps_head, mlpconv
from tests.checks import nin_right as right
from tests.checks import nin_wrong as wrong
from tests.checks.bank import Bank
from tests.checks.bank_pieces import run_given
from tests.checks.judging import EXERCISES, judge
from tests.checks.nin_wrong import build, slide


class TestBank(Bank):
    check, right, wrong = check, right, wrong


# What the references compute


@pytest.mark.parametrize("stride", [1, 2])
def test_the_product_is_the_convolution_of_keras(stride):
    rng = np.random.default_rng(2)
    x, kernel, bias = (rng.normal(size=size) for size in ((2, 3, 5, 6), (4, 3, 1, 1), 4))
    layer = layers.Conv2D(4, 1, stride)
    layer.build((None, 5, 6, 3))
    layer.set_weights([kernel.transpose(2, 3, 1, 0), bias])
    want = np.moveaxis(np.asarray(layer(np.moveaxis(x, 1, 3))), 3, 1)
    np.testing.assert_allclose(nin_matmul.convolution(x, kernel, bias, stride), want, atol=1e-5)


def test_a_head_on_a_map_of_its_own_size_is_a_flatten_and_dense_layers():
    rng = np.random.default_rng(3)
    net = keras.Sequential([layers.Flatten(), layers.Dense(5, "relu"), layers.Dense(4)])
    maps = rng.normal(size=(2, 3, 2, 6)).astype("float32")
    want = np.asarray(net(maps))
    weights = [layer.get_weights() for layer in net.layers[1:]]
    found = nin_dense.head(
        maps, [kernel.T for kernel, _ in weights], [bias for _, bias in weights], (3, 2), "hwc"
    )
    assert found.shape == (2, 1, 1, 4)
    np.testing.assert_allclose(found[:, 0, 0], want, atol=1e-5)


def test_the_mean_of_a_map_of_evidence_is_the_difference_of_two_scores():
    rng = np.random.default_rng(4)
    features, kernel, bias = (rng.normal(size=size) for size in ((3, 4, 5, 6), (6, 7), 7))
    scores = nin_maps.scores(features, kernel, bias)
    best, second = np.sort(scores, axis=1)[:, :-3:-1].T
    labels = [int(i) for i in scores.argmax(1)]
    found = nin_maps.evidence(features, kernel, bias, labels)
    np.testing.assert_allclose(found.mean((1, 2)), best - second)


def _array_cases():
    """Yield each fault of the array questions, and references with the shapes of the check."""
    rng = np.random.default_rng(5)
    found = {"conv1x1_as_matmul": []}
    for _, channels, height, width, filters, stride in nin_matmul.CASES:
        x = rng.normal(size=(2, channels, height, width))
        kernel, bias = rng.normal(size=(filters, channels, 1, 1)), rng.normal(size=filters)
        found["conv1x1_as_matmul"].append(partial(nin_matmul.convolution, x, kernel, bias, stride))
    found["class_activation_map"] = [
        partial(nin_maps.evidence, *nin_maps.drawn(*case, rng)) for case in nin_maps.CASES
    ]
    yield nin_matmul.FAULTS, found["conv1x1_as_matmul"]
    yield nin_maps.FAULTS, found["class_activation_map"]
    for variant, order in nin_dense.ORDERS.items():
        heads = []
        for _, shape, window, units in nin_dense.CASES:
            maps = rng.normal(size=(2, *shape))
            reads = (window[0] * window[1] * shape[2], *units)
            weights = [rng.normal(size=s) for s in zip(units, reads, strict=False)]
            biases = [rng.normal(size=n) for n in units]
            heads.append(partial(nin_dense.head, maps, weights, biases, window, order))
        yield nin_dense.faults(variant), heads


def test_each_fault_of_an_array_changes_a_case_beyond_the_tolerance():
    for faults, references in _array_cases():
        for fault in faults:
            changed = []
            for reference in references:
                wrong, want = made(reference, fault), reference(None)
                if wrong is None or wrong.shape != want.shape:
                    changed.append(np.inf if wrong is not None else 0)
                else:
                    changed.append(np.nan_to_num(abs(wrong - want)).max() / abs(want).max())
            assert max(changed) > 10 * CLOSE, fault


@pytest.mark.parametrize("variant", nin_blocks.ENDS)
def test_each_fault_of_a_block_changes_weights_or_outputs_far_beyond_the_tolerance(variant):
    for fault in filter(None, nin_blocks.faults(variant)):
        assert any(_differ(variant, fault, kernel) for kernel in (3, 5)), fault


def _differ(variant, fault, kernel):
    rng = np.random.default_rng(6)
    x = rng.normal(size=(2, 5, 7, 3))
    sizes = {"filters": 6, "hidden": 4, "classes": 7, "kernel": kernel, "variant": variant}
    takes = [Take(), Take()]
    for take, name in zip(takes, (fault, None), strict=True):
        nin_blocks.block(x, take, False, name, **sizes)
    if takes[0].asked != takes[1].asked:
        return True
    units = [(rng.normal(size=shape) / np.prod(shape[:-1]) ** 0.5,) for _, shape in takes[0].asked]
    wrong, want = (nin_blocks.block(x, Take(units), False, name, **sizes) for name in (fault, None))
    if wrong.shape != want.shape:
        return True
    return np.abs(wrong - want).max() > 3 * TOLERANCE * want.std()


def test_where_pixels_vote_a_softmax_over_the_wrong_axis_hears_which():
    for axis, idea in ((1, "over the rows"), (2, "over the columns"), ((1, 2), "over the pixels")):
        answer = build("WMs", end="sm", softmax=layers.Softmax(axis=axis))
        message = judge(lambda one: check.nin_block(one, variant="vote"), answer)
        assert re.search(f"the softmax runs {idea} of a map", message), message


@pytest.mark.parametrize(("variant", "order"), nin_dense.ORDERS.items())
def test_every_other_order_of_a_flattened_map_is_named(variant, order):
    for other in ("hwc", "hcw", "whc", "wch", "chw", "cwh"):
        message = judge(lambda one: check.dense_to_conv(one, variant=variant), slide(other))
        if other == order:
            assert message is None
        else:
            assert f"as if {nin_dense.flattened(other)}. Here" in message
            assert message.endswith(nin_dense.flattened(order))


# The pieces


@pytest.fixture(scope="module")
def pieces():
    space = run_given(nbfile.read(EXERCISES / "nin.ipynb")["cells"])
    exec(check.hint.texts["diagnosis"][2], space)
    return space


def test_the_last_hint_shows_the_shapes_that_tell_a_fault(pieces):
    show = pieces["show"]
    weights = np.ones((5, 4 * 4 * 3), "float32")
    shapes = {label: show(pieces[f"piece_{label}"], 28, 3) for label in "abcde"}
    assert show(pieces["piece_f"], 4, 3, weights) == (2, 1, 1, 5)
    assert shapes == {
        "a": (2, 28, 28),
        "b": (2, 28, 28, 8),
        "c": (2, 9, 9, 8),
        "d": (2, 8),
        "e": (2, 10),
    }


def test_the_piece_without_activation_is_one_linear_map_in_front_of_its_last_step(pieces):
    x = keras.Input((6, 5, 3))
    net = keras.Model(x, pieces["piece_b"](x))
    linear = [layer for layer in net.layers if getattr(layer, "activation", None)]
    assert [layer.activation.__name__ for layer in linear] == ["linear", "linear", "relu"]


def test_the_odd_piece_is_what_its_author_says(pieces):
    x = keras.Input((4, 5, 3))
    net = keras.Model(x, pieces["piece_d"](x))
    images = np.random.default_rng(7).normal(size=(2, 4, 5, 3)).astype("float32")
    y = images
    for kernel, bias in zip(net.get_weights()[::2], net.get_weights()[1::2], strict=True):
        y = np.maximum(np.asarray(ops.conv(y, kernel[None, None])) + bias, 0)
    np.testing.assert_allclose(np.asarray(net(images)), y.mean((1, 2)), atol=1e-5)


def test_the_shares_of_the_piece_with_the_wrong_softmax_add_up_to_something_else(pieces):
    found = np.asarray(pieces["piece_e"](np.ones((2, 8, 8, 3), "float32")))
    np.testing.assert_allclose(found, 1 / 8, rtol=1e-5)  # ten of them: 1.25


def test_the_weights_from_another_library_fit_and_say_something_else(pieces):
    rng = np.random.default_rng(8)
    maps = rng.normal(size=(1, 3, 4, 2)).astype("float32")
    weights = rng.normal(size=(5, 24)).astype("float32")
    want = np.moveaxis(maps, 3, 1).reshape(1, -1) @ weights.T
    found = np.asarray(pieces["piece_f"](maps, weights))[:, 0, 0]
    assert found.shape == want.shape
    assert not np.allclose(found, want, atol=0.1)


def test_the_block_of_the_course_is_told_what_it_has_more():
    def course(x, filters, hidden, classes, kernel):
        return class_maps_head(mlpconv(x, kernel, (filters, hidden), name="stage1"), classes)

    assert "class maps have a ReLU" in judge(check.nin_block, course)
