"""Generated lists of the appendix: the numbers of the book, and its stored experiments."""

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from booksite.ledger import RESULTS, Entry, sentence
from booksite.numbers import LEDGER_PAGE, domain

RESULTS_FOLDER = Path("book", "results")


class LedgerNode(nodes.General, nodes.Element):
    """Stands for the list of numbers until every page has been read."""


class NumberLedger(SphinxDirective):
    """List every number of the ledger, and every stored result that a page prints."""

    def run(self) -> list[nodes.Node]:
        """Leave a placeholder: which results are printed is known after reading."""
        return [LedgerNode()]


class StoredExperiments(SphinxDirective):
    """Describe each file of `book/results/`: what was run, how, where and when."""

    def run(self) -> list[nodes.Node]:
        """Read the files and make a section of each."""
        found: list[nodes.Node] = []
        for path in sorted(Path(self.env.srcdir, RESULTS_FOLDER).glob("*.json")):
            self.env.note_dependency(str(path))
            found.append(_experiment(path, json.loads(path.read_text(encoding="utf-8"))))
        if not found:
            found.append(nodes.paragraph("", "No experiment is stored yet."))
        return found


def _experiment(path: Path, stored: dict[str, Any]) -> nodes.section:
    name = path.stem
    title = str(stored.get("title") or name)
    section = nodes.section("", nodes.title("", title), ids=[f"results-{name}"], names=[])
    if question := stored.get("question"):
        section += nodes.paragraph("", str(question))
    rows = [*_flat(stored.get("provenance", {})), ("file", f"book/results/{path.name}")]
    fields = nodes.field_list(classes=["provenance"])
    for key, value in rows:
        is_code = key in ("command", "file")
        text = nodes.literal("", value) if is_code else nodes.Text(value)
        body = nodes.field_body("", nodes.paragraph("", "", text))
        fields += nodes.field("", nodes.field_name("", key), body)
    section += fields
    return section


def _flat(value: Any, prefix: str = "") -> list[tuple[str, str]]:
    """Turn a provenance block into rows; nested blocks keep their name in front."""
    rows: list[tuple[str, str]] = []
    for key, item in value.items():
        label = f"{prefix}{key}".replace("_", " ")
        if isinstance(item, dict):
            rows += _flat(item, f"{label}: ")
        elif isinstance(item, list):
            rows.append((label, ", ".join(map(str, item))))
        else:
            rows.append((label, str(item)))
    return rows


def readable(value: int | float | str) -> str:
    """Format a value for the list: groups of three digits, floats as stored."""
    return f"{value:,}" if isinstance(value, int) else str(value)


def always_write(_app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Write the page of numbers at each build: it depends on all others."""
    return [LEDGER_PAGE] if LEDGER_PAGE in env.found_docs else []


def fill_ledger(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Replace the placeholder by the lists."""
    for place in list(doctree.findall(LedgerNode)):
        book = domain(app.env)
        keys = sorted({key for keys in book.used.values() for key in keys})
        printed = [book.ledger.lookup(key) for key in keys if key.startswith(RESULTS)]
        groups: dict[str, list[Entry]] = {}
        for entry in [*book.ledger.entries.values(), *printed]:
            stored = entry.key.startswith(RESULTS)
            name = ".".join(entry.key.split(".")[: 2 if stored else 1])
            groups.setdefault(name, []).append(entry)
        lists: list[nodes.Node] = []
        for name, entries in groups.items():
            items = [_item(app, entry, docname) for entry in entries]
            lists.append(nodes.rubric("", name))
            lists.append(nodes.definition_list("", *items, classes=["number-ledger"]))
        place.replace_self(lists or [nodes.paragraph("", "No number has a key yet.")])


def _item(app: Sphinx, entry: Entry, docname: str) -> nodes.definition_list_item:
    value = f"{readable(entry.value)} {entry.unit}".strip()
    term = nodes.term("", "", nodes.Text(f"{value} "), nodes.literal("", entry.key))
    term["ids"].append(entry.anchor)
    text = nodes.paragraph("", f"{sentence(entry.meaning)} Source: {entry.source}.")
    pages = [doc for doc, keys in sorted(domain(app.env).used.items()) if entry.key in keys]
    for i, page in enumerate(pages):
        text += nodes.Text(", " if i else " Printed in: ")
        uri = app.builder.get_relative_uri(docname, page)
        title = app.env.titles[page].astext()
        text += nodes.reference("", title, refuri=uri, internal=True)
    if pages:
        text += nodes.Text(".")
    return nodes.definition_list_item("", term, nodes.definition("", text))


def setup(app: Sphinx) -> None:
    """Register the directives and what fills them."""
    app.add_node(LedgerNode)
    app.add_directive("number-ledger", NumberLedger)
    app.add_directive("stored-experiments", StoredExperiments)
    app.connect("env-updated", always_write)
    app.connect("doctree-resolved", fill_ledger)
