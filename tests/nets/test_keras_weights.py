"""Weights of `keras.applications`: their answers on [0, 1], no download in vain, clear errors."""

import inspect
from functools import partial
from urllib.error import URLError

import keras
import numpy as np
import pytest

from course_lib import nets
from course_lib.nets.keras_weights import FAMILIES, FREE
from course_lib.nets.layers import Conventions
from course_lib.nets.pretrained import PretrainedNet
from tests.nets.compare import TOLERANCE, images, randomize
from tests.nets.twins import logits

FILES = "keras.src.utils.file_utils"  # what every net of theirs gets its file through
get_file = keras.utils.get_file
EVERY_RUN = ("mobilenet", "efficientnet", "vgg16")  # one of each way to rescale
PIXELS = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225], 0)  # mean, variance and count of theirs
SMALL = {"input_shape": (64, 64, 3), "classes": None}
# name in keras.applications, its module, our builder with its arguments, file
MODELS = {
    "mobilenet": (
        "MobileNet",
        partial(nets.mobilenet, alpha=0.25, rho=128 / 224, activation="relu6"),
        {"alpha": 0.25, "input_shape": (128, 128, 3)},
        "mobilenet_2_5_128_tf.h5",
    ),
    "mobilenet_v2": (
        "MobileNetV2",
        partial(nets.mobilenet_v2, alpha=0.35, input_shape=(96, 96, 3)),
        {"alpha": 0.35, "input_shape": (96, 96, 3)},
        "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_96.h5",
    ),
    "efficientnet": (
        "EfficientNetB0",
        partial(nets.efficientnet, "b0", **SMALL),
        {},
        "efficientnetb0_notop.h5",
    ),
    "vgg16": (
        "VGG16",
        partial(nets.vgg, "D", **SMALL),
        {},
        "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
    ),
    "resnet": (
        "ResNet50",
        partial(nets.resnet, 50, **SMALL),
        {},
        "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5",
    ),
    "resnet_v2": (
        "ResNet50V2",
        partial(nets.resnet_v2, 50, **SMALL),
        {},
        "resnet50v2_weights_tf_dim_ordering_tf_kernels_notop.h5",
    ),
    "inception_v3": (
        "InceptionV3",
        partial(nets.inception_v3, classes=None, input_shape=(75, 75, 3)),
        {"input_shape": (75, 75, 3)},
        "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5",
    ),
}


@pytest.fixture
def cache(monkeypatch, tmp_path):
    """Let Keras look for files in a folder of its own, without digests and without a network."""

    def from_folder(*args, file_hash=None, **settings):
        return get_file(*args, cache_dir=tmp_path, **settings)

    def no_network(origin, *_):
        raise URLError("no network")

    (tmp_path / "models").mkdir()
    monkeypatch.setattr(f"{FILES}.get_file", from_folder)
    monkeypatch.setattr(f"{FILES}.urlretrieve", no_network)
    return tmp_path / "models"


def write(path, model):
    """Give a net random weights, as theirs has them, and write these as Keras keeps them."""
    randomize(model)
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.set_weights([np.array(each) for each in PIXELS])
    model.save(path)


@pytest.mark.parametrize(
    "module",
    [pytest.param(m, marks=[] if m in EVERY_RUN else pytest.mark.weekly) for m in MODELS],
)
def test_images_in_range_give_what_theirs_gives_on_its_own_pixels(module, cache):
    name, build, settings, file = MODELS[module]
    top = not file.endswith("notop.h5")
    settings = {"input_shape": SMALL["input_shape"], "include_top": top} | settings
    theirs = getattr(keras.applications, name)
    write(cache / file, theirs(weights=None, **settings))

    reference, ours = theirs(weights="imagenet", **settings), build(pretrained="imagenet")
    assert ours.name.endswith("_imagenet")
    assert ours.layers[1].name == "stem_rescale"
    x = images(ours, count=2)
    pixels = getattr(keras.applications, module).preprocess_input(255 * x)
    wanted, got = (logits(net) if top else net.output for net in (reference, ours))
    a, b = (
        keras.ops.convert_to_numpy(keras.Model(net.input, output)(image))
        for net, output, image in ((reference, wanted, pixels), (ours, got, x))
    )
    assert np.abs(a - b).max() <= TOLERANCE * a.std()
    rescale = ours.layers[1]
    assert rescale.from_config(rescale.get_config()).get_config() == rescale.get_config()
    with pytest.warns(UserWarning, match=r"takes images in \[0, 1\]"):
        ours(255 * x)


def test_saved_and_loaded_is_the_same(cache, tmp_path):
    settings = {"alpha": 0.25, "input_shape": (128, 128, 3), "include_top": False}
    write(
        cache / "mobilenet_2_5_128_tf_no_top.h5",
        keras.applications.MobileNet(weights=None, **settings),
    )
    net = nets.mobilenet(alpha=0.25, input_shape=(128, 128, 3), classes=None, pretrained="imagenet")
    net.save(tmp_path / "net.keras")
    again = keras.models.load_model(tmp_path / "net.keras")
    assert type(again) is type(net) is PretrainedNet
    a, b = (keras.ops.convert_to_numpy(each(images(net))) for each in (net, again))
    assert np.array_equal(a, b)


@pytest.mark.parametrize("name", FAMILIES)
def test_builders_show_the_argument_and_say_what_it_does(name):
    builder, family = getattr(nets, name), FAMILIES[name]
    argument = inspect.signature(builder).parameters["pretrained"]
    assert (argument.kind, argument.default) == (argument.KEYWORD_ONLY, None)
    assert "\n    pretrained: " in inspect.getdoc(builder)
    assert all(hasattr(keras.applications, twin) for twin in family.twins.values())
    assert not set(family.settings) & {family.size, *FREE}


GREY = {"input_shape": (64, 64, 1), "classes": None}
WITHOUT_WEIGHTS = [
    (partial(nets.vgg, "A"), r"weights for configuration in \('D', 'E'\), got 'A'; leave pretr"),
    (partial(nets.resnet, 18), r"weights for depth in \(50, 101, 152\), got 18; leave pretrained"),
    (partial(nets.resnet_v2, 20), r"weights for depth in \(50, 101, 152\), got 20"),
    (partial(nets.efficientnet, "b8"), r"weights for size in \('b0', .* got 'b8'"),
    (partial(nets.resnet, 50, bias=False), "work with bias=True, got False; leave bias out, or"),
    (partial(nets.resnet, 50, epsilon=1e-5), "work with epsilon=1.001e-05, got 1e-05"),
    (partial(nets.resnet, 50, stride_on="3x3"), "work with stride_on='1x1', got '3x3'"),
    (partial(nets.resnet_v2, 50, stride_at="first"), "work with stride_at='last', got 'first'"),
    (partial(nets.inception_v3, scale=True), "work with scale=False, got True"),
    (partial(nets.inception_v3, auxiliary=True), "work with auxiliary=False, got True"),
    (partial(nets.mobilenet, head_kind="dense"), "work with head_kind='convolution', got 'dense'"),
    (partial(nets.mobilenet, separable=False), "work with separable=True, got False"),
    (partial(nets.mobilenet_v2, linear=False), "work with linear=True, got False"),
    (
        partial(nets.efficientnet, "b0", conventions=Conventions()),
        r"work with conventions=Conv.*, got Conventions\(bias=False, epsilon=1e-05",
    ),
    (
        partial(nets.mobilenet, alpha=0.25, classes=10, rho=128 / 224),
        "are for 1000 classes, got classes=10; .* build with classes=None and put a head",
    ),
    (
        partial(nets.mobilenet, alpha=0.3, rho=128 / 224),
        r"weights for alpha in \(0.25, 0.5, 0.75, 1.0\), got 0.3; leave pretrained=None",
    ),
    (
        partial(nets.mobilenet, alpha=0.25, rho=96 / 224),
        r"square with a side in \(128, 160, 192, 224\) pixels, got input_shape=\(96, 96, 3\)$",
    ),
    (
        partial(nets.mobilenet_v2, alpha=1.3, input_shape=(96, 96, 3)),
        r"square with a side in \(224,\) pixels, got input_shape=\(96, 96, 3\)$",
    ),
    (
        partial(nets.mobilenet_v2, alpha=0.35, input_shape=(96, 128, 3)),
        r"square with a side in \(96, .* got input_shape=\(96, 128, 3\)$",
    ),
    (
        partial(nets.vgg, "D", input_shape=(32, 32, 3)),
        r"side in \(224,\) pixels, got input_shape=\(32, 32, 3\); with classes=None any side",
    ),
    (partial(nets.vgg, "D", **GREY), r"are for RGB images, got input_shape=\(64, 64, 1\)$"),
    (partial(nets.mobilenet, alpha=0), "alpha must be a number above 0"),  # the builder's own
]


@pytest.mark.parametrize(("build", "message"), WITHOUT_WEIGHTS)
def test_what_has_no_weights_is_refused_before_a_download(cache, build, message):
    with pytest.raises(ValueError, match=message):
        build(pretrained="imagenet")


@pytest.mark.parametrize("word", ["cifar", True])
def test_other_words_are_refused(cache, word):
    with pytest.raises(ValueError, match=rf"pretrained must be one of .* got {word!r}"):
        nets.mobilenet(pretrained=word)


@pytest.mark.parametrize("unknown", [{"depth": 50}, {"details": "relu6"}])
def test_an_unknown_argument_is_no_setting(cache, unknown):
    for builder in (nets.mobilenet, nets.mobilenet_v2):
        with pytest.raises(TypeError, match="unexpected keyword argument"):
            builder(pretrained="imagenet", **unknown)


def small():
    return nets.mobilenet(alpha=0.25, rho=128 / 224, pretrained="imagenet")


def test_without_network_and_file_it_says_what_to_do(cache):
    advice = r"weights of MobileNet: URL fetch failure on .*mobilenet_2_5_128_tf.h5: .* no network"
    with pytest.raises(OSError, match=rf"{advice}.*Connect .* or put the file .*\.keras/models"):
        small()
    assert list(cache.iterdir()) == []


def test_a_damaged_file_gets_advice(cache):
    (cache / "mobilenet_2_5_128_tf.h5").write_bytes(b"not a file of weights")
    with pytest.raises(OSError, match=r"load the weights of MobileNet: .*Delete a damaged file"):
        small()
