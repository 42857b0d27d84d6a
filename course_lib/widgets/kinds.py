"""Lab on the cost of a convolution: six ways to the same output, side by side."""

import math
from html import escape
from typing import Any, NamedTuple

from course_lib.figure import figure_html
from course_lib.widgets.lab import Lab, check_choice, check_range

KERNELS = (1, 3, 5, 7, 9, 11)
LIMITS = {
    "size": (1, 512),
    "channels": (1, 4096),
    "filters": (1, 4096),
    "groups": (1, 4096),
    "width": (1, 4096),
}
# size, channels, filters, kernel, groups, width of layers in papers; kinds.js says where. What a
# paper does not use, 2 groups or a quarter of the channels, is ours.
PAPERS = {
    "mobilenet": (14, 512, 512, 3, 2, 128),  # Howard et al. 2017, section 3.1 and table 3
    "inception": (28, 192, 32, 5, 2, 16),  # Szegedy et al. 2015, table 1, inception (3a)
    "resnet": (56, 256, 256, 3, 2, 64),  # He et al. 2016, figure 5
    "alexnet": (27, 96, 256, 5, 2, 24),  # Krizhevsky et al. 2012, section 3.5 and figure 2
    "inception_v3": (17, 192, 192, 7, 2, 48),  # Szegedy et al. 2016, section 3.2
}
NAMES = ("size", "channels", "filters", "kernel", "groups", "width")
KINDS = {
    "standard": "standard: k×k",
    "grouped": "grouped: k×k in groups",
    "separable": "separable: k×k depthwise, 1×1",
    "reduced": "reduced: 1×1, k×k",
    "bottleneck": "bottleneck: 1×1, k×k, 1×1",
    "factorized": "factorized: 1×k, k×1",
}


class Convolution(NamedTuple):
    """One convolution with stride 1: `groups` as in Keras, channels / groups are read at once."""

    height: int
    width: int
    channels: int
    filters: int
    groups: int = 1


class Price(NamedTuple):
    """What a chain of convolutions costs, biases left out; `between` counts the values between."""

    weights: int
    macs: int
    between: int


def kinds(
    paper: str = "mobilenet",
    *,
    input_shape: tuple[int, int] | None = None,
    filters: int | None = None,
    kernel: int | None = None,
    groups: int | None = None,
    width: int | None = None,
    marks: bool = False,
) -> Lab:
    """Show what six kinds of convolution cost that turn the same input into the same output shape.

    Howard et al. 2017, section 3.1: a separable convolution costs 1/N + 1/D_K² of a standard one.

    Args:
        paper: whose layer the lab starts with, one of `PAPERS`; the other arguments replace
            numbers of it.
        input_shape: side in pixels, 1 to 512, and channels, 1 to 4096, of what comes in.
        filters: channels that go out, 1 to 4096.
        kernel: side k of the kernel, one of `KERNELS`.
        groups: of the grouped convolution, 1 to 4096; they must divide both numbers of channels.
        width: channels inside "reduced" and "bottleneck", 1 to 4096.
        marks: whether the layers of the papers are marked.

    Returns:
        The lab, the last expression of a cell.

    Raises:
        ValueError: an argument outside these bounds.
    """
    check_choice("paper", paper, PAPERS)
    check_choice("marks", marks, (True, False))
    size, channels = input_shape or (None, None)
    given = (size, channels, filters, kernel, groups, width)
    chosen = (
        theirs if ours is None else ours for theirs, ours in zip(PAPERS[paper], given, strict=True)
    )
    settings = dict(zip(NAMES, chosen, strict=True))
    check_choice("kernel", settings["kernel"], KERNELS)
    for name, bounds in LIMITS.items():
        check_range(name, settings[name], *bounds)
    count = settings["groups"]
    if settings["channels"] % count or settings["filters"] % count:
        raise ValueError(
            f"groups must divide the channels in and out, {settings['channels']} and "
            f"{settings['filters']}, got {count}"
        )
    return Lab("kinds", settings | {"marks": marks}, lambda: figure(settings))


def chains(settings: dict[str, Any]) -> dict[str, list[Convolution]]:
    """Return the convolutions of each kind, from the input on.

    The 1×k convolution gives the smaller of both numbers of channels, as in the Inception-v3 that
    was released.
    """
    _, read, give, k, groups, width = (settings[name] for name in NAMES)
    reduce, fewer = Convolution(1, 1, read, width), min(read, give)
    return {
        "standard": [Convolution(k, k, read, give)],
        "grouped": [Convolution(k, k, read, give, groups)],
        "separable": [Convolution(k, k, read, read, read), Convolution(1, 1, read, give)],
        "reduced": [reduce, Convolution(k, k, width, give)],
        "bottleneck": [reduce, Convolution(k, k, width, width), Convolution(1, 1, width, give)],
        "factorized": [Convolution(1, k, read, fewer), Convolution(k, 1, fewer, give)],
    }


def price(chain: list[Convolution], size: int) -> Price:
    """Count the weights, multiply-adds and inner values of convolutions that keep a map's side."""
    weights = sum(
        layer.height * layer.width * layer.channels // layer.groups * layer.filters
        for layer in chain
    )
    return Price(weights, weights * size**2, sum(layer.filters for layer in chain[:-1]) * size**2)


def figure(settings: dict[str, Any]) -> str:
    """Draw the multiply-adds of each kind on a logarithmic axis."""
    size = settings["size"]
    prices = {name: price(chain, size) for name, chain in chains(settings).items()}
    macs = [each.macs for each in prices.values()]
    low, high = math.floor(math.log10(min(macs))), math.ceil(math.log10(max(macs) + 1))
    rows = "".join(
        _bar(i, KINDS[name], each, prices["standard"].macs, (low, high))
        for i, (name, each) in enumerate(prices.items())
    )
    bottom = 44 * len(prices)
    ticks = "".join(
        f'<text x="{360 * (power - low) / (high - low):.0f}" y="{bottom + 14}" '
        f'text-anchor="{"start" if power == low else "middle"}">{_power(power)}</text>'
        for power in range(low, high + 1)
    )
    task = (
        f"{settings['kernel']}×{settings['kernel']} from {settings['channels']} to "
        f"{settings['filters']} channels on a map of {size}×{size}"
    )
    alt = f"Bars of the multiply-adds of six kinds of convolution, logarithmic: {task}."
    caption = (
        f"Multiply-adds for one image, logarithmic: {task}, {settings['groups']} groups, "
        f"{settings['width']} channels inside."
    )
    svg = (
        f'<svg viewBox="0 0 640 {bottom + 20}" style="width:100%;max-width:44rem" '
        f'fill="currentColor" font-size="14">{rows}<g font-size="11">{ticks}</g></svg>'
    )
    return figure_html(svg, alt, caption)


def _bar(index: int, title: str, each: Price, most: int, axis: tuple[int, int]) -> str:
    y, (low, high) = 44 * index, axis
    length = max(2.0, 360 * (math.log10(each.macs) - low) / (high - low))
    return (
        f'<text x="0" y="{y + 15}">{escape(title)}</text>'
        f'<rect x="0" y="{y + 21}" width="{length:.1f}" height="13" opacity="0.55"/>'
        f'<text x="{length + 8:.1f}" y="{y + 32}" font-size="12">{each.macs:,} '
        f"({each.macs / most:.3g} ×), {each.weights:,} weights</text>"
    )


def _power(power: int) -> str:
    raised = str(power).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"10{raised}"
