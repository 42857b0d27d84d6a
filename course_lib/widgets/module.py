"""Lab of the chapter on Inception: six widths, four branches, and what they cost.

Szegedy et al. 2015, "Going deeper with convolutions", figure 2 and table 1.
"""

from typing import Any, NamedTuple

from course_lib.figure import figure_html
from course_lib.widgets.lab import Lab, check_choice, check_range

WIDTHS = ("one", "reduce3", "three", "reduce5", "five", "pool")
MODULES = {  # side and channels of the map that comes in, then the six widths; table 1
    "3a": (28, 192, 64, 96, 128, 16, 32, 32),
    "3b": (28, 256, 128, 128, 192, 32, 96, 64),
    "4a": (14, 480, 192, 96, 208, 16, 48, 64),
    "4b": (14, 512, 160, 112, 224, 24, 64, 64),
    "4c": (14, 512, 128, 128, 256, 24, 64, 64),
    "4d": (14, 512, 112, 144, 288, 32, 64, 64),
    "4e": (14, 528, 256, 160, 320, 32, 128, 128),
    "5a": (7, 832, 256, 160, 320, 32, 128, 128),
    "5b": (7, 832, 384, 192, 384, 48, 128, 128),
}
LIMITS = {"size": (1, 512), "channels": (1, 4096)} | dict.fromkeys(WIDTHS, (1, 2048))
TIMES = "\N{MULTIPLICATION SIGN}"


class Convolution(NamedTuple):
    """One convolution: side of its kernel, channels that it reads, filters."""

    name: str
    kernel: int
    reads: int
    gives: int


class Price(NamedTuple):
    """What a module costs: weights with biases, multiply-adds, channels that come out."""

    weights: int
    macs: int
    channels: int


def module(
    start: str = "3a",
    *,
    input_shape: tuple[int, int] | None = None,
    widths: tuple[int, int, int, int, int, int] | None = None,
    four: bool = False,
) -> Lab:
    """Show what an Inception module of any six widths costs, and what its naive form would.

    Szegedy et al. 2015, figure 2b, beside figure 2a.

    Args:
        start: module of GoogLeNet that the lab starts with, one of `MODULES`; the other arguments
            replace numbers of it.
        input_shape: side in pixels, 1 to 512, and channels, 1 to 4096, of what comes in.
        widths: channels of the 1x1, the reduction of the 3x3, the 3x3, the reduction of the 5x5,
            the 5x5 and the projection behind the pooling, each 1 to 2048.
        four: whether the width of the projection stands in for both reductions, too, as in a
            function that takes four widths: the shape of the output stays, the net is another.

    Returns:
        The lab, the last expression of a cell.

    Raises:
        ValueError: an argument outside these bounds, or not six widths.
    """
    check_choice("start", start, MODULES)
    check_choice("four", four, (False, True))
    if widths is not None and len(widths) != len(WIDTHS):
        raise ValueError(
            f"widths must be six, for {', '.join(WIDTHS)}, got {widths!r}; table 1 of the paper "
            "has a column for each"
        )
    size, channels, *six = MODULES[start]
    values = (*(input_shape or (size, channels)), *(six if widths is None else widths))
    settings: dict[str, Any] = dict(zip(LIMITS, values, strict=True))
    for name, bounds in LIMITS.items():
        check_range(name, settings[name], *bounds)
    return Lab("module", settings | {"four": four}, lambda: figure(settings | {"four": four}))


def convolutions(settings: dict[str, Any]) -> list[Convolution]:
    """Return the six convolutions of a module, in the order of the widths."""
    reads = settings["channels"]
    one, reduce3, three, reduce5, five, pool = (settings[name] for name in WIDTHS)
    if settings["four"]:
        reduce3 = reduce5 = pool
    return [
        Convolution("1x1", 1, reads, one),
        Convolution("3x3 reduce", 1, reads, reduce3),
        Convolution("3x3", 3, reduce3, three),
        Convolution("5x5 reduce", 1, reads, reduce5),
        Convolution("5x5", 5, reduce5, five),
        Convolution("pool proj", 1, reads, pool),
    ]


def naive(settings: dict[str, Any]) -> list[Convolution]:
    """Return the three convolutions of the form without reductions; figure 2a."""
    reads = settings["channels"]
    return [
        Convolution("1x1", 1, reads, settings["one"]),
        Convolution("3x3", 3, reads, settings["three"]),
        Convolution("5x5", 5, reads, settings["five"]),
    ]


def prices(settings: dict[str, Any]) -> dict[str, Price]:
    """Count the module as it is set, with all six widths, and in its naive form."""
    forms = {
        "module": convolutions(settings),
        "six": convolutions(settings | {"four": False}),
        "naive": naive(settings),
    }
    wide = sum(settings[name] for name in ("one", "three", "five"))
    behind = {"module": settings["pool"], "six": settings["pool"], "naive": settings["channels"]}
    found = {}
    for form, layers in forms.items():
        products = sum(each.kernel**2 * each.reads * each.gives for each in layers)
        weights = products + sum(each.gives for each in layers)
        found[form] = Price(weights, products * settings["size"] ** 2, wide + behind[form])
    return found


def figure(settings: dict[str, Any]) -> str:
    """Draw the multiply-adds of the six convolutions as bars, without scripts."""
    size, found = settings["size"], prices(settings)
    layers = convolutions(settings)
    macs = [each.kernel**2 * each.reads * each.gives * size**2 for each in layers]
    bars = "".join(
        f'<text x="0" y="{38 * i + 22}">{each.name.replace("x", TIMES, 1)}, '
        f"{each.reads} to {each.gives}</text>"
        f'<rect x="190" y="{38 * i + 9}" width="{max(1, 280 * work / max(macs)):.1f}" height="16" '
        'opacity="0.55"/>'
        f'<text x="{198 + 280 * work / max(macs):.1f}" y="{38 * i + 22}" font-size="13">'
        f"{work:,}</text>"
        for i, (each, work) in enumerate(zip(layers, macs, strict=True))
    )
    own, plain = found["module"], found["naive"]
    alt = (
        f"Multiply-adds of the six convolutions of an Inception module on a map of {size} by "
        f"{size} pixels with {settings['channels']} channels."
    )
    instead = f", instead of {found['six'].weights:,} with six widths" if settings["four"] else ""
    caption = (
        f"Multiply-adds of each convolution. The module gives {_shape(size, own)} with "
        f"{own.weights:,} weights{instead} and {own.macs:,} multiply-adds; without the 1x1 "
        f"convolutions in front and behind the pooling it would give {_shape(size, plain)} with "
        f"{plain.weights:,} and {plain.macs:,}."
    )
    svg = (
        f'<svg viewBox="0 0 600 {38 * len(layers)}" style="width:100%;max-width:44rem" '
        f'fill="currentColor" font-size="15">{bars}</svg>'
    )
    return figure_html(svg, alt, caption)


def _shape(size: int, price: Price) -> str:
    return TIMES.join(map(str, (size, size, price.channels)))
