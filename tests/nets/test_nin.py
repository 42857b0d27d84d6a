"""NiN: thin ones against NumPy, and the structure of the real ones."""

from importlib import import_module

import keras
import numpy as np
import pytest
from keras import layers as kl

from course_lib.nets import without_values
from course_lib.nets.nin import (
    ClippedAveragePooling,
    class_maps_head,
    mlpconv,
    nin,
    nin_cifar,
)
from tests.nets.compare import images, randomize
from tests.nets.loops import by_name, class_maps, conv_relu, pool, softmax

builder = import_module("course_lib.nets.nin")  # not the function of that name

THIN_IMAGENET = ((11, 4, (4, 5, 6)), (5, 1, (7, 6, 5)), (3, 1, (4, 6, 5)), (3, 1, (7, 8)))
THIN_CIFAR = ((5, 1, (4, 5, 6)), (5, 1, (7, 6, 5)), (3, 1, (4, 6)))


def blocks(x, weights, stage, **first):
    x = conv_relu(x, weights[f"stage{stage}_block1_conv"], **first)
    for block in (2, 3):
        if f"stage{stage}_block{block}_conv" in weights:
            x = conv_relu(x, weights[f"stage{stage}_block{block}_conv"])
    return x


def forward_imagenet(image, weights):
    x = pool(blocks(image, weights, 1, stride=4, pad=0), 3, 2)
    x = pool(blocks(x, weights, 2), 3, 2)
    x = pool(blocks(x, weights, 3), 3, 2)
    return softmax(class_maps(blocks(x, weights, 4), weights["head_conv"]))


def forward_cifar(image, weights, second):
    x = pool(blocks(image, weights, 1), 3, 2)
    x = pool(blocks(x, weights, 2), 3, 2, second)
    return softmax(class_maps(blocks(x, weights, 3), weights["head_conv"]))


def check(model, forward):
    randomize(model)
    kernel, bias = model.get_layer("head_conv").get_weights()
    model.get_layer("head_conv").set_weights([kernel, bias + 1])  # most classes past the ReLU
    x = images(model, count=2)
    wanted = np.array([forward(y.astype("float64"), by_name(model)) for y in x])
    got = keras.ops.convert_to_numpy(model(x))
    assert np.abs(got - wanted).max() <= 1e-4 * wanted.std()


# Of the maps that are pooled, all sides are even, all odd, or some: Caffe's rule differs there.
@pytest.mark.parametrize("side", [39, 43, 47, 51, 55])
def test_nin_is_the_authors_forward_pass(monkeypatch, side):
    monkeypatch.setattr(builder, "IMAGENET", THIN_IMAGENET)
    check(nin(input_shape=(side, side, 3), classes=4), forward_imagenet)


@pytest.mark.parametrize("side", [8, 11, 14])
@pytest.mark.parametrize(("second_pool", "how"), [("max", np.max), ("average", np.mean)])
def test_nin_for_cifar_is_the_authors_forward_pass(monkeypatch, side, second_pool, how):
    monkeypatch.setattr(builder, "CIFAR", THIN_CIFAR)
    model = nin_cifar(input_shape=(side, side, 3), classes=4, second_pool=second_pool)
    check(model, lambda image, weights: forward_cifar(image, weights, how))


def test_a_one_by_one_convolution_is_a_dense_layer_at_each_pixel():
    x = keras.Input((3, 4, 5))
    model = keras.Model(x, mlpconv(x, 1, (6, 7), name="stage1"))
    randomize(model)
    image = images(model)
    weights = by_name(model)
    y = image
    for kernel, bias in weights.values():
        y = np.maximum(y @ kernel[0, 0] + bias, 0)
    assert np.allclose(keras.ops.convert_to_numpy(model(image)), y, atol=1e-5)


def test_no_class_has_a_mean_below_zero():
    x = keras.Input((3, 3, 4))
    model = keras.Model(x, class_maps_head(x, 5))
    kernel, bias = model.get_layer("head_conv").get_weights()
    model.get_layer("head_conv").set_weights([kernel, bias - [0, 0, 100, 0, 0]])
    means = keras.Model(x, model.get_layer("head_pool").output)(images(model))
    assert keras.ops.convert_to_numpy(means)[:, 2].tolist() == [0, 0, 0]


def symbolic(build, **settings):
    with without_values():
        return build(**settings)


def convs(model):
    return [x for x in model.layers if isinstance(x, kl.Conv2D)]


def test_blocks_of_the_net_for_imagenet():
    found = convs(symbolic(nin))
    assert [x.kernel_size[0] for x in found] == [11, 1, 1, 5, 1, 1, 3, 1, 1, 3, 1, 1]
    assert [x.filters for x in found] == [96] * 3 + [256] * 3 + [384] * 3 + [1024] * 2 + [1000]
    assert [x.name for x in found if x.strides != (1, 1)] == ["stage1_block1_conv"]
    assert [x.name for x in found if x.padding != "same"] == ["stage1_block1_conv"]
    assert all(x.use_bias and x.activation is keras.activations.relu for x in found)


def test_blocks_of_the_net_for_cifar():
    found = convs(symbolic(nin_cifar))
    assert [x.kernel_size[0] for x in found] == [5, 1, 1, 5, 1, 1, 3, 1, 1]
    assert [x.filters for x in found] == [192, 160, 96, 192, 192, 192, 192, 192, 10]
    assert all(x.padding == "same" and x.strides == (1, 1) for x in found)


@pytest.mark.parametrize(
    ("build", "pools", "drops"),
    [
        (nin, ["stage1_pool", "stage2_pool", "stage3_pool"], ["stage3_dropout"]),
        (nin_cifar, ["stage1_pool", "stage2_pool"], ["stage1_dropout", "stage2_dropout"]),
    ],
)
def test_pooling_and_dropout(build, pools, drops):
    model = symbolic(build)
    found = [x for x in model.layers if isinstance(x, kl.MaxPooling2D)]
    assert [x.name for x in found] == pools
    assert {(x.pool_size, x.strides) for x in found} == {((3, 3), (2, 2))}
    found = [x for x in model.layers if isinstance(x, kl.Dropout)]
    assert [(x.name, x.rate) for x in found] == [(name, 0.5) for name in drops]
    for drop in found:
        assert drop.input is model.get_layer(drop.name.replace("dropout", "pool")).output
    assert not [x for x in symbolic(build, dropout=0).layers if isinstance(x, kl.Dropout)]


def test_there_is_no_dense_layer():
    for build in (nin, nin_cifar):
        model = symbolic(build)
        assert not [x for x in model.layers if isinstance(x, kl.Dense | kl.Flatten)]
        assert [x.name for x in model.layers[-3:]] == ["head_conv", "head_pool", "head_softmax"]


def test_the_second_pooling_of_the_net_for_caffe():
    model = symbolic(nin_cifar, second_pool="average")
    assert isinstance(model.get_layer("stage1_pool"), kl.MaxPooling2D)
    assert isinstance(model.get_layer("stage2_pool"), kl.AveragePooling2D)


@pytest.mark.parametrize("sides", [(8, 8), (7, 9), (8, 7), (7, 8)])
def test_a_clipped_window_averages_what_is_inside(sides):
    x = np.random.default_rng(0).normal(size=(2, *sides, 3)).astype("float32")
    layer = ClippedAveragePooling.from_config(ClippedAveragePooling(3, 2).get_config())
    got = keras.ops.convert_to_numpy(layer(x))
    wanted = np.stack([pool(image, 3, 2, np.mean) for image in x])
    assert got.shape == layer.compute_output_shape(x.shape) == wanted.shape
    assert np.abs(got - wanted).max() <= 1e-6


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: nin(dropout=2), "dropout must be at least 0 .*got 2"),
        (lambda: nin(classes=-1), "classes must be a positive integer, or None.*got -1"),
        (lambda: nin(input_shape=(38, 39, 3)), r"at least 39 pixels.*got \(38, 39, 3\)"),
        (lambda: nin_cifar(second_pool="min"), r"second_pool must be one of .*got 'min'"),
        (lambda: nin_cifar(dropout="half"), "dropout must be at least 0 .*got 'half'"),
        (lambda: nin_cifar(classes=0), "classes must be a positive integer, or None.*got 0"),
        (lambda: nin_cifar(input_shape=(4, 3, 3)), "at least 4 pixels"),
    ],
)
def test_bad_input_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()
