"""Lab of the MobileNetV2 chapter: an inverted residual, what it costs and what it keeps in memory.

Sandler et al. 2018, "MobileNetV2", section 3.2 (expansion), table 1 (the block), section 3.3
(shortcuts and strides) and section 5.1 (memory, and the expanded tensor in parts).
"""

from math import ceil
from typing import Any, NamedTuple

from course_lib.figure import figure_html
from course_lib.widgets.lab import Lab, check_choice, check_range

NAMES = ("size", "channels", "filters", "ratio", "stride")
# Side and channels of what comes in, channels that go out, t, stride: blocks of Sandler et al.
# 2018, table 2, and the tensor of ResNet-50's first stage, whose block is another (He et al. 2016,
# table 1)
BLOCKS = {
    "first": (112, 32, 16, 1, 1),
    "halving": (112, 16, 24, 6, 2),
    "residual": (56, 24, 24, 6, 1),
    "middle": (14, 64, 96, 6, 1),
    "late": (7, 160, 160, 6, 1),
    "wide": (56, 256, 256, 6, 1),
}
LIMITS = {
    "size": (1, 512),
    "channels": (1, 1024),
    "filters": (1, 1024),
    "ratio": (1, 10),
    "stride": (1, 2),
    "tiles": (1, 1024),
}
BYTES = (4, 2, 1)  # of a value
KERNEL = 3  # of the depthwise filters, and of the hourglass
TIMES = "\N{MULTIPLICATION SIGN}"


class Layer(NamedTuple):
    """A convolution with batch normalization: weights are those that train."""

    name: str
    side: int
    channels: int
    weights: int
    macs: int

    @property
    def values(self) -> int:
        """Numbers that come out for one image."""
        return self.side**2 * self.channels


def expansion(
    start: str = "residual",
    *,
    input_shape: tuple[int, int] | None = None,
    filters: int | None = None,
    ratio: int | None = None,
    stride: int | None = None,
    tiles: int = 6,
    value_bytes: int = 4,
) -> Lab:
    """Show an inverted residual beside the hourglass of a ResNet on the same input.

    Sandler et al. 2018, sections 3.2, 3.3 and 5.1.

    Args:
        start: block that the lab starts with, one of `BLOCKS`; the next four arguments replace
            numbers of it.
        input_shape: side in pixels, 1 to 512, and channels, 1 to 1024, of what comes in.
        filters: channels that go out, 1 to 1024.
        ratio: t, by how much the block widens what comes in, 1 to 10.
        stride: of the depthwise convolution, 1 or 2.
        tiles: parts in which the expanded channels are worked through, 1 to 1024; 1 keeps all of
            them at once, and there are no more parts than channels.
        value_bytes: memory of a value, one of `BYTES`.

    Returns:
        The lab, the last expression of a cell.

    Raises:
        ValueError: an argument outside these bounds.
    """
    check_choice("start", start, BLOCKS)
    check_choice("value_bytes", value_bytes, BYTES)
    size, channels = input_shape or (None, None)
    given = (size, channels, filters, ratio, stride)
    settings: dict[str, Any] = {
        name: theirs if ours is None else ours
        for name, theirs, ours in zip(NAMES, BLOCKS[start], given, strict=True)
    }
    settings |= {"tiles": tiles, "bytes": value_bytes}
    for name, bounds in LIMITS.items():
        check_range(name, settings[name], *bounds)
    return Lab("expansion", settings, lambda: figure(settings))


def inverted(settings: dict[str, Any]) -> list[Layer]:
    """Return the layers of the block; an expansion of 1 has no layer."""
    size, channels, filters, ratio, stride = (settings[name] for name in NAMES)
    inner, out = ratio * channels, ceil(size / stride)
    expand = _layer("expand", size, channels, inner)
    filtered = (KERNEL**2 * inner, out)
    return [
        *([] if ratio == 1 else [expand]),
        Layer("depthwise", out, inner, filtered[0] + 2 * inner, filtered[0] * out**2),
        _layer("project", out, inner, filters),
    ]


def has_shortcut(settings: dict[str, Any]) -> bool:
    """Tell whether the block adds its input: where the shape stays (section 3.3, figure 4d)."""
    return settings["stride"] == 1 and settings["channels"] == settings["filters"]


def hourglass(settings: dict[str, Any]) -> list[Layer]:
    """Return the layers of a bottleneck on the same input, with a projection where it needs one.

    He et al. 2016, figure 5: a quarter of the channels inside, the stride in the first
    convolution; section 3.3, option B.
    """
    size, channels, filters, _, stride = (settings[name] for name in NAMES)
    inner, out = max(1, filters // 4), ceil(size / stride)
    middle = _layer("3x3", out, inner, inner, KERNEL)
    layers = [_layer("reduce", out, channels, inner), middle, _layer("widen", out, inner, filters)]
    if not has_shortcut(settings):
        layers.append(_layer("projection", out, channels, filters))
    return layers


def _layer(name: str, side: int, reads: int, gives: int, kernel: int = 1) -> Layer:
    products = kernel**2 * reads * gives
    return Layer(name, side, gives, products + 2 * gives, products * side**2)


def held(settings: dict[str, Any]) -> dict[str, int]:
    """Return how many values each step of the block keeps, the expanded tensor whole.

    What a step reads and gives is there together, and the input as long as the shortcut needs it;
    normalization and activation write over what they read. `course_lib.memory` counts so, too.
    """
    layers, came = inverted(settings), settings["size"] ** 2 * settings["channels"]
    kept = came if has_shortcut(settings) else 0
    found, before = {}, came
    for i, layer in enumerate(layers):
        found[layer.name] = before + layer.values + (kept if i else 0)
        before = layer.values
    if kept:
        found["add"] = 3 * kept
    return found


def peak(settings: dict[str, Any]) -> int:
    """Return the values that the block keeps at its peak, in so many tiles as are set.

    In tiles, the input and the sum of what the tiles have given stay, beside the expanded and the
    filtered channels of one tile (Sandler et al. 2018, section 5.1); the sum starts as the input
    where that is added.
    """
    *_, depthwise, project = inverted(settings)
    tiles = min(settings["tiles"], depthwise.channels)
    if tiles == 1:
        return max(held(settings).values())
    part = ceil(depthwise.channels / tiles)
    expanded = 0 if settings["ratio"] == 1 else part * settings["size"] ** 2
    came = settings["size"] ** 2 * settings["channels"]
    return came + project.values + expanded + part * depthwise.side**2


def hourglass_peak(settings: dict[str, Any]) -> int:
    """Return the values that the hourglass keeps at its peak; a projection runs first."""
    came = settings["size"] ** 2 * settings["channels"]
    reduce, middle, widen, *_ = (layer.values for layer in hourglass(settings))
    kept = came if has_shortcut(settings) else widen
    first = came + reduce if has_shortcut(settings) else came + widen + reduce
    return max(first, kept + reduce + middle, kept + middle + widen, kept + 2 * widen)


def figure(settings: dict[str, Any]) -> str:
    """Draw the maps of both blocks as boxes, without scripts."""
    size, channels, filters, ratio, stride = (settings[name] for name in NAMES)
    ours, theirs = inverted(settings), hourglass(settings)
    most = max(channels, *(layer.channels for layer in [*ours, *theirs]))
    rows = (("inverted residual", ours), ("hourglass of a ResNet", theirs[:3]))
    drawing = "".join(
        _boxes(title, [(size, channels), *(one[1:3] for one in layers)], 130 * i, most)
        for i, (title, layers) in enumerate(rows)
    )
    task = f"{size}{TIMES}{size}{TIMES}{channels} to {filters} channels, t = {ratio}"
    alt = (
        f"Two rows of boxes as wide as the channels of each map, {task}, stride {stride}: the "
        f"inverted residual has {ratio * channels} channels inside, the hourglass "
        f"{theirs[0].channels}."
    )
    whole, tiled = (
        f"{settings['bytes'] * peak(settings | {'tiles': tiles}):,} bytes"
        for tiles in (1, settings["tiles"])
    )
    tiles = min(settings["tiles"], ratio * channels)
    parts = "" if tiles == 1 else f", in {tiles} tiles {tiled}"
    join = "adds its input" if has_shortcut(settings) else "has no shortcut"
    caption = (
        f"{task}, stride {stride}: the block {join} and has {sum(one.weights for one in ours):,} "
        f"weights and {sum(one.macs for one in ours):,} multiply-adds; at its peak it keeps "
        f"{whole}{parts}. The hourglass has "
        f"{sum(one.weights for one in theirs):,} weights, {sum(one.macs for one in theirs):,} "
        f"multiply-adds and keeps {settings['bytes'] * hourglass_peak(settings):,} bytes."
    )
    svg = (
        '<svg viewBox="0 0 600 260" style="width:100%;max-width:44rem" fill="currentColor" '
        f'font-size="13">{drawing}</svg>'
    )
    return figure_html(svg, alt, caption)


def _boxes(title: str, maps: list[tuple[int, int]], top: float, most: int) -> str:
    """Draw the maps of a block from left to right: high as their side, wide as their channels."""
    side = maps[0][0]
    parts = [f'<text x="0" y="{top + 14}" font-weight="bold">{title}</text>']
    for i, (high, channels) in enumerate(maps):
        middle, wide, tall = 150 * i + 75, max(2, 134 * channels / most), max(2, 70 * high / side)
        parts.append(
            f'<rect x="{middle - wide / 2:.1f}" y="{top + 60 - tall / 2:.1f}" width="{wide:.1f}" '
            f'height="{tall:.1f}" fill-opacity="0.4" stroke="currentColor"/><text x="{middle}" '
            f'y="{top + 114}" text-anchor="middle">{high}{TIMES}{high}{TIMES}{channels}</text>'
        )
    return "".join(parts)
