"""Faults of EfficientNet-Lite."""

import keras
import numpy as np

from course_lib.nets.pretrained import IMAGENET, _path
from course_lib.nets.torch_file import read_torch_file
from tests.nets.broken import faults
from tests.nets.compare import images
from tests.nets.faults.efficientnet import STILL
from tests.nets.faults.efficientnet import short as short_efficientnet
from tests.nets.forward import probabilities

FILE = "nets/efficientnet_lite.py"


def short(nets):
    """Three rows, of which the first and the last are not repeated."""
    larger, module, row = short_efficientnet(nets), nets.efficientnet_lite, nets.mobilenet_v2.Row
    module.STEM, module.LAST = 8, 24
    module.TABLE = (row(1, 8, 2, 1, 3), row(2, 16, 1, 2, 5), row(1, 24, 1, 1, 3))
    module.SIZES["lite3"] = larger.SIZES["b3"]
    return module


def trained(nets):
    """Build a net with trained weights, which fit the full widths, for a small image."""
    settings = {"input_shape": (32, 39, 3), "pretrained": "imagenet", "drop_connect": 0}
    return nets.fresh().efficientnet_lite.efficientnet_lite("lite0", dropout=0, **settings)


def trained_gap(nets):
    """Return how far the probabilities are from those in NumPy, straight from the file."""
    source = IMAGENET["lite0"]
    arrays = read_torch_file(_path(source.package, source.file), source.sha256)
    model = trained(nets)
    (image,) = images(model, count=1)
    want = np.log(probabilities(arrays, (image.transpose(2, 0, 1) * 255.0 - 127) / 128))
    got = np.log(keras.ops.convert_to_numpy(model(image[None]))[0])
    return np.abs(got - want).max() / want.std()


BUILD = {
    "efficientnet_lite": lambda nets: short(nets).efficientnet_lite("lite3", **STILL),
    "efficientnet_lite, trained": trained,
}
ENTRIES = {}
BY_HAND = {"efficientnet_lite, trained": trained_gap}
FAULTS = (
    *faults(
        "efficientnet_lite, trained",
        "nets/pretrained.py",
        {
            "normalizations of expansion and filters exchanged": (
                '("_expand_conv", "_bn0"),\n    "filter": ("_depthwise_conv", "_bn1")',
                '("_expand_conv", "_bn1"),\n    "filter": ("_depthwise_conv", "_bn0")',
            ),
            "convolution for normalization": ('words[-1] == "bn"', 'words[-1] != "bn"'),
            "stem's normalization for that of the end": (
                'yield layer, "_bn1" if normalizes else "_conv_head"',
                'yield layer, "_bn0" if normalizes else "_conv_head"',
            ),
            "blocks counted from 1": ("len(blocks))", "len(blocks) + 1)"),
            "blocks of all stages under one number": ('f"{part}_{words[0]}"', "words[0]"),
            "mean and variance exchanged": (
                '"running_mean", "running_var"',
                '"running_var", "running_mean"',
            ),
            "gamma and beta exchanged": ('("weight", "bias", "run', '("bias", "weight", "run'),
            "rows of kernels for columns": ("transpose(2, 3, *", "transpose(3, 2, *"),
        },
    ),
    *faults(
        "efficientnet_lite, trained",
        FILE,
        {"images scaled to [-1, 1]": ("255 / 128, -127 / 128", "2.0, -1.0")},
    ),
    *faults(
        "efficientnet_lite",
        FILE,
        {
            "ends repeated": ("ends_repeat=False", "ends_repeat=True"),
            "stem scaled": ("conv(x, STEM,", "conv(x, int(STEM * scale.width),"),
            "last convolution scaled": ("conv(x, LAST,", "conv(x, int(LAST * scale.width),"),
            "not scaled at all": ("scaled(TABLE, scale, ends_repeat=False)", "TABLE"),
            "swish in the blocks": ('Variant(activation="relu6"', 'Variant(activation="swish"'),
            "ReLU in the blocks": ('Variant(activation="relu6"', 'Variant(activation="relu"'),
            "swish in stem and last convolution": (
                'partial(conv_bn, activation="relu6"',
                'partial(conv_bn, activation="swish"',
            ),
            "stem with stride 1": ("STEM, 3, stride=2,", "STEM, 3,"),
            "3x3 last convolution": ("LAST, 1,", "LAST, 3,"),
        },
    ),
)
