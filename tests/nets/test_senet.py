"""Squeeze-and-excitation: the gate against NumPy, its cost, and where it stands in a block."""

from importlib import import_module

import keras
import numpy as np
import pytest
from keras import layers as kl

from course_lib.cost import cost
from course_lib.graph import producers
from course_lib.nets import resnet, se_resnet, squeeze_excite, transplant, without_values
from course_lib.nets.resnet import SIZES
from tests.nets.compare import TOLERANCE, images, randomize

SMALL = {"input_shape": (32, 32, 3), "classes": 10}


@pytest.fixture
def short(monkeypatch):
    """Two stages of two blocks, with few channels."""
    for depth, (kind, _) in SIZES.items():
        monkeypatch.setitem(SIZES, depth, (kind, (2, 2)))
    # `course_lib.nets.resnet` is the function
    monkeypatch.setattr(import_module("course_lib.nets.resnet"), "WIDTHS", (16, 32))


def symbolic(*args, **settings):
    with without_values():
        return se_resnet(*args, **settings)


def gate(shape, **settings):
    """Return a net of one gate with random weights."""
    x = keras.Input(shape)
    model = keras.Model(x, squeeze_excite(x, name="gate", **settings))
    randomize(model)
    return model


def by_hand(x, reduce, expand, bias=(0, 0)):
    """Hu et al. 2018, equations 2, 3 and 4, for one image (H, W, C)."""
    z = x.sum(axis=(0, 1)) / (x.shape[0] * x.shape[1])
    hidden = np.maximum(z @ reduce + bias[0], 0)
    s = 1 / (1 + np.exp(-(hidden @ expand + bias[1])))
    y = np.empty_like(x)
    for c in range(x.shape[2]):
        y[:, :, c] = s[c] * x[:, :, c]
    return y


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("batch", [1, 3, 5])  # 5 is also the width of the map
@pytest.mark.parametrize("width", [5, 1])
def test_the_gate_by_hand(batch, bias, width):
    model = gate((4, width, 8), ratio=2, bias=bias)
    x = np.random.default_rng(0).normal(size=(batch, 4, width, 8)).astype("float32")
    values = model.get_weights()
    kernels, biases = (values[::2], values[1::2]) if bias else (values, (0, 0))
    want = np.stack([by_hand(image, *kernels, biases) for image in x])
    got = keras.ops.convert_to_numpy(model(x))
    assert got.shape == x.shape
    np.testing.assert_allclose(got, want, atol=1e-5)


@pytest.mark.parametrize(
    ("settings", "kernels", "biases"),
    [
        ({"ratio": 16, "bias": False}, 2 * 64 * 64 // 16, 0),
        ({"ratio": 16}, 2 * 64 * 64 // 16, 64 + 4),
        ({"ratio": 1}, 2 * 64 * 64, 64 + 64),
        ({"ratio": 24}, 2 * 64 * 2, 64 + 2),  # 64 / 24 rounded down
        ({"width": 10}, 2 * 64 * 10, 64 + 10),
    ],
)
def test_cost_of_a_gate(settings, kernels, biases):
    total = cost(gate((4, 4, 64), **settings))
    assert total.trainable == total.params == kernels + biases
    assert total.macs == kernels


def test_what_the_gates_add_to_resnet_50():
    """Hu et al. 2018, section 4: about 2.5 million weights, about 10 %."""
    with without_values():
        plain = cost(resnet(50))
    gated, formula = cost(symbolic(50)), cost(symbolic(50, se_bias=False))
    channels = [256] * 3 + [512] * 4 + [1024] * 6 + [2048] * 3
    kernels = sum(2 * c * c // 16 for c in channels)
    assert formula.trainable - plain.trainable == kernels == 2_514_944
    assert gated.trainable - formula.trainable == sum(c + c // 16 for c in channels)
    assert gated.macs - plain.macs == kernels
    assert (gated.trainable - plain.trainable) / plain.trainable == pytest.approx(0.1, abs=0.002)


@pytest.mark.parametrize(
    ("ratio", "millions"), [(2, 45.7), (4, 35.7), (8, 30.7), (16, 28.1), (32, 26.9)]
)
def test_weights_by_ratio(ratio, millions):
    """Hu et al. 2018, table of the reduction ratio; three of the five are rounded up."""
    trainable = cost(symbolic(50, ratio=ratio)).trainable
    assert trainable / 1e6 == pytest.approx(millions, abs=0.11)


@pytest.mark.parametrize(("depth", "last"), [(18, "conv2"), (50, "conv3")])
def test_the_gate_stands_behind_the_last_convolution_and_in_front_of_the_addition(depth, last):
    model = symbolic(depth, **SMALL)
    scales = [layer for layer in model.layers if layer.name.endswith("_gate_scale")]
    assert len(scales) == {18: 8, 50: 16}[depth]
    for scale in scales:
        block = scale.name.removesuffix("_gate_scale")
        features, gates = producers(scale)
        assert features.name == f"{block}_{last}_bn"
        assert gates.name == f"{block}_gate_expand"
        assert producers(model.get_layer(f"{block}_gate_squeeze"))[0] is features
        added = producers(model.get_layer(f"{block}_add"))
        assert scale in added
        assert not any("gate" in each.name for each in added if each is not scale)
    kinds = [
        layer.activation.__name__
        for layer in model.layers
        if "_gate_" in layer.name and isinstance(layer, kl.Dense)
    ]
    assert sorted(set(kinds)) == ["relu", "sigmoid"]


@pytest.mark.parametrize(
    ("placement", "reads", "read_by"),
    [
        ("pre", "stage1_block1_out", "stage1_block2_conv1_conv"),
        ("post", "stage1_block2_out", "stage2_block1_conv1_pad"),
        ("identity", "stage1_block1_out", "stage1_block2_add"),
    ],
)
def test_other_places_of_the_gate(placement, reads, read_by):
    """Hu et al., arXiv version 4, section 6.5."""
    model = symbolic(18, placement=placement, **SMALL)
    scale = model.get_layer("stage1_block2_gate_scale")
    features, gates = producers(scale)
    assert features.name == reads
    assert gates.name == "stage1_block2_gate_expand"
    assert scale in producers(model.get_layer(read_by))
    if placement == "pre":  # the shortcut is not gated
        assert features in producers(model.get_layer("stage1_block2_add"))


def test_a_gate_on_a_projection_reads_the_projection():
    model = symbolic(18, placement="identity", **SMALL)
    scale = model.get_layer("stage2_block1_gate_scale")
    assert producers(scale)[0].name == "stage2_block1_skip_bn"


def test_an_identity_gate_costs_what_a_standard_one_does_and_one_in_front_of_f_less():
    standard, pre, post, identity = (
        cost(symbolic(50, placement=where)).trainable
        for where in ("standard", "pre", "post", "identity")
    )
    assert standard == post == identity
    assert pre < standard  # the first gate of a stage reads the narrower maps of the one before


@pytest.mark.parametrize("depth", [18, 50])
def test_open_gates_leave_the_residual_net(depth, short):
    """With gates of 1 an SE-ResNet computes what `resnet` does, which has a twin in Keras."""
    plain, gated = resnet(depth, **SMALL), se_resnet(depth, ratio=4, **SMALL)
    randomize(plain)
    places = {layer.name: layer for layer in plain.layers}
    for layer in gated.layers:
        if layer.name.endswith("_gate_expand"):
            kernel, bias = layer.get_weights()
            layer.set_weights([0 * kernel, 0 * bias + 100])
        elif layer.weights and "_gate_" not in layer.name:
            layer.set_weights(places[layer.name].get_weights())
    x = images(plain)
    for training in (False, True):
        want, got = (
            keras.ops.convert_to_numpy(net(x, training=training)) for net in (plain, gated)
        )
        np.testing.assert_allclose(got, want, atol=1e-5)


def test_gates_of_the_whole_net_by_hand(short):
    model = se_resnet(18, ratio=8, **SMALL)
    randomize(model)
    read = ["stage2_block1_conv2_bn", "stage2_block1_gate_scale"]
    taps = keras.Model(model.input, [model.get_layer(name).output for name in read])
    before, after = (keras.ops.convert_to_numpy(y) for y in taps(images(model)))
    dense = [
        model.get_layer(f"stage2_block1_gate_{part}").get_weights() for part in ("reduce", "expand")
    ]
    kernels, biases = zip(*dense, strict=True)
    want = np.stack([by_hand(image, *kernels, biases) for image in before])
    assert np.abs(after - want).max() / want.std() <= TOLERANCE


def test_a_gated_net_can_be_transplanted(short):
    source, target = (se_resnet(18, **SMALL) for _ in range(2))
    randomize(source)
    transplant(source, target)
    for a, b in zip(source.get_weights(), target.get_weights(), strict=True):
        assert np.array_equal(a, b)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: se_resnet(20), r"depth must be one of \(18, 34, 50, 101, 152\), got 20"),
        (lambda: se_resnet(50, placement="top"), "placement must be one of .* got 'top'"),
        (lambda: se_resnet(50, stride_on="2x2"), "stride_on must be one of .* got '2x2'"),
        (
            lambda: se_resnet(50, ratio=0),
            "ratio must be an integer from 1 to the 256 channels .* 0",
        ),
        (lambda: se_resnet(18, ratio=65), "from 1 to the 64 channels .* got 65"),
        (lambda: se_resnet(50, ratio=2.0), "ratio must be .* got 2.0"),
        (lambda: se_resnet(50, ratio=True), "ratio must be .* got True"),
        (lambda: se_resnet(50, classes=0), "classes must be a positive integer"),
        (lambda: se_resnet(50, input_shape=(224, 224)), "input_shape must be"),
        (lambda: gate((4, 4, 8)), "ratio must be an integer from 1 to the 8 channels .* got 16"),
        (lambda: gate((4, 4, 8), ratio=2, width=0), "width must be an integer from 1, got 0"),
        (lambda: gate((4, 4, 8), ratio=2, width=2.5), "width must be .* got 2.5"),
    ],
)
def test_bad_settings_are_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()
