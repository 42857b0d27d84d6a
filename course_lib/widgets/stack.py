"""Lab of the VGG chapter: stack layers, see what each costs and how far it sees."""

from html import escape

from course_lib.figure import figure_html
from course_lib.widgets.lab import Lab, check_choice, check_range
from course_lib.widgets.stack_layers import Row, expand, parse, trace

# Layers, where C stands for the channels of the input; side and channels of the input.
# VGG: Simonyan & Zisserman 2015, section 2.3, on a map of table 1. AlexNet: Krizhevsky et al.
# 2012, section 3.5, on images of 227 pixels, which give figure 2's 55. Dilated: Wang et al. 2018,
# "Understanding convolution for semantic segmentation", section 3.2.
PRESETS = {
    "one 7x7": ("conv7-C", 28, 512),
    "three 3x3": ("conv3-C, conv3-C, conv3-C", 28, 512),
    "one 5x5": ("conv5-C", 28, 512),
    "two 3x3": ("conv3-C, conv3-C", 28, 512),
    "AlexNet's stem": ("conv11-96/4 valid, pool3/2, conv5-256, pool3/2", 227, 3),
    "dilated": ("conv3-C, conv3-C dilated 2, conv3-C dilated 3", 28, 512),
}
TIMES = "\N{MULTIPLICATION SIGN}"


def stack(
    preset: str = "three 3x3",
    *,
    layers: str | None = None,
    input_shape: tuple[int, int] | None = None,
    biases: bool = False,
) -> Lab:
    """Show a stack of layers: shapes, weights, multiply-adds and receptive field by layer.

    Simonyan & Zisserman 2015, section 2.3: three 3x3 see what one 7x7 sees, with 27 C² weights
    against 49 C².

    Args:
        preset: what the lab starts with, one of `PRESETS`.
        layers: 1 to 8 layers in place of the preset's, such as "conv3-64, pool2/2" in the notation
            of `parse`; `C` stands for the channels of the input.
        input_shape: side in pixels, 1 to 512, and channels, 1 to 4096, of what comes in, in place
            of the preset's.
        biases: whether biases are counted, too.

    Returns:
        The lab, the last expression of a cell.

    Raises:
        ValueError: an argument outside these bounds, or a window larger than its map.
    """
    check_choice("preset", preset, PRESETS)
    check_choice("biases", biases, (True, False))
    text, *shape = PRESETS[preset]
    size, channels = input_shape or shape
    check_range("input size", size, 1, 512)
    check_range("input channels", channels, 1, 4096)
    written = expand(text if layers is None else layers, channels)
    trace(parse(written), size, channels, biases=biases)  # says what does not fit
    settings = {"layers": written, "size": size, "channels": channels, "biases": biases}
    return Lab("stack", settings, lambda: figure(written, size, channels, biases=biases))


def figure(text: str, size: int, channels: int, *, biases: bool) -> str:
    """Draw the input with the field of each layer, and a line of numbers for each."""
    rows = trace(parse(text), size, channels, biases=biases)
    field, jump, parts = rows[-1].field, rows[-1].jump, text.split(", ")
    low = min(0, rows[-1].low)
    scale = 200 / (max(size, rows[-1].low + field) - low)
    frames = "".join(
        _square((row.low - low) * scale, row.field * scale, 0.35 + 0.65 * i / len(rows))
        for i, row in enumerate(rows, start=1)
    )
    lines = "".join(_line(i, *pair) for i, pair in enumerate(zip(parts, rows, strict=True)))
    alt = (
        f"An input of {size} by {size} pixels and, drawn on it, the receptive fields of "
        f"{len(rows)} layers in turn, the last {field} pixels wide."
    )
    caption = (
        f"{len(rows)} layers on {size}{TIMES}{size}{TIMES}{channels}: "
        f"{sum(row.weights for row in rows):,} weights {'with' if biases else 'without'} biases, "
        f"{sum(row.macs for row in rows):,} multiply-adds for one image, a receptive field of "
        f"{field}{TIMES}{field} pixels, and {jump} from one field to the next."
    )
    svg = (
        f'<svg viewBox="-4 -4 612 {max(212, 29 * len(rows) + 12)}" '
        f'style="width:100%;max-width:44rem" fill="currentColor" font-size="14">'
        f"{_square(-low * scale, size * scale, 0.6)}"
        f'<g color="var(--pst-color-primary, #1a6fd4)" stroke-width="2">{frames}</g>{lines}</svg>'
    )
    return figure_html(svg, alt, caption)


def _square(at: float, side: float, opacity: float) -> str:
    return (
        f'<rect x="{at:.1f}" y="{at:.1f}" width="{side:.1f}" height="{side:.1f}" fill="none" '
        f'stroke="currentColor" opacity="{opacity:.2f}"/>'
    )


def _line(index: int, text: str, row: Row) -> str:
    shape = TIMES.join(map(str, row.shape))
    return (
        f'<text x="225" y="{14 + 29 * index}">{escape(text)}</text>'
        f'<text x="225" y="{27 + 29 * index}" font-size="11">{shape}, field {row.field}, '
        f"jump {row.jump}, {row.weights:,} weights</text>"
    )
