"""The residual nets, from table 1 and section 4.2 of He et al. 2016."""

from tests.nets.arithmetic import Conv, numbers

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
    return numbers(convs, 1000, pool=True, norms=norms) | {"stages": bottleneck_shapes()}


def bottleneck_shapes():
    """Wherever its stride is, a stage ends at half the side and with twice the channels."""
    stages = {f"stage{k + 1}": (56 // 2**k, 56 // 2**k, 256 * 2**k) for k in range(4)}
    return {"stem": (56, 56, 64), **stages, "head": (1000,)}


def imagenet(convs):
    return numbers(convs, 1000, pool=True)


ROUTES = {
    "resnet18": lambda: imagenet(basic_convs(18, projections=True)),
    "resnet34": lambda: imagenet(basic_convs(34, projections=True)),
    "plain18": lambda: imagenet(basic_convs(18, projections=False)),
    "plain34": lambda: imagenet(basic_convs(34, projections=False)),
    "resnet50": lambda: imagenet(bottleneck_convs(50)),
    "resnet50_v1_5": lambda: (
        imagenet(bottleneck_convs(50, stride_on=2)) | {"stages": bottleneck_shapes()}
    ),
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
