"""Inception-v3: its twin in `keras.applications`, its modules and its auxiliary classifier."""

from functools import lru_cache

import keras
import pytest
from keras import layers as kl

from course_lib.cost import cost
from course_lib.nets import inception_v3, without_values
from course_lib.receptive_field import receptive_field
from tests.nets.compare import TOLERANCE
from tests.nets.conditions import half_precision
from tests.nets.modules import described
from tests.nets.twins import NUMBERS, V3, largest_twin_difference, layers_with_weights

BLOCKS = [
    *(f"stage1_block{i}_out" for i in (1, 2, 3)),
    *(f"stage2_block{i}_out" for i in (1, 2, 3, 4, 5)),
    *(f"stage3_block{i}_out" for i in (1, 2, 3)),
]
PAIRS = {f"mixed{i}": block for i, block in enumerate(BLOCKS)}
# google-research/receptive_field, RECEPTIVE_FIELD_TABLE.md: inception_v3 of TF-Slim, Mixed_5b ...
FIELDS = (63, 95, 127, 159, 351, 543, 735, 927, 1055, 1183, 1311)


@lru_cache
def symbolic(**settings):
    with without_values():
        return inception_v3(**settings)


def test_outputs_agree_with_keras_applications():
    ours = NUMBERS["InceptionV3"]()
    theirs = keras.applications.InceptionV3(
        weights=None, input_shape=ours.input_shape[1:], classes=10
    )
    assert largest_twin_difference(theirs, ours, PAIRS) <= TOLERANCE


def test_layers_agree_with_keras_applications():
    with without_values():
        theirs = keras.applications.InceptionV3(weights=None)
        ours = inception_v3(**V3)
    assert layers_with_weights(ours) == layers_with_weights(theirs)
    total = cost(ours)
    assert (total.params, total.trainable) == (23_851_784, 23_817_352)


def test_modules_by_stage():
    found = described(symbolic())
    assert found["stage1_block2_out"] == (
        "1x1 64 | 1x1 48, 5x5 64 | 1x1 64, 3x3 96, 3x3 96 | avg, 1x1 64"
    )
    assert found["stage2_block1_out"] == "3x3/2 384 | 1x1 64, 3x3 96, 3x3/2 96 | max/2"
    assert found["stage2_block2_out"] == (
        "1x1 192 | 1x1 128, 1x7 128, 7x1 192"
        " | 1x1 128, 7x1 128, 1x7 128, 7x1 128, 1x7 192 | avg, 1x1 192"
    )
    assert found["stage3_block1_out"] == (
        "1x1 192, 3x3/2 320 | 1x1 192, 1x7 192, 7x1 192, 3x3/2 192 | max/2"
    )
    assert found["stage3_block2_3x3_out"] == "1x3 384 | 3x1 384"
    assert found["stage3_block2_double_out"] == "1x3 384 | 3x1 384"


def test_only_some_layers_pad():
    """Szegedy et al. 2015, table 1: one convolution of the stem, and modules that keep the map."""
    model = symbolic()
    unpadded = {x.name for x in model.layers if getattr(x, "padding", "same") == "valid"}
    stem = {"stem_conv1_conv", "stem_conv2_conv", "stem_pool1", "stem_conv5_conv", "stem_pool2"}
    halving = {
        *("stage2_block1_3x3_conv1_conv", "stage2_block1_double_conv3_conv", "stage2_block1_pool"),
        *("stage3_block1_3x3_conv2_conv", "stage3_block1_7x7_conv4_conv", "stage3_block1_pool"),
    }
    assert unpadded == stem | halving


def test_each_convolution_is_normalized_and_activated():
    model = symbolic(auxiliary=True)
    convs = [layer for layer in model.layers if isinstance(layer, kl.Conv2D)]
    assert len(convs) == 94 + 2
    for layer in convs:
        name = layer.name.removesuffix("_conv")
        norm, relu = model.get_layer(f"{name}_bn"), model.get_layer(f"{name}_relu")
        assert not layer.use_bias
        assert norm.input is layer.output
        assert relu.input is norm.output
        assert (norm.epsilon, norm.scale, norm.momentum) == (1e-5, True, 0.9)


def test_fields_are_those_of_another_implementation():
    model = symbolic()
    assert tuple(receptive_field(model, name).size for name in BLOCKS) == FIELDS


def test_the_head_of_the_middle_reads_the_last_17x17_map():
    model = symbolic(auxiliary=True)
    assert model.output_names == ["head_fc", "aux1_fc"]
    assert model.get_layer("aux1_pool").input is model.get_layer("stage2_block5_out").output
    shapes = {
        "aux1_pool": (5, 5, 768),
        "aux1_1x1_relu": (5, 5, 128),
        "aux1_5x5_relu": (1, 1, 768),
        "aux1_fc": (1000,),
    }
    assert {name: model.get_layer(name).output.shape[1:] for name in shapes} == shapes
    assert model.get_layer("aux1_5x5_conv").kernel_size == (5, 5)
    small = symbolic(auxiliary=True, input_shape=(107, 155, 3))
    assert small.get_layer("aux1_5x5_conv").kernel_size == (1, 2)


def test_the_net_without_its_head_in_the_middle_is_what_predicts():
    model = inception_v3(auxiliary=True)
    alone = keras.Model(model.input, model.outputs[0])
    assert alone.count_params() == symbolic().count_params()
    assert not [x.name for x in alone.layers if x.name.startswith("aux")]
    assert symbolic(auxiliary=True, classes=None).output_shape == (None, 8, 8, 2048)


def test_dropout_is_asked_for():
    drops = [x for x in symbolic().layers if isinstance(x, kl.Dropout)]
    assert [(x.name, x.rate) for x in drops] == [("head_dropout", 0.2)]
    assert not [x for x in symbolic(dropout=0).layers if isinstance(x, kl.Dropout)]


def test_builds_grey_and_in_half_precision():
    with half_precision():
        model = symbolic(input_shape=(107, 107, 1), auxiliary=True)
    assert [output.dtype for output in model.outputs] == ["float16", "float16"]
    assert model.input_shape == (None, 107, 107, 1)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"auxiliary": "yes"}, r"auxiliary must be one of \(False, True\), got 'yes'"),
        ({"scale": None}, r"scale must be one of \(False, True\), got None"),
        ({"dropout": 1.0}, "dropout must be at least 0 .*got 1.0"),
        ({"classes": 1.5}, "classes must be a positive integer, or None.*got 1.5"),
        ({"input_shape": (74, 75, 3)}, r"at least 75 pixels.*got \(74, 75, 3\)"),
        ({"input_shape": (107, 106, 3), "auxiliary": True}, "at least 107 pixels"),
    ],
)
def test_bad_settings_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        inception_v3(**settings)
