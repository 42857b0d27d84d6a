"""What every builder refuses: a `ValueError` says what was given and what is allowed."""

import numpy as np
import pytest

from course_lib.nets import (
    NETS,
    bn_inception,
    efficientnet,
    efficientnet_lite,
    googlenet,
    inception_v3,
    mobilenet,
    mobilenet_v2,
    resnet,
    resnet_cifar,
    resnet_v2,
    se_resnet,
    squeeze_excite,
    without_values,
)
from course_lib.nets.layers import Conventions

FLAG = r"must be one of \(False, True\), got"
EPSILON = "epsilon must be a number above 0, such as 1e-5, got"
BASIC = "blocks of depth 18 are basic, .* leave it out, got '3x3'"
WIDTHS = r"widths must be three non-decreasing channel counts, such as \(16, 32, 64\), got"
REFUSED = [
    (lambda: mobilenet_v2(shortcut="none"), f"shortcut {FLAG} 'none'"),
    (lambda: mobilenet_v2(linear=1), f"linear {FLAG} 1"),
    (lambda: mobilenet(separable="no"), f"separable {FLAG} 'no'"),
    (lambda: se_resnet(18, se_bias="paper"), f"se_bias {FLAG} 'paper'"),
    (lambda: squeeze_excite(np.zeros((1, 2, 2, 16)), bias=None, name="gate"), f"bias {FLAG} None"),
    (lambda: resnet(18, bias="no"), f"bias {FLAG} 'no'"),
    (lambda: resnet_v2(50, bias=0), f"bias {FLAG} 0"),
    (lambda: bn_inception(bias="no"), f"bias {FLAG} 'no'"),
    (lambda: googlenet(auxiliary=1), f"auxiliary {FLAG} 1"),
    (lambda: inception_v3(auxiliary=1), f"auxiliary {FLAG} 1"),
    (lambda: inception_v3(scale=0), f"scale {FLAG} 0"),
    (lambda: resnet(18, epsilon=-1), f"{EPSILON} -1"),
    (lambda: resnet_v2(50, epsilon="x"), f"{EPSILON} 'x'"),
    (lambda: bn_inception(epsilon=None), f"{EPSILON} None"),
    (lambda: inception_v3(epsilon=0), f"{EPSILON} 0"),
    (lambda: resnet(18, stride_on="3x3"), BASIC),
    (lambda: se_resnet(18, stride_on="3x3"), BASIC),
    (lambda: resnet(18, shortcut="none", stride_on="3x3"), BASIC),
    (lambda: resnet([50]), r"depth must be one of \(18, .*, got \[50\]"),
    (lambda: resnet(50.0), r"depth must be one of \(18, .*, got 50.0"),
    (lambda: resnet(18, classes=True), "classes must be a positive integer, .* got True"),
    (lambda: resnet_cifar(8, widths=16), f"{WIDTHS} 16"),
    (lambda: resnet_cifar(8, widths=(16.5, 32, 64)), WIDTHS),
    (lambda: resnet_cifar(8, widths=(True, 32, 64)), WIDTHS),
    (lambda: mobilenet(alpha=float("inf")), "alpha must be a number above 0, .* got inf"),
    (lambda: mobilenet_v2(alpha=float("inf")), "alpha must be a number above 0, .* got inf"),
    (lambda: efficientnet("b0", input_shape=()), r"input_shape must be .* got \(\)"),
    (lambda: efficientnet_lite("lite0", input_shape=()), r"input_shape must be .* got \(\)"),
]


@pytest.mark.parametrize(("build", "message"), REFUSED)
def test_a_bad_argument_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


@pytest.mark.parametrize(
    "name", ["mobilenet", "conv_mobilenet", "mobilenet_v2", "efficientnet_b0", "efficientnet_lite0"]
)
@pytest.mark.parametrize("conventions", [None, Conventions(padding="some")], ids=str)
def test_bad_conventions_are_refused(name, conventions):
    with pytest.raises(ValueError, match=r"conventions must be .*got (None|'some')"):
        NETS[name](conventions=conventions)


def test_integers_of_numpy_are_integers():
    classes, side = np.int64(10), np.int64(32)
    with without_values():
        net = resnet_cifar(np.int64(8), classes=classes, widths=tuple(np.array([4, 5, 6])))
        gated = se_resnet(18, input_shape=(side, side, 3), classes=classes, ratio=np.int64(8))
    assert net.output_shape == gated.output_shape == (None, 10)
    assert net.name == "resnet8_cifar"


@pytest.mark.parametrize("name", NETS)
def test_a_net_is_named_as_its_key(name):
    with without_values():
        assert NETS[name](classes=None).name == name


def test_an_unknown_name_lists_the_near_ones_and_all():
    for error in (KeyError, ValueError):
        with pytest.raises(error) as raised:
            NETS["resnet51"]
        message = str(raised.value)
        assert message.startswith("there is no net 'resnet51'; did you mean 'resnet50' or ")
        assert message.endswith(f"NETS has {', '.join(NETS)}")


@pytest.mark.parametrize("name", ["", "zzz", None, 50])
def test_a_name_like_no_other_lists_all(name):
    with pytest.raises(KeyError) as raised:
        NETS[name]
    assert str(raised.value) == f"there is no net {name!r}.  NETS has {', '.join(NETS)}"


def test_the_nets_are_a_dictionary():
    assert "resnet50" in NETS
    assert "resnet51" not in NETS
    assert NETS.get("resnet51") is None
    assert len(NETS) == len(list(NETS)) == len(dict(NETS.items()))
