"""Faults of MobileNet."""

from tests.nets.broken import faults
from tests.nets.by_hand import MobileNet, gap

FILE, LAYERS = "nets/mobilenet.py", "nets/layers.py"
SMALL = {"classes": 10, "input_shape": (32, 32, 3)}

FILTER = 'x = depthwise_bn(x, 3, stride=stride, name=f"{name}_filter", **settings)'
COMBINE = 'return conv_bn(x, channels, 1, name=f"{name}_combine", **settings)'
HALVES = "stride = 2 if stage > 1 and i == 1 else 1"


def short(nets):
    """Keep the channels few and different from each other."""
    nets.mobilenet.STEM = 6
    nets.mobilenet.STAGES = ((8,), (10, 12))
    return nets.mobilenet


BUILD = {
    "mobilenet": lambda nets: short(nets).mobilenet(**SMALL),
    "mobilenet, thin": lambda nets: short(nets).mobilenet(alpha=0.4, **SMALL),
    "mobilenet, relu6": lambda nets: short(nets).mobilenet(
        activation="relu6", head_kind="convolution", **SMALL
    ),
    "mobilenet, full": lambda nets: short(nets).mobilenet(separable=False, **SMALL),
}
ENTRIES = {
    "mobilenet": ("mobilenet_025",),
    "mobilenet, thin": ("mobilenet_025",),
    "mobilenet, full": ("conv_mobilenet",),
}
COUNTS = (1, 2)
THIN = (2, 3, 4, 4)  # 0.4 times 6, 8, 10 and 12, rounded down as in the authors' code
BY_HAND = {
    "mobilenet": gap(BUILD["mobilenet"], lambda model: MobileNet(model, COUNTS).of_pairs),
    "mobilenet, thin": gap(
        BUILD["mobilenet, thin"], lambda model: MobileNet(model, COUNTS, widths=THIN).of_pairs
    ),
    "mobilenet, relu6": gap(
        BUILD["mobilenet, relu6"],
        lambda model: MobileNet(model, COUNTS, most=6, classifier="head_conv").of_pairs,
    ),
    "mobilenet, full": gap(
        BUILD["mobilenet, full"], lambda model: MobileNet(model, COUNTS).of_full_convolutions
    ),
}
FAULTS = (
    *faults(
        "mobilenet",
        FILE,
        {
            "pointwise in front of depthwise": (
                f"{FILTER}\n    {COMBINE}",
                COMBINE.replace("return", "x =") + "\n    " + FILTER.replace("x =", "return"),
            ),
            "no depthwise convolution": (FILTER, "pass"),
            "no pointwise convolution": (COMBINE, "return x"),
            "depthwise filters that sum the channels": (
                FILTER,
                FILTER.replace("depthwise_bn(x,", "conv_bn(x, x.shape[-1],"),
            ),
            "stride on the pointwise convolution": (
                f"{FILTER}\n    {COMBINE}",
                FILTER.replace("stride=stride, ", "")
                + "\n    "
                + COMBINE.replace("1, ", "1, stride=stride, "),
            ),
            "stride 2 in the second block of a stage": ("i == 1 else", "i == 2 else"),
            "stride 2 in stage 1 as well": (HALVES, "stride = 2 if i == 1 else 1"),
            "no stride in the blocks": (HALVES, "stride = 1"),
            "stem with stride 1": ("3, stride=2, name=", "3, name="),
            "5x5 depthwise filters": ("depthwise_bn(x, 3,", "depthwise_bn(x, 5,"),
            "epsilon 1e-5": ("epsilon=1e-3", "epsilon=1e-5"),
            "symmetric padding": ('padding="same"', 'padding="symmetric"'),
            "ReLU6 where ReLU is asked": (
                'activation: str = "relu",\n    head',
                'activation: str = "relu6",\n    head',
            ),
            "no activation between depthwise and pointwise": (
                'name=f"{name}_filter", **settings',
                'name=f"{name}_filter", **settings | {"activation": None}',
            ),
            "no activation after the block": (
                'name=f"{name}_combine", **settings',
                'name=f"{name}_combine", **settings | {"activation": None}',
            ),
        },
    ),
    *faults(
        "mobilenet",
        LAYERS,
        {
            "no batch norm after a depthwise convolution": (
                '        name=f"{name}_depthwise",\n    )(x)\n    return _bn_act(x,',
                '        name=f"{name}_depthwise",\n    )(x)\n    return layers.ReLU()(x)\n    (x,',
            ),
        },
    ),
    *faults(
        "mobilenet, thin",
        FILE,
        {
            "channels rounded to the nearest": ("int(alpha * channels)", "round(alpha * channels)"),
            "stem not thinned": ("thinned(STEM, alpha)", "STEM"),
            "alpha squared": ("int(alpha * channels)", "int(alpha**2 * channels)"),
        },
    ),
    *faults(
        "mobilenet, relu6",
        FILE,
        {
            "ReLU where ReLU6 is asked": (
                '= {"activation": activation, "conventions": conventions}\n    block',
                '= {"activation": "relu", "conventions": conventions}\n    block',
            ),
            "max over the map in the convolution head": (
                "GlobalAveragePooling2D(",
                "GlobalMaxPooling2D(",
            ),
            "convolution head without bias": (
                '1, name="head_conv"',
                '1, use_bias=False, name="head_conv"',
            ),
        },
    ),
    *faults(
        "mobilenet, full",
        FILE,
        {
            "1x1 where 3x3 is asked": ("partial(conv, kernel=3)", "partial(conv, kernel=1)"),
            "full convolutions that keep their channels": (
                "partial(conv, kernel=3)",
                "(lambda x, n, **rest: conv(x, x.shape[-1], 3, **rest))",
            ),
        },
    ),
)
