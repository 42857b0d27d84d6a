"""Faults of the Inception nets."""

from functools import partial

import keras
from keras import layers as kl

from tests.nets.broken import faults

GOOGLENET, BN, V3 = "nets/googlenet.py", "nets/bn_inception.py", "nets/inception_v3.py"
LAYERS, CLASSIC = "nets/layers.py", "nets/classic_layers.py"

POOL = 'layers.MaxPooling2D(3, 1, "same", name=f"{name}_pool")(x)'
STEM = '7, stride=2, name="stem_7x7"'
NORM1 = 'x = LocalResponseNormalization(name="stem_norm1")(x)'
NORM2 = 'x = LocalResponseNormalization(name="stem_norm2")(x)'
POOL1 = 'x = layers.MaxPooling2D(3, 2, "same", name="stem_pool1")(x)'
BETWEEN = 'MaxPooling2D(3, 2, "same", name=f"stage'
AUX_POOL = 'layers.AveragePooling2D(5, 3, name=f"{name}_pool")'
RELU = 'activation="relu",\n        kernel_initializer="he_normal",\n        name=f"{name}_conv",'
DEPTHWISE = "depth_multiplier=8,\n        use_bias="
BN_POOL = 'POOLS[widths.pool](3, stride, "same", name=f"{name}_pool")(x)'
PROJECT = '    branches[-1] = conv(branches[-1], widths.project, 1, name=f"{name}_pool_proj")'
BRANCHES = "branches = [three, double, POOLS"
REDUCE = 'three = conv(x, widths.reduce3, 1, name=f"{name}_3x3_reduce")'
THREE = "three = conv(three, widths.three, 3, stride=stride,"
DOUBLE1 = 'double = conv(double, widths.double, 3, name=f"{name}_double1")'
DOUBLE2 = "double = conv(double, widths.double, 3, stride=stride,"
LAST = '{"stride": 2, "padding": "valid"} if halve and i == len(steps) else {}'
POOLED = 'layers.AveragePooling2D(3, 1, "same", name=f"{name}_pool")'
HALVED = 'layers.MaxPooling2D(3, 2, name=f"{name}_pool")'
SEVEN = 'x = module_17(x, width, name=f"stage2_block{i}", conv=conv)'
ROW_FIRST = "seven = ((width, 1), (width, row), (192, column))"
TWICE = "(width, column), (width, row), (width, column), (192, row))"
SPLIT = '_side_by_side(three, name=f"{name}_3x3", conv=conv)'
IN_A_ROW = '_branch(three, (384, (1, 3)), (768, (3, 1)), name=f"{name}_3x3", conv=conv)'


def thin(widths):
    """Divide the channels of a module by eight; its pooling stays."""
    return widths._make(-(-n // 8) if isinstance(n, int) else n for n in widths)


def narrow(module, *kept):
    """Keep these modules of the stages, with an eighth of the channels; once."""
    if max(module.STEM) == 192:
        module.STEM = (8, 8, 24)
        module.STAGES = tuple(
            {name: thin(widths) for name, widths in stage.items() if name in kept}
            for stage in module.STAGES
        )
    return module


def without_dropout(model):
    """Let a training step drop nothing: both nets must compute the same."""
    for layer in model.layers:
        if isinstance(layer, kl.Dropout):
            layer.rate = 0.0
    return model


def alone(part, side, channels=8):
    """Build a net of one part of a net, for maps of `side` pixels."""
    image = keras.Input((side, side, channels), name="image")
    return loud(keras.Model(image, part(image)))


def loud(model):
    """Let the sums of squares of response normalization count beside k."""
    for layer in model.layers:
        if hasattr(layer, "alpha"):
            layer.alpha *= 1e3
    return model


def googlenet(nets):
    module = short_googlenet(nets)
    model = module.googlenet(input_shape=(128, 128, 3), classes=10, auxiliary=True)
    return loud(without_dropout(model))


def short_googlenet(nets):
    return narrow(nets.googlenet, "4a", "4c", "4d", "5b")


def googlenet_module(nets):
    module = nets.googlenet
    widths = module.Widths(2, 3, 4, 5, 6, 7)
    return alone(lambda x: module.inception_module(x, widths, name="stage1_3a"), 9)


def googlenet_head(nets):
    return without_dropout(alone(lambda x: nets.googlenet.auxiliary_head(x, 10, name="aux1"), 8))


def bn_inception(nets, **settings):
    module = narrow(nets.bn_inception, "3c", "4c", "5b")
    return module.bn_inception(input_shape=(64, 64, 3), classes=10, **settings)


def bn_module(nets, **changes):
    module = nets.bn_inception
    widths = module.Widths(2, 3, 4, 5, 6, "avg", 7)._replace(**changes)
    return alone(lambda x: module.inception_module(x, widths, name="stage1_3a"), 8)


def v3_conv(nets):
    """Return the function that adds a convolution, with an eighth of the channels."""
    module = nets.inception_v3
    wide = getattr(module, "wide", module._conv)  # `inception_v3` below may have been here
    conv = partial(wide, conventions=nets.layers.Conventions())
    return lambda x, filters, *args, **how: conv(x, -(-filters // 8), *args, **how)


def v3_module(nets, kind, *width, side=9):
    build = getattr(nets.inception_v3, kind)
    return alone(lambda x: build(x, *width, name="stage1_block1", conv=v3_conv(nets)), side)


def v3_head(nets):
    build = nets.inception_v3.auxiliary_head
    return alone(lambda x: build(x, 10, v3_conv(nets)), 11)


def inception_v3(nets):
    """Build a net with one module of each kind, with an eighth of the channels."""
    module = nets.inception_v3
    if len(module.POOL_WIDTHS) > 1:
        module.POOL_WIDTHS, module.SEVEN_WIDTHS = module.POOL_WIDTHS[:1], module.SEVEN_WIDTHS[:1]
        module.wide = wide = module._conv
        module._conv = lambda x, filters, *args, **how: wide(x, -(-filters // 8), *args, **how)
    settings = {"input_shape": (107, 107, 3), "classes": 10, "auxiliary": True}
    return without_dropout(module.inception_v3(**settings))


BUILD = {
    "googlenet": googlenet,
    "googlenet, module": googlenet_module,
    "googlenet, stem": lambda nets: alone(short_googlenet(nets).stem, 32, 3),
    "googlenet, head": googlenet_head,
    "bn_inception": bn_inception,
    "bn_inception of Caffe": lambda nets: bn_inception(nets, stem="plain", padding="symmetric"),
    "bn_inception, module": bn_module,
    "bn_inception, halving": lambda nets: bn_module(nets, one=0, pool="max", project=0),
    "inception_v3": inception_v3,
    "inception_v3, stem": lambda nets: alone(
        lambda x: nets.inception_v3.stem(x, v3_conv(nets)), 35, 3
    ),
    "inception_v3, 35": lambda nets: v3_module(nets, "module_35", 24),
    "inception_v3, to 17": lambda nets: v3_module(nets, "reduction_17", side=10),
    "inception_v3, 17": lambda nets: v3_module(nets, "module_17", 24),
    "inception_v3, to 8": lambda nets: v3_module(nets, "reduction_8", side=10),
    "inception_v3, 8": lambda nets: v3_module(nets, "module_8"),
    "inception_v3, head": v3_head,
}
ENTRIES = {}
BY_HAND = {}
FAULTS = (
    *faults(
        "googlenet, module",
        GOOGLENET,
        {
            "one width for two reductions": ("conv(x, widths.reduce3,", "conv(x, widths.reduce5,"),
            "projection as wide as the 5x5": ("conv(pool, widths.pool,", "conv(pool, widths.five,"),
            "3x3 kernels in the 5x5 branch": ("widths.five, 5,", "widths.five, 3,"),
            "5x5 kernels in the 3x3 branch": ("widths.three, 3,", "widths.three, 5,"),
            "5x5 reads the input past its reduction": ("conv(five, widths", "conv(x, widths"),
            "5x5 reads the other reduction": ("conv(five, widths", "conv(three, widths"),
            "average pooling": (POOL, POOL.replace("Max", "Average")),
            "projection without its pooling": ("pool = " + POOL, "pool = x"),
            "2x2 pooling": (POOL, POOL.replace("3, 1", "2, 1")),
            "pooling with stride 2": (POOL, POOL.replace("3, 1", "3, 2")),
            "branches in another order": ("[one, three, five, pool]", "[one, five, three, pool]"),
        },
    ),
    *faults(
        "googlenet, stem",
        GOOGLENET,
        {
            "no response normalization before the 1x1": (NORM1, "pass"),
            "no response normalization after the 3x3": (NORM2, "pass"),
            "normalization in front of the pooling": (
                f"{POOL1}  # (B, H/4, W/4, 64)\n    {NORM1}",
                f"{NORM1}\n    {POOL1}",
            ),
            "pooling without padding": ('"same", name="stem_pool2"', 'name="stem_pool2"'),
            "average pooling": (POOL1, POOL1.replace("Max", "Average")),
            "3x3 stem": (STEM, STEM.replace("7,", "3,")),
            "stem with stride 1": (STEM, STEM.replace("stride=2, ", "")),
            "no 1x1": ('x = conv(x, STEM[1], 1, name="stem_3x3_reduce")', "pass"),
        },
    ),
    *faults(
        "googlenet, stem",
        CLASSIC,
        {
            "k of Caffe, 1": ("k=2.0, n=5", "k=1.0, n=5"),
            "beta 1/2": ("beta=0.75", "beta=0.5"),
            "three adjacent maps": ("k=2.0, n=5", "k=2.0, n=3"),
            "sum without squares": ("keras.ops.square(wide)", "wide"),
            "alpha of Caffe": ("self.alpha * energy", "self.alpha / self.n * energy"),
        },
    ),
    *faults(
        "googlenet, module",
        LAYERS,
        {
            "convolutions without ReLU": (RELU, RELU.replace('activation="relu",', "")),
            "convolutions without bias": (RELU, RELU.replace('"relu",', '"relu", use_bias=False,')),
        },
    ),
    *faults(
        "googlenet, head",
        GOOGLENET,
        {
            "max pooling": (AUX_POOL, AUX_POOL.replace("Average", "Max")),
            "pooling with stride 1": (AUX_POOL, AUX_POOL.replace("5, 3", "5, 1")),
            "no 1x1 convolution": ("x = conv_relu(x, 128, 1, name=name)", "pass"),
            "mean over the map": ("layers.Flatten(", "layers.GlobalAveragePooling2D("),
            "hidden layer without ReLU": ('1024, activation="relu"', "1024"),
            "half the hidden units": ("layers.Dense(1024,", "layers.Dense(512,"),
        },
    ),
    *faults(
        "googlenet",
        GOOGLENET,
        {
            "two widths exchanged in 4a": (
                "Widths(192,      96,     208,",
                "Widths(208,      96,     192,",
            ),
            "2x2 pooling between the stages": (BETWEEN, BETWEEN.replace("3, 2", "2, 2")),
            "no pooling between two stages": ("if stage > 1:", "if stage > 2:"),
            "padding of Caffe": ('padding: str = "same"', 'padding: str = "symmetric"'),
        },
    ),
    *faults(
        "googlenet",
        GOOGLENET,
        {
            "heads at 4b and 4e": ('AUXILIARY = ("4a", "4d")', 'AUXILIARY = ("4b", "4e")'),
            "one head": ('AUXILIARY = ("4a", "4d")', 'AUXILIARY = ("4a",)'),
            "the second head at 4c": ('AUXILIARY = ("4a", "4d")', 'AUXILIARY = ("4a", "4c")'),
        },
    ),
    *faults(
        "bn_inception, module",
        BN,
        {
            "one 3x3 instead of two": (DOUBLE1, "pass"),
            "max pooling everywhere": ("POOLS[widths.pool]", 'POOLS["max"]'),
            "projection without its pooling": (BN_POOL, "x"),
            "1x1 at the end": ("branches.insert(0,", "branches.insert(3,"),
            "two 3x3 in front of the 3x3": (
                BRANCHES,
                BRANCHES.replace("three, double", "double, three"),
            ),
            "3x3 reads the other reduction": ("double = conv(double,", "double = conv(three,"),
        },
    ),
    *faults(
        "bn_inception, halving",
        BN,
        {
            "stride on the first of two 3x3": (
                f"{DOUBLE1}\n    {DOUBLE2}",
                f"{DOUBLE1.replace('3,', '3, stride=stride,')}\n    "
                + DOUBLE2.replace(" stride=stride,", ""),
            ),
            "stride on the reduction": (
                f"{REDUCE}\n    {THREE}",
                f"{REDUCE.replace('1,', '1, stride=stride,')}\n    "
                + THREE.replace(" stride=stride,", ""),
            ),
            "average pooling": ("POOLS[widths.pool]", 'POOLS["avg"]'),
            "no stride anywhere": ("1 if widths.one else 2", "1"),
            "pooling without its stride": (BN_POOL, BN_POOL.replace("stride", "1")),
            "projection": (PROJECT, PROJECT.replace("widths.project", "widths.project or 8")[4:]),
            "a 1x1 branch": ("if widths.one:", "if True:"),
        },
    ),
    *faults(
        "bn_inception",
        BN,
        {
            "plain stem": ('stem: str = "separable"', 'stem: str = "plain"'),
            "depth multiplier 1": ("depth_multiplier=8", "depth_multiplier=1"),
            "bias in the depthwise half": (f"{DEPTHWISE}False", f"{DEPTHWISE}True"),
            "3x3 stem": ("        7,\n        2,", "        3,\n        2,"),
            "128 channels in 4c and 4d": ("project_4cd: int = 96", "project_4cd: int = 128"),
            "128 channels in 4c": ('160,   "avg", None', '160,   "avg",  128'),
            "two widths exchanged in 4c": (
                "Widths(160,     128,     160,",
                "Widths(128,     160,     160,",
            ),
            "average pooling in 5b": ('224,   "max",', '224,   "avg",'),
            "epsilon of Keras": ("epsilon: float = 1e-5", "epsilon: float = 1e-3"),
            "biases": ("bias: bool = False", "bias: bool = True"),
            "padding of Caffe": ('padding: str = "same"', 'padding: str = "symmetric"'),
            "no pooling in the stem": (POOL1, "pass"),
        },
    ),
    *faults(
        "bn_inception of Caffe",
        BN,
        {
            "separable stem": ('if kind == "plain":', 'if kind == "other":'),
            "plain stem with stride 1": ("STEM[0], 7, stride=2,", "STEM[0], 7,"),
            "padding of TensorFlow": ("(bias, epsilon, padding)", '(bias, epsilon, "same")'),
        },
    ),
    *faults(
        "inception_v3, stem",
        V3,
        {
            "first convolution padded": (
                'stride=2, padding="valid", name="stem_conv1"',
                'stride=2, name="stem_conv1"',
            ),
            "second convolution padded": (
                'padding="valid", name="stem_conv2"',
                'name="stem_conv2"',
            ),
            "third convolution not padded": (
                'name="stem_conv3"',
                'padding="valid", name="stem_conv3"',
            ),
            "3x3 for the 1x1": ("conv(x, 80, 1,", "conv(x, 80, 3,"),
            "average pooling": ("layers.MaxPooling2D(3", "layers.AveragePooling2D(3"),
            "padded pooling": ('3, 2, name="stem_pool2"', '3, 2, "same", name="stem_pool2"'),
        },
    ),
    *faults(
        "inception_v3, 35",
        V3,
        {
            "3x3 for the 5x5": ("(48, 1), (64, 5)", "(48, 1), (64, 3)"),
            "max pooling": (POOLED, POOLED.replace("Average", "Max")),
            "padding counted by the average": (
                f"x = {POOLED}(x)",
                "x = layers.AveragePooling2D(3, 1)(layers.ZeroPadding2D(1)(x))",
            ),
            "one 3x3 instead of two": ("(64, 1), (96, 3), (96, 3), name", "(64, 1), (96, 3), name"),
        },
    ),
    *faults(
        "inception_v3, to 17",
        V3,
        {
            "padded": (LAST, LAST.replace(', "padding": "valid"', "")),
            "stride on the first of a branch": (LAST, LAST.replace("i == len(steps)", "i == 1")),
            "average pooling": (HALVED, HALVED.replace("Max", "Average")),
            "1x1 in front of the single 3x3": (
                "_branch(x, (384, 3),",
                "_branch(x, (64, 1), (384, 3),",
            ),
        },
    ),
    *faults(
        "inception_v3, 17",
        V3,
        {
            "row after column": (ROW_FIRST, "seven = ((width, 1), (width, column), (192, row))"),
            "the double branch begins with a row": (
                TWICE,
                "(width, row), (width, column), (width, row), (192, column))",
            ),
            "5-pixel rows and columns": ("(1, 7), (7, 1)\n", "(1, 5), (5, 1)\n"),
            "whole 7x7": ("(width, row), (192, column))", "(192, 7))"),
            "fixed width in between": (ROW_FIRST, ROW_FIRST.replace("(width, row)", "(192, row)")),
        },
    ),
    *faults(
        "inception_v3, to 8",
        V3,
        {
            "column before row": ("(192, (1, 7)), (192, (7, 1))", "(192, (7, 1)), (192, (1, 7))"),
            "no 1x1 in front of the 3x3": ("(192, 1), (320, 3)", "(320, 3)"),
        },
    ),
    *faults(
        "inception_v3, 8",
        V3,
        {
            "row and column in a row": (SPLIT, IN_A_ROW),
            "two rows side by side": ("for k in ((1, 3), (3, 1))", "for k in ((1, 3), (1, 3))"),
            "column before row": ("_join(name, row, column)", "_join(name, column, row)"),
            "448 and 384 exchanged": ("(448, 1), (384, 3)", "(384, 1), (448, 3)"),
        },
    ),
    *faults(
        "inception_v3, head",
        V3,
        {
            "max pooling": ("AveragePooling2D(5, 3", "MaxPooling2D(5, 3"),
            "3x3 pooling": ("AveragePooling2D(5, 3", "AveragePooling2D(3, 3"),
            "half the channels": ("conv(x, 768, kernel", "conv(x, 384, kernel"),
            "1x1 for the 5x5": ("min(5, side)", "min(1, side)"),
            "5x5 padded": ('kernel, padding="valid", name="aux1', 'kernel, name="aux1'),
        },
    ),
    *faults(
        "inception_v3",
        V3,
        {
            "without gamma": ("scale: bool = True", "scale: bool = False"),
            "epsilon of the released net": ("epsilon: float = 1e-5", "epsilon: float = 1e-3"),
            "one module at the end": ("for i in (2, 3):", "for i in (2,):"),
        },
    ),
    *faults(
        "inception_v3",
        V3,
        {
            "head behind the reduction": ("middle = x\n    x = red", "x = middle = red"),
            "head in front of the last module": (
                f"    {SEVEN}\n    middle = x",
                f"    middle = x\n        {SEVEN}",
            ),
        },
    ),
)
