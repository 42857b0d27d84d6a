"""All-CNN-C and what it is compared with: thin ones against NumPy, and structure."""

from importlib import import_module

import keras
import numpy as np
import pytest
from keras import layers as kl

from course_lib.cost import cost
from course_lib.nets import without_values
from course_lib.nets.all_cnn import VARIANTS, all_cnn
from tests.nets.by_hand_all_cnn import COLUMNS, AllCnn
from tests.nets.compare import images, randomize
from tests.nets.loops import softmax

builder = import_module("course_lib.nets.all_cnn")  # not the function of that name


@pytest.mark.parametrize("variant", VARIANTS)
def test_is_the_papers_forward_pass(monkeypatch, variant):
    monkeypatch.setattr(builder, "WIDTHS", (5, 7))
    model = all_cnn(input_shape=(16, 12, 3), classes=4, variant=variant)
    randomize(model)
    kernel, bias = model.get_layer("head_conv").get_weights()
    model.get_layer("head_conv").set_weights([kernel, bias + 1])
    by_hand = AllCnn(model, variant)
    x = images(model, count=2)
    wanted = np.array([softmax(by_hand.logits(image.astype("float64"))) for image in x])
    got = keras.ops.convert_to_numpy(model(x))
    assert np.abs(got - wanted).max() <= 1e-4 * wanted.std()


def symbolic(**settings):
    with without_values():
        return all_cnn(**settings)


@pytest.mark.parametrize("variant", VARIANTS)
def test_rows_of_the_column(variant):
    found = []
    for layer in symbolic(variant=variant).layers:
        if isinstance(layer, kl.MaxPooling2D):
            assert (layer.pool_size, layer.strides) == ((3, 3), (2, 2))
            found.append("pool")
        if isinstance(layer, kl.Conv2D):
            stride = f"/{layer.strides[0]}" if layer.strides != (1, 1) else ""
            found.append(f"{layer.filters}{stride}")
            assert layer.use_bias
            assert layer.activation is keras.activations.relu
    assert found == [*COLUMNS[variant], "192", "192", "10"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_mean_is_over_six_by_six_positions(variant):
    model = symbolic(variant=variant)
    assert model.get_layer("head_conv").output.shape == (None, 6, 6, 10)


def test_dropout_follows_the_image_and_what_halves_the_map():
    model = symbolic()
    drops = [x for x in model.layers if isinstance(x, kl.Dropout)]
    assert [(x.name, x.rate) for x in drops] == [
        ("stem_dropout", 0.2),
        ("stage1_dropout", 0.5),
        ("stage2_dropout", 0.5),
    ]
    assert [x.input for x in drops][1:] == [
        model.get_layer(f"stage{k}_block3_conv").output for k in (1, 2)
    ]
    bare = symbolic(input_dropout=0, dropout=0)
    assert not [x for x in bare.layers if isinstance(x, kl.Dropout)]


def test_pooling_and_convolution_cost_the_same_weights_and_other_multiply_adds():
    total = {variant: cost(symbolic(variant=variant)) for variant in VARIANTS}
    assert total["model_c"].trainable == total["strided_cnn"].trainable == 954_730
    assert total["conv_pool_cnn"].trainable == total["all_cnn"].trainable == 1_369_738
    macs = [total[name].macs for name in ("strided_cnn", "model_c", "all_cnn", "conv_pool_cnn")]
    assert macs == sorted(macs)


@pytest.mark.parametrize(("padding", "first"), [("symmetric", -1), ("same", 0)])
def test_where_the_zeros_of_a_stride_lie(padding, first):
    """The first window of a strided convolution starts at this pixel."""
    model = all_cnn(input_shape=(16, 16, 1), variant="strided_cnn", padding=padding)
    end = model.get_layer("stage1_block2_conv")
    start = model.get_layer("stage1_block1_conv").output
    strided = keras.Model(start, end.output)
    kernel = np.zeros((3, 3, 96, 96), "float32")
    kernel[1, 1] = np.eye(96)
    end.set_weights([kernel, np.zeros(96, "float32")])
    x = np.random.default_rng(0).uniform(size=(1, 16, 16, 96)).astype("float32")
    middle = x[:, first + 1 :: 2, first + 1 :: 2]
    assert np.allclose(keras.ops.convert_to_numpy(strided(x)), middle, atol=1e-6)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"variant": "c"}, r"variant must be one of \('model_c', .*got 'c'"),
        ({"padding": "valid"}, r"padding must be one of .*got 'valid'"),
        ({"input_dropout": 1}, "input_dropout must be at least 0 .*got 1"),
        ({"dropout": -1}, "dropout must be at least 0 .*got -1"),
        ({"classes": 0}, "classes must be a positive integer, or None.*got 0"),
        ({"input_shape": (8, 9, 3)}, r"at least 9 pixels.*got \(8, 9, 3\)"),
    ],
)
def test_bad_input_is_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        all_cnn(**settings)
