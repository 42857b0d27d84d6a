"""The eleven parts of a chapter, in their order, each known by a sign that a machine can read.

CONTRIBUTING lists the signs for authors.  `problems` goes through the notebook once from top to
bottom: each sign is searched after the one before, so that a part out of its place is missed there.
"""

import re
from dataclasses import dataclass

import nbfile
from tests.book import nbval_rules
from tests.book.names import code_cells

MAX_LINES = 15  # of a code cell
MAX_GROUP = 3  # code cells without prose between them
LAST_HEADINGS = ("What people get wrong", "Summary", "References")
QUIZ = re.compile(r"^\s*(?:`{3,}|:{3,})\{quiz", re.MULTILINE)
PREDICTION = r"(?i:\bwrite down (?:your|a) (?:guess|prediction)\b)"
SENTENCE_END = re.compile(r"(?<!\bal)(?<!\bvs)(?<!e\.g)(?<!i\.e)[.?](?=\s|$)")
STORED = re.compile(r"^(\w+) = (?:experiments\.)?stored\(", re.MULTILINE)
LAB_HOST = re.compile(r"class=[\"'][^\"']*\blab-host\b")


@dataclass
class Chapter:
    """A notebook and how far the search has come.

    Args:
        name: its file's stem.
        title: what its first line must say.
        cells: of the notebook.
        experiments: names of its experiments, which may be none.
        stored: whether one of them has been run, so that there is a result to show.
    """

    name: str
    title: str
    cells: list
    experiments: list
    stored: bool = True

    def __post_init__(self):
        self.code = list(code_cells({"cells": self.cells}))
        self.at = (1, 0)  # (cell, place in its text) after the last sign found
        self.problems = []

    def text(self, number):
        """Markdown of a cell, "" for code."""
        cell = self.cells[number - 1]
        return nbfile.source(cell) if cell["cell_type"] == "markdown" else ""

    def find_text(self, part, what, pattern):
        """Move behind the next match of `pattern` in Markdown, or note that it is missing."""
        for number in range(self.at[0], len(self.cells) + 1):
            place = self.at[1] if number == self.at[0] else 0
            if match := re.compile(pattern, re.MULTILINE).search(self.text(number), place):
                self.at = (number, match.end())
                return match
        self.missing(part, what)
        return None

    def find_code(self, part, what, fits):
        """Move behind the next code cell that fits, or note that it is missing."""
        for cell in self.code:
            if (cell.number, 0) >= self.at and fits(cell):
                self.at = (cell.number + 1, 0)
                return cell
        self.missing(part, what)
        return None

    def missing(self, part, what):
        self.problems.append(f"part {part}: after cell {self.at[0]} there is no {what}")

    def under(self, match):
        """Text from a heading to the next one or the end of the cell."""
        rest = self.text(self.at[0])[match.end() :]
        return re.split(r"^#{1,6} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def problems(notebook, name, title, experiments, *, stored=True):
    """A line for every part of the anatomy that the chapter lacks, and every cell too long."""
    chapter = Chapter(name, title, notebook["cells"], experiments, stored)
    for step in (_opening, _setup, _idea, _experiment, _practice, _end):
        step(chapter)
    return chapter.problems + list(_shape(chapter))


def _opening(chapter):
    first = re.sub(r"^\([\w-]+\)=\n", "", chapter.text(1)) if chapter.cells else ""
    heading, _, rest = first.partition("\n")
    summary = re.split(r"\n\s*\n", rest.strip())[0]
    if heading != f"# {chapter.title}":
        chapter.problems.append(f"part 1: cell 1 opens with {heading!r}, not '# {chapter.title}'")
    if len(SENTENCE_END.findall(summary)) != 1 or not summary.endswith((".", "?")):
        chapter.problems.append("part 1: the paragraph below the title is not one sentence")
    if match := chapter.find_text(2, "You will be able to", r"^## You will be able to$"):
        items = re.findall(r"^(?:[-*]|\d+\.) ", chapter.under(match), re.MULTILINE)
        if not 3 <= len(items) <= 5:
            chapter.problems.append(f"part 2: {len(items)} items, expected 3 to 5")
    if match := chapter.find_text(3, "Before you start", r"^## Before you start$"):
        body = chapter.under(match)
        for what, pattern in (("link", r"\]\("), ("minutes", "minute"), ("CPU or GPU", "[CG]PU")):
            if not re.search(pattern, body):
                chapter.problems.append(f"part 3: no {what} below 'Before you start'")


def _setup(chapter):
    setup = chapter.find_code(4, "code cell tagged setup", lambda c: "setup" in c.tags)
    if sum("setup" in cell.tags for cell in chapter.code) > 1:
        chapter.problems.append("part 4: more than one cell tagged setup")
    after = [c for c in chapter.code if setup and c.number > setup.number]
    if setup and not (after and "import " in after[0].source and "seed" in after[0].source):
        chapter.missing(4, "cell of imports and seed right after the set-up")
    elif after:
        chapter.at = (after[0].number + 1, 0)
    chapter.find_text(5, "section on the problem", r"^## ")
    chapter.find_code(5, "code cell with a stored picture or measurement", lambda c: c.output)


def _idea(chapter):
    chapter.find_code(
        6,
        "code cell that builds by hand, without course_lib",
        lambda c: c.defined and not c.uses_course,
    )

    def is_bridge(cell):
        return cell.asserts and cell.uses_course and cell.used & cell.by_hand

    bridge = chapter.find_code(7, "assertion by hand == course_lib", is_bridge)
    table = chapter.find_code(8, "table from course_lib.cost that shows MACs", _is_cost_table)
    labs = [c for c in chapter.code if nbval_rules.shows_lab(c) and LAB_HOST.search(c.output)]
    last = (table or bridge or chapter.code[-1]).number
    if not any(cell.number < last for cell in labs):
        chapter.problems.append("part 5 or 6: no lab (labs.NAME(...), stored) before the table")


def _experiment(chapter):
    chapter.find_text(9, "'Write down your guess' or prediction", PREDICTION)
    if chapter.experiments:
        _stored_result(chapter)
    chapter.find_code(9, "verdict: a compared cell that prints", lambda c: c.compared)


def _stored_result(chapter):
    names = "|".join(map(re.escape, chapter.experiments))
    before = chapter.at
    what = f"command of the stored result, `python -m course_lib run {names}`"
    chapter.find_text(9, what, rf"python -m course_lib run (?:{names})\b")
    chapter.at = before
    if chapter.stored:
        what = "code cell that reads the stored results, `experiments.stored(...)`"
        read = {name for cell in chapter.code for name in STORED.findall(cell.source)}
        chapter.find_code(9, what, lambda c: STORED.search(c.source) or read & c.used)
    chapter.find_code(
        9,
        "small version that trains, tagged nbval-ignore-output",
        lambda c: c.ignored and nbval_rules.trains(c),
    )


def _practice(chapter):
    whole = "\n".join(chapter.text(n) for n in range(1, len(chapter.cells) + 1))
    asked = len(QUIZ.findall(whole))
    if asked < 4:
        chapter.problems.append(f"part 10: {asked} questions in quizzes, expected 4 or more")
    start, ends = chapter.at, []
    label = rf"^\s*:label: ex-{re.escape(chapter.name)}-[a-z]"
    for what, pattern in (
        ("question of a quiz", QUIZ.pattern),
        ("ungraded exercise", label),
        ("link to the graded notebook", rf"\]\(\.\./exercises/{re.escape(chapter.name)}\b"),
    ):
        chapter.at = start
        chapter.find_text(10, what, pattern)
        ends.append(chapter.at)
    chapter.at = max(ends)


def _end(chapter):
    for heading in LAST_HEADINGS:
        chapter.find_text(11, f"section {heading!r}", rf"^## {heading}$")
    number, place = chapter.at
    rest = [chapter.text(number)[place:]]
    rest += [chapter.text(n) for n in range(number + 1, len(chapter.cells) + 1)]
    if re.search(r"^## ", "\n".join(rest), re.MULTILINE):
        chapter.problems.append("part 11: a section after the references")


def _shape(chapter):
    group = 0
    for number, cell in enumerate(chapter.cells, start=1):
        group = group + 1 if cell["cell_type"] == "code" else 0
        if group == MAX_GROUP + 1:
            yield f"cell {number}: more than {MAX_GROUP} code cells without prose between them"
    for cell in chapter.code:
        lines = len(cell.source.strip().splitlines())
        if lines > MAX_LINES:
            yield f"cell {cell.number}: {lines} lines of code, at most {MAX_LINES}"
        if re.search(r"^from \S+ import \*", cell.source, re.MULTILINE):
            yield f"cell {cell.number}: names are imported one by one, without *"


def _is_cost_table(cell):
    counts = any(re.match(r"course_lib\b.*cost", call) for call in cell.calls)
    return counts and bool(re.search(r"\bMACs\b|multiply-adds", cell.output))
