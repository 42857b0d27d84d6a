import re

import keras
import numpy as np
import pytest

import nbfile
from course_lib.checks import resnet as check
from course_lib.checks.resnet import hint
from instructor import edition_regions as regions
from tests.checks import resnet_right as right
from tests.checks.judging import EXERCISES, define, judge, printed, solution
from tests.checks.resnet_wrong import TABLE, WRONG

RIGHT = {
    "layer_count": [right.count_by_walking, right.count_as_list],
    "stage_macs": [right.macs_by_walking, right.macs_from_layers],
    "shortcut": [
        right.shortcut_by_layers,
        right.shortcut_by_ops,
        right.shortcut_by_fixed_filters,
    ],
    "residual_block": [
        right.residual_by_padding,
        right.residual_by_subclass,
        right.residual_by_models,
        right.residual_by_ops,
    ],
    "bottleneck_block": [
        right.bottleneck_by_padding,
        right.bottleneck_by_dense,
        right.bottleneck_pooled_last,
    ],
    "diagnosis": [
        lambda piece: TABLE[piece],
        lambda piece: list(TABLE[piece]),
        lambda piece: np.array(TABLE[piece]),
    ],
}
QUESTIONS = list(RIGHT)


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
    answer = define(solution("resnet", question), question)
    lines = set()
    for drawn in ("1", "77"):
        monkeypatch.setenv("COURSE_CHECK_SEED", drawn)
        lines.add(printed(getattr(check, question), answer))
    monkeypatch.delenv("COURSE_CHECK_SEED")
    lines.add(printed(getattr(check, question), answer))
    (line,) = lines
    assert re.fullmatch(rf"Right: {question}\. [^\n]+\n", line)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_stub_stops_with_not_implemented_error(question):
    stub, _ = regions.split(solution("resnet", question))
    with pytest.raises(NotImplementedError):
        getattr(check, question)(define(stub, question))


def test_the_bank_is_counted(record_property):
    wrong = sum(map(len, WRONG.values()))
    sound = sum(map(len, RIGHT.values()))
    record_property("summary", f"answers to resnet: {wrong} wrong, {sound} right")
    assert all(len(RIGHT[question]) >= 2 for question in QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS)
def test_hints_rise_from_a_question_to_code(question, capsys):
    texts = []
    for level in (1, 2, 3):
        hint(question, level=level)
        texts.append(capsys.readouterr().out.strip())
    assert texts[0].endswith("?")
    code = texts[2].removeprefix("Hint 3 of 3: ")
    compile(code, question, "exec")
    assert "..." not in code, "an empty frame is no hint"
    assert code not in [line.strip() for line in solution("resnet", question).splitlines()]


def test_the_probe_of_the_last_hint_runs_in_the_notebook(capsys):
    space = {"__name__": "given"}
    for cell in nbfile.read(EXERCISES / "resnet.ipynb")["cells"]:
        if cell["cell_type"] == "code" and not nbfile.tags(cell):
            exec(compile(nbfile.source(cell), "<notebook>", "exec"), space)
    hint("diagnosis", level=3)
    exec(capsys.readouterr().out.removeprefix("Hint 3 of 3: "), space)
    assert re.fullmatch(r"\(None, 8, 8, 16\) 5,?056 [\d,]+\n", capsys.readouterr().out)
