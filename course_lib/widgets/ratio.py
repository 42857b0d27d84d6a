"""Lab of the MobileNet chapter: a standard convolution beside a depthwise and a pointwise one.

Howard et al. 2017, "MobileNets", section 3.1: their multiply-adds have the ratio 1/N + 1/D_K^2.
"""

from fractions import Fraction
from math import log2
from typing import Any, NamedTuple

from course_lib.figure import figure_html
from course_lib.widgets.axes import Axes
from course_lib.widgets.lab import Lab, check_choice, check_range

KERNELS = (1, 3, 5, 7, 9)
NAMES = ("kernel", "channels", "filters", "size")
# Side of the kernel, channels in, channels out, side of the map that comes out
EXAMPLES = {
    "hand": (3, 3, 5, 4),  # small enough to count by hand
    "first": (3, 32, 64, 112),  # Howard et al. 2017, table 1, the first two rows behind the stem
    "mobilenet": (3, 512, 512, 14),  # Howard et al. 2017, table 3
    "last": (3, 1024, 1024, 7),  # Howard et al. 2017, table 1
    "inception": (5, 16, 32, 28),  # Szegedy et al. 2015, table 1, inception (3a)
}
LIMITS = {"channels": (1, 2048), "filters": (1, 2048), "size": (1, 512)}
EXPONENTS = range(12)  # of 2, channels out on the axis of the law
TIMES = "\N{MULTIPLICATION SIGN}"
SQUARED = "\N{SUPERSCRIPT TWO}"


class Price(NamedTuple):
    """What the convolutions have, of weights or of multiply-adds."""

    standard: int
    depthwise: int
    pointwise: int

    @property
    def separable(self) -> int:
        """The depthwise and the pointwise convolution together."""
        return self.depthwise + self.pointwise


def ratio(
    example: str = "hand",
    *,
    kernel: int | None = None,
    channels: int | None = None,
    filters: int | None = None,
    size: int | None = None,
) -> Lab:
    """Show what a depthwise separable convolution costs beside a standard one.

    Howard et al. 2017, section 3.1.

    Args:
        example: what the lab starts with, one of `EXAMPLES`; the other arguments replace numbers
            of it.
        kernel: side f of the kernel, one of `KERNELS`.
        channels: that come in, 1 to 2048.
        filters: N, channels that go out, 1 to 2048.
        size: side of the map that goes out, 1 to 512.

    Returns:
        The lab, the last expression of a cell.

    Raises:
        ValueError: an argument outside these bounds.
    """
    check_choice("example", example, EXAMPLES)
    given = (kernel, channels, filters, size)
    settings: dict[str, Any] = {
        name: theirs if ours is None else ours
        for name, theirs, ours in zip(NAMES, EXAMPLES[example], given, strict=True)
    }
    check_choice("kernel", settings["kernel"], KERNELS)
    for name, bounds in LIMITS.items():
        check_range(name, settings[name], *bounds)
    return Lab("ratio", settings, lambda: figure(settings))


def weights(settings: dict[str, Any]) -> Price:
    """Count the weights, biases left out."""
    kernel, channels, filters, _ = (settings[name] for name in NAMES)
    return Price(kernel**2 * channels * filters, kernel**2 * channels, channels * filters)


def macs(settings: dict[str, Any]) -> Price:
    """Count the multiply-adds: each weight has one at each position of the map that goes out."""
    return Price(*(each * settings["size"] ** 2 for each in weights(settings)))


def law(kernel: int, filters: int) -> Fraction:
    """Return 1/N + 1/f^2, which is the ratio of the multiply-adds and that of the weights."""
    return Fraction(1, filters) + Fraction(1, kernel**2)


def figure(settings: dict[str, Any]) -> str:
    """Draw the multiply-adds as bars and the law as curves, without scripts."""
    kernel, channels, filters, size = (settings[name] for name in NAMES)
    found, share = macs(settings), law(kernel, filters)
    task = (
        f"{kernel}{TIMES}{kernel} from {channels:,} to {filters:,} channels, a map of "
        f"{size}{TIMES}{size} goes out"
    )
    alt = (
        f"Bars: multiply-adds of a standard and of a depthwise separable convolution, {task}. "
        f"Below them curves of 1/N + 1/f{SQUARED} that fall with N and level off; "
        f"f = {kernel}, N = {filters:,} is marked at {float(share):.3g}."
    )
    caption = (
        f"Multiply-adds, {task}: {found.standard:,} for the standard convolution, "
        f"{found.depthwise:,} + {found.pointwise:,} = {found.separable:,} for the depthwise and "
        f"the pointwise one. The ratio is 1/{filters:,} + 1/{kernel**2} = "
        f"{share.numerator:,}/{share.denominator:,} = {float(share):.3g}."
    )
    svg = (
        '<svg viewBox="0 0 600 358" style="width:100%;max-width:44rem" fill="currentColor" '
        f'font-size="14">{_bars(found)}{_curves(kernel, filters)}</svg>'
    )
    return figure_html(svg, alt, caption)


def _bars(found: Price) -> str:
    most = max(found.standard, found.separable)
    rows = [("standard", 0, found.standard), ("depthwise", 0, found.depthwise)]
    rows.append(("pointwise", found.depthwise, found.pointwise))
    return "".join(
        f'<text x="0" y="{26 * i + 18}">{name}</text>'
        f'<rect x="{90 + 360 * before / most:.1f}" y="{26 * i + 6}" '
        f'width="{max(1, 360 * work / most):.1f}" height="15" opacity="0.55"/>'
        f'<text x="{98 + 360 * (before + work) / most:.1f}" y="{26 * i + 18}" font-size="13">'
        f"{work:,}</text>"
        for i, (name, before, work) in enumerate(rows)
    )


def _curves(kernel: int, filters: int) -> str:
    """Draw the law over the channels out, a curve for each kernel, on logarithmic axes."""
    axes = Axes((0, EXPONENTS[-1]), (-7, 1), (60, 124, 480, 210))

    def place(side: int, power: float) -> str:
        return f"{axes.across(power)} {axes.up(log2(2**-power + 1 / side**2))}"

    across = "".join(
        f'<text x="{axes.across(power)}" y="350" text-anchor="middle" font-size="12">'
        f"{2**power:,}</text>"
        for power in EXPONENTS[::2]
    )
    up = "".join(
        f'<path d="M60 {axes.up(power)}h480" stroke="currentColor" stroke-width="0.5" '
        f'opacity="0.35"/><text x="54" y="{axes.up(power) + 4}" text-anchor="end" '
        f'font-size="12">{"1" if power == 0 else f"1/{2**-power}"}</text>'
        for power in range(-6, 1, 2)
    )
    lines = "".join(
        f'<path d="M{"L".join(place(side, n / 2) for n in range(2 * EXPONENTS[-1] + 1))}" '
        f'fill="none" stroke="currentColor" stroke-width="{3 if side == kernel else 1}"/>'
        f'<text x="546" y="{axes.up(-2 * log2(side)) + 4}" font-size="12">'
        f"{side}{TIMES}{side}</text>"
        for side in KERNELS
    )
    x, y = place(kernel, log2(filters)).split()
    return (
        f'<text x="60" y="112">1/N + 1/f{SQUARED} over N, the channels that go out</text>'
        f'{across}{up}{lines}<circle cx="{x}" cy="{y}" r="6"/>'
    )
