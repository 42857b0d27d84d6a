"""What the networks share: padding, normalization, and the checks of input."""

import keras
import numpy as np
import pytest

from course_lib.nets.layers import (
    Conventions,
    check_choice,
    check_classes,
    check_conventions,
    check_epsilon,
    check_flag,
    check_positive,
    check_rate,
    conv_bn,
    depthwise_bn,
    head,
    image_input,
    integer,
    integers,
)


def test_a_stride_of_two_pads_both_sides_alike():
    x = keras.Input((8, 8, 1))
    model = keras.Model(x, conv_bn(x, 1, 3, stride=2, activation=None, name="stem"))
    kernel = np.zeros((3, 3, 1, 1), "float32")
    kernel[0, 0] = 1.0  # picks the pixel above and to the left
    model.get_layer("stem_conv").set_weights([kernel])
    image = np.arange(64, dtype="float32").reshape(1, 8, 8, 1)
    got = keras.ops.convert_to_numpy(model(image))[0, :, :, 0]
    want = np.zeros((4, 4))
    want[1:, 1:] = image[0, 1:7:2, 1:7:2, 0]
    np.testing.assert_allclose(got, want, rtol=1e-4)


def test_names_and_options_of_conv_bn():
    x = keras.Input((8, 8, 1))
    model = keras.Model(x, conv_bn(x, 2, 3, name="stem", conventions=Conventions(True, 1e-3)))
    assert [layer.name for layer in model.layers[1:]] == ["stem_conv", "stem_bn", "stem_relu"]
    assert model.get_layer("stem_conv").use_bias
    assert model.get_layer("stem_bn").epsilon == 1e-3


def test_the_head_gives_probabilities():
    x = keras.Input((4, 4, 3))
    out = keras.Model(x, head(x, 5))(np.ones((2, 4, 4, 3), "float32"))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(out).sum(axis=1), 1.0, rtol=1e-5)


@pytest.mark.parametrize(
    "shape", [(31, 32, 3), (32, 32, 2), (32, 32), None, (32.0, 32, 3), (32, 32, True), "RGB", 32]
)
def test_a_bad_image_is_refused(shape):
    with pytest.raises(ValueError, match=r"at least 32 pixels and 1 \(grey\) or 3 \(RGB\)"):
        image_input(shape, minimum=32)


def test_a_bad_choice_lists_the_good_ones():
    with pytest.raises(ValueError, match=r"depth must be one of \(18, 34\), got 20"):
        check_choice("depth", 20, (18, 34))


def test_an_image_has_sides_of_any_kind_of_integer():
    assert image_input([np.int64(32), np.uint8(33), 3], minimum=32).shape == (None, 32, 33, 3)


@pytest.mark.parametrize("depth", [[18], {18}, 18.0, True, np.array([18, 34]), ([18],)])
def test_what_only_resembles_a_choice_is_refused(depth):
    """Some of these no dictionary can look up, and some equal a choice."""
    with pytest.raises(ValueError, match=r"depth must be one of \(1, 18, 34\), got "):
        check_choice("depth", depth, {1: "", 18: "", 34: ""})


def test_a_choice_of_another_kind_of_integer_is_one():
    check_choice("depth", np.int64(18), {18: "", 34: ""})


@pytest.mark.parametrize("classes", [0, -1, 2.5, "10", 10.0, True, False, np.True_, [10]])
def test_a_bad_number_of_classes(classes):
    with pytest.raises(ValueError, match="classes must be a positive integer, or None"):
        check_classes(classes)


@pytest.mark.parametrize("classes", [10, np.int64(10), np.uint8(10)])
def test_a_number_of_classes_is_an_int(classes):
    assert type(check_classes(classes)) is int
    assert check_classes(classes) == 10


def test_no_classes_are_none():
    assert check_classes(None) is None


@pytest.mark.parametrize("flag", ["none", "", 1, 0, None, [True]])
def test_a_flag_is_true_or_false(flag):
    with pytest.raises(ValueError, match=r"bias must be one of \(False, True\), got"):
        check_flag("bias", flag)


@pytest.mark.parametrize("rate", [-0.1, 1, 1.5, "0.5", None, True, False, float("nan")])
def test_a_share_is_at_least_none_and_below_all(rate):
    with pytest.raises(ValueError, match=r"dropout must be at least 0 \(none\) and below 1, got"):
        check_rate("dropout", rate)


@pytest.mark.parametrize("value", [0, -1, "1", None, True, float("nan"), float("inf"), 1j])
def test_a_positive_number_is_above_0_and_finite(value):
    with pytest.raises(ValueError, match=r"alpha must be a number above 0, such as 0\.5, got"):
        check_positive("alpha", value, such_as="0.5")


def test_numbers_of_any_library_are_numbers():
    check_rate("dropout", np.float32(0.5))
    check_rate("dropout", 0)
    check_positive("alpha", np.float32(0.5), such_as="0.5")
    check_epsilon(1e-3)


@pytest.mark.parametrize("epsilon", [-1, 0, "x"])
def test_epsilon_is_above_0(epsilon):
    with pytest.raises(ValueError, match="epsilon must be a number above 0, such as 1e-5, got"):
        check_epsilon(epsilon)


@pytest.mark.parametrize(
    ("conventions", "message"),
    [
        (None, r"conventions must be a `.*`, such as Conventions\(epsilon=1e-3\), got None"),
        ((False, 1e-3, "same", True), r"conventions must be .* got \(False, "),
        (Conventions(bias="none"), "bias of conventions must be .* got 'none'"),
        (Conventions(epsilon=-1), "epsilon of conventions must be .* got -1"),
        (Conventions(padding="some"), r"padding .* \('symmetric', 'same'\), got 'some'"),
        (Conventions(padding="valid"), "padding of conventions must be .* got 'valid'"),
        (Conventions(scale=1), "scale of conventions must be .* got 1"),
    ],
)
def test_bad_conventions_are_refused(conventions, message):
    with pytest.raises(ValueError, match=message):
        check_conventions(conventions)


def test_integers_of_any_library_are_ints():
    assert [integer(value) for value in (3, np.int64(3), 3.0, "3", True, None)] == [3, 3] + [
        None
    ] * 4
    assert integers([np.int64(1), 2]) == (1, 2)
    assert [integers(values) for values in ((1, 2.5), 5, None, "12")] == [None] * 4


@pytest.mark.parametrize("channels", [8, 512])
def test_a_depthwise_kernel_starts_as_large_in_a_wide_net(channels):
    keras.utils.set_random_seed(1)
    image = keras.Input((8, 8, channels))
    net = keras.Model(image, depthwise_bn(image, 3, name="stage1"))
    kernel = net.get_layer("stage1_depthwise").get_weights()[0]
    assert kernel.std() == pytest.approx(np.sqrt(2 / 9), rel=0.25)
