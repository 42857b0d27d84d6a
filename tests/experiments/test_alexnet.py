"""The arms differ in what their names say, and the count of updates is right where none suffice."""

import keras
import numpy as np
import pytest

from course_lib.cost import cost
from course_lib.data import Split
from course_lib.experiments import alexnet, experiment
from course_lib.experiments.figures import figure
from course_lib.experiments.plan import Run
from course_lib.experiments.results import summary
from course_lib.experiments.verdicts import sentences

CONVOLUTIONS = (25 * 1 + 1) * 32 + (25 * 32 + 1) * 32 + (25 * 32 + 1) * 64
SMALL = Run(0.01, 0, 40, 20)
BUDGET = alexnet.EXPERIMENT.steps


@pytest.fixture(scope="module")
def nets():
    return {arm: alexnet.build(settings) for arm, settings in alexnet.ARMS.items()}


@pytest.fixture(scope="module")
def splits():
    few = {name: split.take(200) for name, split in experiment("alexnet").load().items()}
    # Labels of other classes, so that the error differs from that on validation images
    return few | {"test": Split(few["test"].images, (few["test"].labels + 1) % 10)}


def test_each_pair_has_the_same_weights_in_number(nets):
    linear = 4 * 64 * 10 + 10
    hidden = (4 * 64 + 1) * 256 + (256 + 1) * 256 + (256 + 1) * 10
    expected = dict.fromkeys(("relu", "tanh", "separate"), CONVOLUTIONS + linear)
    expected |= dict.fromkeys(("dense", "dropout"), CONVOLUTIONS + hidden)
    assert {arm: cost(net).trainable for arm, net in nets.items()} == expected


def test_both_poolings_give_maps_of_the_same_size(nets):
    for arm, window in (("relu", (3, 3)), ("separate", (2, 2))):
        pools = [nets[arm].get_layer(f"stage{stage}_pool") for stage in (1, 2, 3)]
        assert [pool.pool_size for pool in pools] == [window] * 3
        assert [pool.strides for pool in pools] == [(2, 2)] * 3
        assert [pool.output.shape[1:3] for pool in pools] == [(7, 7), (4, 4), (2, 2)]


@pytest.mark.parametrize(
    ("pair", "differ"),
    [
        (("relu", "tanh"), {"activation"}),
        (("relu", "separate"), {"pool"}),
        (("dense", "dropout"), {"dropout"}),
    ],
)
def test_the_arms_of_a_comparison_differ_in_one_setting(pair, differ):
    a, b = (alexnet.ARMS[arm] for arm in pair)
    assert {key for key in a if a[key] != b[key]} - {"label"} == differ


def test_activation_and_dropout_are_the_named_ones(nets):
    for arm, net in nets.items():
        names = {
            layer.activation.__name__
            for layer in net.layers
            if isinstance(layer, keras.layers.Conv2D)
        }
        assert names == {"tanh" if arm == "tanh" else "relu"}
        rates = [layer.rate for layer in net.layers if isinstance(layer, keras.layers.Dropout)]
        assert rates == ([0.5, 0.5] if arm == "dropout" else [])


@pytest.mark.parametrize(("activation", "gain"), [("relu", 2.0), ("tanh", 1.0)])
def test_weights_start_at_the_scale_of_their_activation(activation, gain):
    keras.utils.set_random_seed(0)
    net = alexnet.build(alexnet.ARMS[activation])
    kernel = keras.ops.convert_to_numpy(net.get_layer("stage2_conv").kernel)
    assert np.std(kernel) == pytest.approx((gain / (25 * 32)) ** 0.5, rel=0.03)


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ([0.0] * 60, (20, 1.0)),  # no earlier than the first full window
        ([0.9] * 30 + [0.1] * 30, (47, 1.0)),  # 17 of the last 20: (3 * 0.9 + 17 * 0.1) / 20
        ([0.25] * 20, (20, 1.0)),
        ([0.9] * 60, (60, 0.0)),
        ([0.2] + [0.3] * 59, (60, 0.0)),  # one good batch is not the running error
        ([0.9] * 20 + [0.0] * 20 + [0.9] * 20, (35, 1.0)),  # the first time counts
        ([0.0] * 19, (19, 0.0)),
    ],
)
def test_updates_count_to_the_first_window_at_the_level(wrong, expected):
    found = alexnet.until_level(wrong)
    assert (found["updates_to_level"], found["reached"]) == expected


@pytest.fixture(scope="module")
def measured(splits):
    return alexnet.trial(alexnet.ARMS["relu"], SMALL, splits)


def test_the_recorded_errors_are_those_of_the_curve(splits):
    result = alexnet.trained(lambda: alexnet.build(alexnet.ARMS["relu"]), SMALL, splits)
    assert len(result.model.wrong) == SMALL.steps
    means = np.reshape(result.model.wrong, (20, 2)).mean(axis=1)
    assert means == pytest.approx([wrong for _, _, wrong in result.curve])


def test_the_gap_is_that_of_test_images_or_else_of_validation_images(splits, measured):
    assert measured["test_error"] != measured["validation_error"]
    assert measured["error_gap"] == measured["test_error"] - measured["train_error"]
    seen = {name: split for name, split in splits.items() if name != "test"}
    found = alexnet.trial(alexnet.ARMS["separate"], SMALL, seen)
    assert "test_error" not in found
    assert found["error_gap"] == found["validation_error"] - found["train_error"]


def test_an_arm_learns_from_its_own_number_of_images(splits):
    few = alexnet.ARMS["dropout"] | {"images": 20}
    found = alexnet.trial(few, SMALL, splits)
    assert found["train_error"] * 20 == pytest.approx(round(found["train_error"] * 20))
    whole = alexnet.trained(lambda: alexnet.build(few), SMALL, splits)
    assert found["curve_error"] != [wrong for _, _, wrong in whole.curve]
    assert len(splits["train"]) == 200


def _result(updates):
    """Return a result of two arms with these updates, one a seed, and what else is measured."""
    rest = {"train_error": 0.1, "test_error": 0.2, "error_gap": 0.1}
    arms = {
        arm: {"measures": [rest | {"updates_to_level": n, "reached": n < BUDGET} for n in values]}
        for arm, values in updates.items()
    }
    return summary(experiment("alexnet"), arms)


def test_what_is_not_reached_counts_the_budget_and_is_said():
    result = _result({"relu": [90, 100, 110], "tanh": [580, BUDGET, BUDGET]})
    found = result["comparisons"]["activation"]
    assert (found["mean"], found["verdict"]) == (pytest.approx(-493.333, abs=1e-3), "visible")
    assert result["arms"]["tanh"]["reached"]["mean"] == pytest.approx(1 / 3)
    none = _result({"relu": [BUDGET] * 2, "tanh": [BUDGET] * 2})["comparisons"]["activation"]
    assert (none["mean"], none["verdict"]) == (0.0, "within noise")


def test_the_sentence_and_the_figure_count_updates():
    result = _result({"relu": [90, 100, 110], "tanh": [200, 210, 235]})
    first = sentences(result)[0]
    assert first.startswith("Updates to level of \N{LEFT DOUBLE QUOTATION MARK}ReLU, pooling 3x3")
    assert "points" not in first
    axes = figure(result).axes[0]
    assert [container.lines[0].get_xdata()[0] for container in axes.containers] == [100, 215]
    assert [text.get_text() for text in axes.get_yticklabels()] == [
        "ReLU, pooling 3x3",
        "tanh, pooling 3x3",
    ]
