"""AlexNet: a thin one against the paper's formulas in loops, and the structure of the real one."""

from importlib import import_module

import keras
import numpy as np
import pytest
from keras import layers as kl

from course_lib.nets import without_values
from course_lib.nets.alexnet import alexnet
from course_lib.nets.classic_layers import LocalResponseNormalization
from tests.nets.compare import images, part_outputs, randomize
from tests.nets.conditions import (
    compiles,
    gives_probabilities,
    half_precision,
    survives_saving,
)
from tests.nets.loops import alexnet as forward
from tests.nets.loops import by_name, response_norm

builder = import_module("course_lib.nets.alexnet")  # not the function of that name

NORMS = {"paper": {}, "caffe": {"k": 1.0, "alpha": 1e-4 / 5}}
LOUD = 300.0  # at this size of the maps the sum of squares counts beside k


@pytest.fixture
def thin(monkeypatch):
    monkeypatch.setattr(builder, "WIDTHS", (6, 8, 12, 8, 4))
    monkeypatch.setattr(builder, "DENSE", (7, 5))


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("response_norm_of", ["paper", "caffe", "none"])
def test_is_the_papers_forward_pass(thin, groups, response_norm_of):
    padding = 2 if response_norm_of == "caffe" else 0
    side = 67 - 2 * padding
    model = alexnet(
        input_shape=(side, side + 32, 3),
        classes=10,
        groups=groups,
        response_norm=response_norm_of,
        padding=padding,
    )
    randomize(model)
    for name in ("stage1_conv", "stage2_conv"):
        kernel, bias = model.get_layer(name).get_weights()
        model.get_layer(name).set_weights([kernel * LOUD, bias * LOUD])
    weights = by_name(model)
    constants = NORMS.get(response_norm_of)

    def norm(x):
        return x if constants is None else response_norm(x, **constants)

    x = images(model, count=2)
    wanted = [forward(y, weights, groups=groups, norm=norm, padding=padding) for y in x]
    head = part_outputs(model)["head"]
    got = keras.ops.convert_to_numpy(keras.Model(model.input, head)(x))
    assert np.abs(got - wanted).max() <= 1e-4 * np.std(wanted)


def test_the_alpha_of_caffe_is_a_mean_over_the_maps(thin):
    assert builder.RESPONSE_NORMS["caffe"] == (1.0, 5, pytest.approx(2e-5), 0.75)
    model = alexnet(input_shape=(67, 67, 3), response_norm="caffe")
    layer = model.get_layer("stage2_norm")
    assert (layer.k, layer.n, layer.alpha, layer.beta) == builder.RESPONSE_NORMS["caffe"]


def symbolic(**settings):
    with without_values():
        return alexnet(**settings)


def test_normalization_stands_between_relu_and_pooling():
    model = symbolic()
    norms = [x for x in model.layers if isinstance(x, LocalResponseNormalization)]
    assert [x.name for x in norms] == ["stage1_norm", "stage2_norm"]
    for norm, stage in zip(norms, ("stage1", "stage2"), strict=True):
        assert (norm.k, norm.n, norm.alpha, norm.beta) == (2.0, 5, 1e-4, 0.75)
        assert norm.input is model.get_layer(f"{stage}_conv").output
        assert norm.output is model.get_layer(f"{stage}_pool").input


@pytest.mark.parametrize("groups", [1, 2])
def test_convolutions_two_four_and_five_are_split(groups):
    convs = [x for x in symbolic(groups=groups).layers if isinstance(x, kl.Conv2D)]
    assert [x.groups for x in convs] == [1, groups, 1, groups, groups]
    assert [x.kernel_size[0] for x in convs] == [11, 5, 3, 3, 3]
    assert [x.strides[0] for x in convs] == [4, 1, 1, 1, 1]
    assert [x.filters for x in convs] == [96, 256, 384, 384, 256]
    assert all(x.use_bias and x.activation is keras.activations.relu for x in convs)


def test_poolings_overlap():
    pools = [x for x in symbolic().layers if isinstance(x, kl.MaxPooling2D)]
    assert [(x.pool_size, x.strides) for x in pools] == [((3, 3), (2, 2))] * 3


def test_dropout_follows_the_first_two_dense_layers():
    model = symbolic()
    drops = [x for x in model.layers if isinstance(x, kl.Dropout)]
    assert [(x.name, x.rate) for x in drops] == [("head_dropout1", 0.5), ("head_dropout2", 0.5)]
    assert [model.get_layer(f"head_dense{i}").units for i in (1, 2)] == [4096, 4096]
    assert not [x for x in symbolic(dropout=0).layers if isinstance(x, kl.Dropout)]


@pytest.mark.parametrize(("side", "padding"), [(227, 0), (224, 2)])
def test_maps_of_the_first_convolution_have_55_pixels(side, padding):
    model = symbolic(input_shape=(side, side, 3), padding=padding)
    assert model.get_layer("stage1_conv").output.shape == (None, 55, 55, 96)
    assert model.get_layer("stage3_pool").output.shape == (None, 6, 6, 256)


def test_224_pixels_without_padding_do_not():
    model = symbolic(input_shape=(224, 224, 3))
    assert model.get_layer("stage1_conv").output.shape == (None, 54, 54, 96)


def test_a_split_convolution_reads_its_own_half(thin):
    model = alexnet(input_shape=(67, 67, 3), groups=2)
    randomize(model)
    layer = model.get_layer("stage2_conv")
    x = np.random.default_rng(0).normal(size=(1, 3, 3, 6)).astype("float32")
    before = keras.ops.convert_to_numpy(layer(x))
    x[..., 3:] += 1
    after = keras.ops.convert_to_numpy(layer(x))
    assert np.allclose(before[..., :4], after[..., :4])
    assert np.abs(before[..., 4:] - after[..., 4:]).max() > 0.1


def test_works_in_half_precision_compiled_and_from_a_file(thin, tmp_path):
    settings = {"input_shape": (67, 67, 1), "classes": 4, "groups": 2}
    with half_precision():
        assert gives_probabilities(alexnet(**settings))
    model = alexnet(**settings)
    randomize(model)
    assert survives_saving(model, tmp_path)
    assert compiles(model)


def test_a_training_step_reaches_the_first_layer(monkeypatch):
    monkeypatch.setattr(builder, "WIDTHS", (8, 8, 8, 8, 8))
    monkeypatch.setattr(builder, "DENSE", (16, 16))
    keras.utils.set_random_seed(1)
    model = alexnet(input_shape=(67, 67, 1), classes=3, groups=2)
    model.compile("sgd", "sparse_categorical_crossentropy")
    first = model.get_layer("stage1_conv")
    before = first.get_weights()[0]
    model.fit(images(model), np.arange(3), verbose=0)
    assert np.isfinite(first.get_weights()[0]).all()
    assert (first.get_weights()[0] != before).any()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"groups": 3}, r"groups must be one of \(1, 2\), got 3"),
        ({"response_norm": "batch"}, r"response_norm must be one of .*got 'batch'"),
        ({"padding": 1}, r"padding must be one of \(0, 2\), got 1"),
        ({"dropout": 1.0}, "dropout must be at least 0 .*got 1.0"),
        ({"classes": 0}, "classes must be a positive integer, or None.*got 0"),
        ({"input_shape": (66, 67, 3)}, r"at least 67 pixels.*got \(66, 67, 3\)"),
        ({"input_shape": (63, 62, 3), "padding": 2}, "at least 63 pixels"),
        ({"input_shape": (227, 227, 2)}, "1 .grey. or 3 .RGB. channels"),
    ],
)
def test_bad_input_is_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        alexnet(**settings)
