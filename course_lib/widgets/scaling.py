"""Lab of the EfficientNet chapter: scale depth, width and resolution, see what the net becomes."""

from math import ceil
from typing import Any

from course_lib.figure import figure_html
from course_lib.widgets.lab import Lab, check_choice

# Tan & Le 2019, section 3.3: depth alpha^phi, width beta^phi, resolution gamma^phi
LAW = {"alpha": 1.2, "beta": 1.1, "gamma": 1.15}
PHI = (0.0, 7.0)
B_SIDE = 224  # of the image of B0, pixels
# Tan & Le 2019, table 7: nets of about 1.8 billion multiply-adds; (text, depth, width, resolution)
ARMS = {
    "depth": ("depth only, d = 4", 4.0, 1.0, 1.0),
    "width": ("width only, w = 2", 1.0, 2.0, 1.0),
    "resolution": ("resolution only, r = 2", 1.0, 1.0, 2.0),
    "all": ("all three, d = 1.4, w = 1.2, r = 1.3", 1.4, 1.2, 1.3),
}
NETS = (*(f"b{i}" for i in range(8)), *ARMS)
WIDE, HIGH, GAP = 600, 110, 20  # of the static figure: the boxes of a net, and between its stages

Stages = list[tuple[int, int, int]]  # channels, blocks, side of the map that they give


def scaling(net: str = "b3", *, phi: float | None = None) -> Lab:
    """Show EfficientNet-B0 made deeper, wider and larger: its stages, weights and multiply-adds.

    Tan & Le 2019, equation 3 and section 3.3; B0 is their table 1.

    Args:
        net: what the lab starts with: "b0" to "b7", whose coefficients are those of the authors'
            code, or a net of table 7: "depth", "width" or "resolution" scaled alone, or "all".
        phi: where it is given, 0 to 7, the lab starts with the compound coefficient instead.

    Returns:
        The lab, the last expression of a cell.

    Raises:
        ValueError: an unknown net, or a phi outside these bounds.
    """
    check_choice("net", net, NETS)
    low, high = PHI
    if phi is not None and (isinstance(phi, bool) or not low <= phi <= high):
        raise ValueError(f"phi must be a number from {low:g} to {high:g}, got {phi!r}")
    choices = presets()
    settings = {key: choices[net][key] for key in ("width", "depth", "resolution")} | {
        "compound": phi is not None,
        "phi": 1.0 if phi is None else float(phi),
        "law": LAW,
        "base": base(),
        "presets": choices,
    }
    return Lab("scaling", settings, lambda: figure(settings))


def base() -> dict[str, Any]:
    """Return what B0 is made of, for the lab: Tan & Le 2019, table 1."""
    # The lab itself needs no Keras; the net whose numbers it shows does.
    from course_lib.nets.efficientnet import GATE_SHARE, LAST, STEM, TABLE

    return {
        "stem": STEM,
        "last": LAST,
        "gate": GATE_SHARE,
        "classes": 1000,
        "side": B_SIDE,
        "rows": [[*row] for row in TABLE],
    }


def presets() -> dict[str, dict[str, Any]]:
    """Return the nets that the lab offers: coefficients, side of the image, dropout and name."""
    from course_lib.nets.efficientnet import SIZES

    named = {
        name: {"text": f"EfficientNet-{name.upper()}", **scale._asdict()}
        for name, scale in SIZES.items()
    }
    for name, (text, depth, width, resolution) in ARMS.items():
        scale = {"width": width, "depth": depth, "resolution": round(B_SIDE * resolution)}
        named[name] = {"text": text, **scale, "dropout": None}
    return named


def stages(width: float, depth: float, resolution: int) -> Stages:
    """Scale B0 and return its stages: the stem, the seven of the table, the last convolution."""
    from course_lib.nets.efficientnet import LAST, STEM, TABLE, Scale, scaled
    from course_lib.nets.mobilenet_v2 import round_channels

    side = ceil(resolution / 2)
    found = [(round_channels(STEM * width), 1, side)]
    for row in scaled(TABLE, Scale(width, depth, resolution, dropout=0.0)):
        side = ceil(side / row.stride)
        found.append((row.channels, row.repeats, side))
    return [*found, (round_channels(LAST * width), 1, side)]


def figure(settings: dict[str, Any]) -> str:
    """Draw B0 and the scaled net to one scale, without scripts."""
    width, depth, side = (settings[key] for key in ("width", "depth", "resolution"))
    if settings["compound"]:
        phi = settings["phi"]
        depth, width = LAW["alpha"] ** phi, LAW["beta"] ** phi
        side = int(B_SIDE * LAW["gamma"] ** phi + 0.5)
    small, large = stages(1.0, 1.0, B_SIDE), stages(width, depth, side)
    across = (WIDE - GAP * (len(small) - 1)) / max(map(_thickness, (small, large)))
    up = HIGH / max(small[0][2], large[0][2])
    first = 20 + small[0][2] * up
    second = first + 50 + large[0][2] * up
    title = f"width {width:.3g}, depth {depth:.3g}, {side} pixels"
    drawing = "".join(
        [
            f'<text x="0" y="14">EfficientNet-B0, {B_SIDE} pixels</text>',
            _boxes(small, first, across, up),
            f'<text x="0" y="{first + 44:.0f}">{title}</text>',
            _boxes(large, second, across, up),
        ]
    )
    blocks = sum(repeats for _, repeats, _ in large[1:-1])
    alt = (
        f"Two rows of boxes, B0 with 16 blocks and the net of {title} with {blocks}. From left to "
        "right the boxes get lower and thicker."
    )
    caption = (
        "A box is a block: as high as the side of its map, as thick as its channels. The numbers "
        "count the blocks of a stage."
    )
    svg = (
        f'<svg viewBox="-4 0 {WIDE + 8} {second + 20:.0f}" style="width:100%;max-width:44rem" '
        f'fill="currentColor" font-size="14">{drawing}</svg>'
    )
    return figure_html(svg, alt, caption)


def _thickness(net: Stages) -> int:
    return sum(channels * repeats for channels, repeats, _ in net)


def _boxes(net: Stages, floor: float, across: float, up: float) -> str:
    """Draw the stages of a net from left to right, a path for each, on a floor."""
    parts, x = [], 0.0
    for channels, repeats, side in net:
        thick, high = channels * across, side * up
        path = "".join(
            f"M{x + i * thick:.1f} {floor:.1f}v{-high:.1f}h{thick:.1f}v{high:.1f}z"
            for i in range(repeats)
        )
        middle = x + repeats * thick / 2
        parts.append(
            f'<path d="{path}" fill-opacity="0.4" stroke="currentColor" stroke-width="0.5"/>'
            f'<text x="{middle:.0f}" y="{floor + 15:.0f}" font-size="11" text-anchor="middle">'
            f"{repeats}</text>"
        )
        x += repeats * thick + GAP
    return "".join(parts)
