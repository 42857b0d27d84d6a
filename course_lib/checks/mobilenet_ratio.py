"""Check of the question of the mobilenet exercises that asks what separation saves in a net.

A net is a chain of padded convolutions; all but the first are separated.  A slip counts a layer
otherwise, or puts the layers together otherwise.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from course_lib.checks.cases import case
from course_lib.checks.verdict import WrongAnswer, as_number, call, fresh_cases, passed, spell

NAMES = ("size", "channels", "layers")
CASES: tuple[tuple[str, tuple], ...] = (  # kind of case, and the arguments
    ("two layers", ((14, 10), 3, ((3, 8, 1), (3, 13, 1)))),
    ("two layers", ((9, 12), 4, ((5, 7, 1), (3, 11, 1)))),
    ("several kernels", ((12, 7), 3, ((3, 9, 1), (5, 6, 1), (3, 14, 1)))),
    ("several kernels", ((8, 15), 2, ((3, 5, 1), (7, 12, 1), (1, 10, 1), (3, 17, 1)))),
    ("strides", ((19, 14), 3, ((3, 6, 2), (3, 10, 1), (3, 15, 2), (5, 9, 1)))),
    ("strides", ((23, 17), 1, ((5, 8, 1), (3, 12, 2), (3, 7, 2)))),
)
CLOSE = 1e-6  # relative: sums of whole numbers, and one division


class Layer(NamedTuple):
    """One layer: windows before and behind its stride, kernel, channels read and given."""

    whole: int
    places: int
    kernel: int
    reads: int
    gives: int
    image: int  # channels of the image

    @property
    def standard(self) -> float:
        """Multiply-adds of the standard convolution."""
        return self.places * self.kernel**2 * self.reads * self.gives

    @property
    def separable(self) -> float:
        """Multiply-adds of the two steps in its place."""
        return self.places * self.reads * (self.kernel**2 + self.gives)


Count = Callable[[Layer], float]


def cost_ratio(answer) -> None:
    """Judge `cost_ratio(size, channels, layers)`."""
    rng = fresh_cases()
    for kind, values in (*CASES, *_drawn(rng)):
        asked = dict(zip(NAMES, values, strict=True))
        with case(kind):
            _judge(answer, asked)
    passed("cost_ratio", "Each layer by the channels that go out, and the sum before the ratio.")


def _drawn(rng) -> Iterator[tuple[str, tuple]]:
    """Yield a case of each kind."""
    for kind, count in (("two layers", 2), ("several kernels", 3), ("strides", 4)):
        size = tuple(int(n) for n in 2 * rng.choice(range(4, 12), 2, replace=False) + 1)
        widths = (int(n) for n in rng.choice(range(5, 40), count, replace=False))
        layers = [(3, width, 1) for width in widths]
        if kind != "two layers":
            layers[1] = (5, *layers[1][1:])
        if kind == "strides":
            layers[-1] = (*layers[-1][:2], 2)
        yield kind, (size, int(rng.integers(1, 5)), tuple(layers))


def _judge(answer, asked: dict[str, Any]) -> None:
    value = call(answer, asked)
    number = as_number(value)
    if math.isnan(number):
        raise WrongAnswer(f"{spell(answer, asked)} returned {value!r}; expected a number")
    right = ratio(**asked)
    if math.isclose(number, right, rel_tol=CLOSE):
        return
    found = f"{spell(answer, asked)} returned {number:.6g}."
    for wrong, text in _slips(chain(**asked)):
        if math.isclose(number, wrong, rel_tol=CLOSE):
            raise WrongAnswer(f"{found} {text}")
    raise WrongAnswer(
        f"{found} Expected {right:.6g}: all multiply-adds of the separated net, divided by all of "
        "the standard one."
    )


def chain(size, channels, layers) -> list[Layer]:
    """Return the layers of a net, with the maps that they read."""
    found, image = [], channels
    for kernel, filters, stride in layers:
        whole = math.prod(size)
        size = tuple(-(-side // stride) for side in size)
        found.append(Layer(whole, math.prod(size), kernel, channels, filters, image))
        channels = filters
    return found


def ratio(size, channels, layers) -> float:
    """Return the multiply-adds of the separated net in those of the standard one."""
    net = chain(size, channels, layers)
    return _ratio(net, lambda layer: layer.separable)


def _ratio(net: list[Layer], separable: Count, standard: Count | None = None) -> float:
    """Divide two sums; the first layer is a standard convolution in both."""
    usual = standard or (lambda layer: layer.standard)
    above = usual(net[0]) + sum(map(separable, net[1:]))
    return above / sum(map(usual, net))


def _slips(net: list[Layer]) -> Iterator[tuple[float, str]]:
    """Yield wrong ratios and the misunderstanding that leads to each."""
    right = _ratio(net, lambda layer: layer.separable)
    yield 1 / right, "That is the standard net divided by the separated one."
    yield 1 - right, "That is the share that is saved. Asked is the ratio."
    yield from _other_sums(net)
    for separable, text in _other_layers():
        yield _ratio(net, separable), text
    for scale, text in (
        (
            lambda layer: 1 / layer.places,
            "Those are weights. Each works at every place of its map, and the maps differ.",
        ),
        (
            lambda layer: net[0].whole / layer.places,
            "The strides are left out there: later maps are smaller.",
        ),
        (
            lambda layer: layer.image / layer.reads,
            "There every layer reads the channels of the image. From the second on, a layer reads "
            "what the one before gives.",
        ),
    ):
        yield _scaled(net, scale), text


def _scaled(net: list[Layer], scale: Count) -> float:
    """Return the ratio where each layer counts by a factor."""
    return _ratio(
        net,
        lambda layer: scale(layer) * layer.separable,
        lambda layer: scale(layer) * layer.standard,
    )


def _other_sums(net: list[Layer]) -> Iterator[tuple[float, str]]:
    """Yield ratios of somebody who puts the layers together otherwise."""
    each = [layer.separable / layer.standard for layer in net]
    first = "The first layer is a standard convolution in both nets, and counts in both."
    yield sum(layer.separable for layer in net) / sum(layer.standard for layer in net), first
    yield (
        sum(layer.separable for layer in net[1:]) / sum(layer.standard for layer in net[1:]),
        first,
    )
    mean = "That is a mean of the layers' ratios. Add up the multiply-adds first, then divide."
    yield sum(each) / len(each), mean
    yield sum(each[1:]) / len(each[1:]), mean
    yield (1 + sum(each[1:])) / len(each), mean
    for some in (each, each[1:]):
        yield math.prod(some), "That multiplies the layers' ratios. Multiply-adds add up."
    yield each[-1], "That is the ratio of the last layer alone."


def _other_layers() -> Iterator[tuple[Count, str]]:
    """Yield what somebody counts for a separated layer, and why that is something else."""
    yield (
        lambda layer: layer.standard * (1 / layer.reads + 1 / layer.kernel**2),
        "That is 1 / n + 1 / f^2 with the channels that come in, as if the 1x1 convolution stood "
        "first. The depthwise part is small beside the standard convolution if many go *out*.",
    )
    yield (
        lambda layer: layer.standard * (1 / layer.gives + 1 / layer.kernel),
        "That is 1 / f where 1 / f^2 belongs: the 1x1 convolution saves the kernel's area.",
    )
    yield (
        lambda layer: layer.standard / (layer.gives * layer.kernel**2),
        "The two parts are multiplied there. They follow each other, so they add up.",
    )
    yield (
        lambda layer: layer.standard / layer.gives,
        "That is the depthwise part alone. A 1x1 convolution follows.",
    )
    yield (
        lambda layer: layer.standard / layer.kernel**2,
        "That is the 1x1 part alone. A depthwise convolution stands in front.",
    )
    yield (
        lambda layer: (
            layer.whole * layer.reads * layer.gives + layer.places * layer.kernel**2 * layer.gives
        ),
        "There the 1x1 convolution stands before the depthwise one. It stands behind.",
    )
    yield (
        lambda layer: layer.reads * (layer.whole * layer.kernel**2 + layer.places * layer.gives),
        "The stride is taken by the 1x1 convolution there. It belongs to the depthwise one.",
    )
    yield (
        lambda layer: layer.places * (layer.kernel**2 * layer.reads + layer.gives),
        "A depthwise convolution adds nothing up across channels: the 1x1 convolution reads as "
        "many channels as came in.",
    )
