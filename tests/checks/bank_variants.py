"""Tests of questions whose variants differ in structure; see `bank.py`."""

import re
from collections.abc import Iterator

import pytest

from course_lib.checks.cases import recorded
from course_lib.checks.verdict import drawn_from
from tests.checks.bank_base import Base, over
from tests.checks.judging import GRADING, printed


def blocks(bank) -> list[str]:
    """Return the questions that have variants."""
    return list(bank.blocks)


def each(bank) -> list[tuple[str, str]]:
    """Return each question with each of its variants."""
    return [(question, name) for question, names in bank.blocks.items() for name in names]


def pairs(bank) -> list[tuple[str, str, str]]:
    """Return each question with each two variants, one after the other or twice the same."""
    return [(question, i, j) for question, i in each(bank) for j in bank.blocks[question]]


def others(bank) -> list[tuple[str, str, str]]:
    """Return the same of questions whose variants agree in no kind of case."""
    return [
        (question, i, j)
        for question, i, j in pairs(bank)
        if i != j and question not in bank.known("ALIKE_IN_PART")
    ]


def right_answers(bank) -> Iterator:
    """Yield question, variant and a right answer that is built in another way."""
    for (question, variant), answers in getattr(bank.right, "OF_VARIANT", {}).items():
        for i, answer in enumerate(answers):
            yield pytest.param(question, variant, answer, id=f"{question}-{variant}-{i}")


def between(bank) -> Iterator:
    """Yield question, the variant that was answered, the one asked for, and what it hears."""
    for (question, given, asked), idea in bank.known("BETWEEN").items():
        yield pytest.param(question, given, asked, idea, id=f"{question}-{given}-{asked}")


class Variants(Base):
    """An answer to one variant is wrong in every other."""

    @over("question, i, j", pairs)
    def test_the_solution_of_a_variant_passes_its_own_check_alone(
        self, question, i, j, monkeypatch
    ):
        for drawn in ("1", "2"):
            monkeypatch.setenv("COURSE_CHECK_SEED", drawn)
            message = self.judged(question, self.solution_of(question, i), j)
            assert (message is None) == (i == j), message

    @over("question, i, j", others)
    def test_an_answer_to_another_variant_is_wrong_in_each_kind_of_case(self, question, i, j):
        with recorded() as record, drawn_from(*GRADING):
            self.judged(question, self.solution_of(question, i), j)
        assert len(record.kinds) > 1
        assert record.share == 0

    @over("question", blocks)
    def test_the_first_variant_is_the_check_without_one(self, question):
        lines = {printed(self.check_of(question), self.solution_of(question))}
        for name in self.blocks[question]:
            lines.add(printed(self.check_of(question, name), self.solution_of(question, name)))
        assert len(lines) == 1, "stored outputs are those of every variant"

    @over("question", blocks)
    def test_an_unknown_variant_is_refused(self, question):
        with pytest.raises(ValueError, match=r"variant must be one of .*, got 'ninth'"):
            self.check_of(question, "ninth")(lambda *_, **__: None)

    @over("question, variant", each)
    def test_the_blocks_of_the_course_pass_in_no_variant(self, question, variant):
        for answer in self.wrong.OF_COURSE[question]:
            message = self.judged(question, answer, variant)
            assert message is not None
            assert "stopped with" not in message, message

    @over("question, variant, answer", right_answers)
    def test_a_right_answer_to_a_variant_is_taken(self, question, variant, answer):
        assert self.judged(question, answer, variant) is None

    @over("question, given, asked, idea", between)
    def test_an_answer_to_another_variant_hears_what_differs(self, question, given, asked, idea):
        assert re.search(idea, self.judged(question, self.solution_of(question, given), asked))

    def test_the_bank_of_variants_is_whole(self):
        later = {(name, one) for name, names in self.blocks.items() for one in names[1:]}
        assert set(getattr(self.right, "OF_VARIANT", {})) == later
        assert set(self.known("OF_COURSE")) == set(self.blocks)
        assert {question for question, *_ in self.known("BETWEEN")} == set(self.blocks)
        assert set(self.known("WRONG_OF_VARIANT")) <= set(each(type(self)))
        assert set(self.known("ALIKE_IN_PART")) <= set(self.blocks)
