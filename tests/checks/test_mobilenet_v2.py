"""The checks of the questions on inverted residuals: what they take, refuse and say."""

import keras
import numpy as np
import pytest

import nbfile
from course_lib.checks import mobilenet_v2 as check
from course_lib.checks import (
    mobilenet_v2_block,
    mobilenet_v2_faults,
    mobilenet_v2_memory,
    mobilenet_v2_recovery,
    mobilenet_v2_rounding,
)
from course_lib.checks.agreement import TOLERANCE
from course_lib.checks.plain import Take
from course_lib.memory import peak_activations
from course_lib.nets import mobilenet_v2, without_values
from course_lib.nets.mobilenet_v2 import TABLE, blocks, inverted_residual
from course_lib.nets.mobilenet_v2 import round_channels as released
from tests.checks import mobilenet_v2_right as right
from tests.checks import mobilenet_v2_wrong as wrong
from tests.checks.bank import Bank
from tests.checks.bank_pieces import run_given
from tests.checks.judging import EXERCISES


class TestBank(Bank):
    check, right, wrong = check, right, wrong


# What the references compute


def test_the_examples_are_those_in_the_notebook():
    asked = dict(zip(mobilenet_v2_rounding.NAMES, (27, 12, 0.75), strict=True))
    assert mobilenet_v2_rounding.rounded(**asked) == mobilenet_v2_rounding.EXAMPLE
    asked = dict(zip(mobilenet_v2_memory.NAMES, ((4, 6), 5, 2, 3, 1, 1, 4), strict=True))
    assert mobilenet_v2_memory.peak(**asked) == mobilenet_v2_memory.EXAMPLE
    tasks = "".join(map(nbfile.source, nbfile.read(EXERCISES / "mobilenet_v2.ipynb")["cells"]))
    assert "`24`" in tasks
    assert "`2688`" in tasks


@pytest.mark.parametrize("alpha", [0.35, 0.5, 0.75, 1.0, 1.3, 1.4])
def test_the_rule_is_the_released_one_but_for_ties(alpha):
    for row in TABLE:
        ours = mobilenet_v2_rounding.rounded(alpha * row.channels, 8, 0.9)
        tie = alpha * row.channels % 8 == 4
        assert tie or ours == released(alpha * row.channels)


@pytest.mark.parametrize("kind", dict.fromkeys(kind for kind, _ in mobilenet_v2_rounding.CASES))
def test_a_kind_of_rounding_is_what_it_says(kind):
    cases = [values for name, values in mobilenet_v2_rounding.CASES if name == kind]
    rng = np.random.default_rng(3)
    drawn = [pair for _ in range(50) for pair in mobilenet_v2_rounding._drawn(rng)]
    for channels, divisor, keep in cases + [values for name, values in drawn if name == kind]:
        low = channels // divisor * divisor
        near = mobilenet_v2_rounding.nearest(channels, divisor)
        says = {
            "the nearest is above": near > channels,
            "the nearest is below": keep * channels <= near < channels,
            "equally near": 2 * (channels - low) == divisor and low >= keep * channels,
            "too little is left": divisor <= near < keep * channels,
            "exactly the share is left": near == keep * channels,
            "less than one divisor": channels < divisor,
        }
        assert says[kind]


def test_one_group_needs_what_the_course_counts_while_the_wide_map_is_filtered():
    image = keras.Input((9, 6, 8))
    with without_values():
        block = keras.Model(image, inverted_residual(image, 5, expansion=3, name="block"))
    maps = mobilenet_v2_memory.maps((9, 6), 8, 3, 5, 1, 1)
    # without a shortcut the course lets x and the sums come and go
    assert peak_activations(block) == maps.expanded + maps.filtered
    assert sum(maps) == maps.x + maps.sums + peak_activations(block)


def test_open_channels_give_the_points_back():
    rng = np.random.default_rng(2)
    matrix, points = mobilenet_v2_recovery.directions(9, rng), rng.normal(size=(40, 2))
    outputs = np.maximum(points @ matrix, 0)
    found = mobilenet_v2_recovery.recovered(outputs, matrix, np.inf, None)
    np.testing.assert_allclose(found, points, atol=1e-9)


def test_every_kind_of_points_has_lost_ones_where_it_should():
    rng = np.random.default_rng(5)
    for kind, channels, reach in mobilenet_v2_recovery.CASES:
        points = rng.normal(size=(mobilenet_v2_recovery.POINTS, 2))
        matrix = mobilenet_v2_recovery.directions(channels, rng)
        values = points @ matrix
        cap = reach * np.abs(values).max()
        honest = ((values > 0) & (values < cap)).sum(1)
        assert (values > cap).any() == (reach < 1)
        if kind == "many channels":
            assert (honest >= 2).all()
        if kind in ("few channels", "one channel"):
            assert (honest < 2).any()


SIZES = {"channels": 6, "expansion": 3, "stride": 1}


def units_for(asked, rng):
    """Draw weights for what a reference asks for, as a judge draws them."""
    found = []
    for role, shape in asked:
        if role == "norm":
            scale, spread = rng.uniform(50, 150, shape), rng.uniform(0.5, 1.5, shape)
            found.append((scale, rng.uniform(-50, 50, shape), np.zeros(shape), 1e4 * spread))
        else:
            found.append((rng.normal(size=shape) / np.prod(shape[:-1]) ** 0.5,))
    return found


@pytest.mark.parametrize("variant", mobilenet_v2_faults.FORMS)
@pytest.mark.parametrize("stride", [1, 2])
def test_each_fault_changes_weights_or_outputs_far_beyond_the_tolerance(variant, stride):
    rng = np.random.default_rng(6)
    x = 100 * rng.normal(size=(3, 7, 9, 6))
    sizes = SIZES | {"stride": stride}
    same = set()
    for fault in filter(None, mobilenet_v2_faults.faults(variant)):
        takes = [Take(), Take()]
        for take, name in zip(takes, (fault, None), strict=True):
            mobilenet_v2_block.block(x, take, True, name, variant=variant, **sizes)
        if takes[0].asked != takes[1].asked:
            continue
        units = units_for(takes[0].asked, rng)
        found, want = (
            mobilenet_v2_block.block(x, Take(units), True, name, variant=variant, **sizes)
            for name in (fault, None)
        )
        if found.shape == want.shape and np.abs(found - want).max() <= 3 * TOLERANCE * want.std():
            same.add(fault)
    only_with_stride = {"subsampled", "pooled", "projected", "no stride", "stride expand"}
    only_with_stride |= {"stride project", "stride wide"}
    only_without = {"no sum", "concatenated", "activated sum", "sum by relu", "filtered shortcut"}
    others = {"expands by one", "of filters"}  # other expansions and channels show these
    assert same <= others | (only_with_stride if stride == 1 else only_without)


def test_the_reference_of_the_paper_is_the_course_s_block():
    image = keras.Input((7, 9, 6))
    block = keras.Model(image, inverted_residual(image, 6, expansion=3, name="block"))
    rng = np.random.default_rng(1)
    for weight in block.weights:
        weight.assign(rng.uniform(0.2, 1.0, weight.shape) * rng.choice([0.5, 1], weight.shape))
    units = [tuple(layer.get_weights()) for layer in block.layers if layer.weights]
    x = rng.normal(size=(2, 7, 9, 6)).astype("float32")
    found = mobilenet_v2_block.block(x, Take(units), False, "as paper", **SIZES)
    np.testing.assert_allclose(found, np.asarray(block(x)), atol=0.02)


# The pieces


@pytest.fixture(scope="module")
def pieces():
    space = run_given(nbfile.read(EXERCISES / "mobilenet_v2.ipynb")["cells"])
    exec(check.hint.texts["diagnosis"][2], space)
    return space


def course(x, channels, t, stride):
    return inverted_residual(x, channels, expansion=t, stride=stride, name="block")


def build(piece, channels, t, stride, shape=(7, 9, 8)):
    image = keras.Input(shape)
    return keras.Model(image, piece(image, channels, t, stride))


def additions(pieces, label, alpha):
    """Count the blocks of the net of a width that add their input."""
    count, reads = 0, released(32 * alpha)
    for _, _, row, stride in blocks(TABLE):
        channels = released(row.channels * alpha)
        with without_values():
            made = build(pieces[f"piece_{label}"], channels, row.expansion, stride, (4, 4, reads))
        count += sum(type(layer).__name__ == "Add" for layer in made.layers)
        reads = channels
    return count


def weights(piece):
    """Return the weights of the blocks of table 2, one after the other."""
    found, reads = [], 32
    for _, _, row, stride in blocks(TABLE):
        with without_values():
            made = build(piece, row.channels, row.expansion, stride, (4, 4, reads))
        found.append(made.count_params())
        reads = row.channels
    return found


def test_one_piece_puts_out_nothing_below_zero(pieces):
    x = np.random.default_rng(1).normal(size=(2, 7, 9, 8)).astype("float32")
    lows = {label: build(pieces[f"piece_{label}"], 6, 3, 1)(x) for label in "abcde"}
    assert [label for label, y in lows.items() if np.min(y) >= 0] == ["a"]


def test_one_piece_adds_once_too_often_in_a_thin_net_and_never_in_the_usual_one(pieces):
    assert additions(pieces, "b", 1.0) == additions(pieces, "a", 1.0) == 10
    assert additions(pieces, "a", 0.35) == additions(pieces, "c", 0.35) == 10
    assert additions(pieces, "b", 0.35) == 11
    with without_values():
        thin = mobilenet_v2(alpha=0.35)
    assert sum(type(layer).__name__ == "Add" for layer in thin.layers) == 10


def test_one_piece_has_more_weights_in_one_block(pieces):
    paper = weights(course)
    for label in "abde":
        assert weights(pieces[f"piece_{label}"]) == paper
    found = weights(pieces["piece_c"])
    assert [i for i, pair in enumerate(zip(found, paper, strict=True)) if len(set(pair)) > 1] == [0]
    assert found[0] > paper[0]


def values_of(model, seed, scale):
    """Give weights of equal shapes equal values, in the order in which they come."""
    rng = np.random.default_rng(seed)
    for layer in model.layers:
        for weight in layer.weights:
            if weight.name == "gamma":
                weight.assign(scale * np.ones(weight.shape))
            elif "kernel" in weight.name:
                size = np.prod(weight.shape)
                weight.assign(rng.normal(0, 0.3, size).reshape(weight.shape))
    return model


@pytest.mark.parametrize(("t", "channels"), [(1, 8), (3, 6), (3, 8)])
def test_the_odd_piece_is_the_paper_s_block(pieces, t, channels):
    x = np.random.default_rng(7).normal(size=(2, 7, 9, 8)).astype("float32")
    for stride in (1, 2):
        odd, paper = (
            values_of(build(piece, channels, t, stride), 3, 1.5)(x)
            for piece in (pieces["piece_d"], course)
        )
        np.testing.assert_allclose(np.asarray(odd), np.asarray(paper), atol=0.02)


def test_one_piece_differs_where_values_are_large(pieces):
    x = np.random.default_rng(8).normal(size=(2, 7, 9, 8)).astype("float32")
    for scale, equal in ((0.3, True), (20.0, False)):
        free, paper = (
            np.asarray(values_of(build(piece, 6, 3, 1), 3, scale)(x))
            for piece in (pieces["piece_e"], course)
        )
        assert np.allclose(free, paper, atol=0.02) == equal


def test_one_piece_lets_a_row_get_thin(pieces):
    alphas = (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)
    thin = {
        (alpha, row.channels)
        for alpha in alphas
        for row in TABLE
        if pieces["piece_f"](row.channels, alpha) < 0.9 * alpha * row.channels
    }
    assert thin
    assert all(released(alpha * c) >= 0.9 * alpha * c for alpha in alphas for c in (16, 24, 320))
    assert all(pieces["piece_f"](row.channels, 1.0) == row.channels for row in TABLE)


def test_the_last_hint_shows_the_layer_too_many(pieces):
    usual, more = (
        pieces["show"](pieces[f"piece_{label}"], (112, 112, 32), 16, 1, 1) for label in "ac"
    )
    assert len([1 for kind, params in more if kind == "Conv2D"]) == 2
    assert len([1 for kind, params in usual if kind == "Conv2D"]) == 1
    assert ("Conv2D", 32 * 32) in more
