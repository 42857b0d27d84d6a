"""The directives `zoo-table` and `zoo-timeline`: all nets of the book, and when they appeared."""

import re
from collections.abc import Iterable, Sequence

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from booksite import ledger, zoo_file
from booksite.numbers import NumberNode, domain
from booksite.zoo_file import LATER, Row, by_work, key_of, metric

NONE = "\N{EN DASH}"
NBSP = "\N{NO-BREAK SPACE}"
TIMES = "\N{MULTIPLICATION SIGN}"
HEAD = ("Net", "Input", "Weights", "MACs", "Memory", "Field", "Layers", "Top-1", "Top-5", "Test")
STEPS = ("Year", "Publication", "Nets", "Weights", "MACs", "Top-1 error")


class ZooPage(SphinxDirective):
    """What both directives share: the rows of the file, and numbers with their keys."""

    def rows(self) -> list[Row]:
        """Return the nets, and note what the page depends on."""
        for file in (zoo_file.FILE.as_posix(), "book/ledger.yml"):
            self.env.note_dependency(file)
        return [*zoo_file.rows(self.env.srcdir)]

    def known(self) -> dict[str, ledger.Entry]:
        """Return the entries of the ledger by key."""
        return domain(self.env).ledger.entries

    def number(self, key: str | None) -> nodes.Node:
        """Return a number that opens its entry in the ledger; a dash for none."""
        if key is None or key not in self.known():
            return nodes.Text(NONE)
        entry = self.known()[key]
        share = key.endswith("error")
        value = float(entry.value)
        shown = _whole(f"{100 * value:.4g} %" if share else metric(value))
        domain(self.env).used.setdefault(self.env.docname, {}).setdefault(key, shown)
        count = self.env.new_serialno("zoo")
        return NumberNode("", shown, entry=entry, no=f"zoo-{count}")


class ZooTable(ZooPage):
    """List every net of the book, by publication: what it costs and what was published of it."""

    def run(self) -> list[nodes.Node]:
        """Make a table for each publication, in the order of years."""
        found: list[nodes.Node] = []
        for (year, work), nets in by_work(self.rows()).items():
            found.append(nodes.rubric("", f"{work}" if str(year) in work else f"{work} ({year})"))
            found.append(_table(HEAD, [self._cells(net) for net in nets]))
        return found

    def _cells(self, net: Row) -> list[nodes.Node]:
        one, five = (
            key_of(net["name"], ends, self.known()) for ends in (zoo_file.ONE, zoo_file.FIVE)
        )
        known = [self.known()[key] for key in (one, five) if key]
        test = zoo_file.test_of(known[0].meaning) if known else NONE
        counts = (
            TIMES.join(map(str, net["input"])),
            metric(net["trainable"]),
            metric(net["macs"]),
            f"{4 * net['peak_activations'] / 1e6:.3g} MB",
            str(net["field"]),
            str(net["depth"]),
        )
        name = nodes.literal("", net["name"])
        return [name, *map(_text, counts), self.number(one), self.number(five), _text(test)]


class ZooTimeline(ZooPage):
    """List the publications by year: how many nets of the book follow each, and their range."""

    def run(self) -> list[nodes.Node]:
        """Make the table; nets that came after those of the book have what the ledger has."""
        lines = [
            (year, work, self._work(nets)) for (year, work), nets in by_work(self.rows()).items()
        ]
        for net in LATER:
            numbers = [self.number(f"{net.key}.paper.{name}") for name in zoo_file.PRINTED]
            lines.append((net.year, net.cite, [_text(f"{net.name} (not here)"), *numbers]))
        lines.sort(key=lambda line: line[0])
        return [_table(STEPS, [[_text(str(y)), _text(work), *cells] for y, work, cells in lines])]

    def _work(self, nets: Sequence[Row]) -> list[nodes.Node]:
        names = [nets[0]["name"], *([nets[-1]["name"]] if len(nets) > 1 else [])]
        words = nodes.inline("", "", nodes.literal("", names[0]))
        if len(nets) > 1:
            joint = " and " if len(nets) == 2 else " to "
            words += [nodes.Text(joint), nodes.literal("", names[1])]
        keys = [key_of(net["name"], zoo_file.ONE[:1], self.known()) for net in nets]
        best = min(
            (key for key in keys if key), key=lambda key: self.known()[key].value, default=None
        )
        ranges = [_text(_range(net[name] for net in nets)) for name in ("trainable", "macs")]
        return [words, *ranges, self.number(best)]


def _range(values: Iterable[int]) -> str:
    found = sorted(values)
    ends = [metric(found[0]), metric(found[-1])]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def _text(words: str) -> nodes.Text:
    return nodes.Text(_whole(words))


def _whole(words: str) -> str:
    """Return words in which no line ends between a number and what it counts."""
    words = re.sub(r"(?<=\d)x(?=\d)", TIMES, words)
    return re.sub(rf"\b(\d[\d.{TIMES}]*) (?=[kMGT%]|MB\b|crops?\b)", rf"\1{NBSP}", words)


def _table(head: Sequence[str], lines: Sequence[Sequence[nodes.Node]]) -> nodes.table:
    columns = [nodes.colspec(colwidth=1) for _ in head]
    group = nodes.tgroup("", *columns, cols=len(head))
    group += nodes.thead("", _row([_text(name) for name in head]))
    group += nodes.tbody("", *map(_row, lines))
    return nodes.table("", group)


def _row(cells: Sequence[nodes.Node]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell)) for cell in cells))


def setup(app: Sphinx) -> None:
    """Register the directives."""
    app.add_directive("zoo-table", ZooTable)
    app.add_directive("zoo-timeline", ZooTimeline)
