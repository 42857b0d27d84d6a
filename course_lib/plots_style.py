"""The style of the book's figures, and their way onto a page: inline SVG in light and dark.

Lines, ticks and text take the colour of the page.  The colours of data have a contrast of at
least 3 to 1 on white and on #121212 and differ for color-blind readers, too; a marker, a line style
or a label says the same again.
"""

import hashlib
import io
import re

import matplotlib
from matplotlib.figure import Figure

from course_lib.figure import check_alt, figure_html

COLOURS = ("#2b7bd0", "#d95f0e", "#8a1ff2", "#6f9155", "#c067a4", "#75695d", "#e61ee0", "#b81494")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
LINES = ("-", "--", "-.", ":")
INK = "#010203"  # stands for the page's colour until the SVG is written
LARGEST = 100_000  # bytes of one figure
STYLE = {
    "svg.fonttype": "none",  # text stays text: small, searchable, in the page's font
    "svg.hashsalt": "course",
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.facecolor": "none",
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "grid.color": INK,
    "grid.alpha": 0.2,
    "lines.linewidth": 1.6,
}


def figure(rows: int = 1, columns: int = 1, *, width: float = 6.4, height: float = 3.6):
    """Return a matplotlib figure and its axes in the style of the book.

    Args:
        rows: of axes.
        columns: of axes.
        width: inches; 6.4 fills the text column.
        height: inches.

    Returns:
        (figure, axes): one axes, or an array of them.
    """
    with matplotlib.rc_context(STYLE):
        made = Figure(figsize=(width, height), layout="constrained")
        return made, made.subplots(rows, columns)


def to_html(fig: Figure, alt: str, caption: str = "") -> str:
    """Write a figure as an HTML `figure` with inline SVG.

    Args:
        fig: drawn on axes of `figure`.
        alt: what the figure shows, for readers who cannot see it; required.
        caption: text under the figure.

    Returns:
        HTML, the same for the same figure.

    Raises:
        ValueError: an empty `alt`, or more than 100 kB.
    """
    check_alt(alt)
    buffer = io.StringIO()
    with matplotlib.rc_context(STYLE):
        fig.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    width, height = (round(72 * side) for side in fig.get_size_inches())
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {width} {height}" fill="currentColor" '
        f'style="display:block;width:100%;max-width:{round(1.5 * width)}px;height:auto;'
        f'margin:0 auto">{_body(buffer.getvalue())}</svg>'
    )
    html = figure_html(svg, alt, caption)
    if len(html) > LARGEST:
        raise ValueError(
            f"the figure takes {len(html):,} bytes, at most {LARGEST:,} are allowed; draw less"
        )
    return html


def _body(svg: str) -> str:
    """Return what stands inside the `svg` element, without names that another figure may use."""
    body = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)
    used = set(re.findall(r'(?:href="|url\()#([^")]+)', body))  # two equal pictures share a name
    body = re.sub(r' id="([^"]*)"', lambda found: found[0] if found[1] in used else "", body)
    mark = hashlib.sha256(body.encode()).hexdigest()[:8]
    body = re.sub(r'\bid="([^"]+)"', rf'id="\1-{mark}"', body)
    body = re.sub(r'href="#([^"]+)"', rf'href="#\1-{mark}"', body)
    body = re.sub(r"url\(#([^)]+)\)", rf"url(#\1-{mark})", body)
    return re.sub(r"\n\s*", "\n", body.replace(INK, "currentColor"))
