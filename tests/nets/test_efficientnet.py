"""EfficientNet: its scaling, its gates, stochastic depth, and its twin in `keras.applications`."""

from collections import Counter
from importlib import import_module

import keras
import numpy as np
import pytest
from keras import layers as kl

from course_lib.cost import cost
from course_lib.nets import efficientnet, without_values
from course_lib.nets.efficientnet import SIZES, TABLE, StochasticDepth, scaled
from course_lib.nets.mobilenet_v2 import Row
from tests.nets.compare import TOLERANCE
from tests.nets.twins import NUMBERS, SIZE, largest_twin_difference

PAIRS = {
    "stem_activation": "stem_swish",
    "block1a_project_bn": "stage1_block1_project_bn",
    "block2b_add": "stage2_block2_add",
    "block3b_se_excite": "stage3_block2_gate_scale",
    "block3b_add": "stage3_block2_add",
    "block5c_add": "stage4_block6_add",
    "block7a_project_bn": "stage5_block5_project_bn",
    "top_activation": "stage5_last_swish",
}


def symbolic(size, **settings):
    with without_values():
        return efficientnet(size, **settings)


def test_b2_at_the_size_that_another_implementation_gives_it():
    """torchvision, models/efficientnet.py, IMAGENET1K_V1: 288 pixels, 1.09 billion multiply-adds.

    The authors' code gives B2 260, as here; torchvision's other sizes are theirs.
    """
    assert cost(symbolic("b2", input_shape=(288, 288, 3))).macs / 1e9 == pytest.approx(
        1.09, abs=0.005
    )


def theirs(size):
    return getattr(keras.applications, f"EfficientNet{size.upper()}")(weights=None, **SIZE)


def is_gate(layer):
    return layer.name.endswith(("_se_reduce", "_se_expand"))


def as_ours(layer):
    """Give a layer of theirs the kind of ours: gates are dense, nothing is dropped or scaled."""
    if is_gate(layer):
        return kl.Dense(layer.filters, layer.activation, name=layer.name)
    if isinstance(layer, kl.Rescaling | kl.Normalization | kl.Dropout):
        return kl.Activation("linear", name=layer.name)
    return layer.__class__.from_config(layer.get_config())


def test_outputs_agree_with_keras_applications():
    model = keras.models.clone_model(theirs("b0"), clone_function=as_ours)
    assert largest_twin_difference(model, NUMBERS["EfficientNetB0"](), PAIRS) <= TOLERANCE


@pytest.mark.parametrize("size", SIZES)
def test_layers_and_rates_agree_with_keras_applications(size):
    """Stochastic depth is `Dropout` of whole images there; the last rate is the classifier's."""
    with without_values():
        model, ours = theirs(size), efficientnet(size, **SIZE)
    assert described(ours) == described(model)
    wanted = [layer.rate for layer in model.layers if isinstance(layer, kl.Dropout)]
    got = [layer.rate for layer in ours.layers if isinstance(layer, kl.Dropout | StochasticDepth)]
    assert got == pytest.approx(wanted)
    assert got[-1] == SIZES[size].dropout


def described(model):
    """Count the layers with weights by kind, weight shapes and output shape, gates as dense."""
    found = Counter()
    for layer in model.layers:
        if layer.weights and not isinstance(layer, kl.Normalization | StochasticDepth):
            shapes = tuple(tuple(w.shape) for w in layer.weights)
            if is_gate(layer):
                kernel, bias = shapes
                found["Dense", (kernel[2:], bias), layer.output.shape] += 1
            else:
                found[type(layer).__name__, shapes, layer.output.shape] += 1
    return found


def test_the_first_block_has_no_expansion_and_is_never_dropped():
    names = {layer.name for layer in symbolic("b1", **SIZE).layers}
    assert "stage1_block1_expand_conv" not in names
    assert "stage1_block2_expand_conv" not in names  # t = 1 in the whole row
    assert "stage1_block2_drop" in names
    assert not any(isinstance(x, StochasticDepth) for x in symbolic("b0", drop_connect=0).layers)


def test_each_block_has_a_gate_of_a_quarter_of_the_channels_into_it():
    model = symbolic("b0", **SIZE)
    gates = [layer.units for layer in model.layers if layer.name.endswith("_gate_reduce")]
    assert gates == [8, 4, 6, 6, 10, 10, 20, 20, 20, 28, 28, 28, 48, 48, 48, 48]
    for layer in model.layers:
        if layer.name.endswith("_gate_reduce"):
            assert layer.activation.__name__ == "silu"
            block = layer.name.removesuffix("_gate_reduce")
            squeezed = model.get_layer(f"{block}_gate_squeeze").input
            assert squeezed is model.get_layer(f"{block}_filter_swish").output


def test_kernels_of_the_depthwise_filters():
    model = symbolic("b0", **SIZE)
    sides = [x.kernel_size[0] for x in model.layers if isinstance(x, kl.DepthwiseConv2D)]
    assert sides == [3, 3, 3, 5, 5, 3, 3, 3, 5, 5, 5, 5, 5, 5, 5, 3]


def test_b7_has_2560_features_and_its_own_resolution():
    model = symbolic("b7", classes=None)
    assert model.input_shape == (None, 600, 600, 3)
    assert model.output_shape == (None, 19, 19, 2560)
    assert symbolic("b0", classes=None).output_shape == (None, 7, 7, 1280)


def test_scaling_rounds_channels_and_takes_whole_blocks_up():
    table = scaled(TABLE, SIZES["b2"])
    assert [row.channels for row in table] == [16, 24, 48, 88, 120, 208, 352]
    assert [row.repeats for row in table] == [2, 3, 3, 4, 4, 5, 2]
    assert scaled(TABLE, SIZES["b0"]) == TABLE


def test_scaling_can_leave_the_ends():
    table = scaled(TABLE, SIZES["b2"], ends_repeat=False)
    assert [row.repeats for row in table] == [1, 3, 3, 4, 4, 5, 1]
    once = (Row(1, 8, 2, 1),) * 3
    assert [row.repeats for row in scaled(once, SIZES["b7"], ends_repeat=False)] == [2, 7, 2]


def test_stochastic_depth_drops_whole_images_and_keeps_the_mean():
    x = np.random.default_rng(0).uniform(1, 2, (4000, 2, 2, 3)).astype("float32")
    y = keras.ops.convert_to_numpy(StochasticDepth(0.3, seed=7)(x, training=True))
    dropped = (y == 0).all(axis=(1, 2, 3))
    assert 0.27 < dropped.mean() < 0.33
    np.testing.assert_allclose(y[~dropped], x[~dropped] / 0.7, rtol=1e-6)


def test_stochastic_depth_does_nothing_at_inference():
    x, layer = np.ones((8, 2, 2, 3), "float32"), StochasticDepth(0.9, seed=1)
    assert np.array_equal(keras.ops.convert_to_numpy(layer(x)), x)
    assert np.array_equal(keras.ops.convert_to_numpy(StochasticDepth(0)(x, training=True)), x)


def test_stochastic_depth_draws_anew_at_each_step():
    x, layer = np.ones((64, 1, 1, 1), "float32"), StochasticDepth(0.5, seed=1)
    first, second = (keras.ops.convert_to_numpy(layer(x, training=True)) for _ in range(2))
    assert not np.array_equal(first, second)


def test_a_small_net_trains_and_is_saved(tmp_path, monkeypatch):
    module = import_module("course_lib.nets.efficientnet")
    monkeypatch.setattr(module, "TABLE", (Row(1, 8, 2, 1), Row(2, 8, 2, 2)))
    model = efficientnet("b0", input_shape=(32, 32, 1), classes=3, drop_connect=0.5)
    x = np.random.default_rng(0).uniform(0, 1, (6, 32, 32, 1)).astype("float32")
    model.compile("sgd", "sparse_categorical_crossentropy")
    before = model.get_weights()
    model.fit(x, np.arange(6) % 3, epochs=1, batch_size=4, verbose=0)  # the last batch has 2
    changed = [not np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True)]
    assert sum(changed) > len(changed) / 2
    model.save(tmp_path / "net.keras")
    again = keras.models.load_model(tmp_path / "net.keras")
    assert [x.rate for x in again.layers if isinstance(x, StochasticDepth)] == [0.125, 0.375]
    a, b = (keras.ops.convert_to_numpy(net(x)) for net in (model, again))
    assert np.array_equal(a, b)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"size": "b8"}, r"size must be one of \('b0', .*'b7'\), got 'b8'"),
        ({"size": 0}, "size must be one of .* got 0"),
        ({"size": "b0", "dropout": 1}, r"dropout must be at least 0 \(none\) and below 1, got 1"),
        ({"size": "b0", "dropout": "0.2"}, "dropout must be at least 0 .* below 1, got '0.2'"),
        (
            {"size": "b0", "drop_connect": -0.1},
            "drop_connect must be at least 0 .* below 1, got -0.1",
        ),
        (
            {"size": "b0", "drop_connect": True},
            "drop_connect must be at least 0 .* below 1, got True",
        ),
        ({"size": "b0", "classes": -3}, "classes must be a positive integer, or None"),
        ({"size": "b0", "input_shape": (224, 224)}, "input_shape must be"),
    ],
)
def test_bad_settings_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        efficientnet(**settings)


def test_a_bad_rate_is_refused():
    with pytest.raises(ValueError, match=r"rate must be at least 0 \(none\) and below 1, got 1.0"):
        StochasticDepth(1.0)
