"""A plot in the static figure of a lab: a rectangle of a drawing with a scale on two sides."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor, log10


@dataclass(frozen=True)
class Axes:
    """Where the values of a plot lie in an SVG drawing.

    Args:
        x: the ends of the horizontal axis, in values.
        y: those of the vertical axis.
        box: left, top, width and height of the rectangle, in units of the drawing.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    box: tuple[float, float, float, float]

    def across(self, value: float) -> float:
        """Return the horizontal place of a value."""
        left, _, width, _ = self.box
        return round(left + (value - self.x[0]) / (self.x[1] - self.x[0]) * width, 1)

    def up(self, value: float) -> float:
        """Return the vertical place of a value."""
        _, top, _, height = self.box
        return round(top + height - (value - self.y[0]) / (self.y[1] - self.y[0]) * height, 1)

    def frame(self, title: str, told: Callable[[float], str] = "{:g}".format) -> str:
        """Draw title, grid and numbers.

        Args:
            title: stands above the rectangle.
            told: how the numbers of the vertical axis are written.

        Returns:
            SVG.
        """
        left, top, width, height = self.box
        numbers = "".join(
            f'<text x="{self.across(at)}" y="{top + height + 16}" text-anchor="middle" '
            f'font-size="12">{_minus(f"{at:g}")}</text>'
            for at in ticks(*self.x, 6)
        )
        lines = "".join(
            f'<path d="M{left} {self.up(at)}h{width}" stroke="currentColor" stroke-width="0.5" '
            f'opacity="0.35"/><text x="{left - 6}" y="{self.up(at) + 4}" text-anchor="end" '
            f'font-size="12">{_minus(told(at))}</text>'
            for at in ticks(*self.y, 4)
        )
        return f'<text x="{left}" y="{top - 9}">{title}</text>{numbers}{lines}'


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return round numbers for an axis.

    Args:
        low: where the axis begins.
        high: where it ends, above `low`.
        most: into how many parts at most they divide it.

    Returns:
        Multiples of 1, 2 or 5 times a power of ten.
    """
    rough = (high - low) / most
    power = 10.0 ** floor(log10(rough))
    step = next(factor for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9)) * power
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]


def _minus(text: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}")
