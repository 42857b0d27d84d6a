"""Faults of NiN, and of its head, which All-CNN shares."""

from tests.nets.broken import faults

FILE = "nets/nin.py"
SMALL = {"classes": 10, "dropout": 0}

FIRST = 'x = conv_relu(x, widths[0], kernel, stride=stride, padding=padding, name=f"{name}_block1")'
OTHERS = "for i, width in enumerate(widths[1:], start=2):"
ONE = 'x = conv_relu(x, width, 1, name=f"{name}_block{i}")'
MAPS = 'x = conv_relu(x, classes, 1, name="head")'
MEAN = 'x = layers.GlobalAveragePooling2D(name="head_pool")(x)'
LIN = "conv_relu(x, width, 1,"
POOL = '(3, 2, "valid" if odd else "same", name=name)'


def thin(rows):
    return tuple((*row[:-1], tuple(width // 12 for width in row[-1])) for row in rows)


def short(nets):
    """Divide the widths by 12."""
    module = nets.nin
    if max(module.CIFAR[0][-1]) > 100:
        module.IMAGENET, module.CIFAR = thin(module.IMAGENET), thin(module.CIFAR)
    return module


BUILD = {
    "nin": lambda nets: short(nets).nin(input_shape=(79, 79, 3), **SMALL),
    "nin_cifar": lambda nets: short(nets).nin_cifar(**SMALL),
    "nin_cifar of Caffe": lambda nets: short(nets).nin_cifar(second_pool="average", **SMALL),
}
ENTRIES = {"nin": ("nin",), "nin_cifar": ("nin_cifar",)}
BY_HAND = {}
FAULTS = (
    *faults(
        "nin",
        FILE,
        {
            "first convolution padded": ('"valid" if stage == 1 else "symmetric"', '"symmetric"'),
            "first convolution with stride 2": ("(11, 4,", "(11, 2,"),
            "7x7 kernels in stage 1": ("(11, 4,", "(7, 4,"),
            "3x3 kernels in stage 2": ("(5, 1, (256", "(3, 1, (256"),
            "5x5 kernels in stage 3": ("(3, 1, (384", "(5, 1, (384"),
            "512 channels in stage 4": ("(1024, 1024)", "(1024, 512)"),
            "a further 1x1 convolution in stage 4": ("(1024, 1024)", "(1024, 1024, 1024)"),
            "pooling after stage 4": ("if stage < len(IMAGENET):", "if stage <= len(IMAGENET):"),
            "average pooling": ('x = _pool(x, "max",', 'x = _pool(x, "average",'),
            "windows counted down": ('"valid" if odd else "same"', '"valid"'),
            "windows centred": ('"valid" if odd else "same"', '"same"'),
        },
    ),
    *faults(
        "nin_cifar",
        FILE,
        {
            "no 1x1 convolutions": (OTHERS, "for i, width in ():"),
            "one 1x1 convolution": (OTHERS, OTHERS.replace("[1:]", "[2:]")),
            "3x3 instead of 1x1": (ONE, ONE.replace("width, 1,", "width, 3,")),
            "1x1 convolutions without ReLU": (
                ONE,
                ONE.replace(LIN, "layers.Conv2D(width, 1,") + "(x)",
            ),
            "1x1 convolutions of each channel by itself": (
                ONE,
                ONE.replace(LIN, 'layers.DepthwiseConv2D(1, activation="relu",') + "(x)",
            ),
            "1x1 convolutions in front": (FIRST, FIRST.replace("kernel,", "1,")),
            "first convolution without padding": (
                FIRST,
                FIRST.replace("padding=padding, ", 'padding="valid", '),
            ),
            "stride in the first convolution": (FIRST, FIRST.replace("stride=stride", "stride=2")),
            "3x3 kernels in stage 1": ("(5, 1, (192, 160", "(3, 1, (192, 160"),
            "5x5 kernels in stage 3": ("(3, 1, (192, 192)", "(5, 1, (192, 192)"),
            "192 channels out of stage 1": ("192, 160, 96", "192, 160, 192"),
            "second pooling by the mean": (
                'second_pool: str = "max"',
                'second_pool: str = "average"',
            ),
            "first pooling by the mean": (
                'if stage == 2 else "max"',
                'if stage == 2 else "average"',
            ),
            "2x2 pooling": (POOL, POOL.replace("(3, 2,", "(2, 2,")),
            "windows counted down": ('"valid" if odd else "same"', '"valid"'),
            "no second pooling": ("if stage < len(CIFAR):", "if stage < 2:"),
            "class maps without ReLU": (
                MAPS,
                'x = layers.Conv2D(classes, 1, name="head_conv")(x)',
            ),
            "3x3 class maps": (MAPS, MAPS.replace("1,", "3,")),
            "largest value of each class map": (MEAN, MEAN.replace("Average", "Max")),
            "mean in front of the class maps": (
                f"{MAPS}\n    {MEAN}",
                'x = layers.GlobalAveragePooling2D(keepdims=True, name="head_pool")(x)\n'
                f'    {MAPS}\n    x = layers.Flatten(name="head_flatten")(x)',
            ),
            "dense classifier": (
                f"{MAPS}\n    {MEAN}",
                'x = layers.Flatten(name="head_flatten")(x)\n'
                '    x = layers.Dense(classes, name="head_fc")(x)',
            ),
        },
    ),
    *faults(
        "nin_cifar of Caffe",
        FILE,
        {
            "second pooling by the maximum": ("pooling = second_pool if", 'pooling = "max" if'),
            "zeros over the edge counted": ("return means / shares", "return means"),
            "no window over the edge": ("(0, over) for", "(0, 0) for"),
        },
    ),
)
