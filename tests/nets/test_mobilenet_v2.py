"""MobileNetV2: its inverted residuals, its rounding, and its twin in `keras.applications`."""

import keras
import pytest
from keras import layers as kl

from course_lib.cost import cost
from course_lib.nets import mobilenet_v2, without_values
from course_lib.nets.mobilenet_v2 import TABLE, Variant, blocks, inverted_residual, round_channels
from tests.nets.compare import TOLERANCE
from tests.nets.twins import (
    ALPHAS,
    NUMBERS,
    SIZE,
    largest_twin_difference,
    layers_with_weights,
)

PAIRS = {
    "Conv1_relu": "stem_relu6",
    "expanded_conv_project_BN": "stage1_block1_project_bn",
    "block_1_depthwise_relu": "stage2_block1_filter_relu6",
    "block_2_add": "stage2_block2_add",
    "block_5_add": "stage3_block3_add",
    "block_12_add": "stage4_block7_add",
    "block_16_project_BN": "stage5_block4_project_bn",
    "out_relu": "stage5_last_relu6",
}


def symbolic(**settings):
    with without_values():
        return mobilenet_v2(**settings)


def names(model, ending):
    return [layer.name for layer in model.layers if layer.name.endswith(ending)]


def test_outputs_agree_with_keras_applications():
    theirs = keras.applications.MobileNetV2(weights=None, **SIZE)
    assert largest_twin_difference(theirs, NUMBERS["MobileNetV2"](), PAIRS) <= TOLERANCE


@pytest.mark.parametrize("alpha", ALPHAS["MobileNetV2"])
def test_layers_agree_with_keras_applications(alpha):
    with without_values():
        theirs = keras.applications.MobileNetV2(weights=None, alpha=alpha, **SIZE)
        ours = NUMBERS["MobileNetV2"](alpha=alpha)
    assert layers_with_weights(ours) == layers_with_weights(theirs)


@pytest.mark.parametrize(
    ("alpha", "side", "millions", "weights"),
    [
        (1.4, 224, 582, 6.06),
        (1.3, 224, 509, 5.34),
        (1.0, 192, 221, 3.47),
        (1.0, 160, 154, 3.47),
        (1.0, 128, 99, 3.47),
        (1.0, 96, 56, 3.47),
        (0.75, 224, 209, 2.61),
        (0.75, 96, 39, 2.61),
        (0.5, 224, 97, 1.95),
        (0.5, 128, 32, 1.95),
        (0.35, 224, 59, 1.66),
        (0.35, 160, 30, 1.66),
    ],
)
def test_numbers_that_the_authors_code_prints(alpha, side, millions, weights):
    """tensorflow/models, research/slim/nets/mobilenet/README.md.

    It cuts some of the millions of multiply-adds and rounds others; normalizations do not count.
    """
    total = cost(symbolic(alpha=alpha, input_shape=(side, side, 3)))
    normalized = sum(row.trainable for row in total.layers if row.kind == "BatchNormalization")
    assert millions in (total.macs // 1_000_000, round(total.macs / 1e6))
    assert (total.trainable - normalized) / 1e6 == pytest.approx(weights, abs=0.0051)


def test_shortcuts_are_where_stride_is_1_and_channels_stay():
    wanted = ["stage2_block2", "stage3_block2", "stage3_block3"]
    wanted += [f"stage4_block{i}" for i in (2, 3, 4, 6, 7)] + ["stage5_block2", "stage5_block3"]
    assert names(symbolic(**SIZE), "_add") == [f"{block}_add" for block in wanted]


def test_projections_are_linear_and_nothing_follows_an_addition():
    model = symbolic(**SIZE)
    assert {
        layer.activation.__name__ for layer in model.layers if isinstance(layer, kl.Activation)
    } == {"relu6"}
    for i, layer in enumerate(model.layers):
        if layer.name.endswith("_project_bn") or layer.name.endswith("_add"):
            after = model.layers[i + 1]
            assert isinstance(after, kl.Add | kl.Conv2D), after.name


def test_the_first_block_is_not_expanded():
    model = symbolic(**SIZE)
    assert names(model, "_filter_depthwise")[0] == "stage1_block1_filter_depthwise"
    assert len(names(model, "_filter_depthwise")) == 17
    assert names(model, "_expand_conv")[0] == "stage2_block1_expand_conv"
    assert len(names(model, "_expand_conv")) == 16


def test_expansion_counts_the_channels_into_the_block():
    model = symbolic(**SIZE)
    assert model.get_layer("stage2_block1_expand_conv").filters == 6 * 16
    assert model.get_layer("stage2_block2_expand_conv").filters == 6 * 24


def test_strides():
    strided = {
        layer.name
        for layer in symbolic(**SIZE).layers
        if isinstance(layer, kl.Conv2D | kl.DepthwiseConv2D) and layer.strides != (1, 1)
    }
    assert strided == {"stem_conv", *(f"stage{k}_block1_filter_depthwise" for k in (2, 3, 4, 5))}


def test_a_stage_holds_the_rows_of_one_size():
    counts = {}
    for stage, number, row, _ in blocks(TABLE):
        counts.setdefault(stage, []).append((number, row.channels))
    assert [len(found) for found in counts.values()] == [1, 2, 3, 7, 4]
    assert [number for number, _ in counts[4]] == [*range(1, 8)]
    assert {channels for _, channels in counts[5]} == {160, 320}


def test_variants_of_figure_6():
    rectified, plain = symbolic(linear=False, **SIZE), symbolic(shortcut=False, **SIZE)
    assert len(names(rectified, "_project_relu6")) == 17
    assert names(plain, "_add") == []
    assert len(names(rectified, "_add")) == 10
    assert cost(rectified).macs == cost(plain).macs == cost(symbolic(**SIZE)).macs


def test_the_last_convolution_grows_and_does_not_shrink():
    sizes = {
        alpha: symbolic(alpha=alpha, classes=None).output.shape[-1] for alpha in (0.35, 1, 1.4)
    }
    assert sizes == {0.35: 1280, 1: 1280, 1.4: 1792}


def test_a_gate_and_a_layer_in_front_of_the_addition_are_called():
    x, seen = keras.Input((8, 8, 6)), []

    def gate(y, channels, name):
        seen.append((y.shape[-1], channels, name))
        return y

    def drop(y):
        seen.append(y.shape[-1])
        return y

    variant = Variant(gate=gate, drop=drop)
    inverted_residual(x, 6, expansion=2, name="a", variant=variant)
    inverted_residual(x, 8, expansion=2, name="b", variant=variant)
    assert seen == [(12, 6, "a_gate"), 6, (12, 6, "b_gate")]


def test_rounding_keeps_multiples_of_8_and_nine_tenths():
    for tenth in range(1, 20_000):
        channels = tenth / 10
        rounded = round_channels(channels)
        assert rounded % 8 == 0
        assert rounded >= 8
        assert rounded >= 0.9 * channels
        assert rounded - channels <= 8
        nearest = max(8, int(channels + 4) // 8 * 8)
        assert rounded == nearest or nearest < 0.9 * channels


@pytest.mark.parametrize(
    ("channels", "rounded"),
    [
        (1, 8),
        (8.8, 8),
        (8.9, 16),
        (11.9, 16),
        (12, 16),
        (17.7, 16),
        (17.8, 24),
        (20, 24),
        (1280, 1280),
    ],
)
def test_rounding_at_its_edges(channels, rounded):
    assert round_channels(channels) == rounded


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"alpha": 0}, "alpha must be a number above 0, such as 0.5 or 1.0, got 0"),
        ({"alpha": None}, "alpha must be .* got None"),
        ({"classes": 2.5}, "classes must be a positive integer, or None"),
        ({"input_shape": (64, 64, 4)}, "input_shape must be"),
    ],
)
def test_bad_settings_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        mobilenet_v2(**settings)
