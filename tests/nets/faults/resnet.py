"""Faults of the residual nets, and of what every net shares."""

from tests.nets.broken import faults
from tests.nets.by_hand import PreActivation, Residual, gap

RESNET, V2, CIFAR = "nets/resnet.py", "nets/resnet_v2.py", "nets/resnet_cifar.py"
LAYERS = "nets/layers.py"
SMALL = {"classes": 10, "input_shape": (32, 32, 3)}
COUNTS, V2_COUNTS = (2, 2), (2, 1, 1, 2)

BASIC_1 = 'x = conv(x, width, 3, stride=stride, name=f"{name}_conv1")'
BASIC_2 = 'return conv(x, width, 3, activation=None, name=f"{name}_conv2")'
NECK_1 = 'x = conv(x, width, 1, stride=first, name=f"{name}_conv1")'
NECK_2 = 'x = conv(x, width, 3, stride=second, name=f"{name}_conv2")'
NECK_3 = 'return conv(x, EXPANSION * width, 1, activation=None, name=f"{name}_conv3")'
PROJECT = "return conv(x, channels, 1, stride=stride, activation=None, name=name)"
OUT = 'return layers.ReLU(name=f"{name}_out")(x)'
ADD = 'layers.Add(name=f"{name}_add")([skip, x])'
HALVES = "stride = 2 if stage > 1 and i == 1 else 1"
POOL_PAD = 'layers.ZeroPadding2D(1, name="stem_pool_pad")'
POOL = 'layers.MaxPooling2D(3, 2, name="stem_pool")'
BN = 'x = batch_norm(x, epsilon=conventions.epsilon, scale=conventions.scale, name=f"{name}_bn")'
NORM = "layers.BatchNormalization(momentum=0.9, epsilon=epsilon, scale=scale, name=name)"
NONE = 'if option == "none":'
ALL = 'option == "projection_all" or (option == "projection" and not same_shape)'
V2_STEM_PAD = 'layers.ZeroPadding2D(3, name="stem_pad")'
V2_PAD = 'layers.ZeroPadding2D(1, name=f"{name}_conv2_pad")'
V2_HALVES = 'halves = i == 1 and stage > 1 if stride_at == "first" else i == count and stage < 4'
V2_OUT = 'layers.Add(name=f"{name}_out")([skip, y])'


def short(nets):
    """Keep two stages of two blocks: small enough to run, long enough to show every fault."""
    sizes = nets.resnet.SIZES
    sizes.update({depth: (kind, COUNTS) for depth, (kind, _) in sizes.items()})
    nets.resnet.WIDTHS = nets.resnet.WIDTHS[:2]
    return nets


def short_v2(nets):
    """Keep four thin stages, of which the first and the last have two blocks."""
    sizes = nets.resnet.SIZES
    sizes.update({depth: (kind, V2_COUNTS) for depth, (kind, _) in sizes.items()})
    nets.resnet_v2.WIDTHS = (16, 18, 19, 20)
    return nets


def version_2(**settings):
    size = SMALL | {"input_shape": (64, 64, 3)}
    return lambda nets: short_v2(nets).resnet_v2.resnet_v2(50, **settings, **size)


BUILD = {
    "resnet18": lambda nets: short(nets).resnet.resnet(18, **SMALL),
    "resnet50": lambda nets: short(nets).resnet.resnet(50, **SMALL),
    "option A": lambda nets: short(nets).resnet.resnet(18, shortcut="zero_pad", **SMALL),
    "resnet8_cifar": lambda nets: nets.resnet_cifar.resnet_cifar(8),
    "plain18": lambda nets: short(nets).resnet.resnet(18, shortcut="none", **SMALL),
    "option C": lambda nets: short(nets).resnet.resnet(18, shortcut="projection_all", **SMALL),
    "resnet50v2": version_2(),
    "twin of v2": version_2(stride_at="last"),
    "resnet50v2, normalized after the pool": version_2(stem_norm="after_pool"),
}
ENTRIES = {
    "resnet18": ("resnet18",),
    "resnet50": ("resnet50",),
    "resnet8_cifar": ("resnet20_cifar",),
    "plain18": ("plain18",),
    "resnet50v2": ("resnet50v2",),
}
BY_HAND = {
    "resnet18": gap(BUILD["resnet18"], lambda model: Residual(model, COUNTS).of_basic_blocks),
    "resnet50": gap(BUILD["resnet50"], lambda model: Residual(model, COUNTS).of_bottlenecks),
    "option A": gap(
        BUILD["option A"], lambda model: Residual(model, COUNTS, option="A").of_basic_blocks
    ),
    "option C": gap(
        BUILD["option C"], lambda model: Residual(model, COUNTS, option="C").of_basic_blocks
    ),
    "plain18": gap(
        BUILD["plain18"], lambda model: Residual(model, COUNTS, option="none").of_basic_blocks
    ),
    "resnet8_cifar": gap(
        BUILD["resnet8_cifar"], lambda model: Residual(model, (1, 1, 1), option="A").for_cifar
    ),
    "resnet50v2": gap(BUILD["resnet50v2"], lambda model: PreActivation(model, V2_COUNTS).logits),
    "twin of v2": gap(
        BUILD["twin of v2"],
        lambda model: PreActivation(model, V2_COUNTS, stride_at="last").logits,
    ),
    "resnet50v2, normalized after the pool": gap(
        BUILD["resnet50v2, normalized after the pool"],
        lambda model: PreActivation(model, V2_COUNTS, stem_norm="after_pool").logits,
    ),
}
FAULTS = (
    *faults(
        "resnet18",
        RESNET,
        {
            "basic block: stride on the second convolution": (
                f"{BASIC_1}\n    {BASIC_2}",
                BASIC_1.replace("stride=stride, ", "")
                + "\n    "
                + BASIC_2.replace("3, ", "3, stride=stride, "),
            ),
            "basic block: no stride anywhere": (HALVES, "stride = 1"),
            "stride 2 in stage 1 as well": ("stage > 1 and i == 1", "i == 1"),
            "no ReLU after the addition": (OUT, "return x"),
            "basic block: ReLU before the addition as well": (
                BASIC_2,
                BASIC_2.replace("activation=None, ", ""),
            ),
            "identity scaled: mean instead of sum": (ADD, ADD.replace("Add", "Average")),
            "branches multiplied": (ADD, ADD.replace("Add", "Multiply")),
            "branches concatenated": (ADD, ADD.replace("Add", "Concatenate")),
            "F(x) added to itself": ("([skip, x])", "([x, x])"),
            "zero padding instead of a projection": ('"projection" and not', '"none" and not'),
            "3x3 projection": (PROJECT, PROJECT.replace("channels, 1", "channels, 3")),
            "3x3 stem": ("conv(image, 64, 7,", "conv(image, 64, 3,"),
            "stem with stride 1": ("64, 7, stride=2,", "64, 7,"),
            "2x2 pool after the stem": ("MaxPooling2D(3, 2,", "MaxPooling2D(2, 2,"),
            "average pool after the stem": ("MaxPooling2D(3", "AveragePooling2D(3"),
            "stem pool padded on one side, as `same` does": (
                POOL_PAD,
                POOL_PAD.replace("(1,", "(((0, 1), (0, 1)),"),
            ),
            "no stem pool": ("x = " + POOL + "(x)", "pass"),
            "epsilon of Keras, 1e-3": ("epsilon: float = 1e-5", "epsilon: float = 1e-3"),
            "biases in front of batch norm": ("bias: bool = False", "bias: bool = True"),
        },
    ),
    *faults(
        "resnet50",
        RESNET,
        {
            "bottleneck: stride on the 3x3 where the 1x1 is asked": (
                'stride_on == "1x1"',
                'stride_on == "3x3"',
            ),
            "bottleneck: stride on the last 1x1": (
                f"{NECK_1}\n    {NECK_2}\n    {NECK_3}",
                NECK_1.replace("stride=first, ", "")
                + f"\n    {NECK_2.replace('stride=second, ', '')}\n    "
                + NECK_3.replace("1, ", "1, stride=stride, "),
            ),
            "bottleneck: no stride anywhere": (HALVES, "stride = 1"),
            "stride in the last block of a stage": ("i == 1 else", "i == count else"),
            "no ReLU after the addition": (OUT, "return x"),
            "bottleneck: ReLU before the addition as well": (
                NECK_3,
                NECK_3.replace("activation=None, ", ""),
            ),
            "no shortcut": ("if skip is not None:", "if False:"),
            "a projection in every block": (
                '(option == "projection" and not same_shape)',
                '(option == "projection")',
            ),
            "projections where the stride is 2 only": (
                '(option == "projection" and not same_shape)',
                '(option == "projection" and stride > 1)',
            ),
            "no batch norm on the projection": (
                PROJECT,
                "return layers.Conv2D(channels, 1, stride, use_bias=False)(x)",
            ),
            "ReLU on the projection": (PROJECT, PROJECT.replace("activation=None, ", "")),
            "expansion 2": ("EXPANSION = 4", "EXPANSION = 2"),
        },
    ),
    *faults(
        "option A",
        RESNET,
        {
            "option A pads in front": (
                "(0, self.channels - x.shape[-1])",
                "(self.channels - x.shape[-1], 0)",
            ),
            "option A keeps the odd pixels": (":: self.stride, ::", "1 :: self.stride, ::"),
        },
    ),
    *faults(
        "option C",
        RESNET,
        {
            "projections where the shape changes only": (
                ALL,
                'option in ("projection", "projection_all") and not same_shape',
            ),
            "zero padding where all are asked": (ALL, ALL.replace('_all" or', '" or')),
        },
    ),
    *faults(
        "plain18",
        RESNET,
        {
            "identities in the plain net": (NONE, NONE.replace(":", " and not same_shape:")),
            "option A in the plain net": (NONE, "if False:"),
            "no ReLU at the end of a plain block": (OUT, f"{OUT} if skip is not None else x"),
        },
    ),
    *faults(
        "resnet18",
        LAYERS,
        {
            "padding `same` at stride 2": ("if stride == 1 or kernel == 1:", "if True:"),
            "no padding at stride 2": ("ZeroPadding2D(kernel // 2,", "ZeroPadding2D(0,"),
            "momentum of Keras, 0.99": ("momentum=0.9,", "momentum=0.99,"),
            "no batch norm": (BN, "pass"),
            "batch norm without beta": (NORM, NORM.replace("momentum", "center=False, momentum")),
            "batch norm without gamma": (NORM, NORM.replace("scale=scale", "scale=False")),
            "batch norm over rows": (NORM, NORM.replace("momentum", "axis=1, momentum")),
            "ReLU in front of batch norm": (
                BN,
                "x = layers.ReLU()(x) if activation else x\n    " + BN + "\n    return x",
            ),
            "classifier without bias": (
                'activation="softmax"',
                'activation="softmax", use_bias=False',
            ),
            "max over the map in the head": ("GlobalAveragePooling2D(", "GlobalMaxPooling2D("),
        },
    ),
    *faults(
        "resnet50",
        LAYERS,
        {
            "tanh instead of ReLU": ('activation="relu"', 'activation="tanh"'),
        },
    ),
    *faults(
        "resnet8_cifar",
        CIFAR,
        {
            "one block more in each stage": ("// 6 + 1)", "// 6 + 2)"),
            "projections instead of zero padding": ('"zero_pad",', '"projection",'),
            "stem with stride 2": ("widths[0], 3,", "widths[0], 3, stride=2,"),
            "stride 2 in stage 3 only": ("stage > 1 and", "stage > 2 and"),
            "twice the channels": ("= (16, 32, 64)", "= (32, 64, 128)"),
        },
    ),
    *faults(
        "resnet50v2",
        V2,
        {
            "no final batch norm": ('x = _bn_relu(x, epsilon, "stage4_final")', "pass"),
            "projection reads the raw input": ("skip = _conv(y,", "skip = _conv(x,"),
            "stem normalized twice": ("y = x if activated else ", "y = "),
            "pre-activation without ReLU": (
                'layers.ReLU(name=f"{name}_relu")(batch_norm',
                "(batch_norm",
            ),
            "ReLU after the addition": (
                V2_OUT,
                V2_OUT.replace("layers.Add", "layers.ReLU()(layers.Add") + ")",
            ),
            "stride on the first 1x1": (
                "_conv(y, width, 1, name",
                "_conv(y, width, 1, stride=stride, name",
            ),
            "bias in front of batch norm": ("stride=1, bias=False", "stride=1, bias=True"),
            "epsilon of Keras, 1e-3": ("epsilon: float = 1e-5", "epsilon: float = 1e-3"),
            "stem padded as `same` does": (
                V2_STEM_PAD,
                V2_STEM_PAD.replace("(3,", "(((2, 3),) * 2,"),
            ),
            "stem pool padded as `same` does": (
                POOL_PAD,
                POOL_PAD.replace("(1,", "(((0, 1),) * 2,"),
            ),
            "3x3 padded below and to the right": (V2_PAD, V2_PAD.replace("(1,", "(((0, 2),) * 2,")),
            "expansion 2": ("channels = EXPANSION * width", "channels = 2 * width"),
            "128 channels out of the stem": ("_conv(x, 64, 7,", "_conv(x, 128, 7,"),
            "1x1 of twice the width": ("_conv(y, width, 1,", "_conv(y, 2 * width, 1,"),
            "stride 2 in stage 1 as well": (V2_HALVES, V2_HALVES.replace(" and stage > 1", "")),
            "no stride in the blocks": (V2_HALVES, "halves = False"),
            "stride in the last block where the first is asked": (
                V2_HALVES,
                V2_HALVES.replace('== "first"', '== "last"'),
            ),
            "stem normalized after the pool where before is asked": (
                'stem_norm: str = "before_pool"',
                'stem_norm: str = "after_pool"',
            ),
        },
    ),
    *faults(
        "twin of v2",
        V2,
        {
            "shortcut averaged, not subsampled": (
                "MaxPooling2D(1, stride,",
                "AveragePooling2D(2, stride,",
            ),
            "stride 2 at the end of stage 4 as well": (
                V2_HALVES,
                V2_HALVES.replace(" and stage < 4", ""),
            ),
            "stride in the first block where the last is asked": (
                V2_HALVES,
                V2_HALVES.replace('== "first"', '!= ""'),
            ),
        },
    ),
    *faults(
        "resnet50v2, normalized after the pool",
        V2,
        {
            "first block without its normalization": (
                'activated=stage == i == 1 and stem_norm == "before_pool"',
                "activated=stage == i == 1",
            ),
            "normalized in front of the pool as well": (
                'if stem_norm == "before_pool":',
                "if True:",
            ),
        },
    ),
)
