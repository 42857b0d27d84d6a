"""LeNet-5, from section II-B of LeCun et al. 1998."""

from math import prod


def lenet_modern():
    """C1 5x5 to 6, S2, C3 5x5 to 16, S4, C5 5x5 to 120, F6 84, output 10; biases everywhere."""
    shapes = [(25, 1, 6, 28 * 28), (25, 6, 16, 100), (25, 16, 120, 1)]
    shapes += [(1, 120, 84, 1), (1, 84, 10, 1)]
    weights = sum(area * a * b + b for area, a, b, _ in shapes)
    macs = sum(prod(shape) for shape in shapes)
    return {
        "params": weights,
        "trainable": weights,
        "macs": macs,
        "field": lenet_field(),
        "depth": len(shapes),
    }


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
    return field, jump


ROUTES = {
    "lenet5": lenet_modern,
    "lenet5_original": lenet_original,
}
