"""EfficientNet-Lite: what it leaves out, and trained weights against a NumPy forward pass."""

import keras
import numpy as np
import pytest
from keras import layers as kl

from course_lib.nets import efficientnet_lite, without_values
from course_lib.nets.efficientnet_lite import SIZES
from course_lib.nets.layers import Conventions
from course_lib.nets.pretrained import IMAGENET, _path
from course_lib.nets.torch_file import read_torch_file
from tests.nets.forward import probabilities

SIZE = {"input_shape": (64, 64, 3), "classes": 10}


def symbolic(size, **settings):
    with without_values():
        return efficientnet_lite(size, **settings)


def names(model, ending):
    return [layer.name for layer in model.layers if layer.name.endswith(ending)]


@pytest.mark.parametrize("size", IMAGENET)
def test_trained_weights_give_the_probabilities_of_numpy(size):
    """Every array of the file is used by both; 50 pixels make maps with odd and even sides."""
    source = IMAGENET[size]
    arrays = read_torch_file(_path(source.package, source.file), source.sha256)
    model = efficientnet_lite(size, input_shape=(50, 64, 3), pretrained="imagenet")
    image = np.random.default_rng(0).uniform(0, 1, (50, 64, 3)).astype("float32")
    want = probabilities(arrays, (image.transpose(2, 0, 1) * 255.0 - 127) / 128)
    got = keras.ops.convert_to_numpy(model(image[None]))[0]
    assert np.abs(np.log(got) - np.log(want)).max() <= 1e-3
    used = [w for w in model.variables if "seed" not in w.path]
    assert sum(w.size for name, w in arrays.items() if not name.endswith("tracked")) == sum(
        int(np.prod(w.shape)) for w in used
    )


@pytest.mark.parametrize("size", SIZES)
def test_stem_head_and_ends_do_not_grow(size):
    model = symbolic(size, **SIZE)
    assert model.get_layer("stem_conv").filters == 32
    assert model.get_layer("stage5_last_conv").filters == 1280
    assert len(names(model, "_filter_depthwise")) - len(names(model, "_expand_conv")) == 1
    wide = [x for x in model.layers if isinstance(x, kl.DepthwiseConv2D)][-2:]
    last = model.get_layer("stage5_last_conv").input.shape[-1]
    assert [x.output.shape[-1] == wide[0].output.shape[-1] for x in wide] == [True, True]
    projections = [model.get_layer(name).filters for name in names(model, "_project_conv")]
    assert projections.count(last) == projections.count(projections[0]) == 1


def test_no_gates_and_relu6_only():
    model = symbolic("lite4", **SIZE)
    assert names(model, "_gate_scale") == []
    found = {x.activation.__name__ for x in model.layers if isinstance(x, kl.Activation)}
    assert found == {"relu6"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"size": "b0"}, r"size must be one of \('lite0', .*got 'b0'"),
        (
            {"size": "lite0", "dropout": -1},
            r"dropout must be at least 0 \(none\) and below 1, got -1",
        ),
        (
            {"size": "lite0", "drop_connect": 1.5},
            "drop_connect must be at least 0 .* below 1, got 1.5",
        ),
        ({"size": "lite0", "classes": 0}, "classes must be a positive integer, or None"),
        ({"size": "lite0", "input_shape": (31, 32, 3)}, "at least 32 pixels"),
        ({"size": "lite0", "pretrained": "cifar"}, "pretrained must be one of .* got 'cifar'"),
        ({"size": "lite0", "pretrained": True}, "pretrained must be one of .* got True"),
        (
            {"size": "lite3", "pretrained": "imagenet"},
            r"weights for \('lite0', 'lite1', 'lite2'\), got size 'lite3'; leave pretrained=None",
        ),
        (
            {"size": "lite0", "pretrained": "imagenet", "classes": 10},
            "1000 classes, .*got classes=10, .* build with classes=None and put a head",
        ),
        (
            {"size": "lite0", "pretrained": "imagenet", "input_shape": (64, 64, 1)},
            "RGB images .* 1 channels",
        ),
        (
            {"size": "lite0", "pretrained": "imagenet", "conventions": Conventions()},
            r"conventions of the authors, .*epsilon=1e-05",
        ),
    ],
)
def test_bad_settings_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        efficientnet_lite(**settings)
