"""Lab of the SENet chapter: what the gates of a stage cost, and which gate meets which column.

Hu et al. 2018, "Squeeze-and-Excitation Networks", sections 3.2 (the gate) and 4 (its cost). The
stage is one of bottlenecks, He et al. 2016, table 1.
"""

from typing import Any, NamedTuple

from course_lib.figure import figure_html
from course_lib.widgets.lab import Lab, check_choice, check_range

# Channels that go out, side of their map, blocks, what the first block reads; He et al. 2016,
# table 1, ResNet-50
STAGES = {
    "stage1": (256, 56, 3, "quarter"),
    "stage2": (512, 28, 4, "half"),
    "stage3": (1024, 14, 6, "half"),
    "stage4": (2048, 7, 3, "half"),
}
LIMITS = {
    "channels": (4, 4096),
    "side": (1, 224),
    "blocks": (1, 40),
    "ratio": (1, 64),
    "batch": (1, 8),
    "width": (1, 8),
}
OPENINGS = {"half": 2, "quarter": 4}  # channels out of the stage / channels into it
ENDS = {
    "right": "the right result, because a batch of one has only one gate",
    "wrong": "no error, and {many} values are wrong: column {n} meets the gate of image {n}",
    "shape": "a result of the wrong shape: the one column becomes {batch}",
    "error": "an error: {batch} gates do not fit {width} columns",
}


class Price(NamedTuple):
    """Weights that train, and multiply-adds for one image."""

    weights: int
    macs: int


def gates(
    start: str = "stage4",
    *,
    channels: int | None = None,
    side: int | None = None,
    blocks: int | None = None,
    ratio: int = 16,
    bias: bool = True,
    trap: tuple[int, int] = (4, 4),
) -> Lab:
    """Show what the gates of a stage cost, and what a gate without the axes of the map does.

    Hu et al. 2018, sections 3.2 and 4.

    Args:
        start: stage of ResNet-50 that the lab starts with, one of `STAGES`; the next three
            arguments replace numbers of it.
        channels: C, out of each block, 4 to 4096.
        side: of the map that the stage gives, 1 to 224.
        blocks: bottlenecks in the stage, each with a gate, 1 to 40.
        ratio: r, the reduction in the gate, 1 to 64.
        bias: whether both layers of a gate have biases, as in the authors' released nets;
            equations 3 and 5 of the paper have none.
        trap: images in a batch and columns of a map, each 1 to 8, for gates of shape (B, C).

    Returns:
        The lab, the last expression of a cell.

    Raises:
        ValueError: an argument outside these bounds.
    """
    check_choice("start", start, STAGES)
    check_choice("bias", bias, (False, True))
    *numbers, opening = STAGES[start]
    given = (channels, side, blocks, ratio, *trap)
    settings: dict[str, Any] = {
        name: theirs if ours is None else ours
        for name, theirs, ours in zip(LIMITS, (*numbers, None, None, None), given, strict=True)
    }
    for name, bounds in LIMITS.items():
        check_range(name, settings[name], *bounds)
    settings |= {"opening": opening, "bias": bias}
    return Lab("gates", settings, lambda: figure(settings))


def gate(settings: dict[str, Any]) -> Price:
    """Count one gate: C to C / r, rounded down and at least 1, and back; section 3.2.

    The means of the channels and the product with the map have no multiply-adds.
    """
    channels, inner = settings["channels"], max(1, settings["channels"] // settings["ratio"])
    products = 2 * channels * inner
    return Price(products + (channels + inner if settings["bias"] else 0), products)


def stage(settings: dict[str, Any]) -> Price:
    """Count the bottlenecks of the stage without gates, with batch normalization.

    A quarter of the channels is inside; the first block projects its shortcut and has the stride
    in its first convolution (He et al. 2016, section 3.3, option B).
    """
    channels, side, blocks = (settings[name] for name in ("channels", "side", "blocks"))
    inner, reads = channels // 4, channels // OPENINGS[settings["opening"]]
    products = blocks * (9 * inner**2 + inner * channels)
    products += reads * inner + (blocks - 1) * channels * inner + reads * channels
    normalized = blocks * (2 * inner + channels) + channels
    return Price(products + 2 * normalized, products * side**2)


def outcome(batch: int, width: int) -> str:
    """Return what a product of maps (B, H, W, C) and gates (B, C) gives: a word of `ENDS`.

    Broadcasting fits shapes from their right ends, so B of the gates meets W of the maps.
    """
    if batch == 1:
        return "right"
    if batch == width:
        return "wrong"
    return "shape" if width == 1 else "error"


def met(batch: int, width: int, *, flat: bool) -> list[list[int]]:
    """Return whose gate each column of each image meets in the result, counted from 1.

    Args:
        batch: images.
        width: columns of their maps.
        flat: whether the gates have shape (B, C) in place of (B, 1, 1, C).

    Returns:
        A row for each image; none where the product is an error.
    """
    end = outcome(batch, width)
    if not flat or end == "right":
        return [[image] * width for image in range(1, batch + 1)]
    return [] if end == "error" else [list(range(1, batch + 1)) for _ in range(batch)]


def figure(settings: dict[str, Any]) -> str:
    """Draw which gate meets which column for both shapes of the gates, without scripts."""
    batch, width = settings["batch"], settings["width"]
    one, whole = gate(settings), stage(settings)
    more = Price(*(settings["blocks"] * number for number in one))
    many = "half of the" if batch == 2 else "most"
    end = ENDS[outcome(batch, width)].format(n="n", many=many, batch=batch, width=width)
    alt = (
        f"Two grids of {batch} images and {width} columns with the number of the gate that each "
        f"column meets. With gates of shape (B, 1, 1, C) it is the image's own; with (B, C): {end}."
    )
    caption = (
        f"A gate for {settings['channels']:,} channels with r = {settings['ratio']} has "
        f"{one.weights:,} weights and {one.macs:,} multiply-adds. The {settings['blocks']} gates "
        f"add {more.weights / whole.weights:.2%} to the {whole.weights:,} weights of the stage and "
        f"{more.macs / whole.macs:.3%} to its {whole.macs:,} multiply-adds. The numbers "
        f"say whose gate a column meets; gates of shape (B, C) give {end}."
    )
    high = 26 * batch + 52
    drawing = _grid("(B, 1, 1, C)", met(batch, width, flat=False), 0) + _grid(
        "(B, C)", met(batch, width, flat=True), 300
    )
    svg = (
        f'<svg viewBox="0 0 600 {high}" style="width:100%;max-width:44rem" fill="currentColor" '
        f'font-size="13">{drawing}</svg>'
    )
    return figure_html(svg, alt, caption)


def _grid(shape: str, rows: list[list[int]], left: int) -> str:
    """Draw the gates that the columns meet; the frames of other images' gates are thick."""
    parts = [f'<text x="{left}" y="16" font-weight="bold">Gates of shape {shape}</text>']
    if not rows:
        parts.append(f'<text x="{left}" y="48">an error</text>')
    frames = {True: "", False: ""}  # of the image's own gates, of others
    for i, row in enumerate(rows):
        y = 26 * i + 48
        # Each digit has a place of its own: numbers are below 10.
        places = " ".join(str(left + 69 + 26 * j) for j in range(len(row)))
        parts.append(f'<text x="{left}" y="{y}">image {i + 1}</text>')
        parts.append(f'<text x="{places}" y="{y}">{"".join(map(str, row))}</text>')
        for j, number in enumerate(row):
            frames[number == i + 1] += f"M{left + 62 + 26 * j} {y - 16}h22v22h-22z"
    for own, path in frames.items():
        parts.append(
            f'<path d="{path}" fill="none" stroke="currentColor" '
            f'stroke-width="{0.5 if own else 2.5}"/>'
        )
    return "".join(parts)
