"""The directive `stored-experiments`: what each file of book/results holds and how it was made."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from course_lib.experiments.provenance import changed_since

FOLDER = Path("book", "results")
SHARES = ("error", "accuracy")  # measures with these words are fractions, printed as percent
HASHES = ("code", "data")  # for programs to compare, not for readers
LITERAL = ("command", "file")


class StoredExperiments(SphinxDirective):
    """Describe each file of `book/results/`: question, arms, verdicts and provenance."""

    def run(self) -> list[nodes.Node]:
        """Read the files and make a section of each."""
        found: list[nodes.Node] = []
        for path in sorted(Path(self.env.srcdir, FOLDER).glob("*.json")):
            self.env.note_dependency(str(path))
            stored = json.loads(path.read_text(encoding="utf-8"))
            found.append(self._section(path, stored))
        return found or [nodes.paragraph("", "No experiment is stored yet.")]

    def _section(self, path: Path, stored: dict[str, Any]) -> nodes.section:
        section = nodes.section("", nodes.title("", path.stem), ids=[f"results-{path.stem}"])
        section += self._question(stored)
        if changed := changed_since(stored):
            text = f"This result is older than today's code: {', '.join(changed)} changed since."
            section += nodes.warning("", nodes.paragraph("", text))
        metric = stored.get("metric", "")
        arms = [arm for arm in stored.get("arms", {}).values() if metric in arm]
        if arms:
            rows = [[arm["label"], *_spread(arm[metric], metric), _rate(arm)] for arm in arms]
            measured = (_words(metric).capitalize(), "Standard deviation", "Seeds")
            section += table(("Arm", *measured, "Learning rate"), rows)
        if pairs := stored.get("comparisons"):
            head = ("Difference, shares in points", "Mean", "95 % interval", "Verdict")
            section += table(head, [_comparison(pair, stored["arms"]) for pair in pairs.values()])
        fields = nodes.field_list(classes=["provenance"])
        file = (FOLDER / path.name).as_posix()
        for key, value in [*flat(stored.get("provenance", {})), ("file", file)]:
            text = nodes.literal("", value) if key in LITERAL else nodes.Text(value)
            body = nodes.field_body("", nodes.paragraph("", "", text))
            fields += nodes.field("", nodes.field_name("", key), body)
        section += fields
        return section

    def _question(self, stored: dict[str, Any]) -> nodes.paragraph:
        text = nodes.paragraph("", stored.get("question", ""))
        if chapter := stored.get("chapter"):
            page = f"book/{chapter}"
            if page not in self.env.found_docs:  # measured before its page is written
                return text
            link = pending_xref(
                "",
                nodes.inline("", page),
                refdomain="std",
                reftype="doc",
                reftarget=f"/{page}",
                refexplicit=False,
                refdoc=self.env.docname,
                refwarn=True,
            )
            text += [nodes.Text(" Chapter: "), link, nodes.Text(".")]
        return text


def _words(name: str) -> str:
    return name.replace("_", " ")


def readable(value: float | None, metric: str) -> str:
    """Print a measure: shares as percent, the rest with four digits."""
    if value is None:
        return "unknown"
    if any(word in metric for word in SHARES):
        return f"{100 * value:.1f}\N{NO-BREAK SPACE}%".replace("-", "\N{MINUS SIGN}")
    return f"{value:.4g}".replace("-", "\N{MINUS SIGN}")


def _spread(measure: dict[str, Any], metric: str) -> list[str]:
    shown = [readable(measure[key], metric) for key in ("mean", "sd")]
    return [*shown, str(len(measure["values"]))]


def _rate(arm: dict[str, Any]) -> str:
    """Return the rate of an arm; at an edge of the grid a better one may lie outside."""
    if "learning_rate" not in arm:
        return ""
    return f"{arm['learning_rate']:g}{' (edge of the grid)' if arm.get('at_edge') else ''}"


def _comparison(pair: dict[str, Any], arms: dict[str, Any]) -> list[str]:
    metric = pair["metric"]
    first, second = (arms[pair[side]]["label"] for side in ("a", "b"))
    low, mean, high = (readable(pair[key], metric) for key in ("low", "mean", "high"))
    # A difference of two percentages is counted in points.
    low, mean, high = (text.removesuffix("\N{NO-BREAK SPACE}%") for text in (low, mean, high))
    name = f"{first} minus {second}, {_words(metric)}"
    return [name, mean, f"{low} to {high}", pair["verdict"]]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> nodes.table:
    """Make a table of texts, with a row of headings."""
    columns = [nodes.colspec(colwidth=1) for _ in head]
    group = nodes.tgroup("", *columns, cols=len(head))
    group += nodes.thead("", _row(head))
    group += nodes.tbody("", *map(_row, rows))
    return nodes.table("", group)


def _row(texts: Sequence[str]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", text)) for text in texts))


def flat(block: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Turn a provenance block into rows, nested blocks with their name in front.

    Args:
        block: of the stored file; hashes and empty values are left out.
        prefix: what to put in front of each name.
    """
    rows: list[tuple[str, str]] = []
    for key, value in block.items():
        label = f"{prefix}{_words(key)}"
        if key in HASHES or value in (None, [], {}, ""):
            continue
        if isinstance(value, dict):
            rows += flat(value, f"{label}: ")
        elif isinstance(value, list):
            rows.append((label, ", ".join(map(str, value))))
        else:
            rows.append((label, str(value)))
    return rows


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("stored-experiments", StoredExperiments)
