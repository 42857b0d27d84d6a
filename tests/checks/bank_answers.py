"""Tests of every bank: what a check takes, refuses and says; see `bank.py`."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from course_lib.checks.cases import recorded
from course_lib.checks.verdict import STUB, drawn_from
from instructor import edition_regions as regions
from tests.checks.bank_base import DIAGNOSIS, Base, over
from tests.checks.folding import folded
from tests.checks.judging import (
    GRADING,
    define,
    kill_all,
    printed,
    shared,
    solution,
)
from tests.checks.mutants import mutants
from tests.kept import mutants_asked_for

# Lines of solutions that a hint may show.
ALLOWED = yaml.safe_load(Path(regions.__file__).with_name("leaks_allowed.yml").read_text("utf-8"))
LEAST_RIGHT = 2  # right answers to a question, built differently
# A piece named by the last letter of `second=` is found like the word, the first that ends so.
OF_ORDERS = {"second string: `'second'` -> `'d'`": "'second=' is the first that ends so"}


def right_answers(bank) -> Iterator:
    """Yield question and answer."""
    for question, answers in bank.right.RIGHT.items():
        for answer in answers:
            name = getattr(answer, "__name__", "answer")
            yield pytest.param(question, answer, id=f"{question}-{name}")


def wrong_answers(bank) -> Iterator:
    """Yield question, variant (empty for the check without one) and name of the answer."""
    named = {(question, ""): found for question, found in bank.wrong.WRONG.items()}
    for (question, variant), found in (named | bank.known("WRONG_OF_VARIANT")).items():
        for name in found:
            where = "-".join(filter(None, (question, variant, str(name))))
            yield pytest.param(question, variant, name, id=where)


def some_wrong_answers(bank) -> list:
    """Return the share of the wrong answers that an ordinary run judges as a grader does."""
    return shared(list(wrong_answers(bank)), lambda case: f"{bank.name} {case.id}")


def judged_wrong_answers(bank) -> list:
    """Return all wrong answers, or their share where no mutants are judged, as on JAX."""
    return some_wrong_answers(bank) if mutants_asked_for() == "none" else list(wrong_answers(bank))


def questions(bank) -> tuple[str, ...]:
    """Return the questions of the chapter."""
    return bank.questions


def mutated(bank) -> Iterator:
    """Yield question and variant of each solution whose mutants are judged, if any are."""
    if mutants_asked_for() != "none":
        for question in bank.questions:
            names = bank.orders if question == DIAGNOSIS else bank.blocks.get(question)
            for variant in names or ("",):
                where = "-".join(filter(None, (question, variant)))
                yield pytest.param(question, variant, id=where)


class Answers(Base):
    """What holds for the answers to every question.

    Attributes:
        least_kinds: of cases that a check has, so that there are parts of the points.
    """

    least_kinds = 3

    @over("question, answer", right_answers)
    def test_a_right_answer_is_taken_whatever_it_is_built_of(self, question, answer):
        assert self.judged(question, answer) is None

    def wrong_answer(self, question, variant, name):
        """Return a wrong answer, and the pattern of what it must be told."""
        if variant:
            return self.wrong.WRONG_OF_VARIANT[question, variant][name]
        return self.wrong.WRONG[question][name]

    @over("question, variant, name", judged_wrong_answers)
    def test_a_wrong_answer_hears_what_it_misunderstood(self, question, variant, name):
        answer, idea = self.wrong_answer(question, variant, name)
        message = self.judged(question, answer, variant)
        assert message is not None, "taken for right"
        assert re.search(idea, message), message

    @over("question, variant, name", some_wrong_answers)
    def test_a_grader_takes_points_off_a_wrong_answer(self, question, variant, name):
        answer, _ = self.wrong_answer(question, variant, name)
        with recorded() as record, drawn_from(*GRADING):
            message = self.judged(question, answer, variant)
        assert message is not None or record.share < 1

    @over("question", questions)
    def test_the_solution_gets_one_fixed_line_whatever_is_drawn(self, question, monkeypatch):
        answer, lines = self.solution_of(question), set()
        for drawn in ("1", "77", ""):
            monkeypatch.setenv("COURSE_CHECK_SEED", drawn)
            lines.add(printed(self.check_of(question), answer))
        (line,) = lines
        assert re.fullmatch(rf"Right: {question}\. [^\n]+\.\n", line)

    @over("question", questions)
    def test_a_grader_gives_the_solution_all_points(self, question):
        with recorded() as record, drawn_from(*GRADING):
            self.judged(question, self.solution_of(question))
        assert record.share == 1
        assert len(record.kinds) >= self.least_kinds

    @over("question", questions)
    def test_a_stub_stops_with_not_implemented_error(self, question):
        stub, _ = regions.split(solution(self.name, question))
        with pytest.raises(NotImplementedError, match=STUB):
            self.check_of(question)(define(stub, question))

    @over("question", questions)
    def test_hints_rise_from_a_question_to_code(self, question, capsys):
        texts = []
        for level in (1, 2, 3):
            self.check.hint(question, level=level)
            texts.append(capsys.readouterr().out.strip())
        assert len(set(texts)) == 3
        assert texts[0].endswith("?")
        code = texts[2].removeprefix("Hint 3 of 3: ")
        compile(code, question, "exec")
        assert "..." not in code, "an empty frame is no hint"
        own = [line.strip() for line in solution(self.name, question).splitlines()]
        allowed = [one["shown"] for one in ALLOWED if one["question"] == f"{self.name}.{question}"]
        assert code not in own or code in allowed

    def source_of(self, question, variant):
        """Return the solution as one would write it for a variant, empty for the notebook's."""
        if variant in self.blocks.get(question, ()):
            source = folded(self.name, question, variant)
            assert "VARIANT" not in source
            return source
        return solution(self.name, question, variant)

    def equivalent(self, question, variant, names):
        """Return the mutants that are right all the same, and why.

        They are listed by name; where a question has variants, by a pattern of the variant and the
        name.
        """
        listed = self.known("EQUIVALENT").get(question, {})
        if not variant:
            return listed
        listed = (OF_ORDERS | listed) if question == DIAGNOSIS else listed
        return {
            name: reason
            for name in names
            for pattern, reason in listed.items()
            if re.fullmatch(pattern, f"{variant} {name}")
        }

    @over("question, variant", mutated)
    def test_no_mutant_of_the_solution_survives(self, question, variant, record_property):
        source = self.source_of(question, variant)
        names = [mutant.name for mutant in mutants(source, question)]
        known = self.equivalent(question, variant, names)
        first = variant in ("", next(iter(self.blocks.get(question, self.orders)), ""))
        line = kill_all(
            self.name,
            question,
            self.check_of(question, variant),
            known,
            source,
            variant=variant,
            graded=first or question == DIAGNOSIS,
        )
        record_property("summary", line)

    def test_what_is_listed_as_equivalent_is_there(self):
        """A pattern of mutants may otherwise outlive them."""
        for question, listed in self.known("EQUIVALENT").items():
            names = self.orders if question == DIAGNOSIS else self.blocks.get(question)
            found = [
                f"{variant} {mutant.name}".lstrip()
                for variant in names or ("",)
                for mutant in mutants(self.source_of(question, variant), question)
            ]
            for pattern in listed:
                there = (re.fullmatch(pattern, one) if names else one == pattern for one in found)
                assert any(there), f"{question}: no mutant is {pattern}"

    def test_the_bank_is_whole(self, record_property):
        right, wrong = self.right.RIGHT, self.wrong.WRONG
        asked = set(self.check.__all__) - {"hint", "progress"}
        assert asked == set(self.check.hint.texts) == set(right) == set(wrong)
        assert all(wrong.values())
        assert [name for name in right if len(right[name]) < LEAST_RIGHT] == []
        assert set(self.known("EQUIVALENT")) <= set(right)
        several = sum(map(len, self.known("WRONG_OF_VARIANT").values()))
        counts = sum(map(len, wrong.values())) + several, sum(map(len, right.values()))
        record_property("summary", "answers to {}: {} wrong, {} right".format(self.name, *counts))
