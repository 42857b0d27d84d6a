"""What the nets of the LeNet family compute, in NumPy, rightly and with the usual faults.

What a cohort is asked for, the `variant`, is one of `NETS`.
"""

from itertools import product
from typing import NamedTuple

import numpy as np

from course_lib.checks.plain import convolve, pool, relu

POOLS = {"average": "mean", "max": "max"}
SQUASH = {
    "tanh": np.tanh,
    "relu": relu,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
}


class Net(NamedTuple):
    """How a net ends.

    Attributes:
        slides: C5 has 5x5 kernels on maps of any size, and F6 reads the mean of each of its maps;
            else C5 covers the maps.
        scales: F6 reads the mean of each map of the first stage, too.
        sides: of the images of four cases.  At each of them a halving drops a row, the first one
            where `scales` asks for what it leaves; only where C5 slides has it positions.
    """

    slides: bool
    scales: bool
    sides: tuple[int, int, int, int]


NETS = {
    "cover": Net(slides=False, scales=False, sides=(38, 30, 39, 26)),
    "slide": Net(slides=True, scales=False, sides=(38, 42, 39, 38)),
    "scales": Net(slides=False, scales=True, sides=(39, 31, 39, 27)),
}
HALVINGS = {
    "average": "it halves with average pooling; here `halving` is another",
    "max": "it halves with max pooling; here `halving` is another",
    "stride": "it halves with a stride of 2; here a pooling layer does it, and the convolution "
    "moves by 1",
}
FAULTS = {
    "plain 0": "the activation after the first convolution is missing",
    "plain 1": "the activation after the second convolution is missing",
    "plain 2": "the activation after C5 is missing",
    "plain 3": "the activation after F6 is missing",
    "late": "the activation comes after average pooling; it belongs to the convolution before",
    "softmax": "it returns probabilities; logits are what the last layer gives without softmax",
    "squashed": "the output has an activation; logits have none",
    "always tanh": "its activation is tanh, whatever `activation` says",
    "always relu": "its activation is relu, whatever `activation` says",
}
LARGEST = "F6 reads the largest value of a map; the mean over the positions is asked for"
OWN_FAULTS = {
    "cover": {},
    "slide": {
        "padded": "the convolutions pad (`same`); nothing is padded",
        "unhalved 0": "the first stage does not halve; both stages do",
        "unhalved 1": "the second stage does not halve; both stages do",
        "mean first": "the mean over the positions is taken before the activation of C5; the "
        "activation belongs to the convolution",
        "largest": LARGEST,
    },
    "scales": {
        "largest": LARGEST,
        "whole maps": "the means are taken before the first stage halves; F6 reads what the "
        "second stage reads, too",
    },
}


def faults(variant: str) -> dict[str, str]:
    """Return the faults of a variant, and what a reader hears of each."""
    return FAULTS | OWN_FAULTS[variant]


def shapes(shape, asked, own: Net) -> list[tuple[int, ...]]:
    """Return the shapes of kernels, as (weights of one unit, units), and biases, in turn.

    Args:
        shape: (H, W, C) of an image, H and W the same.
        asked: keyword arguments of the reader's function.
        own: the variant.
    """
    first, second, third = asked["maps"]
    reads = (
        25 * shape[2],
        25 * first,
        _kernel(shape, asked, own) ** 2 * second,
        third + own.scales * first,
        asked["units"],
    )
    units = (*asked["maps"], asked["units"], asked["classes"])
    return [key for n, m in zip(reads, units, strict=True) for key in ((n, m), (m,))]


def orders(weights, shape, asked, own: Net):
    """Yield the weights in the orders in which layers may read the same values.

    C5 may read positions first or maps first; F6 may read C5 before the first stage or behind it.
    """
    side, (first, second, _) = _kernel(shape, asked, own), asked["maps"]
    turned = weights[4].reshape(second, side, side, -1).transpose(1, 2, 0, 3)
    fives = (weights[4], turned.reshape(weights[4].shape))
    sixes = (weights[6], np.roll(weights[6], -first, axis=0))[: 1 + own.scales]
    for five, six in product(fives, sixes):
        yield [*weights[:4], five, weights[5], six, *weights[7:]]


def logits(x, weights, asked, own: Net, fault: str | None = None) -> np.ndarray:
    """Compute the logits of images (B, H, W, C), or what a fault makes of them."""
    named = (fault or "").removeprefix("always ")
    named = named if named in SQUASH else asked["activation"]
    squash = [SQUASH[named] if fault != f"plain {i}" else (lambda v: v) for i in range(4)]
    padding = "same" if fault == "padded" else "valid"
    read = []
    for i in (0, 1):
        kernel = weights[2 * i].reshape(5, 5, x.shape[3], -1)
        halving = "none" if fault == f"unhalved {i}" else asked["halving"]
        x = convolve(x, kernel, 2 if halving == "stride" else 1, padding) + weights[2 * i + 1]
        whole, x = squash[i](x), _halved(x, squash[i], halving, fault)
        read.append(whole if fault == "whole maps" else x)
    if own.slides:
        x = convolve(x, weights[4].reshape(5, 5, x.shape[3], -1), 1, padding) + weights[5]
        first = fault == "mean first"
        x = squash[2](x.mean((1, 2))) if first else _one_a_map(squash[2](x), fault)
    else:
        x = squash[2](x.reshape(len(x), -1) @ weights[4] + weights[5])
    if own.scales:
        x = np.concatenate([x, _one_a_map(read[0], fault)], 1)
    x = squash[3](x @ weights[6] + weights[7]) @ weights[8] + weights[9]
    if fault == "softmax":
        x = np.exp(x - x.max(axis=1, keepdims=True))
        x /= x.sum(axis=1, keepdims=True)
    return SQUASH[named](x) if fault == "squashed" else x


def _halved(x, squash, halving, fault):
    """Return what a stage makes of the values of its convolution."""
    if halving not in POOLS:
        return squash(x)
    if fault == "late":
        return squash(pool(x, 2, how=POOLS[halving]))
    return pool(squash(x), 2, how=POOLS[halving])


def _one_a_map(x, fault):
    return x.max((1, 2)) if fault == "largest" else x.mean((1, 2))


def _kernel(shape, asked, own):
    """Return the side of C5's kernel, found by walking over the positions."""
    if own.slides:
        return 5
    side = shape[0]
    for kernel, step in ((5, 2),) * 2 if asked["halving"] == "stride" else ((5, 1), (2, 2)) * 2:
        side = len(range(0, side - kernel + 1, step))
    return side
