"""The directive `site-performance`: what `tools/performance.py` measured, beside the goals."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from booksite.experiments import flat, table

FILE = Path("book", "site_performance.json")
HEAD = ("Measure", "Goal, at most", "This book", "Verdict", "Sample, this site", "Sample, theme")
NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class Goal:
    """A measure of the site and the most that it should be.

    Args:
        key: in the stored file.
        what: is measured, in words.
        most: in `unit`.
        unit: of what is printed, empty for none.
        scale: bytes, seconds or the like that make one unit.
        digits: that are printed and that count.
    """

    key: str
    what: str
    most: float
    unit: str
    scale: float = 1.0
    digits: int = 1

    def shown(self, value: float | None) -> str:
        """Print a measured value."""
        if value is None:
            return NOT_MEASURED
        return f"{value / self.scale:.{self.digits}f}\N{NO-BREAK SPACE}{self.unit}".rstrip()

    def is_met(self, value: float) -> bool:
        """Tell whether a measured value reaches the goal."""
        return round(value / self.scale, self.digits) <= self.most


GOALS = (
    Goal("text_page", "First load of the heaviest page without mathematics", 120, "KB", 1e3),
    Goal("lab_page", "First load of the heaviest page with mathematics or a lab", 450, "KB", 1e3),
    Goal("site", "The whole site, uncompressed", 25, "MB", 1e6),
    Goal("first_paint", "First paint of these pages, slow network and processor", 1.5, "s", 1, 2),
    Goal("layout_shift", "Layout shift when a lab comes to life", 0, "", 1, 3),
    Goal("lab_answer", "Time from a key to the picture of a lab", 50, "ms", 1, 0),
    Goal("build", "Building the book again with nothing changed", 20, "s", 1, 1),
)


class SitePerformance(SphinxDirective):
    """Print the measures as a table, and how they were made."""

    def run(self) -> list[nodes.Node]:
        """Read the stored file."""
        self.env.note_dependency(FILE.as_posix())
        path = Path(self.env.srcdir, FILE)
        if not path.is_file():
            return [nodes.paragraph("", "Nothing is measured yet; run `make performance`.")]
        stored = json.loads(path.read_text(encoding="utf-8"))
        fields = nodes.field_list(classes=["provenance"])
        for name, value in flat(stored["provenance"]):
            body = nodes.field_body("", nodes.paragraph("", value))
            fields += nodes.field("", nodes.field_name("", name), body)
        return [table(HEAD, rows(stored["measures"])), fields]


def rows(measures: dict[str, dict[str, Any]]) -> list[list[str]]:
    """Write a row of the table for each goal.

    Args:
        measures: by key of the goal, values for `book`, `sample` and `stock`, or None.
    """
    found = []
    for goal in GOALS:
        values = measures.get(goal.key, {})
        book, sample, stock = (values.get(of) for of in ("book", "sample", "stock"))
        verdict = NOT_MEASURED if book is None else "met" if goal.is_met(book) else "missed"
        most = goal.shown(goal.most * goal.scale) if goal.most else "none"
        shown = [goal.shown(value) for value in (book, sample, stock)]
        found.append([goal.what, most, shown[0], verdict, *shown[1:]])
    return found


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("site-performance", SitePerformance)
