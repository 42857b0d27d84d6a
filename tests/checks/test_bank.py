"""Every chapter's checks are tested by its bank, and a bank that lacks something is refused."""

import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import new_exercise
from course_lib.checks import alexnet
from course_lib.checks.verdict import expect_number, fresh_cases
from tests.checks import (
    alexnet_right,
    alexnet_wrong,
    bank_answers,
    bank_base,
    bank_pieces,
    bank_variants,
)
from tests.checks.bank import Bank
from tests.checks.bank_base import over
from tests.checks.judging import EXERCISES, LEAST, kill_all, shared
from tests.checks.mutants import mutants

CHECKS = Path(__file__).parent
CALLED = re.compile(r"^class Test\w*\(Bank\):\n    check, right, wrong = ", re.MULTILINE)


def bank_of(**changed):
    """Return the bank of a chapter with some of its names changed; None removes one."""
    words = vars(alexnet_right) | vars(alexnet_wrong) | changed
    module = SimpleNamespace(**{name: one for name, one in words.items() if one is not None})

    class Changed(Bank):
        check, right, wrong = alexnet, module, module

    return Changed()


def record(*_):
    """Stand in for pytest's `record_property`."""


@pytest.mark.parametrize("path", sorted(EXERCISES.glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_exercise_has_its_bank(path):
    text = (CHECKS / f"test_{path.stem}.py").read_text(encoding="utf-8")
    assert CALLED.search(text), f"see tests/checks/bank.py: class TestBank(Bank) of {path.stem}"


def test_a_whole_bank_is_taken():
    bank_of().test_the_bank_is_whole(record)
    bank_of().test_the_bank_of_variants_is_whole()


ONE = {"conv_output_size": alexnet_right.RIGHT["conv_output_size"][:1]}


@pytest.mark.parametrize(
    "changed",
    [
        {"RIGHT": alexnet_right.RIGHT | ONE},
        {"RIGHT": {k: v for k, v in alexnet_right.RIGHT.items() if k != "alexnet_block"}},
        {"WRONG": {k: v for k, v in alexnet_wrong.WRONG.items() if k != "alexnet_block"}},
        {"WRONG": alexnet_wrong.WRONG | {"conv_output_size": {}}},
        {"EQUIVALENT": {"no_question": {}}},
    ],
)
def test_a_bank_that_lacks_an_answer_is_refused(changed):
    with pytest.raises(AssertionError):
        bank_of(**changed).test_the_bank_is_whole(record)


@pytest.mark.parametrize("name", ["OF_VARIANT", "OF_COURSE", "BETWEEN"])
def test_a_bank_that_leaves_a_variant_out_is_refused(name):
    whole = getattr(alexnet_right, name, None) or getattr(alexnet_wrong, name)
    less = {key: one for key, one in whole.items() if "alexnet_block" not in (key, key[0])}
    assert less
    for changed in (less, None):
        with pytest.raises(AssertionError):
            bank_of(**{name: changed}).test_the_bank_of_variants_is_whole()


@pytest.mark.parametrize(
    ("question", "pattern"),
    [("conv_output_size", "order: nothing"), ("alexnet_block", r"end number: `99` -> .*")],
)
def test_a_mutant_that_is_gone_is_listed_no_more(question, pattern):
    bank = bank_of(EQUIVALENT={question: {pattern: "gone"}})
    with pytest.raises(AssertionError, match="no mutant is"):
        bank.test_what_is_listed_as_equivalent_is_there()


def test_a_chapter_without_variants_or_pieces_has_no_such_tests(tmp_path, monkeypatch):
    monkeypatch.setattr(bank_base, "EXERCISES", tmp_path)
    new = new_exercise.files("squeeze")["book/exercises/squeeze.ipynb"]
    (tmp_path / "squeeze.ipynb").write_text(new, encoding="utf-8")

    class Plain(Bank):
        check = SimpleNamespace(__name__="course_lib.checks.squeeze")
        right = SimpleNamespace(RIGHT={"kernel_weights": [abs]})
        wrong = SimpleNamespace(WRONG={})

        @over("case", lambda bank: [])
        def test_nothing(self, case):
            raise AssertionError

    assert Plain.test_nothing is None
    assert Plain.test_an_unknown_variant_is_refused is None
    assert Plain.test_an_unknown_order_is_refused is None
    assert callable(Plain.test_a_right_answer_is_taken_whatever_it_is_built_of)
    assert callable(Plain.test_the_bank_is_whole)


# Mutants

SOURCE = '''def double(n):
    """Return twice the number."""
    ### BEGIN SOLUTION
    once = n + 1
    more = 3 * n - 1
    return (once + more) / 2
    ### END SOLUTION
'''


def strict(answer):
    """Take an answer that doubles."""
    for n in (1.0, 3.0, 4.5):
        expect_number(answer, {"n": n}, 2 * n)


def lenient(answer):
    """Take any answer."""


EQUIVALENT = ["order: `once = n + 1` after `more = 3 * n - 1`"]


def test_an_ordinary_run_judges_a_share_and_what_is_equivalent(monkeypatch):
    monkeypatch.delenv("COURSE_MUTANTS", raising=False)
    total = len(mutants(SOURCE, "double"))
    line = kill_all("toy", "double", strict, EQUIVALENT, SOURCE)
    judged = int(re.search(rf"toy.double: judged (\d+) of {total};", line)[1])
    assert len(EQUIVALENT) <= judged < total
    monkeypatch.setenv("COURSE_MUTANTS", "all")
    assert f"judged {total} of {total}" in kill_all("toy", "double", strict, EQUIVALENT, SOURCE)


@pytest.mark.parametrize("judged", ["", "all"])
def test_survivors_and_what_is_no_survivor_are_told(judged, monkeypatch):
    monkeypatch.setenv("COURSE_MUTANTS", judged)
    with pytest.raises(AssertionError, match="survived"):
        kill_all("toy", "double", lenient, {}, SOURCE)
    with pytest.raises(AssertionError, match="killed or gone"):
        kill_all("toy", "double", strict, [*EQUIVALENT, "number: `3` -> `4`"], SOURCE)


def test_a_check_that_spares_mutants_in_grading_is_told():
    def of_notebook(answer):
        if fresh_cases().random() == np.random.default_rng(1).random():
            strict(answer)

    with pytest.raises(AssertionError, match=r"disagree:\n.*fails in the notebook only"):
        kill_all("toy", "double", of_notebook, EQUIVALENT, SOURCE)
    kill_all("toy", "double", of_notebook, EQUIVALENT, SOURCE, graded=False)


def test_the_share_is_drawn_once_for_all(monkeypatch):
    monkeypatch.delenv("COURSE_MUTANTS", raising=False)
    found = [f"mutant {i}" for i in range(100)]
    drawn = shared(found, str)
    assert drawn == shared(found, str)
    assert len(drawn) == 20
    assert shared(found[:2], str) == found[:2]
    assert len(shared(found[:9], str)) == LEAST
    others = shared(found, lambda one: f"another question: {one}")
    assert len(set(drawn) & set(others)) < 12
    monkeypatch.setenv("COURSE_MUTANTS", "all")
    assert shared(found, str) == found


def test_a_run_without_mutants_has_no_such_test(monkeypatch):
    monkeypatch.setenv("COURSE_MUTANTS", "none")
    assert list(bank_answers.mutated(bank_of())) == []
    monkeypatch.setenv("COURSE_MUTANTS", "some")
    with pytest.raises(pytest.UsageError, match="COURSE_MUTANTS is 'some'; expected 'all'"):
        list(bank_answers.mutated(bank_of()))


def test_cases_are_those_of_the_chapter(monkeypatch):
    monkeypatch.delenv("COURSE_MUTANTS", raising=False)
    bank = bank_of()
    assert len(list(bank_answers.mutated(bank))) == 2 + 2 * 3 + 4
    assert len(bank_variants.pairs(bank)) == 2 * 9
    assert len(bank_variants.others(bank)) == 2 * 6
    assert bank_variants.others(bank_of(ALIKE_IN_PART=tuple(bank.blocks))) == []
    assert len(bank_pieces.pairs(bank)) == 16
