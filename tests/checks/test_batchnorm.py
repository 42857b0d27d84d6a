"""The checks of the questions on batch normalization: what they take, refuse and say."""

import numpy as np
import pytest
from keras import layers

import nbfile
from course_lib.checks import batchnorm as check
from course_lib.checks import (
    batchnorm_backward,
    batchnorm_cards,
    batchnorm_fold,
    batchnorm_running,
)
from course_lib.checks.arrays import CLOSE
from course_lib.checks.plain import convolve
from tests.checks import batchnorm_right as right
from tests.checks import batchnorm_wrong as wrong
from tests.checks.bank import Bank
from tests.checks.bank_pieces import run_given
from tests.checks.batchnorm_right import TABLE, backward_by_differences
from tests.checks.judging import EXERCISES


class TestBank(Bank):
    check, right, wrong = check, right, wrong


# What the references compute

VECTORS = np.random.default_rng(5).uniform(0.5, 2, size=(4, 4)).astype("float32")
IMAGES = np.random.default_rng(6).normal(size=(6, 5, 7, 4)).astype("float32")


def layer_of(gamma, beta, mean, variance, epsilon=0.2, **settings):
    layer = layers.BatchNormalization(epsilon=epsilon, **settings)
    layer.build((None, None, None, len(gamma)))
    layer.set_weights([gamma, beta, mean, variance])
    return layer


def test_a_card_computes_what_the_layer_of_keras_does():
    gamma, beta, mean, variance = VECTORS
    arrays = IMAGES, gamma, beta
    (found,) = batchnorm_cards._trained(*arrays, 0.2, 2, "runs", None)
    layer = layer_of(*VECTORS)
    want = np.concatenate([layer(half, training=True) for half in np.split(IMAGES, 2)])
    np.testing.assert_allclose(found, want, atol=1e-5)
    averages = np.stack([mean, mean]), np.stack([variance, variance])
    for variant in batchnorm_cards.MERGES:  # cards that agree cannot disagree
        (found,) = batchnorm_cards._used((*arrays, *averages), 0.2, variant, None)
        np.testing.assert_allclose(found, layer_of(*VECTORS)(IMAGES), atol=1e-5)


def test_the_merged_variance_is_that_of_all_values():
    halves = [IMAGES[:3] + 2, 3 * IMAGES[3:]]
    means = np.stack([half.mean((0, 1, 2)) for half in halves])
    variances = np.stack([half.var((0, 1, 2)) for half in halves])
    whole = np.concatenate(halves)
    ones = np.ones(4)
    arrays = IMAGES, ones, 0 * ones, means, variances
    (found,) = batchnorm_cards._used(arrays, 0.0, "merged", None)
    want = (IMAGES - whole.mean((0, 1, 2))) / whole.std((0, 1, 2))
    np.testing.assert_allclose(found, want, atol=1e-4)


def test_a_running_average_of_biased_variances_is_that_of_keras():
    own = batchnorm_running.Average(kept=True, unbiased=False, root=False)
    layer = layer_of(*VECTORS, momentum=0.7)
    batches = [IMAGES[:2], IMAGES[2:]]
    for batch in batches:
        layer(batch, training=True)
    found = batchnorm_running.updated(*VECTORS[2:], batches, 0.7, own, None)
    np.testing.assert_allclose(found, layer.get_weights()[2:], rtol=1e-5)


@pytest.mark.parametrize("form", batchnorm_backward.FORWARD)
def test_a_gradient_is_what_the_loss_does_when_x_moves(form):
    x, gamma, upstream = IMAGES[:2, :2, :3], VECTORS[0], IMAGES[2:4, :2, :3]
    found = batchnorm_backward.gradients(x, gamma, upstream, 0.2, form, None)
    want = backward_by_differences(x, gamma, upstream, 0.2, form=form)
    for one, other in zip(found, want, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize("variant", batchnorm_fold.LAYERS)
def test_a_folded_convolution_does_the_work_of_two_layers(variant):
    rng = np.random.default_rng(7)
    gamma, beta, mean, variance = VECTORS
    channels, filters = (2, 2) if variant == "depthwise" else (4, 4)
    kernel = rng.normal(size=(3, 3, channels, filters)).astype("float32")
    bias = rng.normal(size=4).astype("float32")
    x = rng.normal(size=(2, 6, 7, channels)).astype("float32")

    def normal(y):
        return gamma * (y - mean) / np.sqrt(variance + 0.2) + beta

    def apply(x, kernel, bias):
        if variant == "depthwise":
            layer = layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same")
            layer.build(x.shape)
            layer.set_weights([kernel, bias])
            return np.asarray(layer(x))
        return convolve(x, kernel, 1, "valid" if variant == "front" else "same") + bias

    arrays = kernel, bias, gamma, beta, mean, variance
    new = batchnorm_fold.folded(arrays, 0.2, variant, None)
    if variant == "front":
        want = apply(normal(x), kernel, bias)
    else:
        want = normal(apply(x, kernel, bias)) + (x if variant == "shortcut" else 0)
    np.testing.assert_allclose(apply(x, *new), want, atol=1e-4)


# Faults


def references():
    """Yield question, variant, the faults and a function that computes one of them, for a case."""
    rng = np.random.default_rng(8)
    x, gamma, beta = IMAGES, VECTORS[0] * [1, -1, 1, -1], VECTORS[1]
    for variant, own in batchnorm_running.AVERAGES.items():
        given = VECTORS[2], VECTORS[3], [x[:2], 1.5 * x[2:] + 1]
        yield (
            ("update_running", variant, batchnorm_running.faults(variant)),
            lambda fault, given=given, own=own: batchnorm_running.updated(*given, 0.8, own, fault),
        )
    for variant in batchnorm_cards.DEALS:
        told = batchnorm_cards.faults(batchnorm_cards.TRAINING, variant, batchnorm_cards.DEALS)
        yield (
            ("batch_norm_train", variant, told),
            lambda fault, v=variant: batchnorm_cards._trained(x, gamma, beta, 0.3, 2, v, fault),
        )
    averages = rng.normal(size=(3, 4)), rng.uniform(0.5, 2, size=(3, 4))
    for variant in batchnorm_cards.MERGES:
        told = batchnorm_cards.faults(batchnorm_cards.INFERENCE, variant, batchnorm_cards.MERGES)
        arrays = x, gamma, beta, *averages
        yield (
            ("batch_norm_inference", variant, told),
            lambda fault, a=arrays, v=variant: batchnorm_cards._used(a, 0.3, v, fault),
        )
    upstream = rng.normal(size=x.shape)
    for variant in batchnorm_backward.FORWARD:
        yield (
            ("batch_norm_backward", variant, batchnorm_backward.faults(variant)),
            lambda fault, v=variant: batchnorm_backward.gradients(
                x, gamma, upstream, 0.3, v, fault
            ),
        )
    for variant in batchnorm_fold.LAYERS:
        told = batchnorm_fold.TEXTS | batchnorm_fold.OWN[variant]
        kernel = rng.normal(size=(3, 3, *((2, 2) if variant == "depthwise" else (4, 4))))
        arrays = kernel, rng.normal(size=4), gamma, beta, VECTORS[2], VECTORS[3]
        yield (
            ("fold_into_conv", variant, told),
            lambda fault, a=arrays, v=variant: batchnorm_fold.folded(a, 0.3, v, fault),
        )


EACH = {key[:2]: (key[2], reference) for key, reference in references()}


@pytest.mark.parametrize(("question", "variant"), EACH)
def test_each_fault_changes_an_array_beyond_the_tolerance(question, variant):
    told, reference = EACH[question, variant]
    want = [np.asarray(one) for one in reference(None)]
    for fault in told:
        try:
            wrong = [np.asarray(one) for one in reference(fault)]
        except ValueError:
            continue
        assert any(
            one.shape != other.shape or np.abs(one - other).max() > 10 * CLOSE * np.abs(other).max()
            for one, other in zip(wrong, want, strict=True)
        ), fault


@pytest.mark.parametrize(("question", "variant"), EACH)
def test_the_first_fault_that_fits_is_the_one_that_is_named(question, variant):
    """Two faults with the same arrays would hide each other."""
    told, reference = EACH[question, variant]
    made = {}
    for fault, text in told.items():
        try:
            made[fault] = [np.round(np.asarray(one), 6).tobytes() for one in reference(fault)], text
        except ValueError:
            continue
    for fault, (arrays, text) in made.items():
        twins = {other for other, (same, told) in made.items() if same == arrays and told != text}
        assert not twins, (fault, twins)


# The pieces


@pytest.fixture(scope="module")
def pieces():
    space = run_given(nbfile.read(EXERCISES / "batchnorm.ipynb")["cells"])
    exec(check.hint.texts["diagnosis"][2], space)
    return space


def built(pieces, label):
    """Build a piece as the last hint does."""
    return pieces["build"](pieces[f"piece_{label}"])


def norms(net):
    return [layer for layer in net.layers if isinstance(layer, layers.BatchNormalization)]


@pytest.mark.parametrize("label", TABLE)
def test_a_piece_can_be_trained_and_used(pieces, label):
    net = built(pieces, label)
    x = np.random.default_rng(1).normal(size=(4, 6, 7, 3)).astype("float32")
    assert np.isfinite(net(x, training=True)).all()
    assert np.isfinite(net(x)).all()


def test_the_faults_are_in_the_pieces_that_the_check_says(pieces):
    nets = {label: built(pieces, label) for label in TABLE}
    found = {label: norms(net) for label, net in nets.items()}
    assert len(found["a"]) == 1
    convs = {
        label: [one for one in net.layers if isinstance(one, layers.Conv2D)]
        for label, net in nets.items()
    }
    assert len(convs["a"]) == 2
    assert [conv.use_bias for conv in convs["b"]] == [True, True]
    assert [conv.use_bias for conv in convs["c"]] == [False, False, True]
    assert not any(conv.use_bias for label in "adef" for conv in convs[label])
    first = {label: own[0] for label, own in found.items() if own}
    assert set(nets) - set(first) == {"e"}
    assert {label for label, norm in first.items() if norm.momentum != 0.99} == {"d"}
    assert {label for label, norm in first.items() if norm.gamma is None} == {"c"}
    assert {label for label, norm in first.items() if norm.axis == 1} == {"f"}
    assert found["f"][0].gamma.shape == (6,)


def test_one_piece_answers_by_its_company(pieces):
    x = np.random.default_rng(2).normal(size=(4, 6, 7, 3)).astype("float32")
    for label in TABLE:
        net = built(pieces, label)
        alone, together = (np.asarray(net(part, training=False)[:1]) for part in (x[:1], x))
        assert np.allclose(alone, together, atol=1e-5) == (label != "e"), label
