"""Thin nets against their papers in NumPy: residual ones, MobileNet, VGG, a head of Inception-v3.

The other nets have such a test beside them, or a twin in `keras.applications`.
"""

from functools import partial
from importlib import import_module

import keras
import numpy as np
import pytest

from course_lib.nets import mobilenet, resnet, resnet_cifar, resnet_v2, vgg
from course_lib.nets.layers import Conventions
from tests.nets.by_hand import ByHand, MobileNet, PreActivation, Residual, Vgg, difference
from tests.nets.compare import TOLERANCE
from tests.nets.second_route.vgg import TABLE1

COUNTS = (2, 2, 1, 2)
SIZE = {"input_shape": (72, 79, 3), "classes": 5}  # a side of the maps is even, then odd
OPTIONS = {
    "A": {"shortcut": "zero_pad"},
    "B": {},
    "C": {"shortcut": "projection_all"},
    "none": {"shortcut": "none"},
}


@pytest.fixture
def thin(monkeypatch):
    """Return a function that makes the residual nets thin: the first stage keeps its channels."""
    module = import_module("course_lib.nets.resnet")
    sizes = {depth: (kind, COUNTS) for depth, (kind, _) in module.SIZES.items()}

    def make(widths):
        monkeypatch.setattr(module, "SIZES", sizes)
        monkeypatch.setattr(module, "WIDTHS", widths)
        version_2 = import_module("course_lib.nets.resnet_v2")
        monkeypatch.setattr(version_2, "SIZES", sizes)
        monkeypatch.setattr(version_2, "WIDTHS", widths)

    return make


@pytest.mark.parametrize("option", OPTIONS)
def test_basic_blocks(thin, option):
    thin((64, 66, 67, 70))
    model = resnet(18, **OPTIONS[option], **SIZE)
    by_hand = Residual(model, COUNTS, option=option)
    assert difference(model, by_hand.of_basic_blocks) <= TOLERANCE


@pytest.mark.parametrize("stride_on", ["1x1", "3x3"])
@pytest.mark.parametrize("option", OPTIONS)
def test_bottlenecks(thin, option, stride_on):
    thin((17, 18, 19, 20))
    settings = {} if stride_on == "1x1" else {"stride_on": stride_on}
    model = resnet(50, **OPTIONS[option], **settings, **SIZE)
    by_hand = Residual(model, COUNTS, option=option, stride_on=stride_on)
    assert difference(model, by_hand.of_bottlenecks) <= TOLERANCE


@pytest.mark.parametrize(
    ("option", "shortcut"),
    [
        ("A", {}),
        ("B", {"shortcut": "projection"}),
        ("C", {"shortcut": "projection_all"}),
        ("none", {"shortcut": "none"}),
    ],
)
def test_nets_for_small_images(option, shortcut):
    model = resnet_cifar(14, input_shape=(18, 23, 3), widths=(4, 6, 7), **shortcut)
    by_hand = Residual(model, (2, 2, 2), option=option)
    assert difference(model, by_hand.for_cifar) <= TOLERANCE


@pytest.mark.parametrize("stem_norm", ["before_pool", "after_pool"])
@pytest.mark.parametrize("stride_at", ["first", "last"])
def test_blocks_of_version_2(thin, stride_at, stem_norm):
    thin((16, 18, 19, 20))  # the first block keeps its channels, the next stages project
    asked = {"stride_at": stride_at, "stem_norm": stem_norm}
    default = asked == {"stride_at": "first", "stem_norm": "before_pool"}
    model = resnet_v2(50, **({} if default else asked), **SIZE)
    assert difference(model, PreActivation(model, COUNTS, **asked).logits) <= TOLERANCE


@pytest.mark.parametrize("separable", [True, False])
def test_mobilenet(monkeypatch, separable):
    module = import_module("course_lib.nets.mobilenet")
    monkeypatch.setattr(module, "STEM", 6)
    monkeypatch.setattr(module, "STAGES", ((8,), (10, 12), (14, 16, 18)))
    model = mobilenet(input_shape=(41, 46, 3), classes=5, separable=separable)
    by_hand = MobileNet(model, (1, 2, 3))
    forward = by_hand.of_pairs if separable else by_hand.of_full_convolutions
    assert difference(model, forward) <= TOLERANCE


@pytest.mark.parametrize(
    ("configuration", "column"),
    [("A", "vgg11"), ("A-LRN", "vgg11_lrn"), ("B", "vgg13"), ("C", "vgg16_c"), ("D", "vgg16")],
)
def test_vgg(monkeypatch, configuration, column):
    module = import_module("course_lib.nets.vgg")
    monkeypatch.setattr(module, "WIDTHS", (6, 4, 5, 7, 8))
    monkeypatch.setattr(module, "DENSE", (9, 11))
    model = vgg(configuration, input_shape=(32, 64, 3), classes=5)
    by_hand = Vgg(model, TABLE1[column], normalizes=configuration == "A-LRN")
    assert difference(model, by_hand.logits, loud=["stage1_block1_conv"]) <= TOLERANCE


@pytest.mark.parametrize("shape", [(17, 17, 6), (17, 20, 6), (7, 5, 6)])
def test_the_head_in_the_middle_of_inception_v3(shape):
    """Szegedy et al. 2015, section 4: 5x5 means with stride 3, 1x1, then the whole map at once."""
    module = import_module("course_lib.nets.inception_v3")
    middle = keras.Input(shape)
    conv = partial(module._conv, conventions=Conventions())
    model = keras.Model(middle, module.auxiliary_head(middle, 5, conv))
    by_hand = ByHand(model)

    def forward(x):
        rows, cols = (range(0, n - 4, 3) for n in x.shape[:2])
        x = np.array([[x[i : i + 5, j : j + 5].mean(axis=(0, 1)) for j in cols] for i in rows])
        x = by_hand.conv(by_hand.conv(x, "aux1_1x1"), "aux1_5x5", pad=False)
        return by_hand.classified(x, "aux1_fc")

    assert difference(model, forward, part="aux1") <= TOLERANCE
