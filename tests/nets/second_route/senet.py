"""SE-ResNets, from equations 2-4 and table 1 of Hu et al. 2018.

Each block of a ResNet, with C channels out, gets two dense layers with biases, C to C/16 to C.
"""

from tests.nets.second_route.resnet import TABLE1, basic_convs, bottleneck_convs, imagenet


def gates(depth):
    """Give the channels out of each block."""
    widest = 4 if depth >= 50 else 1
    return [
        64 * 2**stage * widest
        for stage, repeats in enumerate(TABLE1[depth])
        for _ in range(repeats)
    ]


def route(depth):
    convs = bottleneck_convs(depth) if depth >= 50 else basic_convs(depth, projections=True)
    plain = imagenet(convs)
    kernels = sum(2 * c * c // 16 for c in gates(depth))
    biases = sum(c + c // 16 for c in gates(depth))
    channels = list(dict.fromkeys(gates(depth)))
    stages = {f"stage{k + 1}": (56 // 2**k, 56 // 2**k, c) for k, c in enumerate(channels)}
    return plain | {
        "params": plain["params"] + kernels + biases,
        "trainable": plain["trainable"] + kernels + biases,
        "macs": plain["macs"] + kernels,
        "stages": {"stem": (56, 56, 64), **stages, "head": (1000,)},
    }


ROUTES = {
    "se_resnet18": lambda: route(18),
    "se_resnet34": lambda: route(34),
    "se_resnet50": lambda: route(50),
    "se_resnet101": lambda: route(101),
    "se_resnet152": lambda: route(152),
}
