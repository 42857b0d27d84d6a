"""Faults of EfficientNet-Lite."""

from tests.nets.broken import faults
from tests.nets.faults.efficientnet import STILL
from tests.nets.faults.efficientnet import short as short_efficientnet

FILE = "nets/efficientnet_lite.py"


def short(nets):
    """Three rows, of which the first and the last are not repeated."""
    larger, module, row = short_efficientnet(nets), nets.efficientnet_lite, nets.mobilenet_v2.Row
    module.STEM, module.LAST = 8, 24
    module.TABLE = (row(1, 8, 2, 1, 3), row(2, 16, 1, 2, 5), row(1, 24, 1, 1, 3))
    module.SIZES["lite3"] = larger.SIZES["b3"]
    return module


BUILD = {
    "efficientnet_lite": lambda nets: short(nets).efficientnet_lite("lite3", **STILL),
}
FAULTS = tuple(
    faults(
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
    )
)
