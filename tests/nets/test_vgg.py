"""VGG: D and E against `keras.applications`, the others by structure."""

from importlib import import_module

import keras
import pytest
from keras import layers as kl

from course_lib.cost import cost
from course_lib.nets import transplant, without_values
from course_lib.nets.classic_layers import LocalResponseNormalization
from course_lib.nets.vgg import CONFIGURATIONS, vgg
from tests.nets.compare import (
    TOLERANCE,
    images,
    largest_difference,
    part_outputs,
    randomize,
    without_softmax,
)
from tests.nets.conditions import gives_probabilities, half_precision, survives_saving

# Table 1 once more, as its rows read: the columns that have a further layer behind the common ones
MORE = {  # (stage, kernel): columns, in the order of the rows
    (1, 3): [{"B", "C", "D", "E"}],
    (2, 3): [{"B", "C", "D", "E"}],
    (3, 3): [{"D", "E"}, {"E"}],
    (4, 3): [{"D", "E"}, {"E"}],
    (5, 3): [{"D", "E"}, {"E"}],
}
COMMON = {1: 1, 2: 1, 3: 2, 4: 2, 5: 2}
POOLS = [f"block{k}_pool" for k in range(1, 6)]
OUR_POOLS = [f"stage{k}_pool" for k in range(1, 6)]


def symbolic(configuration, **settings):
    with without_values():
        return vgg(configuration, **settings)


def test_outputs_agree_with_keras_applications():
    size = {"input_shape": (64, 64, 3), "classes": 10}
    theirs = keras.applications.VGG16(weights=None, **size)
    ours = vgg("D", dropout=0, **size)
    randomize(theirs)
    transplant(theirs, ours)
    without_softmax(theirs.layers[-1])
    wanted = [theirs.get_layer(name).output for name in (*POOLS, "fc1", "fc2")]
    got = [ours.get_layer(name).output for name in (*OUR_POOLS, "head_dense1", "head_dense2")]
    wanted.append(theirs.output)
    got.append(part_outputs(ours)["head"])
    assert [tuple(t.shape) for t in got] == [tuple(t.shape) for t in wanted]
    assert largest_difference(theirs, ours, wanted, got, images(ours)) <= TOLERANCE


def test_maps_agree_with_keras_applications():
    theirs = keras.applications.VGG19(weights=None, input_shape=(32, 48, 3), include_top=False)
    ours = vgg("E", input_shape=(32, 48, 3), classes=None)
    randomize(theirs)
    transplant(theirs, ours)
    wanted = [theirs.get_layer(name).output for name in POOLS]
    got = [ours.get_layer(name).output for name in OUR_POOLS]
    assert largest_difference(theirs, ours, wanted, got, images(ours)) <= TOLERANCE


@pytest.mark.parametrize(("configuration", "twin"), [("D", "VGG16"), ("E", "VGG19")])
def test_weights_agree_with_keras_applications(configuration, twin):
    with without_values():
        theirs, ours = getattr(keras.applications, twin)(weights=None), vgg(configuration)
        wanted, got = ([w.shape for w in model.weights] for model in (theirs, ours))
    assert got == wanted


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_layers_are_those_of_the_column(configuration):
    model = symbolic(configuration)
    for stage, common in COMMON.items():
        kernels = [3] * (common + sum(configuration in row for row in MORE[stage, 3]))
        kernels += [1] * (configuration == "C" and stage > 2)
        convs = [x for x in model.layers if x.name.startswith(f"stage{stage}_block")]
        assert [x.kernel_size[0] for x in convs] == kernels
        assert {x.filters for x in convs} == {min(64 * 2 ** (stage - 1), 512)}
        assert all(x.use_bias and x.activation is keras.activations.relu for x in convs)
        assert {(x.padding, x.strides) for x in convs} == {("same", (1, 1))}
        last = model.get_layer(f"stage{stage}_pool")
        assert (type(last), last.pool_size, last.strides) == (kl.MaxPooling2D, (2, 2), (2, 2))


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_names_count_the_layers_with_weights(configuration):
    model = symbolic(configuration)
    depth = sum(bool(x.weights) for x in model.layers)
    assert model.name.split("_")[0] == f"vgg{depth}"


def test_only_one_column_normalizes():
    for configuration in CONFIGURATIONS:
        model = symbolic(configuration)
        norms = [x for x in model.layers if isinstance(x, LocalResponseNormalization)]
        assert [x.name for x in norms] == ["stage1_norm"] * (configuration == "A-LRN")
    model = symbolic("A-LRN")
    norm = model.get_layer("stage1_norm")
    assert (norm.k, norm.n, norm.alpha, norm.beta) == (2.0, 5, 1e-4, 0.75)
    assert norm.input is model.get_layer("stage1_block1_conv").output
    assert norm.output is model.get_layer("stage1_pool").input


def test_dropout_follows_the_first_two_dense_layers():
    drops = [x for x in symbolic("D").layers if isinstance(x, kl.Dropout)]
    assert [(x.name, x.rate) for x in drops] == [("head_dropout1", 0.5), ("head_dropout2", 0.5)]


def test_most_weights_are_in_the_first_dense_layer():
    rows = {row.name: row for row in cost(symbolic("D")).layers}
    assert rows["head_dense1"].trainable == 7 * 7 * 512 * 4096 + 4096 == 102_764_544


def test_one_by_one_convolutions_add_cost():
    b, c = (cost(symbolic(configuration)) for configuration in "BC")
    assert c.macs - b.macs == 56**2 * 256**2 + (28**2 + 14**2) * 512**2
    assert c.trainable - b.trainable == 256 * 257 + 2 * 512 * 513


def test_works_in_half_precision_and_from_a_file(monkeypatch, tmp_path):
    builder = import_module("course_lib.nets.vgg")  # not the function of that name
    monkeypatch.setattr(builder, "WIDTHS", (3, 4, 5, 6, 7))
    monkeypatch.setattr(builder, "DENSE", (8, 9))
    settings = {"input_shape": (32, 33, 1), "classes": 4}
    with half_precision():
        assert gives_probabilities(vgg("A-LRN", **settings))
    assert survives_saving(vgg("A-LRN", **settings), tmp_path)


@pytest.mark.parametrize(
    ("configuration", "settings", "message"),
    [
        ("F", {}, r"configuration must be one of \('A', 'A-LRN', 'B', .*got 'F'"),
        (16, {}, "configuration must be one of .*got 16"),
        ("D", {"dropout": -0.5}, "dropout must be at least 0 .*got -0.5"),
        ("D", {"classes": 1.5}, "classes must be a positive integer, or None.*got 1.5"),
        ("D", {"input_shape": (32, 31, 3)}, r"at least 32 pixels.*got \(32, 31, 3\)"),
    ],
)
def test_bad_input_is_refused(configuration, settings, message):
    with pytest.raises(ValueError, match=message):
        vgg(configuration, **settings)
