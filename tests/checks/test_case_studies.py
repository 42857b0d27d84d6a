"""The checks of the questions of the case studies: what they take, refuse and say.

`test_variants.py` judges the variants of the memory of a block and the mutants of its solution,
`test_diagnosis.py` the claims in their other orders.
"""

import re

import pytest

from course_lib.checks import case_studies as check
from course_lib.checks.cases import recorded
from course_lib.checks.verdict import drawn_from
from instructor import edition_regions as regions
from tests.checks.case_studies_right import RIGHT
from tests.checks.case_studies_wrong import WRONG
from tests.checks.judging import GRADING, define, judge, kill_all, printed, solution

QUESTIONS = tuple(RIGHT)
EQUIVALENT: dict[str, dict[str, str]] = {
    "weights_of_conv": {
        "order: `tall, wide = kernel` after `depth = channels // groups`": "neither reads the other"
    },
    "macs_of_conv": {},
    "cheaper_net": {
        "number: `0` -> `-1` #2": "a dense layer has one size, the first and the last",
        "operator: `one < other` -> `one <= other`": "equal counts get another word below",
        "order: `for layers in (first, second):` after `found = {}`": "neither reads the other",
        "order: `rows, columns, channels = image` after `weights, macs, moments = ([], [], [])`": (
            "neither reads the other"
        ),
        "order: `weights.append((reach + 1) * channels)` after "
        "`macs.append(rows * columns * channels * reach)`": "they go to two lists",
        "order: `macs.append(rows * columns * channels * reach)` after "
        "`moments.append(read + rows * columns * channels)`": "they go to two lists",
    },
    "diagnosis": {},
}


@pytest.fixture(autouse=True)
def seed(monkeypatch):
    monkeypatch.setenv("COURSE_CHECK_SEED", "1")


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
    answer = define(solution("case_studies", question), question)
    lines = set()
    for drawn in ("1", "77", ""):
        monkeypatch.setenv("COURSE_CHECK_SEED", drawn)
        lines.add(printed(getattr(check, question), answer))
    (line,) = lines
    assert re.fullmatch(rf"Right: {question}\. [^\n]+\.\n", line)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_grader_gives_the_solution_all_points(question):
    answer = define(solution("case_studies", question), question)
    with recorded() as record, drawn_from(*GRADING):
        judge(getattr(check, question), answer)
    assert record.share == 1
    assert len(record.kinds) >= 3


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_stub_stops_with_not_implemented_error(question):
    stub, _ = regions.split(solution("case_studies", question))
    with pytest.raises(NotImplementedError):
        getattr(check, question)(define(stub, question))


@pytest.mark.parametrize("question", EQUIVALENT)
def test_no_mutant_of_the_solution_survives(question, record_property):
    found = kill_all("case_studies", question, getattr(check, question), EQUIVALENT[question])
    record_property("summary", found)


def test_the_banks_are_counted(record_property):
    wrong, sound = (sum(map(len, bank.values())) for bank in (WRONG, RIGHT))
    record_property("summary", f"answers to case_studies: {wrong} wrong, {sound} right")
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
    assert code not in [line.strip() for line in solution("case_studies", question).splitlines()]
