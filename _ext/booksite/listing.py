"""The list of all numbers of the book, each with its meaning, its source and its pages."""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from booksite.ledger import RESULTS, Entry, sentence
from booksite.numbers import LEDGER_PAGE, domain


class LedgerNode(nodes.General, nodes.Element):
    """Stands for the list of numbers until every page has been read."""


class NumberLedger(SphinxDirective):
    """List every number of the ledger, and every stored result that a page prints."""

    def run(self) -> list[nodes.Node]:
        """Leave a placeholder: which results are printed is known after reading."""
        return [LedgerNode()]


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
    """Register the directive and what fills its place."""
    app.add_node(LedgerNode)
    app.add_directive("number-ledger", NumberLedger)
    app.connect("env-updated", always_write)
    app.connect("doctree-resolved", fill_ledger)
