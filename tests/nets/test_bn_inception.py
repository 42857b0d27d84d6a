"""BN-Inception: a thin one against figure 5 in NumPy, and the structure of the real one."""

from functools import lru_cache, partial
from importlib import import_module

import numpy as np
import pytest
from keras import layers as kl

from course_lib.cost import cost
from course_lib.nets import bn_inception, without_values
from course_lib.nets.bn_inception import Widths
from course_lib.receptive_field import receptive_field
from tests.nets.by_hand import ByHand, difference
from tests.nets.compare import TOLERANCE, randomize
from tests.nets.conditions import gives_probabilities, half_precision, survives_saving
from tests.nets.loops import convolve, pool
from tests.nets.modules import described

THIN = (
    {"3a": Widths(2, 3, 4, 5, 6, "avg", 7)},
    {"3c": Widths(0, 3, 2, 4, 5, "max", 0), "4a": Widths(4, 2, 3, 5, 2, "max", 6)},
    {"4e": Widths(0, 2, 4, 3, 2, "max", 0), "5a": Widths(3, 5, 2, 4, 6, "avg", 4)},
)
# onnx 1.23.2, backend/test/data/light/light_inception_v2.onnx (from Caffe): its Concat nodes and
# what is before them, read with the onnx package
ONNX = """
3a: 1x1 64 | 1x1 64, 3x3 64 | 1x1 64, 3x3 96, 3x3 96 | avg, 1x1 32
3b: 1x1 64 | 1x1 64, 3x3 96 | 1x1 64, 3x3 96, 3x3 96 | avg, 1x1 64
3c: 1x1 128, 3x3/2 160 | 1x1 64, 3x3 96, 3x3/2 96 | max/2
4a: 1x1 224 | 1x1 64, 3x3 96 | 1x1 96, 3x3 128, 3x3 128 | avg, 1x1 128
4b: 1x1 192 | 1x1 96, 3x3 128 | 1x1 96, 3x3 128, 3x3 128 | avg, 1x1 128
4c: 1x1 160 | 1x1 128, 3x3 160 | 1x1 128, 3x3 160, 3x3 160 | avg, 1x1 96
4d: 1x1 96 | 1x1 128, 3x3 192 | 1x1 160, 3x3 192, 3x3 192 | avg, 1x1 96
4e: 1x1 128, 3x3/2 192 | 1x1 192, 3x3 256, 3x3/2 256 | max/2
5a: 1x1 352 | 1x1 192, 3x3 320 | 1x1 160, 3x3 224, 3x3 224 | avg, 1x1 128
5b: 1x1 352 | 1x1 192, 3x3 320 | 1x1 192, 3x3 224, 3x3 224 | max, 1x1 128
"""
# google-research/receptive_field, RECEPTIVE_FIELD_TABLE.md: inception_v2 of TF-Slim, Mixed_3b ...
FIELDS = (59, 91, 123, 187, 251, 315, 379, 443, 571, 699)
# The same, inception_v2 at 224 pixels: billions of floating-point operations up to each module
FLOPS = (1.136, 1.544, 1.833, 2.073, 2.334, 2.686, 3.120, 3.446, 3.660, 3.883)


@lru_cache
def symbolic(**settings):
    with without_values():
        return bn_inception(**settings)


@pytest.fixture
def thin(monkeypatch):
    module = import_module("course_lib.nets.bn_inception")
    monkeypatch.setattr(module, "STEM", (3, 2, 6))
    monkeypatch.setattr(module, "STAGES", THIN)


class BNInception(ByHand):
    """Figure 5 of the paper."""

    def colours(self, image, name):
        """Give each colour to 8 filters; channel c x 8 + m is filter m of colour c."""
        (kernel,) = self.weights(name)
        x = self.padded(image, 7, 2)
        return np.concatenate(
            [
                convolve(x[..., c : c + 1], kernel[:, :, c : c + 1], np.zeros(8), stride=2)
                for c in range(3)
            ],
            axis=-1,
        )

    def module(self, x, widths, name):
        stride = 1 if widths.one else 2
        three = self.conv(self.conv(x, f"{name}_3x3_reduce"), f"{name}_3x3", stride)
        double = self.conv(self.conv(x, f"{name}_double_reduce"), f"{name}_double1")
        double = self.conv(double, f"{name}_double2", stride)
        if not widths.one:
            return np.concatenate([three, double, pool(x, 3, 2)], axis=-1)
        around = np.pad(x, ((1, 1), (1, 1), (0, 0)), constant_values=np.nan)
        pooled = pool(around, 3, 1, {"avg": np.nanmean, "max": np.nanmax}[widths.pool])
        one, pooled = self.conv(x, f"{name}_1x1"), self.conv(pooled, f"{name}_pool_proj")
        return np.concatenate([one, three, double, pooled], axis=-1)

    def logits(self, image, separable):
        if separable:
            x = self.conv(self.colours(image, "stem_7x7_depthwise"), "stem_7x7")
        else:
            x = self.conv(image, "stem_7x7", 2)
        x = self.conv(self.conv(pool(x, 3, 2), "stem_3x3_reduce"), "stem_3x3")
        x = pool(x, 3, 2)
        for stage, modules in enumerate(THIN, start=1):
            for name, widths in modules.items():
                x = self.module(x, widths, f"stage{stage}_{name}")
        return self.classified(x)


@pytest.mark.parametrize(("stem", "padding"), [("separable", "same"), ("plain", "symmetric")])
def test_is_the_papers_forward_pass(thin, stem, padding):
    model = bn_inception(input_shape=(64, 64, 3), classes=5, stem=stem, padding=padding)
    by_hand = BNInception(model, padding=padding)
    forward = partial(by_hand.logits, separable=stem == "separable")
    assert difference(model, forward) <= TOLERANCE


def test_modules_are_those_of_another_implementation():
    wanted = dict(line.split(": ") for line in ONNX.strip().split("\n"))
    found = described(symbolic())
    assert {name.split("_")[1]: words for name, words in found.items()} == wanted


def test_a_plain_stem_has_the_weights_of_another_implementation():
    """The weights of the file above without running statistics; and those of Cadene's BNInception.

    The second, of pretrainedmodels (PyTorch, from Caffe), is an 11,295,240 in many tables.
    """
    assert cost(symbolic(stem="plain")).trainable == 11_194_984
    assert cost(symbolic(stem="plain", bias=True, project_4cd=128)).trainable == 11_295_240


def test_fields_and_operations_are_those_of_another_implementation():
    """It counts other operations than multiply-adds, too: up to 0.6 % more."""
    model = symbolic()
    rows = cost(model).layers
    ends = [row.name for row in rows if row.name.endswith("_out")]
    assert tuple(receptive_field(model, name).size for name in ends) == FIELDS
    order = [row.name for row in rows]
    macs = [sum(row.macs for row in rows[: order.index(name)]) for name in ends]
    assert [2 * each / 1e9 for each in macs] == pytest.approx(FLOPS, rel=0.007)


def test_each_convolution_is_normalized_and_activated():
    model = symbolic()
    kinds = [type(layer) for layer in model.layers]
    assert kinds.count(kl.Conv2D) == kinds.count(kl.BatchNormalization) == 69
    for layer in model.layers:
        if isinstance(layer, kl.Conv2D):
            name = layer.name.removesuffix("_conv")
            assert not layer.use_bias
            assert model.get_layer(f"{name}_bn").input is layer.output
            assert model.get_layer(f"{name}_relu").input is model.get_layer(f"{name}_bn").output
    assert "LocalResponseNormalization" not in {kind.__name__ for kind in kinds}


def test_nothing_lies_between_the_halves_of_the_first_convolution():
    model = symbolic()
    depthwise = model.get_layer("stem_7x7_depthwise")
    assert depthwise.input is model.input
    assert depthwise.output is model.get_layer("stem_7x7_conv").input
    assert depthwise.output.shape == (None, 112, 112, 24)


def test_4c_and_4d_have_576_channels_or_608():
    for project, channels in ((96, 576), (128, 608)):
        model = symbolic(project_4cd=project)
        ends = [model.get_layer(f"stage2_{name}_out").output.shape[-1] for name in ("4c", "4d")]
        assert ends == [channels, channels]
        assert model.get_layer("stage2_4b_out").output.shape[-1] == 576


def test_symmetric_padding_is_where_the_stride_is():
    pads = [x for x in symbolic(padding="symmetric").layers if isinstance(x, kl.ZeroPadding2D)]
    modules = [
        f"{name}_{branch}_pad"
        for name in ("stage2_3c", "stage3_4e")
        for branch in ("3x3", "double2")
    ]
    assert sorted(x.name for x in pads) == sorted(["stem_7x7_pad", *modules])


def test_works_in_half_precision_and_from_a_file(thin, tmp_path):
    settings = {"input_shape": (32, 32, 1), "classes": 5}
    with half_precision():
        assert gives_probabilities(bn_inception(**settings))
    model = bn_inception(**settings)
    randomize(model)
    assert survives_saving(model, tmp_path)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"stem": "depthwise"}, r"stem must be one of \('separable', 'plain'\), got 'depthwise'"),
        ({"project_4cd": 64}, r"project_4cd must be one of \(96, 128\), got 64"),
        ({"padding": "valid"}, r"padding must be one of \('same', 'symmetric'\), got 'valid'"),
        ({"classes": -1}, "classes must be a positive integer, or None.*got -1"),
        ({"input_shape": (32, 31, 3)}, r"at least 32 pixels.*got \(32, 31, 3\)"),
    ],
)
def test_bad_settings_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        bn_inception(**settings)
