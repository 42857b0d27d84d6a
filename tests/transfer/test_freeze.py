"""Freezing: which weights train, in our nets and in those of Keras; what the report says."""

import keras
import numpy as np
import pytest

from course_lib import nets
from course_lib.transfer import batch_norms, clean_cuts, freeze, new_head
from tests.transfer.bodies import images, tiny_body

BLOCK = 3 * 3 * 3 * 3 + 4 * 3  # a convolution without bias, and its normalization


def trained(model):
    return {weight.path.split("/")[0] for weight in model.trainable_weights}


def test_all_but_the_head_by_default():
    model = new_head(tiny_body(), 2, dropout=0.5)
    report = freeze(model)
    assert trained(model) == {"head_fc"}
    assert report.trainable == 3 * 2 + 2
    assert report.trainable + report.frozen == model.count_params()


def test_a_body_without_a_head_is_frozen_whole():
    body = tiny_body()
    assert freeze(body).trainable == 0
    assert body.trainable_weights == []


@pytest.mark.parametrize("through", ["stage1_block1", "stage1_block1_out"])
def test_through_a_block_by_its_name_or_its_last_layer(through):
    model = new_head(tiny_body(), 2)
    report = freeze(model, through)
    assert trained(model) == {"stage1_block2_conv1_conv", "head_fc"}
    assert report.table.rows == (
        ("stem", 3 * 3 * 3 + 4 * 3, 0, "inference"),
        ("stage1_block1", BLOCK, 0, "inference"),
        ("stage1_block2", BLOCK, BLOCK - 4 * 3, "inference"),
        ("head", 8, 8, ""),
    )


def test_normalizations_behind_the_cut_train_where_that_is_wanted():
    model = new_head(tiny_body(), 2)
    report = freeze(model, "stage1_block1", batch_norm="train")
    assert report.batch_norm_training == ("stage1_block2_conv1_bn",)
    assert report.table.rows[2] == ("stage1_block2", BLOCK, BLOCK - 2 * 3, "training")
    assert "1 batch normalizations run in training mode" in str(report)


def test_a_second_call_replaces_the_first():
    model = new_head(tiny_body(), 2)
    freeze(model)
    assert freeze(model, "stem").trainable == 2 * 81 + 8
    for layer in model.layers:
        for weight in layer.weights:
            weight.trainable = False
    assert freeze(model, "stage1_block1").trainable == 81 + 8
    model.trainable = False
    assert freeze(model).trainable == 8


def test_training_changes_what_the_report_says_and_nothing_else():
    model = new_head(tiny_body(), 2)
    freeze(model, "stage1_block1")
    before = {weight.path: np.array(weight) for weight in model.weights}
    model.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=True)
    model.fit(images(4), np.array([0, 1, 0, 1]), verbose=0)
    changed = {w.path for w in model.weights if not np.array_equal(before[w.path], np.array(w))}
    assert changed == {weight.path for weight in model.trainable_weights}


def test_report_is_a_table_on_a_page_and_in_text():
    report = freeze(new_head(tiny_body(), 2))
    assert report._repr_html_().startswith("<table><caption>tiny_2_classes: 8 of 233 values")
    assert str(report).splitlines()[1].split() == ["block", "values", "trained", "batch", "norm"]
    assert repr(report) == str(report)


def test_dropout_in_the_frozen_part_is_reported():
    inputs = keras.Input((4, 4, 1))
    x = keras.layers.SpatialDropout2D(0.2, name="noise")(inputs)
    x = keras.layers.Conv2D(2, 3, name="conv")(x)
    report = freeze(new_head(keras.Model(inputs, x), 2, dropout=0.1))
    assert report.random == ("noise",)  # the head's own is meant to draw
    assert "1 frozen layers draw at random in training, such as noise" in report._repr_html_()


@pytest.mark.parametrize(
    ("build", "through", "parts"),
    [
        (lambda: nets.resnet(18, classes=None, input_shape=(32, 32, 3)), "stage3", {"stage4"}),
        (lambda: nets.mobilenet_v2(classes=None, input_shape=(32, 32, 3)), "stage4", {"stage5"}),
        (
            lambda: nets.efficientnet_lite("lite0", classes=None, input_shape=(32, 32, 3)),
            "stage5_block1",
            {"stage5"},
        ),
        (
            lambda: keras.applications.MobileNetV2(
                weights=None, include_top=False, input_shape=(96, 96, 3)
            ),
            "block_15",
            {"block", "Conv"},
        ),
        (
            lambda: keras.applications.ResNet50(
                weights=None, include_top=False, input_shape=(32, 32, 3)
            ),
            "conv4",
            {"conv5"},
        ),
    ],
)
def test_nets_of_the_course_and_of_keras(build, through, parts):
    with nets.without_values():
        model = new_head(build(), 3)
        report = freeze(model, through)
        assert {name.split("_")[0] for name in trained(model)} == {*parts, "head"}
        assert set(batch_norms(model).values()) == {"inference"}
        assert report.trainable + report.frozen == model.count_params()
        assert freeze(model).trainable == 3 * (model.get_layer("head_fc").kernel.shape[0] + 1)


def test_a_cut_inside_a_block_of_keras_is_refused_and_advice_works():
    with nets.without_values():
        body = keras.applications.MobileNetV2(
            weights=None, include_top=False, input_shape=(96, 96, 3)
        )
        with pytest.raises(ValueError, match="the outputs of block_1_project_BN, block_2_exp"):
            freeze(body, "block_2_expand")
        assert "block_2_add" in clean_cuts(body)
        freeze(body, "block_2_add")


def test_a_net_inside_a_net_is_opened():
    whole = keras.Sequential(
        [
            keras.Input((4, 4, 1)),
            tiny_body(),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(2, name="top"),
        ]
    )
    freeze(whole, "stage1_block1")
    assert {weight.path.split("/")[-2] for weight in whole.trainable_weights} == {
        "stage1_block2_conv1_conv",
        "top",
    }


def test_a_layer_on_both_sides_is_refused():
    inputs = keras.Input((4, 4, 1))
    twice = keras.layers.Conv2D(1, 1, name="twice")
    x = keras.layers.ReLU(name="middle")(twice(inputs))
    with pytest.raises(ValueError, match="'twice' is used on both sides"):
        freeze(keras.Model(inputs, twice(x)), "middle")


def test_bad_settings_are_refused():
    with pytest.raises(ValueError, match="batch_norm must be one of"):
        freeze(tiny_body(), batch_norm="eval")
    vectors = keras.Input((3,))
    with pytest.raises(ValueError, match="has no feature map in front of its head"):
        freeze(keras.Model(vectors, keras.layers.Dense(2)(vectors)))
