"""Weights move by structure; what does not fit is named, and nothing is written then."""

import keras
import numpy as np
import pytest
from keras import layers as kl

from course_lib.nets import lenet5, resnet, transplant, without_values
from tests.nets.compare import images, randomize

SMALL = {"input_shape": (32, 32, 3), "classes": 5}


def same_outputs(left, right):
    x = images(left)
    a, b = (keras.ops.convert_to_numpy(model(x)) for model in (left, right))
    return np.allclose(a, b, atol=1e-5 * max(1.0, float(np.abs(a).max())))


def model(build, channels=3):
    x = keras.Input((8, 8, channels))
    return keras.Model(x, build(x))


def check_moves(source, target):
    randomize(source, seed=1)
    randomize(target, seed=2)
    assert not same_outputs(source, target)
    transplant(source, target)
    assert same_outputs(source, target)


def test_names_do_not_matter():
    source = resnet(18, **SMALL)
    target = keras.models.clone_model(
        source,
        clone_function=lambda x: type(x).from_config(x.get_config() | {"name": "n" + x.name}),
    )
    check_moves(source, target)


def test_terms_of_a_sum_may_come_in_any_order():
    def branches(x):
        return kl.Conv2D(4, 3, padding="same")(x), kl.Conv2D(4, 1)(x)

    check_moves(
        model(lambda x: kl.Add()(branches(x))), model(lambda x: kl.Add()(branches(x)[::-1]))
    )


def test_a_sum_written_as_code_is_a_sum():
    def branches(x):
        return kl.Conv2D(4, 3, padding="same")(x), kl.Conv2D(4, 1)(x)

    source = model(lambda x: keras.ops.relu(sum_of(branches(x))))
    target = model(lambda x: keras.ops.relu(sum_of(branches(x)[::-1])))
    check_moves(source, target)


def sum_of(terms):
    return terms[0] + terms[1]


def test_paddings_and_activations_are_passed_over():
    source = model(lambda x: kl.ReLU()(kl.Conv2D(4, 3, padding="same")(x)))
    target = model(lambda x: kl.Activation("relu")(kl.Conv2D(4, 3)(kl.ZeroPadding2D(1)(x))))
    check_moves(source, target)


def test_a_sequential_gives_and_takes_weights():
    def net():
        return keras.Sequential([keras.Input((8, 8, 3)), kl.Conv2D(4, 3), kl.ReLU()])

    check_moves(net(), net())
    check_moves(net(), model(lambda x: kl.ReLU()(kl.Conv2D(4, 3)(x))))


@pytest.mark.parametrize("swapped", [False, True])
def test_equal_branches_are_told_apart_by_what_reads_them(swapped):
    def build(x, swapped):
        a, b = kl.Conv2D(4, 1)(x), kl.Conv2D(4, 1)(x)
        both = kl.Add()([b, a] if swapped else [a, b])
        return kl.Add()([both, kl.Conv2D(4, 3, padding="same")(a)])

    check_moves(model(lambda x: build(x, False)), model(lambda x: build(x, swapped)))


def test_concatenated_branches_keep_their_order():
    def build(x):
        return kl.Concatenate()([kl.Conv2D(4, 1)(x), kl.Conv2D(4, 1)(x)])

    check_moves(model(build), model(build))


def refused(source, target, message):
    before = [w.copy() for w in target.get_weights()]
    with pytest.raises(ValueError, match=message):
        transplant(source, target)
    assert all(np.array_equal(a, b) for a, b in zip(before, target.get_weights(), strict=True))


def test_the_first_layer_that_does_not_fit_is_named():
    refused(
        resnet(18, **SMALL),
        resnet(18, **(SMALL | {"classes": 6})),
        r"layer 'head_fc' \(Dense, weights \[\(512, 5\), \(5,\)\]\) of 'resnet18'",
    )
    refused(
        resnet(18, **SMALL),
        resnet(18, shortcut="projection_all", **SMALL),
        "layer 'stage1_block2_conv1_conv' .* of 'resnet18'",
    )
    refused(lenet5(), lenet5(input_shape=(32, 32, 3)), "layer 'stage1_conv' .* of 'lenet5'")


def test_a_layer_that_only_the_target_has_is_named():
    source = model(kl.Conv2D(4, 3))
    target = model(lambda x: kl.Conv2D(4, 1, name="more")(kl.Conv2D(4, 3)(x)))
    refused(source, target, "layer 'more'")


@pytest.mark.parametrize(
    "settings", [{"axis": 1}, {"scale": False}, {"center": False}], ids=["axis", "scale", "center"]
)
def test_another_batch_norm_is_refused(settings):
    plain = model(kl.BatchNormalization(name="bn"), channels=8)
    other = model(kl.BatchNormalization(name="bn", **settings), channels=8)
    refused(plain, other, "layer 'bn'")


def test_batch_norms_without_scale_and_without_offset_differ():
    one = model(kl.BatchNormalization(name="bn", scale=False))
    other = model(kl.BatchNormalization(name="bn", center=False))
    refused(one, other, "layer 'bn'")


def test_a_bias_more_is_refused():
    one = model(kl.Conv2D(4, 3, name="conv"))
    refused(one, model(kl.Conv2D(4, 3, use_bias=False, name="conv")), "layer 'conv'")


@pytest.mark.parametrize("settings", [{"strides": 2}, {"dilation_rate": 2}], ids=str)
@pytest.mark.parametrize("kind", [kl.Conv2D, kl.SeparableConv2D], ids=["full", "separable"])
def test_other_strides_and_dilations_are_refused(kind, settings):
    plain = model(kind(4, 3, name="conv"))
    other = model(kind(4, 3, name="conv", **settings))
    (word,) = settings
    refused(plain, other, rf"layer 'conv' .*{word} \(1, 1\)")
    refused(other, plain, rf"layer 'conv' .*{word} \(2, 2\)")


def test_a_stride_on_another_convolution_is_refused():
    """Same weights, other pixels."""
    with without_values():
        nets = [resnet(50, stride_on=where, **SMALL) for where in ("1x1", "3x3")]
    with pytest.raises(ValueError, match=r"'stage2_block1_conv1_conv' .* strides \(2, 2\)"):
        transplant(*nets)


def test_the_first_join_that_does_not_fit_is_named():
    def build(x, swapped):
        a, b = kl.Conv2D(4, 1, name="a")(x), kl.Conv2D(4, 3, padding="same", name="b")(x)
        first = kl.Subtract(name="first")([b, a] if swapped else [a, b])
        return kl.Concatenate(name="second")([first, a])

    refused(
        model(lambda x: build(x, False)),
        model(lambda x: build(x, True)),
        r"layer 'first' \(Subtract of \['a', 'b'\]\) of .* has no counterpart",
    )


def test_a_branch_that_only_one_net_has_is_named():
    """The activation in the other net stands at the same place, and is no layer with weights."""
    one = model(lambda x: kl.Add()([kl.Conv2D(4, 1)(x), kl.Conv2D(4, 1, name="more")(x)]))
    refused(one, model(lambda x: kl.ReLU()(kl.Conv2D(4, 1)(x))), "layer 'more'")


def test_a_difference_is_not_symmetric():
    def build(x, swapped):
        a, b = kl.Conv2D(4, 1)(x), kl.Conv2D(4, 3, padding="same")(x)
        return kl.Conv2D(2, 1, name="last")(kl.Subtract()([b, a] if swapped else [a, b]))

    refused(model(lambda x: build(x, False)), model(lambda x: build(x, True)), "layer 'last'")
