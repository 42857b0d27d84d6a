"""The numbers of each net once more, from the paper's table by arithmetic, without the builders.

A net is written down as the list of its convolutions; the formulas are those a reader does by
hand.  Nothing here is imported from the package.
"""

from dataclasses import dataclass
from math import prod


@dataclass(frozen=True)
class Conv:
    """A convolution: kernel side, channels in and out, side of its output map."""

    kernel: int
    before: int
    after: int
    side: int
    stride: int = 1
    on_main_path: bool = True


# Table 1 of He et al. 2016: repetitions of the brackets in conv2_x, conv3_x, conv4_x, conv5_x
TABLE1 = {
    18: (2, 2, 2, 2),
    34: (3, 4, 6, 3),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
}


def stem():
    return [Conv(7, 3, 64, 112, stride=2)]


def basic_convs(depth, *, projections):
    convs, channels = stem(), 64
    for stage, repeats in enumerate(TABLE1[depth]):
        width, side = 64 * 2**stage, 56 // 2**stage
        for repeat in range(repeats):
            stride = 2 if stage > 0 and repeat == 0 else 1
            convs.append(Conv(3, channels, width, side, stride))
            convs.append(Conv(3, width, width, side))
            if stride == 2 and projections:
                convs.append(Conv(1, channels, width, side, 2, on_main_path=False))
            channels = width
    return convs


def bottleneck_convs(depth, *, stride_on=1):
    """`stride_on`: 1 for the first convolution of the bracket (the paper), 2 for the 3x3."""
    convs, channels = stem(), 64
    for stage, repeats in enumerate(TABLE1[depth]):
        width, side = 64 * 2**stage, 56 // 2**stage
        for repeat in range(repeats):
            shrink = 2 if stage > 0 and repeat == 0 else 1
            first, second = (shrink, 1) if stride_on == 1 else (1, shrink)
            convs.append(Conv(1, channels, width, side * shrink // first, first))
            convs.append(Conv(3, width, width, side, second))
            convs.append(Conv(1, width, 4 * width, side))
            if repeat == 0:
                convs.append(Conv(1, channels, 4 * width, side, shrink, on_main_path=False))
            channels = 4 * width
    return convs


def cifar_convs(depth):
    """Section 4.2: 1 + 2n layers of 16 on 32x32, 2n of 32 on 16x16, 2n of 64 on 8x8."""
    n = (depth - 2) // 6
    convs, channels = [Conv(3, 3, 16, 32)], 16
    for stage in range(3):
        width, side = 16 * 2**stage, 32 // 2**stage
        for layer in range(2 * n):
            stride = 2 if stage > 0 and layer == 0 else 1
            convs.append(Conv(3, channels, width, side, stride))
            channels = width
    return convs


def numbers(convs, classes, *, pool=False, norms=None):
    """Return params, trainable, macs and field of convolutions, each with its batch norm.

    `norms`: channels of the normalizations, where they do not follow each convolution.
    """
    norms = [c.after for c in convs] if norms is None else norms
    features = convs[-1].after
    kernels = sum(c.kernel**2 * c.before * c.after for c in convs)
    trainable = kernels + 2 * sum(norms) + features * classes + classes
    macs = sum(c.side**2 * c.kernel**2 * c.before * c.after for c in convs) + features * classes
    field, jump = 1, 1
    for i, c in enumerate(c for c in convs if c.on_main_path):
        field, jump = field + (c.kernel - 1) * jump, jump * c.stride
        if pool and i == 0:  # the 3x3 pool with stride 2 after the stem
            field, jump = field + 2 * jump, jump * 2
    return {
        "params": trainable + 2 * sum(norms),
        "trainable": trainable,
        "macs": macs,
        "field": field,
    }


def preactivation(depth):
    """He et al. 2016b, figure 4e: BN in front of each convolution of a block, one at the end.

    The first block shares the normalization of the stem; projections have none.  The stride is
    on the 3x3, as in the authors' code.
    """
    convs = bottleneck_convs(depth, stride_on=2)
    norms, channels = [64], 64
    for stage, repeats in enumerate(TABLE1[depth]):
        width = 64 * 2**stage
        for repeat in range(repeats):
            if (stage, repeat) != (0, 0):
                norms.append(channels)
            norms += [width, width]
            channels = 4 * width
    norms.append(2048)
    stages = {f"stage{k + 1}": (56 // 2**k, 56 // 2**k, 256 * 2**k) for k in range(4)}
    shapes = {"stem": (56, 56, 64), **stages, "head": (1000,)}
    return numbers(convs, 1000, pool=True, norms=norms) | {"stages": shapes}


def imagenet(convs):
    return numbers(convs, 1000, pool=True)


def lenet_modern():
    """C1 5x5 to 6, S2, C3 5x5 to 16, S4, C5 5x5 to 120, F6 84, output 10; biases everywhere."""
    shapes = [(25, 1, 6, 28 * 28), (25, 6, 16, 100), (25, 16, 120, 1)]
    shapes += [(1, 120, 84, 1), (1, 84, 10, 1)]
    weights = sum(area * a * b + b for area, a, b, _ in shapes)
    macs = sum(prod(shape) for shape in shapes)
    return {"params": weights, "trainable": weights, "macs": macs, "field": lenet_field()}


def lenet_original():
    """C3 reads 60 pairs of maps; S2 and S4 have 2 weights a map; the output's 840 are fixed."""
    pairs = 6 * 3 + 9 * 4 + 1 * 6
    trainable = 156 + 12 + (25 * pairs + 16) + 32 + (25 * 16 * 120 + 120) + (120 * 84 + 84)
    macs = 25 * 6 * 784 + 25 * pairs * 100 + 25 * 16 * 120 + 120 * 84 + 84 * 10
    return {"params": trainable + 84 * 10, "macs": macs, "field": lenet_field()}


def lenet_field():
    """5x5, 2x2 with stride 2, 5x5, 2x2 with stride 2, 5x5."""
    field, jump = 1, 1
    for side, stride in ((5, 1), (2, 2), (5, 1), (2, 2), (5, 1)):
        field, jump = field + (side - 1) * jump, jump * stride
    return field


ROUTES = {
    "lenet5": lenet_modern,
    "lenet5_original": lenet_original,
    "resnet18": lambda: imagenet(basic_convs(18, projections=True)),
    "resnet34": lambda: imagenet(basic_convs(34, projections=True)),
    "plain18": lambda: imagenet(basic_convs(18, projections=False)),
    "plain34": lambda: imagenet(basic_convs(34, projections=False)),
    "resnet50": lambda: imagenet(bottleneck_convs(50)),
    "resnet50_v1_5": lambda: imagenet(bottleneck_convs(50, stride_on=2)),
    "resnet101": lambda: imagenet(bottleneck_convs(101)),
    "resnet152": lambda: imagenet(bottleneck_convs(152)),
    "resnet50v2": lambda: preactivation(50),
    "resnet101v2": lambda: preactivation(101),
    "resnet152v2": lambda: preactivation(152),
    "resnet20_cifar": lambda: numbers(cifar_convs(20), 10),
    "resnet32_cifar": lambda: numbers(cifar_convs(32), 10),
    "resnet44_cifar": lambda: numbers(cifar_convs(44), 10),
    "resnet56_cifar": lambda: numbers(cifar_convs(56), 10),
    "resnet110_cifar": lambda: numbers(cifar_convs(110), 10),
    "plain20_cifar": lambda: numbers(cifar_convs(20), 10),
    "plain56_cifar": lambda: numbers(cifar_convs(56), 10),
}
