"""The checks of the questions on transfer learning: what they take, refuse and say."""

import re

import keras
import pytest

from course_lib.checks import transfer as check
from instructor import edition_regions as regions
from tests.checks.judging import define, judge, kill_all, printed, solution
from tests.checks.transfer_right import RIGHT
from tests.checks.transfer_wrong import WRONG

QUESTIONS = tuple(RIGHT)
EQUIVALENT = {
    "freeze_blocks": {
        "order: `block.trainable = number >= count` after `inside = [block]`": (
            "the list does not read the flag"
        ),
        "order: `inside += getattr(part, 'layers', [])` after "
        "`if isinstance(part, layers.BatchNormalization):`": ("a normalization holds no layers"),
    },
    "cached_features": {
        "drop: `np.stack([store[key] for key in keys])` -> `[store[key] for key in keys]`": (
            "a list of rows is an array for whoever reads it"
        ),
        "drop: `ops.convert_to_numpy(body(images[rows], training=False))` -> "
        "`body(images[rows], training=False)`": "a store of tensors holds the same rows",
        "flip: `True` -> `False`": "there are as many rows as were handed in",
        "keyword: `zip(rows, found, strict=True)` -> `zip(rows, found)`": (
            "there are as many rows as were handed in"
        ),
    },
    "first_plan": {
        "order: `costs['scratch'] = 10 * every` after `each = images / classes`": (
            "neither reads the other"
        ),
        "order: `each = images / classes` after "
        "`table = {'distant': ('features', 'all', 'scratch')}`": "neither reads the other",
    },
}


@pytest.fixture(autouse=True)
def seed(monkeypatch):
    monkeypatch.setenv("COURSE_CHECK_SEED", "1")
    keras.utils.set_random_seed(1)


def cases(bank):
    return [
        pytest.param(question, case, id=f"{question}-{getattr(case, '__name__', case)}")
        for question in QUESTIONS
        for case in bank[question]
    ]


@pytest.mark.parametrize(("question", "answer"), cases(RIGHT))
def test_a_right_answer_is_taken_whatever_it_is_built_of(question, answer):
    assert judge(getattr(check, question), answer) is None


@pytest.mark.parametrize(("question", "name"), cases(WRONG))
def test_a_wrong_answer_hears_what_it_misunderstood(question, name):
    answer, idea = WRONG[question][name]
    message = judge(getattr(check, question), answer)
    assert message is not None, "taken for right"
    assert re.search(idea, message), message


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_solution_gets_one_fixed_line_whatever_is_drawn(question, monkeypatch):
    answer = define(solution("transfer", question), question)
    lines = set()
    for drawn in ("1", ""):
        monkeypatch.setenv("COURSE_CHECK_SEED", drawn)
        lines.add(printed(getattr(check, question), answer))
    (line,) = lines
    assert re.fullmatch(rf"Right: {question}\. [^\n]+\.\n", line)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_stub_stops_with_not_implemented_error(question):
    stub, _ = regions.split(solution("transfer", question))
    with pytest.raises(NotImplementedError):
        getattr(check, question)(define(stub, question))


# `test_variants.py` judges the mutants of a solution that serves several variants.
@pytest.mark.parametrize("question", [name for name in QUESTIONS if name != "replace_head"])
def test_no_mutant_of_the_solution_survives(question, record_property):
    found = kill_all("transfer", question, getattr(check, question), EQUIVALENT.get(question, {}))
    record_property("summary", found)


def test_the_banks_are_counted(record_property):
    wrong, sound = (sum(map(len, bank.values())) for bank in (WRONG, RIGHT))
    record_property("summary", f"answers to transfer: {wrong} wrong, {sound} right")
    assert all(len(RIGHT[question]) >= 2 for question in QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS)
def test_hints_rise_from_a_question_to_code(question, capsys):
    texts = []
    for level in (1, 2, 3):
        check.hint(question, level=level)
        texts.append(capsys.readouterr().out.strip())
    assert texts[0].endswith("?")
    code = texts[2].removeprefix("Hint 3 of 3: ")
    compile(code, question, "exec")
    assert "..." not in code, "an empty frame is no hint"
    assert code not in [line.strip() for line in solution("transfer", question).splitlines()]
