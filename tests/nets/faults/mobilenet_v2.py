"""Faults of MobileNetV2."""

from tests.nets.broken import faults

FILE = "nets/mobilenet_v2.py"
SMALL = {"classes": 10, "input_shape": (32, 32, 3)}

EXPAND = 'y = conv_bn(y, expansion * narrow, 1, name=f"{name}_expand", **settings)'
FILTER = 'y = depthwise_bn(y, kernel, stride=stride, name=f"{name}_filter", **settings)'
PROJECT = 'y = conv_bn(y, channels, 1, name=f"{name}_project", **settings)'
LINEAR = 'settings["activation"] = None if variant.linear else variant.activation'
ADD = 'return layers.Add(name=f"{name}_add")([x, y])'
FITS = "variant.shortcut and stride == 1 and channels == narrow"


def short(nets, stem=16):
    """Keep a block without expansion, two of one row, and one that changes the width."""
    module = nets.mobilenet_v2
    module.STEM, module.LAST = stem, 24
    module.TABLE = (module.Row(1, 8, 1, 1), module.Row(3, 16, 2, 2), module.Row(2, 24, 1, 1))
    return module


BUILD = {
    "mobilenet_v2": lambda nets: short(nets).mobilenet_v2(**SMALL),
    "mobilenet_v2, thin": lambda nets: short(nets, stem=112).mobilenet_v2(alpha=0.7, **SMALL),
    "mobilenet_v2, wide": lambda nets: short(nets).mobilenet_v2(alpha=1.5, **SMALL),
    "mobilenet_v2, not linear": lambda nets: short(nets).mobilenet_v2(linear=False, **SMALL),
}
ENTRIES = {}
BY_HAND = {}
FAULTS = (
    *faults(
        "mobilenet_v2",
        FILE,
        {
            "activation after the projection": (LINEAR, "pass"),
            "ReLU instead of ReLU6": ('activation: str = "relu6"', 'activation: str = "relu"'),
            "expansion where t is 1": ("if expansion != 1:", "if True:"),
            "no expansion": ("if expansion != 1:", "if False:"),
            "expansion of the channels out of the block": (
                "expansion * narrow",
                "expansion * channels",
            ),
            "no activation after the expansion": (
                EXPAND,
                EXPAND.replace("**settings", '**settings | {"activation": None}'),
            ),
            "no activation after the depthwise convolution": (
                FILTER,
                FILTER.replace("**settings", '**settings | {"activation": None}'),
            ),
            "no depthwise convolution": (FILTER, "pass"),
            "depthwise filters that sum the channels": (
                FILTER,
                FILTER.replace("depthwise_bn(y,", "conv_bn(y, y.shape[-1],"),
            ),
            "5x5 filters": (FILTER, FILTER.replace("kernel,", "5,")),
            "stride on the expansion": (
                f"{EXPAND}\n    {FILTER}",
                EXPAND.replace("1, ", "1, stride=stride, ")
                + "\n    "
                + FILTER.replace("stride=stride, ", ""),
            ),
            "stride on the projection": (
                f"{FILTER}\n",
                FILTER.replace("stride=stride, ", "") + "\n    stride, s = 1, stride\n"
                "    y = layers.MaxPooling2D(1, s)(y)\n",
            ),
            "no stride in the blocks": ("row.stride if repeat == 0 else 1", "1"),
            "stride in the last block of a row": ("repeat == 0", "repeat == row.repeats - 1"),
            "stride in every block of a row": ("row.stride if repeat == 0 else 1", "row.stride"),
            "stem with stride 1": ("3, stride=2, name=", "3, name="),
            "no shortcut": (f"if not ({FITS})", "if True"),
            "shortcut in the first block of a row only": (
                "channels == narrow",
                "channels > narrow",
            ),
            "branches multiplied": (ADD, ADD.replace("Add", "Multiply")),
            "mean instead of sum": (ADD, ADD.replace("Add", "Average")),
            "F(x) added to itself": (ADD, ADD.replace("[x, y]", "[y, y]")),
            "activation after the addition": (
                ADD,
                ADD.replace("return ", "return layers.ReLU(6.0)(") + ")",
            ),
            "one block less in each row": ("range(row.repeats)", "range(max(1, row.repeats - 1))"),
            "no last convolution": (
                'x = conv(x, round_channels(LAST * max(1.0, alpha)), 1, name=f"stage{stage}_last")',
                "pass",
            ),
            "linear last convolution": (
                'name=f"stage{stage}_last"',
                'name=f"stage{stage}_last", activation=None',
            ),
            "3x3 last convolution": (
                "max(1.0, alpha)), 1, name=",
                "max(1.0, alpha)), 3, name=",
            ),
        },
    ),
    *faults(
        "mobilenet_v2",
        "nets/mobilenet.py",
        {
            "epsilon 1e-5 in version 2": ("epsilon=1e-3", "epsilon=1e-5"),
            "symmetric padding in version 2": ('padding="same"', 'padding="symmetric"'),
        },
    ),
    *faults(
        "mobilenet_v2, thin",
        FILE,
        {
            "rounding that falls under 90 %": (
                "rounded if rounded >= 0.9 * channels else rounded + divisor",
                "rounded",
            ),
            "rounding down": ("int(channels + divisor / 2)", "int(channels)"),
            "rounding to multiples of 4": ("divisor: int = 8", "divisor: int = 4"),
            "no rounding": ("return rounded if", "return int(channels) if"),
            "last convolution shrinks with alpha": ("LAST * max(1.0, alpha)", "LAST * alpha"),
            "stem not thinned": ("round_channels(STEM * alpha)", "STEM"),
            "blocks not thinned": ("round_channels(row.channels * alpha)", "row.channels"),
        },
    ),
    *faults(
        "mobilenet_v2, wide",
        FILE,
        {"last convolution does not grow with alpha": ("LAST * max(1.0, alpha)", "LAST")},
    ),
    *faults(
        "mobilenet_v2, not linear",
        FILE,
        {"linear where the activation is asked": ("linear=linear, ", "")},
    ),
)
