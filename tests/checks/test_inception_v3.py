"""The checks of the questions on Inception-v2 and v3: what they take, refuse and say."""

from functools import partial

import keras
import numpy as np
import pytest
from keras import layers, ops

import nbfile
from course_lib.checks import inception_v3 as check
from course_lib.checks import (
    inception_v3_cost,
    inception_v3_grid,
    inception_v3_module,
    inception_v3_smoothing,
)
from course_lib.checks.agreement import TOLERANCE
from course_lib.checks.arrays import CLOSE
from course_lib.checks.plain import Take
from course_lib.receptive_field import receptive_field
from tests.checks import inception_v3_right as right
from tests.checks import inception_v3_wrong as wrong
from tests.checks.bank import Bank
from tests.checks.bank_pieces import run_given
from tests.checks.judging import EXERCISES


class TestBank(Bank):
    check, right, wrong = check, right, wrong


CELLS = nbfile.read(EXERCISES / "inception_v3.ipynb")["cells"]
TASKS = "".join(map(nbfile.source, CELLS))

# What the references compute


@pytest.mark.parametrize(
    ("kernels", "share"),
    [
        (((3, 3), (3, 3)), 18 / 25),
        (((3, 3), (3, 3), (3, 3)), 27 / 49),
        (((1, 3), (3, 1)), 2 / 3),
        (((1, 7), (7, 1)), 2 / 7),
        (((2, 2), (2, 2)), 8 / 9),
    ],
)
def test_the_shares_of_the_paper(kernels, share):
    """Szegedy et al. 2015, sections 3.1 and 3.2: 28 %, 33 % and 11 % less."""
    assert inception_v3_cost.ratio(kernels, [5] * (len(kernels) + 1)) == pytest.approx(share)


def test_the_factorized_stem_costs_three_times_as_much():
    kernels, widths = [(3, 3)] * 3, (3, 32, 32, 64)
    assert inception_v3_cost.ratio(kernels, widths) == pytest.approx(28_512 / 9_408)


def test_the_examples_are_those_in_the_notebook():
    assert inception_v3_cost.ratio([(3, 3), (3, 3)], [2, 4, 5]) == 1.008
    assert "252 / 250, or `1.008`" in TASKS
    found = inception_v3_smoothing.targets(np.array([[2, 0]]), None, epsilon=0.4, classes=4)
    np.testing.assert_allclose(found, [[0.4, 0.1, 0.4, 0.1]])
    assert "`[[0.4, 0.1, 0.4, 0.1]]`" in TASKS


def test_one_label_an_image_gives_the_targets_that_keras_trains_on():
    labels = np.array([[3], [0], [1]])
    want = inception_v3_smoothing.targets(labels, None, epsilon=0.1, classes=5)
    logits = np.random.default_rng(1).normal(size=(3, 5)).astype("float32")
    loss = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=0.1, reduction=None
    )
    found = loss(np.eye(5, dtype="float32")[labels[:, 0]], logits)
    expected = -(want * np.asarray(ops.log_softmax(logits))).sum(1)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize("kind", range(len(inception_v3_smoothing.CASES)))
def test_rows_sum_to_one_but_for_some_faults(kind):
    _, images, people, classes = inception_v3_smoothing.CASES[kind]
    y = np.random.default_rng(kind).integers(classes, size=(images, people))
    rows = inception_v3_smoothing.targets(y, None, epsilon=0.3, classes=classes)
    np.testing.assert_allclose(rows.sum(1), 1)


@pytest.mark.parametrize("fault", inception_v3_smoothing.FAULTS)
def test_each_fault_of_smoothing_shows_in_a_case(fault):
    y = np.array([[0, 1, 1, 3], [2, 2, 5, 2], [4, 0, 0, 5]])
    given = {"epsilon": 0.3, "classes": 6}
    found, want = (inception_v3_smoothing.targets(y, name, **given) for name in (fault, None))
    assert found.shape != want.shape or np.abs(found - want).max() > 100 * CLOSE


def test_the_reference_of_the_paper_is_the_course_s_reduction():
    """With the convolutions of the question, biases and ReLU, in place of the course's."""
    sizes = {"three": 384, "reduce": 64, "double": 96}
    image = keras.Input((9, 7, 4))
    model = keras.Model(image, wrong.course_reduction(image, **sizes))
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(0, 0.2, w.shape).astype("float32") for w in model.get_weights()])
    units = [(w.numpy(),) for w in model.weights]
    shapes = [unit[0].shape for unit in units]
    dry = Take()
    x = rng.normal(size=(2, 9, 7, 4)).astype("float32")
    inception_v3_grid.reduction(x, dry, False, "as paper", **sizes)
    order, free = [], list(range(len(units)))
    for _, shape in dry.asked:
        order.append(next(i for i in free if shapes[i] == shape))
        free.remove(order[-1])
    take = Take([units[i] for i in order])
    found = inception_v3_grid.reduction(x, take, False, "as paper", **sizes)
    np.testing.assert_allclose(found, np.asarray(model(x)), atol=1e-4)


SIZES = {
    "grid": {"three": 5, "reduce": 4, "double": 7},
    "module": {"one": 4, "reduce": 5, "between": 6, "wide": 8, "pool": 9, "n": 5},
}


def _changed(reference, faults, sizes, shape, rng):
    """Yield the faults that neither change weights nor outputs far beyond the tolerance."""
    x = rng.normal(size=(2, *shape))
    for fault in filter(None, faults):
        takes = [Take(), Take()]
        for take, name in zip(takes, (fault, None), strict=True):
            reference(x, take, False, name, **sizes)
        if takes[0].asked != takes[1].asked:
            continue
        units = [_drawn(role, size, rng) for role, size in takes[0].asked]
        found, want = (reference(x, Take(units), False, name, **sizes) for name in (fault, None))
        same = found.shape == want.shape
        if same and np.abs(found - want).max() <= 3 * TOLERANCE * want.std():
            yield fault


def _drawn(role, shape, rng):
    if role == "kernel":
        return (rng.normal(size=shape) / np.prod(shape[:-1]) ** 0.5,)
    if role == "norm":
        return tuple(rng.uniform(0.5, 1.5, shape) for _ in range(4))
    return (rng.uniform(-0.5, 0.5, shape),)


@pytest.mark.parametrize("variant", inception_v3_grid.FORMS)
def test_each_fault_of_a_reduction_changes_weights_or_outputs(variant):
    reference = partial(inception_v3_grid.reduction, variant=variant)
    faults = inception_v3_grid.faults(variant)
    rng = np.random.default_rng(5)
    assert list(_changed(reference, faults, SIZES["grid"], (9, 11, 6), rng)) == []


@pytest.mark.parametrize("variant", inception_v3_module.FORMS)
def test_each_fault_of_a_module_changes_weights_or_outputs(variant):
    reference = partial(inception_v3_module.module, variant=variant)
    faults = inception_v3_module.faults(variant)
    rng = np.random.default_rng(6)
    assert list(_changed(reference, faults, SIZES["module"], (7, 8, 3), rng)) == []


def test_padding_across_the_kernels_keeps_the_size():
    """The fault that a test of shapes cannot see."""
    image = keras.Input((9, 8, 3))
    sizes = SIZES["module"]
    models = [
        keras.Model(image, answer(image, **sizes))
        for answer in (wrong.MODULE["padded across"][0], right.module_by_padding)
    ]
    assert models[0].output.shape == models[1].output.shape
    assert models[0].count_params() == models[1].count_params()


# The pieces


@pytest.fixture(scope="module")
def pieces():
    return run_given(CELLS)


def lowest(loss, classes=4):
    """Return the lead of the right logit at which a loss is lowest."""
    gaps = np.linspace(0, 30, 3001, dtype="float32")
    logits = np.zeros((len(gaps), classes), "float32")
    logits[:, 1] = gaps
    targets = np.tile(np.eye(classes, dtype="float32")[1], (len(gaps), 1))
    return float(gaps[np.argmin(np.asarray(loss(logits, targets)))])


def test_the_losses_are_lowest_where_the_table_says(pieces):
    best = np.log((0.9 + 0.1 / 4) / (0.1 / 4))
    assert lowest(pieces["piece_f"]) == pytest.approx(best, abs=0.02)
    assert lowest(pieces["piece_a"]) == pytest.approx(np.log(0.9 * 3 / 0.1), abs=0.02)
    assert abs(best - np.log(0.9 * 3 / 0.1)) > 0.3
    assert lowest(pieces["piece_b"]) > 15  # until float32 sees no difference


def test_the_odd_loss_is_that_of_smoothed_targets(pieces):
    rng = np.random.default_rng(1)
    logits, labels = rng.normal(size=(5, 4)).astype("float32"), rng.integers(4, size=(5, 1))
    targets = np.eye(4, dtype="float32")[labels[:, 0]]
    smooth = inception_v3_smoothing.targets(labels, None, epsilon=0.1, classes=4)
    want = pieces["cross_entropy"](smooth.astype("float32"), logits)
    np.testing.assert_allclose(pieces["piece_f"](logits, targets), want, rtol=1e-5)


def of_map(function, side=16, channels=12):
    x = keras.Input((side, side, channels))
    return keras.Model(x, function(x))


def test_the_bottleneck_has_a_quarter_of_the_numbers(pieces):
    model = of_map(pieces["piece_c"])
    pool = next(layer for layer in model.layers if isinstance(layer, layers.MaxPooling2D))
    assert np.prod(pool.output.shape[1:]) * 4 == np.prod(model.input.shape[1:])
    assert model.output.shape[1:] == (8, 8, 24)


def test_two_small_kernels_see_five_pixels(pieces):
    assert receptive_field(of_map(pieces["piece_d"])).size == 5


def test_two_kernels_without_an_activation_are_one(pieces):
    model = of_map(pieces["piece_e"], side=20, channels=3)
    row, column = (layer for layer in model.layers if isinstance(layer, layers.Conv2D))
    one = layers.Conv2D(96, 7, padding="same", activation="relu")
    one.build((None, 20, 20, 3))
    kernel = np.einsum("ijcm,klmf->kjcf", row.kernel.numpy(), column.kernel.numpy())
    one.set_weights([kernel, column.bias.numpy()])
    x = np.random.default_rng(2).normal(size=(1, 20, 20, 3)).astype("float32")
    np.testing.assert_allclose(one(x), model(x), atol=1e-4)
