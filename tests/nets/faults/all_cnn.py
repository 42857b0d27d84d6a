"""Faults of All-CNN-C."""

from tests.nets.broken import faults
from tests.nets.by_hand import gap
from tests.nets.by_hand_all_cnn import AllCnn

FILE = "nets/all_cnn.py"
SMALL = {"classes": 10, "dropout": 0, "input_dropout": 0}

CONV = "x = conv_relu(x, width, 3, stride=stride, padding=padding, name=name)"
THIRD = 'x = conv_relu(x, WIDTHS[-1], 3, padding="valid", name="stage3_block1")'
ONE = 'x = conv_relu(x, WIDTHS[-1], 1, name="stage3_block2")'
POOL = 'layers.MaxPooling2D(3, 2, "same", name=f"stage{stage}_pool")'


def short(nets):
    """Divide the widths by 12."""
    module = nets.all_cnn
    if max(module.WIDTHS) > 100:
        module.WIDTHS = tuple(width // 12 for width in module.WIDTHS)
    return module


BUILD = {
    "all_cnn": lambda nets: short(nets).all_cnn(**SMALL),
    "all_cnn, same": lambda nets: short(nets).all_cnn(padding="same", **SMALL),
    "model_c": lambda nets: short(nets).all_cnn(variant="model_c", **SMALL),
    "strided_cnn": lambda nets: short(nets).all_cnn(variant="strided_cnn", **SMALL),
    "conv_pool_cnn": lambda nets: short(nets).all_cnn(variant="conv_pool_cnn", **SMALL),
}
ENTRIES = {"all_cnn": ("all_cnn",)}


def by_hand(name):
    column, _, padding = name.partition(", ")
    settings = {"column": column, "padding": padding or "symmetric"}
    return gap(BUILD[name], lambda model: AllCnn(model, **settings).logits)


BY_HAND = {name: by_hand(name) for name in BUILD}
FAULTS = (
    *faults(
        "all_cnn",
        FILE,
        {
            "stride on the second convolution": ('"all_cnn": ((1, 1, 2)', '"all_cnn": ((1, 2, 1)'),
            "stride on the first convolution": ('"all_cnn": ((1, 1, 2)', '"all_cnn": ((2, 1, 1)'),
            "no convolution in place of the pooling": (
                '"all_cnn": ((1, 1, 2)',
                '"all_cnn": ((1, 2)',
            ),
            "pooling instead of a stride": ("((1, 1, 2), False)", "((1, 1, 1), True)"),
            "pooling after the stride": ("((1, 1, 2), False)", "((1, 1, 2), True)"),
            "zeros on one side": ('padding: str = "symmetric"', 'padding: str = "same"'),
            "5x5 kernels": (CONV, CONV.replace("width, 3,", "width, 5,")),
            "strided convolutions without ReLU": (
                CONV,
                "x = layers.Conv2D(width, 3, stride, padding='same', name=name)(x) "
                f"if stride > 1 else {CONV[4:]}",
            ),
            "twice the channels in stage 1": ("(96, 192)", "(192, 192)"),
            "last 3x3 layer padded": (THIRD, THIRD.replace('padding="valid", ', "")),
            "3x3 instead of 1x1": (ONE, ONE.replace("1,", "3,", 1)),
            "1x1 layer missing": (ONE, "pass"),
            "last 3x3 layer missing": (THIRD, "pass"),
            "1x1 layer without ReLU": (
                ONE,
                'x = layers.Conv2D(WIDTHS[-1], 1, name="stage3_block2_conv")(x)',
            ),
        },
    ),
    *faults(
        "all_cnn, same",
        FILE,
        {"zeros on both sides": ("padding=padding,", 'padding="symmetric",')},
    ),
    *faults(
        "model_c",
        FILE,
        {
            "a further convolution": ('"model_c": ((1, 1),', '"model_c": ((1, 1, 1),'),
            "average pooling": (POOL, POOL.replace("Max", "Average")),
            "2x2 pooling": (POOL, POOL.replace("(3, 2", "(2, 2")),
            "windows counted down": (POOL, POOL.replace(', "same"', "")),
        },
    ),
    *faults(
        "strided_cnn",
        FILE,
        {"stride on the first convolution": ("((1, 2), False)", "((2, 1), False)")},
    ),
    *faults(
        "conv_pool_cnn",
        FILE,
        {"stride instead of pooling": ("((1, 1, 1), True)", "((1, 1, 2), False)")},
    ),
)
