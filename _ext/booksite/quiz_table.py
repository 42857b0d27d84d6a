"""The directive quiz-table: a table to fill in.

A blank is written `[?156]` in a cell, `[?3.86 ±0.05]` for a number with a tolerance, and
`[?Glorot / Xavier]` for words of which any will do. Its name is that of its row and its column.
`- [C1, weights] text` comments on a wrong answer in that cell, `- [C1, weights: 150] text` on 150.
"""

import re
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx

from booksite.quiz import BodyNode, Data, QuestionNode, Quiz, read_number

BLANK = re.compile(r"\[\?([^\[\]|]*)\]")
# Stands for a blank while Markdown is parsed; characters for private use mean nothing to Markdown.
PLACE = re.compile("\ue000(\\d+)\ue001")
TOLERANCE = re.compile(r"(.+?)\s*(?:±|\+-)\s*(.+)")
SLASH = re.compile(r"\s+/\s+")


class QuizTable(Quiz):
    """Ask to fill the blanks of a table."""

    kind = "table"

    def ask(self, node: QuestionNode, body: StringList, marks: list[str]) -> tuple[Data, str]:
        """Read the table, what its blanks ask for, and the comments."""
        answers: list[str] = []
        table = self.parse_commented(node, _take_blanks(body, answers), marks, nodes.table)
        if table is None:
            raise ValueError("a table must close the question; only a list of comments may follow")
        labels = [label for row in _rows(table) for label in _fill(row, _columns(table), answers)]
        if not labels or len(labels) != len(answers):
            raise ValueError(
                "expected blanks such as [?156] in cells below the header and right of the first "
                f"column, {len(labels)} of {len(answers)} stand there"
            )
        if twice := sorted({label for label in labels if labels.count(label) > 1}):
            raise ValueError(f"two blanks are named {twice[0]!r}; each row needs a name of its own")
        next(iter(table.findall(nodes.colspec)))["stub"] = 1  # its cells name the rows
        node.replace(table, BodyNode("", table))
        named = list(zip(labels, answers, strict=True))
        cells = [{"label": label, **_asked(text)} for label, text in named]
        wrong = [_commented(mark, cells) for mark in marks]
        shown = (f"{label}: {SLASH.sub(' or ', text)}" for label, text in named)
        return {"cells": cells, "wrong": wrong}, "; ".join(shown)


def _take_blanks(body: StringList, answers: list[str]) -> StringList:
    """Put a place for each blank of the table, and collect what it asks for."""

    def place(match: re.Match[str]) -> str:
        answers.append(match[1].strip())
        return f"\ue000{len(answers) - 1}\ue001"

    kept = StringList()
    for line, (source, offset) in zip(body, body.items, strict=True):
        kept.append(BLANK.sub(place, line), source, offset)
        if "[?" in kept[-1]:
            raise ValueError(f"a blank is written [?answer], without brackets in it, got {line!r}")
    return kept


def _rows(table: nodes.table) -> Iterator[nodes.row]:
    for body in table.findall(nodes.tbody):
        yield from body.findall(nodes.row)


def _columns(table: nodes.table) -> list[str]:
    head = next(iter(table.findall(nodes.thead)), None)
    if head is None:
        raise ValueError("the table needs a header row, whose cells name the columns")
    return [entry.astext().strip() for entry in head.findall(nodes.entry)]


def _fill(row: nodes.row, columns: list[str], answers: list[str]) -> Iterator[str]:
    """Put blanks where their places are; yield the name of each."""
    name = row[0].astext().strip()
    for column, entry in list(zip(columns, row.children, strict=True))[1:]:
        for text in list(entry.findall(nodes.Text)):
            before, *found = PLACE.split(text.astext())
            if not found:
                continue
            given = f"[?{answers[int(found[0])]}]"
            if len(found) > 2 or not isinstance(text.parent, nodes.paragraph):
                raise ValueError(f"a cell holds one blank, in plain text; got {given!r} and more")
            if not name or not column:
                raise ValueError(f"{given!r} needs a name of its row and of its column")
            blank = nodes.inline("", "?", classes=["quiz-blank"])
            text.parent.replace(text, [nodes.Text(before), blank, nodes.Text(found[1])])
            yield f"{name}, {column}"


def _asked(text: str) -> dict[str, Any]:
    """Read what a blank asks for: a number with its tolerance, or words."""
    if not text:
        raise ValueError("a blank needs an answer, such as [?156]; got [?]")
    if match := TOLERANCE.fullmatch(text):
        return {"number": read_number(match[1]), "slack": read_number(match[2])}
    try:
        return {"number": read_number(text), "slack": 0}
    except ValueError:
        return {"words": SLASH.split(text)}


def _commented(mark: str, cells: list[dict[str, Any]]) -> dict[str, Any]:
    """Read which answer a comment is about."""
    for cell, asked in enumerate(cells):
        if mark == asked["label"]:
            return {"cell": cell}
        if mark.startswith(f"{asked['label']}:"):
            text = mark.removeprefix(f"{asked['label']}:").strip()
            return {"cell": cell, "text": text}
    names = ", ".join(repr(cell["label"]) for cell in cells)
    raise ValueError(f"a comment names a blank, one of {names}; got {mark!r}")


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive(f"quiz-{QuizTable.kind}", QuizTable)
