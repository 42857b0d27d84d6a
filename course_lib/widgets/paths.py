"""Lab of the chapter on why residual nets train: the paths through n residual blocks.

Veit, Wilber and Belongie 2016, "Residual networks behave like ensembles of relatively shallow
networks": 2^n paths (section 3), half of them left without one block (section 4.1), lengths in a
binomial distribution, and the gradient mostly in the short ones (section 5).
"""

from collections.abc import Sequence
from math import comb
from typing import Any

from course_lib.figure import figure_html
from course_lib.widgets.axes import Axes
from course_lib.widgets.lab import Lab, check_number, check_range

MOST_BLOCKS = 60
DRAWN_BLOCKS = 4  # up to here all paths are drawn
ROW = 20  # height of a path in the drawing
START = 60  # left end of the wires; each path's length stands before it


def paths(blocks: int = 4, *, removed: Sequence[int] = (), gain: float = 0.5) -> Lab:
    """Show the paths through residual blocks, by their length, and the gradient that they carry.

    Veit et al. 2016, sections 3, 4.1 and 5. A path enters or skips each block, so its length is
    the number of blocks that it enters.

    Args:
        blocks: number of residual blocks, 1 to 60.
        removed: numbers of the blocks that are taken out, each from 1 to `blocks`.
        gain: factor by which the branch of each block multiplies a gradient, 0.05 to 2.

    Returns:
        The lab, the last expression of a cell.

    Raises:
        ValueError: an argument outside these bounds, or a block removed twice.
    """
    check_range("blocks", blocks, 1, MOST_BLOCKS)
    check_number("gain", gain, 0.05, 2)
    for block in removed:
        check_range("each of removed", block, 1, blocks)
    if len(set(removed)) < len(removed):
        raise ValueError(f"removed must name each block once, got {list(removed)}")
    settings = {"blocks": blocks, "removed": sorted(removed), "gain": gain}
    return Lab("paths", settings, lambda: figure(settings))


def path_counts(left: int) -> list[int]:
    """Return the number of paths of each length, 0 to `left`, through `left` residual blocks."""
    return [comb(left, length) for length in range(left + 1)]


def gradient_shares(left: int, gain: float) -> list[float]:
    """Return the share of the gradient that the paths of each length carry, together."""
    weights = [count * gain**length for length, count in enumerate(path_counts(left))]
    return [weight / (1 + gain) ** left for weight in weights]


def figure(settings: dict[str, Any]) -> str:
    """Draw all paths of a few blocks, or their lengths as bars, without scripts."""
    blocks, removed = settings["blocks"], settings["removed"]
    left = blocks - len(removed)
    drawing = _unrolled(blocks, removed) if blocks <= DRAWN_BLOCKS else _bars(settings)
    shown = (
        f"All {2**blocks} paths through {blocks} residual blocks, one below the other"
        if blocks <= DRAWN_BLOCKS
        else f"Paths through {blocks} residual blocks by length, and the gradient that they carry"
    )
    gone = (
        f"Without {len(removed)} of the blocks {2**left:,} remain; a plain net would have none. "
        if removed
        else ""
    )
    caption = (
        f"{blocks} residual blocks make {2**blocks:,} paths. {gone}Their mean length is "
        f"{left / 2:g} blocks; weighted by the gradient, with gain {settings['gain']:g}, "
        f"{left * settings['gain'] / (1 + settings['gain']):.2f}."
    )
    return figure_html(drawing, f"{shown}: {2**left:,} of {2**blocks:,} are left.", caption)


def _unrolled(blocks: int, removed: Sequence[int]) -> str:
    """Draw the unrolled view: each copy of a sum is fed by two copies of the sum before it.

    The input stands on the left once for each path; the bits of its row say which blocks the path
    enters. A path that is gone is dashed.
    """
    mask = sum(1 << block - 1 for block in removed)
    step = (340 - START) / blocks
    drawn = []
    for block in range(1, blocks + 1):
        ends = (START + (block - 1) * step, START + block * step)
        for copy in range(2 ** (blocks - block + 1)):
            row = copy << block - 1
            drawn.append(_wire(block, ends, row, gone=bool(row & mask)))
    lengths = "".join(
        f'<text x="6" y="{_place(row) + 4}" opacity="{0.6 if row & mask else 1}">'
        f"{row.bit_count()}{' gone' if row & mask else ''}</text>"
        for row in range(2**blocks)
    )
    return (
        f'<svg viewBox="0 0 350 {_place(2**blocks) - 6}" style="width:100%;max-width:30rem" '
        'fill="currentColor" font-size="12"><text x="2" y="14">Blocks on the path</text>'
        f'<text x="342" y="14" text-anchor="end">Output</text>{lengths}{"".join(drawn)}</svg>'
    )


def _place(row: int) -> int:
    return 34 + ROW * row


def _wire(block: int, ends: tuple[float, float], row: int, *, gone: bool) -> str:
    """Draw the way of a row past a block, or through it and to the sum where the row enters it."""
    (left, right), y = ends, _place(row)
    look = 'fill="none" stroke="currentColor"' + (
        ' opacity="0.45" stroke-dasharray="3 3"' if gone else ""
    )
    if not row >> block - 1 & 1:
        return f'<path d="M{left:.0f} {y}H{right:.0f}" {look}/>'
    middle, above = (left + right) / 2, _place(row - (1 << block - 1))
    return (
        f'<path d="M{left:.0f} {y}h{middle - left - 13:.0f}m26 0H{right:.0f}V{above}" {look}/>'
        f'<rect x="{middle - 13:.0f}" y="{y - 8}" width="26" height="16" rx="3" {look}/>'
        f'<text x="{middle:.0f}" y="{y + 4}" text-anchor="middle">f{"₁₂₃₄"[block - 1]}</text>'
        + ("" if gone else f'<circle cx="{right:.0f}" cy="{above}" r="2.5"/>')
    )


def _bars(settings: dict[str, Any]) -> str:
    """Draw the share of the paths, and of the gradient, by length."""
    blocks, left = settings["blocks"], settings["blocks"] - len(settings["removed"])
    paths_by_length = [count / 2**left for count in path_counts(left)]
    gradient = gradient_shares(left, settings["gain"])
    plots = "".join(
        _plot(shares, blocks, start, title)
        for shares, start, title in (
            (paths_by_length, 44, "Share of the paths, by length"),
            (gradient, 350, "Share of the gradient, by length"),
        )
    )
    return (
        '<svg viewBox="0 0 600 200" style="width:100%;max-width:44rem" fill="currentColor" '
        f'font-size="14">{plots}</svg>'
    )


def _plot(shares: list[float], blocks: int, start: float, title: str) -> str:
    axes = Axes((-0.5, blocks + 0.5), (0, max(shares)), (start, 26, 240, 140))
    width = 240 / (blocks + 1)
    bars = "".join(
        f"M{start + length * width:.1f} 166V{axes.up(share)}h{0.85 * width:.1f}V166z"
        for length, share in enumerate(shares)
    )
    return axes.frame(title, "{:.0%}".format) + f'<path d="{bars}" opacity="0.6"/>'
