"""What every net of the course has in common: names, inputs, saving."""

import re

import keras
import numpy as np
import pytest

from course_lib.nets import NETS, resnet, resnet_cifar, resnet_v2, without_values
from tests.nets.compare import images, randomize
from tests.nets.published import ROWS

MINIMUM = {row.net: row.minimum for row in ROWS}
LIGHT = (
    "lenet5",
    "lenet5_original",
    "resnet18",
    "resnet20_cifar",
    "plain20_cifar",
    "mobilenet_025",
    "nin_cifar",
    "all_cnn",
)
NAME = re.compile(r"^(image|stem|stage\d+|aux\d+|head)(_|$)")


@pytest.fixture(scope="module", params=NETS)
def symbolic(request):
    """Each net at its smallest permitted input, without values in its weights."""
    side = MINIMUM[request.param]
    with without_values():
        return NETS[request.param](input_shape=(side, side, 3))


def test_layer_names_name_their_part(symbolic):
    assert [x.name for x in symbolic.layers if not NAME.match(x.name)] == []
    numbers = {int(n) for x in symbolic.layers for n in re.findall(r"^stage(\d+)", x.name)}
    assert numbers == set(range(1, max(numbers) + 1))


def test_its_configuration_builds_the_same_net(symbolic):
    """As a `.keras` file does, which holds it beside the weights."""
    with without_values():
        again = keras.models.model_from_json(symbolic.to_json())
    assert again.to_json() == symbolic.to_json()
    assert [(w.path, w.shape) for w in again.weights] == [
        (w.path, w.shape) for w in symbolic.weights
    ]


def least(model):
    """Return the smallest side or number of channels of all maps."""
    outputs = [keras.tree.flatten(layer.output) for layer in model.layers]
    return min(n for tensors in outputs for tensor in tensors for n in tensor.shape[1:])


def test_smallest_input_gives_probabilities(symbolic):
    assert {len(output.shape) for output in symbolic.outputs} == {2}
    assert least(symbolic) >= 1


@pytest.mark.parametrize("name", NETS)
def test_no_map_vanishes_at_other_sizes(name):
    """One pixel more than the smallest image; and odd sides that differ, without the head."""
    side = MINIMUM[name]
    with without_values():
        model = NETS[name](input_shape=(side + 1, side + 1, 3), classes=10)
        features = NETS[name](input_shape=((side + 1) | 1, (side + 9) | 1, 3), classes=None)
    assert {output.shape for output in model.outputs} == {(None, 10)}
    assert least(model) >= 1
    assert len(features.output_shape) == 4
    assert least(features) >= 1
    assert not any(layer.name.startswith(("head", "aux")) for layer in features.layers)


@pytest.mark.parametrize("name", NETS)
def test_one_pixel_less_is_refused(name):
    side = MINIMUM[name]
    for shape in ((side - 1, side, 3), (side, side - 1, 3)):
        with pytest.raises(ValueError, match=rf"at least {side} pixels .* got \({shape[0]}, "):
            NETS[name](input_shape=shape)


@pytest.mark.parametrize("name", LIGHT)
@pytest.mark.parametrize("channels", [1, 3])
def test_grey_and_colour_images_give_probabilities(name, channels):
    side = MINIMUM[name]
    model = NETS[name](input_shape=(side, side, channels), classes=10)
    y = keras.ops.convert_to_numpy(model(images(model)))
    assert y.shape == (3, 10)
    assert np.allclose(y.sum(axis=1), 1, atol=1e-5)
    assert y.min() >= 0


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("lenet5", (1, 1, 120)),
        ("lenet5_original", (1, 1, 120)),
        ("alexnet", (1, 1, 256)),
        ("vgg16", (1, 1, 512)),
        ("nin", (1, 1, 1024)),
        ("nin_cifar", (1, 1, 192)),
        ("all_cnn", (1, 1, 192)),
        ("googlenet", (1, 1, 1024)),
        ("googlenet_aux", (3, 3, 1024)),
        ("bn_inception", (1, 1, 1024)),
        ("inception_v3", (1, 1, 2048)),
        ("inception_v3_aux", (2, 2, 2048)),
        ("mobilenet", (1, 1, 1024)),
        ("mobilenet_025", (1, 1, 256)),
        ("mobilenet_v2", (1, 1, 1280)),
        ("mobilenet_v2_140", (1, 1, 1792)),
        ("resnet18", (1, 1, 512)),
        ("resnet50", (1, 1, 2048)),
        ("resnet50v2", (1, 1, 2048)),
        ("resnet20_cifar", (2, 2, 64)),
        ("se_resnet18", (1, 1, 512)),
        ("efficientnet_b0", (1, 1, 1280)),
    ],
)
def test_no_classes_give_the_feature_map(name, shape):
    side = MINIMUM[name]
    with without_values():
        model = NETS[name](input_shape=(side, side, 3), classes=None)
    assert model.output_shape == (None, *shape)
    assert not any(layer.name.startswith(("head", "aux")) for layer in model.layers)


@pytest.mark.parametrize(
    "name",
    [name if name in LIGHT else pytest.param(name, marks=pytest.mark.weekly) for name in NETS],
)
def test_saved_and_loaded_is_the_same(name, tmp_path):
    """Gigabytes in all, so every run does it with the light nets only."""
    side = MINIMUM[name]
    model = NETS[name](input_shape=(side, side, 3), classes=10)
    randomize(model)
    model.save(tmp_path / "net.keras")
    again = keras.models.load_model(tmp_path / "net.keras")
    x = images(model)
    for a, b in zip(*(keras.tree.flatten(net(x)) for net in (model, again)), strict=True):
        assert np.array_equal(*map(keras.ops.convert_to_numpy, (a, b)))
    assert [w.shape for w in again.weights] == [w.shape for w in model.weights]
    assert len(again.trainable_weights) == len(model.trainable_weights)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: resnet(20), r"depth must be one of \(18, 34, 50, 101, 152\), got 20"),
        (lambda: resnet(18, shortcut="A"), r"shortcut must be one of \('zero_pad'.*got 'A'"),
        (lambda: resnet(50, stride_on="2x2"), r"stride_on must be one of .*got '2x2'"),
        (lambda: resnet(18, classes=-1), "classes must be a positive integer, or None.*got -1"),
        (lambda: resnet(18, input_shape=(32, 32)), r"input_shape must be .*got \(32, 32\)"),
        (lambda: resnet(18, input_shape=(None, 32, 3)), "input_shape must be .*None"),
        (lambda: resnet(18, input_shape=(32, 32, 4)), "channels"),
        (lambda: resnet_v2(18), r"depth must be one of \(50, 101, 152\), got 18"),
        (lambda: resnet_v2(50, stride_at="2"), "stride_at must be one of"),
        (lambda: resnet_v2(50, stem_norm="no"), "stem_norm must be one of"),
        (lambda: resnet_cifar(21), r"depth must be 6n \+ 2 .*got 21"),
        (lambda: resnet_cifar(2), r"6n \+ 2"),
        (lambda: resnet_cifar(8.0), "got 8.0"),
        (lambda: resnet_cifar(8, widths=(16, 32)), r"widths must be .*got \(16, 32\)"),
        (lambda: resnet_cifar(8, widths=(32, 16, 64)), "non-decreasing"),
        (lambda: resnet_cifar(8, widths=(0, 16, 64)), "widths must be"),
    ],
)
def test_bad_input_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()
