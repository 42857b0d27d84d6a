"""The checks of the questions on MobileNet: what they take, refuse and say."""

from fractions import Fraction

import keras
import numpy as np
import pytest
from keras import layers

import nbfile
from course_lib.checks import mobilenet as check
from course_lib.checks import mobilenet_cost, mobilenet_depthwise, mobilenet_net, mobilenet_ratio
from course_lib.checks.agreement import TOLERANCE
from course_lib.checks.arrays import CLOSE, made
from course_lib.checks.plain import Take
from course_lib.cost import cost
from course_lib.nets import mobilenet, without_values
from tests.checks import mobilenet_right as right
from tests.checks import mobilenet_wrong as wrong
from tests.checks.bank import Bank
from tests.checks.bank_pieces import run_given
from tests.checks.judging import EXERCISES


class TestBank(Bank):
    check, right, wrong = check, right, wrong


# What the references compute


def test_the_multiply_adds_are_those_of_the_course():
    with without_values():
        net = cost(mobilenet())
    block = [row.macs for row in net.layers if row.name.startswith("stage4_block1")]
    found = mobilenet_cost.work((28, 28), 256, 512, 3, 2, 1)
    assert found == sum(block)


def test_the_ratio_of_a_layer_is_the_law():
    for kernel, filters in ((3, 5), (3, 512), (5, 32)):
        (_, layer) = mobilenet_ratio.chain((9, 9), 4, ((3, 7, 1), (kernel, filters, 2)))
        law = Fraction(1, filters) + Fraction(1, kernel**2)
        assert Fraction(int(layer.separable), int(layer.standard)) == law


def test_the_ratio_of_the_paper_s_nets_is_the_course_s():
    with without_values():
        separated, usual = (cost(mobilenet(separable=kind)) for kind in (True, False))
    widths = (64, 128, 128, 256, 256, *[512] * 6, 1024, 1024)
    strides = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)
    layers_of = [(3, 32, 2), *((3, w, s) for w, s in zip(widths, strides, strict=True))]
    linear = 1024 * 1000
    found = mobilenet_ratio.ratio((224, 224), 3, layers_of)
    assert found == pytest.approx((separated.macs - linear) / (usual.macs - linear))


def test_the_examples_are_those_in_the_notebook():
    asked = ((5, 6), 3, 4, 3, 2, 2)
    assert mobilenet_cost.work(*asked) == mobilenet_cost.EXAMPLE
    small = mobilenet_ratio.ratio((8, 8), 3, ((3, 4, 2), (3, 5, 1)))
    assert small == 2624 / 4608
    tasks = "".join(map(nbfile.source, nbfile.read(EXERCISES / "mobilenet.ipynb")["cells"]))
    assert "`702`" in tasks
    assert "2624 / 4608, about 0.569" in tasks


@pytest.mark.parametrize("variant", mobilenet_depthwise.VARIANTS)
def test_inside_of_a_map_the_maps_are_those_of_keras(variant):
    rng = np.random.default_rng(2)
    x = rng.normal(size=(2, 9, 11, 3)).astype("float32")
    kernel = rng.normal(size=(3, 5, 3, 2)).astype("float32")
    found = mobilenet_depthwise.filtered(x, kernel, None, stride=1, variant=variant)
    want = np.asarray(keras.ops.depthwise_conv(x, kernel))
    np.testing.assert_allclose(found[:, 1:-1, 2:-2], want, atol=1e-4)


@pytest.mark.parametrize("variant", mobilenet_depthwise.VARIANTS)
@pytest.mark.parametrize("stride", [1, 2])
def test_each_fault_of_a_map_is_far_beyond_the_tolerance(variant, stride):
    rng = np.random.default_rng(3)
    x, kernel = rng.normal(size=(2, 8, 9, 3)), rng.normal(size=(3, 5, 3, 2))

    def maps(fault):
        return mobilenet_depthwise.filtered(x, kernel, fault, stride=stride, variant=variant)

    want = maps(None)
    for fault in mobilenet_depthwise.FAULTS:
        found = made(maps, fault)
        if fault == variant or found is None or found.shape != want.shape:
            continue
        assert np.abs(found - want).max() > 100 * CLOSE * np.abs(want).max(), fault


def test_the_reference_of_the_paper_is_the_course_s_net():
    small = keras.Input((13, 9, 3))
    widths, strides = (5, 7, 9, 9), (1, 2, 1)
    answer = wrong.build("bare", between=wrong.settled)
    model = keras.Model(small, answer(small, widths, strides, 1.0, 6))
    course = keras.Model(small, wrong.course_net(small, widths, strides, 1.0, 6))
    rng = np.random.default_rng(4)
    values = [rng.uniform(0.1, 0.5, w.shape) for w in model.get_weights()]
    model.set_weights(values)
    course.set_weights(values)
    x = rng.normal(size=(2, 13, 9, 3)).astype("float32")
    scores = np.asarray(keras.ops.softmax(model(x)))
    np.testing.assert_allclose(scores, np.asarray(course(x)), atol=1e-4)


@pytest.mark.parametrize("variant", mobilenet_net.FORMS)
def test_each_fault_of_a_net_changes_weights_or_outputs(variant):
    """Small values in inference tell ReLU from its relatives; a stride that only the statistics of
    a batch can see shows in training mode.
    """
    rng = np.random.default_rng(6)
    asked = {"widths": (7, 11, 14, 14), "strides": (1, 2, 1), "alpha": 0.6, "classes": 10}
    for fault in filter(None, mobilenet_net.faults(variant, 0.6)):
        takes = [Take(), Take()]
        for take, name in zip(takes, (fault, None), strict=True):
            mobilenet_net.net(np.ones((1, 13, 9, 3)), take, False, name, variant=variant, **asked)
        if takes[0].asked != takes[1].asked:
            continue
        seen = False
        for scale, training in ((3, False), (100, True)):
            x = scale * rng.normal(size=(3, 13, 9, 3))
            units = [_drawn(role, shape, rng, scale) for role, shape in takes[0].asked]
            found, want = (
                mobilenet_net.net(x, Take(units), training, name, variant=variant, **asked)
                for name in (fault, None)
            )
            seen |= found.shape != want.shape
            seen = seen or np.abs(found - want).max() > 3 * TOLERANCE * want.std()
        assert seen, fault


def _drawn(role, shape, rng, scale):
    if role == "kernel":
        return (rng.normal(size=shape) / np.prod(shape[:-1]) ** 0.5,)
    if role == "norm":
        ends = ((0.5, 1.5), (-0.5, 0.5), (-0.5, 0.5), (0.5, 1.5))
        drawn = [rng.uniform(low, high, shape) for low, high in ends]
        return tuple(scale**power * each for power, each in zip((1, 1, 1, 2), drawn, strict=True))
    return (scale * rng.uniform(-0.5, 0.5, shape),)


def test_no_width_is_whole_so_that_rounding_shows():
    for _, _, widths, _, alpha, classes in mobilenet_net.CASES:
        if alpha != 1:
            ways = ("rounded down", "no alpha", "alpha squared", "divided")
            for way in ways:
                other = [mobilenet_net.THINNED[way](alpha, w, i) for i, w in enumerate(widths)]
                assert other != [int(np.ceil(alpha * w)) for w in widths], way
            assert int(np.ceil(alpha * classes)) != classes


# The pieces


@pytest.fixture(scope="module")
def pieces():
    space = run_given(nbfile.read(EXERCISES / "mobilenet.ipynb")["cells"])
    exec(check.hint.texts["diagnosis"][2], space)
    return space


def build(pieces, label, channels=64, side=28):
    image = keras.Input((side, side, channels))
    with without_values():
        return keras.Model(image, pieces[f"piece_{label}"](image))


def test_the_blocks_have_the_shapes_that_their_authors_say(pieces):
    shapes = {label: build(pieces, label).output.shape[1:] for label in "abcd"}
    assert shapes == {
        "a": (28, 28, 128),
        "b": (28, 28, 64),
        "c": (14, 14, 128),
        "d": (14, 14, 128),
    }


def test_the_effects_are_what_the_table_says(pieces):
    counted = {label: cost(build(pieces, label)) for label in "bcd"}
    assert counted["b"].macs > 28**2 * 9 * 64 * 64
    mixing = [row for row in counted["c"].layers if row.kind == "Conv2D"]
    assert mixing[0].macs == 4 * 14**2 * 64 * 128
    assert counted["d"].macs == 14**2 * (9 * 64 + 64 * 128)
    widths = [
        layer.filters for layer in build(pieces, "e", 32).layers if type(layer) is layers.Conv2D
    ]
    shares = [one / said for one, said in zip(widths, (64, 64, 128), strict=True)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] < 1
    assert pieces["piece_f"](1, 8, 16.0) == 2.0


def test_one_kernel_does_what_the_first_piece_does_in_two(pieces):
    image = keras.Input((6, 7, 4))
    both = keras.Model(image, layers.SeparableConv2D(5, 3, padding="same", use_bias=False)(image))
    look, mix = both.get_weights()
    x = np.random.default_rng(1).normal(size=(1, 6, 7, 4)).astype("float32")
    one = keras.ops.conv(x, look * mix, padding="same")
    np.testing.assert_allclose(np.asarray(both(x)), np.asarray(one), atol=1e-4)
    kinds = [type(layer) for layer in build(pieces, "a").layers]
    assert kinds.count(layers.ReLU) == kinds.count(layers.BatchNormalization) == 1


def test_the_odd_piece_is_the_paper_s_block(pieces):
    odd = build_with_values(pieces["piece_d"])
    image = keras.Input((8, 6, 64))
    usual = wrong.settled(wrong.own_mix(wrong.settled(wrong.own_look(image, 2)), 128))
    usual = keras.Model(image, usual)
    rng = np.random.default_rng(7)
    values = [rng.uniform(0.1, 0.5, w.shape).astype("float32") for w in usual.get_weights()]
    usual.set_weights(values)
    odd.set_weights(
        [value.reshape(w.shape) for value, w in zip(values, odd.get_weights(), strict=True)]
    )
    x = rng.normal(size=(2, 8, 6, 64)).astype("float32")
    np.testing.assert_allclose(np.asarray(odd(x)), np.asarray(usual(x)), atol=1e-3)


def build_with_values(piece):
    image = keras.Input((8, 6, 64))
    return keras.Model(image, piece(image))


def test_the_last_hint_shows_what_a_piece_costs(pieces):
    rows = pieces["rows"](pieces["piece_b"])
    assert ("Conv2D", (28, 28, 64), 28**2 * 9 * 64 * 64) in rows
