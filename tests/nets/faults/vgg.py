"""Faults of VGG."""

from functools import partial

from tests.nets.broken import faults
from tests.nets.by_hand import Vgg, gap
from tests.nets.second_route.vgg import TABLE1

FILE = "nets/vgg.py"
SMALL = {"classes": 10, "input_shape": (32, 32, 3), "dropout": 0}

CONV = 'x = conv_relu(x, width, kernel, name=f"stage{stage}_block{i}")'
POOL = 'x = layers.MaxPooling2D(2, name=f"stage{stage}_pool")(x)  # (B, H/2**stage, ...)'
NORM = 'x = LocalResponseNormalization(name="stage1_norm")(x)'
ASKED = 'if configuration == "A-LRN" and stage == 1:'
D = '"D": ((3, 3), (3, 3), (3, 3, 3), (3, 3, 3), (3, 3, 3)),'
E = '"E": ((3, 3), (3, 3), (3, 3, 3, 3), (3, 3, 3, 3), (3, 3, 3, 3)),'


def short(nets):
    """Divide the widths by 16."""
    module = nets.vgg
    if max(module.WIDTHS) > 100:
        module.WIDTHS = tuple(width // 16 for width in module.WIDTHS)
        module.DENSE = tuple(width // 128 for width in module.DENSE)
    return module


BUILD = {
    "vgg11": lambda nets: short(nets).vgg("A", **SMALL),
    "vgg11_lrn": lambda nets: short(nets).vgg("A-LRN", **SMALL),
    "vgg13": lambda nets: short(nets).vgg("B", **SMALL),
    "vgg16_c": lambda nets: short(nets).vgg("C", **SMALL),
    "vgg16": lambda nets: short(nets).vgg("D", **SMALL),
    "vgg19": lambda nets: short(nets).vgg("E", **SMALL),
}
ENTRIES = {name: (name,) for name in BUILD}


def by_hand(name):
    forward = partial(Vgg, column=TABLE1[name], normalizes=name == "vgg11_lrn")
    return gap(BUILD[name], lambda model: forward(model).logits, loud=["stage1_block1_conv"])


BY_HAND = {name: by_hand(name) for name in BUILD}
FAULTS = (
    *faults(
        "vgg16",
        FILE,
        {
            "two convolutions in stage 3": (D, D.replace("(3, 3, 3),", "(3, 3),", 1)),
            "four convolutions in stage 5": (D, D.replace("(3, 3, 3)),", "(3, 3, 3, 3)),")),
            "a 5x5 kernel": (D, D.replace("(3, 3), (3, 3)", "(3, 3), (3, 5)")),
            "a 7x7 stem": (D, D.replace("((3, 3)", "((7, 3)")),
            "channels doubled in stage 5": ("256, 512, 512)", "256, 512, 1024)"),
            "convolutions without padding": (
                CONV,
                CONV.replace("kernel,", 'kernel, padding="valid",'),
            ),
            "stride 2 as well as pooling": (
                CONV,
                CONV.replace("kernel,", "kernel, stride=2 if i == len(kernels) else 1,"),
            ),
            "overlapping pooling": (POOL, POOL.replace("(2,", '(3, 2, "same",')),
            "average pooling": (POOL, POOL.replace("Max", "Average")),
            "pooling with stride 1": (POOL, POOL.replace("(2,", "(2, 1,")),
            "no pooling after stage 5": (POOL, f"if stage < 5:\n            {POOL}"),
            "pooling before the convolutions": (
                "        for i, kernel",
                '        x = layers.MaxPooling2D(2, name=f"stage{stage}_first")(x)\n'
                "        for i, kernel",
            ),
            "normalization in D": (ASKED, "if stage == 1:"),
            "one hidden dense layer": ("DENSE = (4096, 4096)", "DENSE = (4096,)"),
            "1024 units": ("(4096, 4096)", "(4096, 1024)"),
        },
    ),
    *faults(
        "vgg19",
        FILE,
        {
            "three convolutions in stage 4": (E, E.replace("(3, 3, 3, 3),", "(3, 3, 3),", 1)),
            "a 1x1 convolution in stage 5": (E, E.replace("3, 3)),", "3, 1)),")),
        },
    ),
    *faults(
        "vgg16_c",
        FILE,
        {
            "3x3 instead of 1x1, which is D": ("(3, 3, 1)),", "(3, 3, 3)),"),
            "1x1 in the middle": ("(3, 3, 1)),", "(3, 1, 3)),"),
        },
    ),
    *faults(
        "vgg11_lrn",
        FILE,
        {
            "no normalization": (ASKED, "if False:"),
            "normalization after each stage": (
                f"{ASKED}\n            {NORM}",
                'if configuration == "A-LRN":\n            '
                + NORM.replace('"stage1_norm"', 'f"stage{stage}_norm"'),
            ),
            "k of Caffe": (NORM, NORM.replace("(name", "(k=1.0, name")),
            "batch normalization": (
                NORM,
                NORM.replace("LocalResponseNormalization(", "layers.BatchNormalization("),
            ),
        },
    ),
    *faults(
        "vgg11",
        FILE,
        {
            "normalization in A": ('configuration == "A-LRN"', 'configuration[0] == "A"'),
            "two convolutions in stage 1, which is half of B": (
                '"A": ((3,),',
                '"A": ((3, 3),',
            ),
        },
    ),
    *faults(
        "vgg13",
        FILE,
        {"one convolution in stage 2": ('"B": ((3, 3), (3, 3),', '"B": ((3, 3), (3,),')},
    ),
)
