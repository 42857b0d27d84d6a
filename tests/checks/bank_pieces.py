"""Tests of the question what is wrong with each of several pieces; see `bank.py`.

Its right answers are those `by_table`, and its wrong ones may be `differing` from the table.
"""

import re
import sys
from itertools import combinations

import numpy as np
import pytest

import nbfile
from course_lib.checks import variants
from course_lib.checks.cases import recorded
from course_lib.checks.diagnosis import shown
from instructor.edition_cohort import edition
from tests.checks.bank_base import DIAGNOSIS, Base, over
from tests.checks.judging import EXERCISES, judge, printed

OPTION = re.compile(r'`"([^`"]+)"`')  # as a notebook lists it


def each(bank) -> list[str]:
    """Return the orders of the pieces."""
    return list(bank.orders)


def later(bank) -> list[str]:
    """Return the orders but the notebook's own."""
    return each(bank)[1:]


def pairs(bank) -> list[tuple[str, str]]:
    """Return each order with each."""
    return [(i, j) for i in bank.orders for j in bank.orders]


def pieces_asked(bank) -> list:
    """Return the labels of the pieces, once if there are any."""
    return list(bank.right.TABLE) if bank.orders else []


def once(bank) -> list[str]:
    """Return the question, if it is asked."""
    return [DIAGNOSIS] if bank.orders else []


def by_table(table) -> list:
    """Return two right answers that read a chapter's `TABLE`: its own pairs, and lists of them."""

    def diagnosis_by_table(piece):
        return table[piece]

    def diagnosis_as_list(piece):
        return np.array(table[piece]).tolist()

    return [diagnosis_by_table, diagnosis_as_list]


def differing(table, /, **changed):
    """Return an answer that differs from a table for some pieces."""
    rows = table | changed

    def diagnosis(*places, **named):
        (piece,) = (*places, *named.values())  # called a claim or a run in some chapters
        return rows[piece]

    return diagnosis


def but(answer, label, wrong):
    """Return an answer that is right for every piece but one."""

    def diagnosis(*places, **named):
        (piece,) = (*places, *named.values())  # called a claim or a run in some chapters
        return wrong if piece == label else answer(piece)

    return diagnosis


def with_choice(choices, place, option):
    """Return what is said of a piece with another option in one place."""
    if isinstance(choices, str):
        return option
    return (*choices[:place], option, *choices[place + 1 :])


def run_given(cells):
    """Run the cells that a notebook gives, and return what they define."""
    space = {"__name__": "given"}
    for cell in cells:
        if cell["cell_type"] == "code" and not nbfile.tags(cell):
            exec(compile(nbfile.source(cell), "<notebook>", "exec"), space)
    return space


def pieces(cells) -> dict[str, str]:
    """Return the texts of the pieces without their heads, by label."""
    found: dict[str, str] = {}
    for cell in cells:
        text = nbfile.source(cell)
        if cell["cell_type"] == "code":
            found |= re.findall(r"^def piece_(\w)(\(.*(?:\n(?: .*)?)*\n .*)", text, re.MULTILINE)
        else:
            found |= re.findall(r"^\*\*[A-Z][a-z]+ (\w)\.\*\*((?s:.*))", text, re.MULTILINE)
    return found


def edition_of(chapter, orders, variant) -> list:
    """Return the cells of the edition of a cohort that gets this order of the pieces."""
    question, names = f"{chapter}.{DIAGNOSIS}", tuple(orders)
    cohorts = (f"year-{i}" for i in range(99))
    cohort = next(one for one in cohorts if variants.pick(one, question, names) == variant)
    return edition(nbfile.read(EXERCISES / f"{chapter}.ipynb"), cohort)["cells"]


class Pieces(Base):
    """Options are judged one by one, and an answer to one order is wrong in every other."""

    @property
    def module(self):
        """The module that judges the pieces."""
        return sys.modules[self.check.diagnosis.__module__]

    @property
    def labels(self):
        """The labels of the pieces, in order."""
        return tuple(self.right.TABLE)

    @property
    def marks(self):
        """The fingerprints of what is right of each piece."""
        return getattr(self.module, "FINGERPRINTS", None) or self.module.RIGHT

    # What is chosen

    @over("piece", pieces_asked)
    def test_every_wrong_choice_hears_the_text_of_its_option(self, piece):
        right = self.right.TABLE[piece]
        own = getattr(self.module, "OWN", {}).get(piece, {})
        for place, options in enumerate(self.right.OPTIONS):
            for option in options:
                choices = with_choice(right, place, option)
                message = self.judged(DIAGNOSIS, but(self.right.TABLE.get, piece, choices))
                if choices == right:
                    assert message is None
                else:
                    assert (options | own)[option] in message

    @over("question", once)
    def test_the_check_does_not_hold_the_answers(self, question):
        marks = [self.marks[piece] for piece in self.labels]
        marks = [mark for one in marks for mark in ([one] if isinstance(one, str) else one)]
        assert all(re.fullmatch(r"[0-9a-f]{16}", mark) for mark in marks)
        assert len(set(marks)) == len(self.labels) * len(self.right.OPTIONS)

    @property
    def rows(self):
        """The rows of the notebook's table of options; what is listed has rows of one."""
        lines = "\n".join(map(nbfile.source, self.cells)).splitlines()
        rows = [line.split("|")[1:-1] for line in lines if line.startswith('| `"')]
        return rows or [[line] for line in lines if line.startswith('- `"')]

    @over("question", once)
    def test_no_row_of_the_table_is_an_answer(self, question):
        in_rows = [tuple(one for text in row for one in OPTION.findall(text)) for row in self.rows]
        assert not set(in_rows) & {
            one for one in self.right.TABLE.values() if isinstance(one, tuple)
        }

    @over("question", once)
    def test_the_notebook_lists_the_options(self, question):
        for options, *column in zip(self.right.OPTIONS, *self.rows, strict=True):
            assert {one for text in column for one in OPTION.findall(text)} == set(options)

    # Orders

    @over("question", once)
    def test_the_notebook_declares_the_orders_that_the_check_knows(self, question):
        assert self.orders == self.module.ORDERS
        assert "".join(map(str, self.labels)) == next(iter(self.orders.values()))

    @over("question", once)
    def test_any_two_orders_disagree_on_half_the_pieces_or_more(self, question):
        answers = [self.solution_of(DIAGNOSIS, name) for name in self.orders]
        assert len(answers) >= variants.LEAST
        for one, other in combinations(answers, 2):
            differ = sum(one(label) != other(label) for label in self.labels)
            assert differ * 2 >= len(self.labels)

    @over("given, asked", pairs)
    def test_the_solution_of_an_order_passes_its_own_check_alone(self, given, asked):
        message = self.judged(DIAGNOSIS, self.solution_of(DIAGNOSIS, given), asked)
        assert (message is None) == (given == asked), message

    @over("given, asked", lambda bank: [(i, j) for i, j in pairs(bank) if i != j])
    def test_a_copied_answer_gets_the_points_of_half_the_pieces_at_most(self, given, asked):
        answer = self.solution_of(DIAGNOSIS, given)
        with recorded() as record:
            self.judged(DIAGNOSIS, answer, asked)
        assert record.share <= 0.5
        word = next(iter(record.kinds)).split()[0]
        assert list(record.kinds) == [f"{word} {label}" for label in self.labels]

    @over("question", once)
    def test_the_first_order_is_the_check_without_one(self, question):
        lines = {printed(self.check_of(DIAGNOSIS), self.solution_of(DIAGNOSIS))}
        for name in self.orders:
            lines.add(printed(self.check_of(DIAGNOSIS, name), self.solution_of(DIAGNOSIS, name)))
        assert len(lines) == 1, "stored outputs are those of every variant"

    @over("question", once)
    def test_an_unknown_order_is_refused(self, question):
        with pytest.raises(ValueError, match=r"variant must be one of .*, got 'ninth'"):
            self.check_of(DIAGNOSIS, "ninth")(lambda *_: None)

    @over("variant", later)
    def test_a_text_that_belongs_to_one_piece_moves_with_it(self, variant):
        answer = self.solution_of(DIAGNOSIS, variant)
        for label, piece in shown(self.labels, self.orders[variant]):
            for option, text in getattr(self.module, "OWN", {}).get(piece, {}).items():
                wrong = with_choice(answer(label), 0, option)
                message = judge(self.check_of(DIAGNOSIS, variant), but(answer, label, wrong))
                assert message.endswith(text)
                assert f"={label!r})" in message

    # Editions

    @over("variant", later)
    def test_an_edition_shows_each_piece_under_its_other_label(self, variant):
        first, other = (
            pieces(edition_of(self.name, self.orders, name)) for name in (each(self)[0], variant)
        )
        assert list(first) == list(other) == list(map(str, self.labels))
        for label, piece in zip(other, self.orders[variant], strict=True):
            assert other[label] == first[piece]

    @over("variant", each)
    def test_the_answer_of_an_edition_passes_the_check_beside_it(self, variant, capsys):
        cells = edition_of(self.name, self.orders, variant)
        space = run_given(cells)
        for cell in cells:
            tagged = {"exercise", "check"} & set(nbfile.tags(cell))
            if tagged and DIAGNOSIS in nbfile.source(cell):
                exec(compile(nbfile.source(cell), "<edition>", "exec"), space)
        assert capsys.readouterr().out.splitlines()[-1].startswith(f"Right: {DIAGNOSIS}.")
