"""MobileNet: its blocks, what its multipliers do, and its twin in `keras.applications`."""

import keras
import numpy as np
import pytest
from keras import layers as kl

from course_lib.cost import cost
from course_lib.nets import mobilenet, without_values
from course_lib.nets.layers import Conventions
from course_lib.nets.mobilenet import alpha_suffix, thinned
from tests.nets.compare import TOLERANCE, images, randomize
from tests.nets.twins import (
    ALPHAS,
    NUMBERS,
    SIZE,
    largest_twin_difference,
    layers_with_weights,
)

PAIRS = {
    "conv1_relu": "stem_relu6",
    "conv_pw_1_relu": "stage1_block1_combine_relu6",
    "conv_dw_2_relu": "stage2_block1_filter_relu6",
    "conv_pw_3_relu": "stage2_block2_combine_relu6",
    "conv_pw_5_relu": "stage3_block2_combine_relu6",
    "conv_pw_11_relu": "stage4_block6_combine_relu6",
    "conv_pw_13_relu": "stage5_block2_combine_relu6",
}


def symbolic(**settings):
    with without_values():
        return mobilenet(**settings)


def test_outputs_agree_with_keras_applications():
    theirs = keras.applications.MobileNet(weights=None, dropout=0.0, **SIZE)
    assert largest_twin_difference(theirs, NUMBERS["MobileNet"](), PAIRS) <= TOLERANCE


@pytest.mark.parametrize("alpha", ALPHAS["MobileNet"])
def test_layers_agree_with_keras_applications(alpha):
    with without_values():
        theirs = keras.applications.MobileNet(weights=None, alpha=alpha, **SIZE)
        ours = NUMBERS["MobileNet"](alpha=alpha)
    assert layers_with_weights(ours) == layers_with_weights(theirs)


def test_strides_and_the_last_depthwise_row():
    strided = {
        layer.name
        for layer in symbolic(**SIZE).layers
        if isinstance(layer, kl.Conv2D | kl.DepthwiseConv2D) and layer.strides != (1, 1)
    }
    blocks = {f"stage{k}_block1_filter_depthwise" for k in (2, 3, 4, 5)}
    assert strided == {"stem_conv", *blocks}


def test_each_convolution_is_normalized_and_activated():
    model = symbolic(**SIZE)
    kinds = [type(layer) for layer in model.layers]
    assert kinds.count(kl.Conv2D) == 14
    assert kinds.count(kl.DepthwiseConv2D) == 13
    for i, layer in enumerate(model.layers):
        if isinstance(layer, kl.Conv2D | kl.DepthwiseConv2D):
            assert not layer.use_bias
            assert kinds[i + 1 : i + 3] == [kl.BatchNormalization, kl.Activation]


def test_a_block_filters_before_it_combines():
    names = [layer.name for layer in symbolic(**SIZE).layers]
    first = names.index("stage3_block2_filter_depthwise")
    assert names.index("stage3_block2_combine_conv") == first + 3


def test_shares_of_the_multiply_adds_and_weights():
    """Howard et al. 2017, table 2: % of the multiply-adds and of the weights of kernels.

    For the 3x3 convolution it prints 1.19 % of the multiply-adds, where 1.91 makes the sum 100.
    """
    printed = {
        "1x1": (94.86, 74.59),
        "depthwise": (3.06, 1.06),
        "3x3": (1.91, 0.02),
        "dense": (0.18, 24.33),
    }
    model = symbolic()
    macs = {row.name: row.macs for row in cost(model).layers}
    found = {kind: np.zeros(2) for kind in printed}
    for layer in model.layers:
        if hasattr(layer, "kernel"):
            sides = getattr(layer, "kernel_size", ())
            kind = "depthwise" if isinstance(layer, kl.DepthwiseConv2D) else "dense"
            kind = {(1, 1): "1x1", (3, 3): "3x3"}.get(sides, kind) if kind == "dense" else kind
            found[kind] += macs[layer.name], np.prod(layer.kernel.shape)
    total = sum(found.values())
    for kind, shares in printed.items():
        assert 100 * found[kind] / total == pytest.approx(np.array(shares), abs=0.0101)


@pytest.mark.parametrize(("side", "millions"), [(224, 569), (192, 418), (160, 290), (128, 186)])
def test_the_resolution_multiplier_is_the_side_of_the_image(side, millions):
    """Howard et al. 2017, table 7; 290.7 million are printed as 290."""
    macs = cost(symbolic(input_shape=(side, side, 3))).macs
    assert macs / 1e6 == pytest.approx(millions, abs=0.75)


@pytest.mark.parametrize("side", [224, 192, 160, 128, 32])
def test_rho_sets_the_side(side):
    assert symbolic(rho=side / 224).input_shape == (None, side, side, 3)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rho": 0.9}, r"224 rho a whole number of pixels, got 0.9, .* such as 202 / 224"),
        ({"rho": 0}, "rho must be a number above 0, such as 1.0 or 192 / 224, got 0"),
        ({"rho": "1"}, "rho must be .* got '1'"),
        ({"rho": float("inf")}, "rho must be .* got inf"),
        ({"rho": 0.125}, r"at least 32 pixels .* got \(28, 28, 3\)"),
        ({"rho": 0.5, "input_shape": (64, 64, 3)}, r"got rho=0.5 and input_shape=\(64, 64, 3\)"),
    ],
)
def test_a_bad_rho_is_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        symbolic(**settings)


@pytest.mark.parametrize(
    ("alpha", "suffix"), [(1, ""), (1.0, ""), (0.75, "_075"), (0.35, "_035"), (1.4, "_140")]
)
def test_a_name_says_alpha(alpha, suffix):
    assert alpha_suffix(alpha) == suffix


def test_an_unknown_detail_is_no_argument():
    with pytest.raises(TypeError, match="unexpected keyword argument 'activaton'"):
        mobilenet(activaton="relu6")


def test_channels_are_rounded_down_and_never_gone():
    assert [thinned(64, 0.99), thinned(32, 0.25), thinned(32, 0.001)] == [63, 8, 1]


def test_the_two_heads_compute_the_same():
    settings = {"input_shape": (32, 32, 3), "classes": 5, "alpha": 0.25}
    dense = mobilenet(**settings)
    convolution = mobilenet(head_kind="convolution", **settings)
    randomize(dense)
    values = dense.get_weights()
    values[-2] = values[-2][None, None]
    convolution.set_weights(values)
    a, b = (keras.ops.convert_to_numpy(net(images(dense))) for net in (dense, convolution))
    np.testing.assert_allclose(a, b, atol=1e-5)


def test_conventions_are_those_asked_for():
    model = symbolic(conventions=Conventions(True, 1e-5, "symmetric"), **SIZE)
    assert model.get_layer("stem_conv").use_bias
    assert model.get_layer("stage2_block1_filter_bn").epsilon == 1e-5
    assert isinstance(model.get_layer("stage2_block1_filter_pad"), kl.ZeroPadding2D)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"alpha": 0}, "alpha must be a number above 0, such as 0.5 or 1.0, got 0"),
        ({"alpha": -0.5}, "alpha must be .* got -0.5"),
        ({"alpha": "1"}, "alpha must be .* got '1'"),
        ({"alpha": True}, "alpha must be .* got True"),
        ({"alpha": float("nan")}, "alpha must be .* got nan"),
        ({"activation": "swish"}, r"activation must be one of \('relu', 'relu6'\), got 'swish'"),
        ({"head_kind": "fc"}, "head_kind must be one of .* got 'fc'"),
        ({"classes": 0}, "classes must be a positive integer, or None"),
        ({"input_shape": (64, 64)}, "input_shape must be"),
    ],
)
def test_bad_settings_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        mobilenet(**settings)
