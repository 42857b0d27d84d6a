"""Faults of EfficientNet."""

from tests.nets.broken import faults

FILE = "nets/efficientnet.py"
SMALL = {"classes": 10, "input_shape": (32, 32, 3)}
# Random layers at rate 0, so that training mode can be compared
STILL = {"dropout": 0.0, "drop_connect": 0.0, **SMALL}

REPEATS = "repeats = row.repeats if fixed else ceil(scale.depth * row.repeats)"


def short(nets):
    """Two rows of few channels; width and depth at which all ways of rounding differ."""
    module, row = nets.efficientnet, nets.mobilenet_v2.Row
    module.STEM, module.LAST = 8, 24
    module.TABLE = (row(1, 8, 1, 1, 3), row(2, 16, 2, 2, 5))
    module.SIZES["b3"] = module.Scale(width=2.2, depth=1.2, resolution=40, dropout=0.3)
    return module


BUILD = {
    "efficientnet": lambda nets: short(nets).efficientnet("b3", **STILL),
    "efficientnet, its own size": lambda nets: short(nets).efficientnet(
        "b3", **STILL | {"input_shape": None}
    ),
}
GATE = '    y = variant.gate(y, narrow, name=f"{name}_gate")\n'
PROJECT = """    settings["activation"] = None if variant.linear else variant.activation
    y = conv_bn(y, channels, 1, name=f"{name}_project", **settings)
"""
ENTRIES = {}
BY_HAND = {}
FAULTS = (
    *faults(
        "efficientnet",
        FILE,
        {
            "repeats rounded down": (REPEATS, REPEATS.replace("ceil(", "int(")),
            "repeats rounded to the nearest": (REPEATS, REPEATS.replace("ceil(", "round(")),
            "depth not scaled": (REPEATS, "repeats = row.repeats"),
            "depth scaled by the width": (REPEATS, REPEATS.replace("scale.depth", "scale.width")),
            "width not scaled": ("round_channels(scale.width * row.channels)", "row.channels"),
            "width scaled by the depth": (
                "round_channels(scale.width * row.channels)",
                "round_channels(scale.depth * row.channels)",
            ),
            "stem not scaled": ("round_channels(STEM * scale.width)", "STEM"),
            "last convolution not scaled": ("round_channels(LAST * scale.width)", "LAST"),
            "channels not rounded": (
                "round_channels(scale.width * row.channels)",
                "int(scale.width * row.channels)",
            ),
            "ends never repeated": ("ends_repeat: bool = True", "ends_repeat: bool = False"),
            "gate of a quarter of the expanded width": (
                "int(GATE_SHARE * channels)",
                "int(GATE_SHARE * x.shape[-1])",
            ),
            "gate of a sixteenth": ("GATE_SHARE = 0.25", "GATE_SHARE = 1 / 16"),
            "no gate": ("gate=narrow_gate, ", ""),
            "ReLU in the gate": (
                'width=width, activation="swish"',
                'width=width, activation="relu"',
            ),
            "ReLU6 in the blocks": ('Variant(activation="swish", ', "Variant("),
            "ReLU in stem and last convolution": (
                'partial(conv_bn, activation="swish"',
                'partial(conv_bn, activation="relu"',
            ),
            "3x3 kernels everywhere": ("kernel=row.kernel,", "kernel=3,"),
            "no stride in the blocks": ("stride=stride,", "stride=1,"),
            "expansion 6 everywhere": ("expansion=row.expansion,", "expansion=6,"),
            "stem with stride 1": ("3, stride=2, name=", "3, name="),
        },
    ),
    *faults(
        "efficientnet",
        "nets/mobilenet_v2.py",
        {
            "gate behind the projection": (
                f"    if variant.gate is not None:\n    {GATE}{PROJECT}",
                PROJECT + GATE,
            ),
            "gate counts the channels out of the block": (
                "variant.gate(y, narrow,",
                "variant.gate(y, channels,",
            ),
        },
    ),
    *faults(
        "efficientnet",
        "nets/mobilenet.py",
        {
            "epsilon 1e-5 in EfficientNet": ("epsilon=1e-3", "epsilon=1e-5"),
            "symmetric padding in EfficientNet": ('padding="same"', 'padding="symmetric"'),
        },
    ),
    *faults(
        "efficientnet, its own size",
        FILE,
        {
            "every size at 224": (
                "(scale.resolution, scale.resolution, 3)",
                "(224, 224, 3)",
            ),
        },
    ),
)
