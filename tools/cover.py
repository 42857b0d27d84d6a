"""Draw the book's cover and its icon: feature maps that shrink to a point.

    python tools/cover.py            writes web/cover.svg, web/favicon.svg, web/favicon*.png
    python tools/cover.py --check    compares them with what would be written

Title and author come from `_config.yml`. The same settings give the same bytes of SVG; a PNG is
compared by its pixels, since compressing differs between machines.
"""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np
import yaml
from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parents[1]
WIDTH, HEIGHT = 640, 960  # of the cover; e-book shops ask for 1.5 or 1.6 to 1
MARGIN = 56
GROUND, INK, MUTED = "#12263f", "#ffffff", "#b9c7d9"
# From the image to the answer: a contrast of 3 or more on the ground.
STAGES = ("#4f9be8", "#45b3b8", "#8fbf6a", "#f0a93b")
POINT = "#ff7f3f"
# How far each map lies on the way from the first to the point, by stage: ever more, ever smaller.
DEPTHS = ((0.0, 0.035, 0.07), (0.27, 0.3, 0.33, 0.36), (0.52, 0.545, 0.57, 0.595, 0.62),
          (0.73, 0.75, 0.77, 0.79, 0.81, 0.83))  # fmt: skip
CELLS = 6  # rows and columns drawn on a map
ICON = 32  # side of the icon
ICON_DEPTHS = ((0.0,), (0.34,), (0.62,))
SIZES = {"favicon.png": 32, "favicon-large.png": 180}
FINE = 8  # points drawn for each pixel, along one side

Point = tuple[float, float]
Shape = tuple[str, list[Point]]  # colour, corners


def maps(corners: Sequence[Point], point: Point, depths: Sequence[Sequence[float]]) -> list[Shape]:
    """Return feature maps on the way to a point, the farthest first.

    Args:
        corners: of the first map.
        point: where all of them lead.
        depths: shares of the way by stage.
    """
    first, aim = np.array(corners), np.array(point)
    shapes = []
    for color, stage in zip(STAGES, depths, strict=False):
        for depth in stage:
            shifted = aim + (1 - depth) * (first - aim)
            shapes.append((color, [(float(x), float(y)) for x, y in shifted]))
    return shapes[::-1]


def cover(title: str, author: str) -> str:
    """Draw the cover as SVG."""
    corners = [(56.0, 470.0), (276.0, 430.0), (276.0, 720.0), (56.0, 760.0)]
    point = (584.0, 392.0)
    rays = "".join(
        f'<path d="M{_number(x)} {_number(y)}L{point[0]:g} {point[1]:g}"/>' for x, y in corners
    )
    words = title.split()
    size = min(64.0, (WIDTH - 2 * MARGIN) / (0.66 * max(map(len, words), default=1)))
    starts = [_number(MARGIN + size * (0.9 + 1.15 * i)) for i in range(len(words))]
    lines = "".join(
        f'<tspan x="{MARGIN}" y="{y}">{escape(word)}</tspan>'
        for word, y in zip(words, starts, strict=True)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        " font-family=\"system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif\">\n"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{GROUND}"/>\n'
        f'<g stroke="{MUTED}" stroke-opacity="0.35">{rays}</g>\n'
        f'<g stroke="{GROUND}" stroke-width="1.5" stroke-linejoin="round">\n'
        f"{''.join(map(_map, maps(corners, point, DEPTHS)))}</g>\n"
        f'<circle cx="{point[0]:g}" cy="{point[1]:g}" r="9" fill="{POINT}"/>\n'
        f'<text font-size="{_number(size)}" font-weight="650" fill="{INK}">{lines}</text>\n'
        f'<text x="{MARGIN}" y="{HEIGHT - MARGIN}" font-size="24" fill="{MUTED}">'
        f"{escape(author)}</text>\n</svg>\n"
    )


def _map(shape: Shape) -> str:
    """Write a map with its rows and columns."""
    color, (a, b, c, d) = shape
    lines = ""
    for i in range(1, CELLS):
        share = i / CELLS
        for start, end in (((a, b), (d, c)), ((a, d), (b, c))):
            (x1, y1), (x2, y2) = (_between(*side, share) for side in (start, end))
            lines += f"M{_number(x1)} {_number(y1)}L{_number(x2)} {_number(y2)}"
    return (
        f'<path d="{_outline(shape[1])}" fill="{color}"/>'
        f'<path d="{lines}" fill="none" stroke-opacity="0.3" stroke-width="1"/>\n'
    )


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def _outline(corners: Sequence[Point]) -> str:
    return "M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in corners) + "Z"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def icon_shapes() -> list[Shape]:
    """Return what the icon shows, the farthest first; its ground is a rounded square."""
    corners = [(3.5, 9.5), (13.0, 7.0), (13.0, 25.5), (3.5, 28.0)]
    return maps(corners, (29.0, 7.5), ICON_DEPTHS)


def favicon() -> str:
    """Draw the icon as SVG."""
    body = "".join(
        f'<path d="{_outline(corners)}" fill="{color}"/>' for color, corners in icon_shapes()
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {ICON} {ICON}">'
        f'<rect width="{ICON}" height="{ICON}" rx="6" fill="{GROUND}"/>'
        f'<g stroke="{GROUND}" stroke-linejoin="round">{body}</g>'
        f'<circle cx="28" cy="7.8" r="2.2" fill="{POINT}"/></svg>\n'
    )


def icon_image(side: int) -> Image.Image:
    """Draw the icon with pixels, `side` by `side`."""
    scale = side * FINE / ICON
    large = Image.new("RGBA", (side * FINE, side * FINE))
    draw = ImageDraw.Draw(large)
    draw.rounded_rectangle((0, 0, large.width - 1, large.height - 1), 6 * scale, fill=GROUND)
    for color, corners in icon_shapes():
        draw.polygon(
            [(x * scale, y * scale) for x, y in corners],
            fill=color,
            outline=GROUND,
            width=max(1, round(scale)),
        )
    x, y, radius = 28 * scale, 7.8 * scale, 2.2 * scale
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=POINT)
    return large.resize((side, side), Image.Resampling.BOX)


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def files(root: Path = ROOT) -> dict[str, bytes]:
    """Return every file by name, for the title and author in the `_config.yml` of `root`."""
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    made = {
        "cover.svg": cover(config["title"], config["author"]).encode(),
        "favicon.svg": favicon().encode(),
    }
    return made | {name: _png(icon_image(side)) for name, side in SIZES.items()}


def same(name: str, ours: bytes, stored: bytes) -> bool:
    """Compare two files, PNGs by their pixels."""
    if not name.endswith(".png") or ours == stored:
        return ours == stored
    first, second = (np.asarray(Image.open(io.BytesIO(each)), dtype=int) for each in (ours, stored))
    return first.shape == second.shape and int(abs(first - second).max()) <= 2


def main(arguments: Sequence[str] | None = None, folder: Path = ROOT / "web") -> int:
    """Write or compare the files; return the exit status."""
    parser = argparse.ArgumentParser(prog="python tools/cover.py", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args(arguments)
    old = [
        name
        for name, content in files().items()
        if not (folder / name).exists() or not same(name, content, (folder / name).read_bytes())
    ]
    if options.check:
        for name in old:
            print(f"web/{name} is not what tools/cover.py draws; run it", file=sys.stderr)
        return bool(old)
    for name in old:
        new = folder / f"{name}.part"
        new.write_bytes(files()[name])
        os.replace(new, folder / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
