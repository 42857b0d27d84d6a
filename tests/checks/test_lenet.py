"""The checks of the questions on LeNet: what they take, what they refuse, and what they say."""

import re

import keras
import numpy as np
import pytest

import nbfile
from course_lib.checks import lenet as check
from course_lib.nets.lenet import C3_TABLE
from instructor import edition_regions as regions
from tests.checks.judging import EXERCISES, define, judge, kill_all, printed, solution
from tests.checks.lenet_bank import sizes
from tests.checks.lenet_right import RIGHT, diagnosis_by_cases

QUESTIONS = tuple(RIGHT)
PIECES = range(1, 7)


@pytest.fixture(autouse=True)
def seed(monkeypatch):
    monkeypatch.setenv("COURSE_CHECK_SEED", "1")


def the(question):
    return getattr(check, question)


def answer_of(question):
    return define(solution("lenet", question), question)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_solution_gets_one_line_whatever_is_drawn(question, monkeypatch):
    lines = set()
    for drawn in ("1", "2", ""):
        monkeypatch.setenv("COURSE_CHECK_SEED", drawn)
        lines.add(printed(the(question), answer_of(question)))
    (line,) = lines
    assert re.fullmatch(rf"Right: {question}\. [^\n]+\n", line)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_stub_stops_with_not_implemented_error(question):
    stub = define(regions.split(solution("lenet", question))[0], question)
    with pytest.raises(NotImplementedError, match="your code here"):
        the(question)(stub)


@pytest.mark.parametrize("place", PIECES)
@pytest.mark.parametrize("option", check.FEEDBACK)
def test_a_wrong_diagnosis_gets_the_text_of_its_option(place, option):
    def diagnosis(piece):
        return option if piece == place else diagnosis_by_cases(piece)

    said = judge(check.diagnosis, diagnosis)
    if option == diagnosis_by_cases(place):
        assert said is None
    else:
        text = (check.FEEDBACK | check.OWN.get(place, {}))[option]
        assert said == f"diagnosis(piece={place}) returned {option!r}. {text}"


@pytest.mark.parametrize(
    ("place", "option", "message"),
    [
        (1, "no bias", "still be a coefficient to train"),
        (2, "dense", "Follow one output back"),
        (5, "per pixel", "there would still be maps"),
    ],
)
def test_no_text_is_true_of_a_piece_that_has_another_fault(place, option, message):
    said = judge(
        check.diagnosis, lambda piece: option if piece == place else diagnosis_by_cases(piece)
    )
    assert message in said
    assert check.FEEDBACK[option] not in said


def test_a_diagnosis_is_one_of_the_options():
    said = judge(check.diagnosis, lambda piece: f"piece {piece} looks right")
    assert "Expected one of 'no weights', 'per pixel'" in said


@pytest.mark.parametrize("answer", RIGHT["diagnosis"])
def test_other_right_diagnoses_are_taken(answer):
    assert judge(check.diagnosis, answer) is None


def test_no_mutant_of_the_diagnosis_survives(record_property):
    wrong = range(len(PIECES) * (len(check.FEEDBACK) - 1) + 1)
    record_property("summary", sizes("diagnosis", wrong))
    record_property("summary", kill_all("lenet", "diagnosis", check.diagnosis, {}))


@pytest.mark.parametrize("question", QUESTIONS)
def test_three_hints_go_from_a_question_to_the_first_line(question, capsys):
    texts = []
    for level in (1, 2, 3):
        check.hint(question, level=level)
        texts.append(capsys.readouterr().out.strip())
    assert len(set(texts)) == 3
    assert texts[0].endswith("?")
    code = texts[2].removeprefix("Hint 3 of 3: ")
    compile(code, question, "exec")
    assert "..." not in code, "an empty frame is no hint"


def test_the_probe_of_the_last_hint_runs(given, capsys):
    check.hint("diagnosis", level=3)
    exec(capsys.readouterr().out.removeprefix("Hint 3 of 3: "), given)
    assert capsys.readouterr().out == f"{2 * 20 * 20 * 6}\n"


@pytest.fixture(scope="module")
def given():
    """Run the cells that the notebook gives, and return what they define."""
    space = {"__name__": "given"}
    for cell in nbfile.read(EXERCISES / "lenet.ipynb")["cells"]:
        code = cell["cell_type"] == "code"
        if code and not {"exercise", "check", "setup"} & set(nbfile.tags(cell)):
            exec(compile(nbfile.source(cell), "<notebook>", "exec"), space)
    return space


def built(given, piece, shape):
    x = keras.Input(shape)
    return keras.Model(x, given[f"piece_{piece}"](x))


def test_pieces_1_and_2_have_no_weights_and_some_for_each_pixel(given):
    assert built(given, 1, (28, 28, 6)).count_params() == 0
    assert built(given, 2, (28, 28, 6)).count_params() == 2 * 14 * 14 * 6
    assert built(given, 2, (40, 40, 6)).count_params() == 2 * 20 * 20 * 6


def test_piece_3_uses_connections_outside_the_table_after_one_step(given):
    table = np.array([[mark == "X" for mark in row] for row in C3_TABLE])
    model = built(given, 3, (14, 14, 6))
    assert not model.get_weights()[0][:, :, ~table].any()
    model.compile("sgd", "mse")
    rng = np.random.default_rng(1)
    images, targets = rng.normal(size=(4, 14, 14, 6)), rng.normal(size=(4, 10, 10, 16))
    model.train_on_batch(images.astype("float32"), targets.astype("float32"))
    assert np.abs(model.get_weights()[0][:, :, ~table]).min() > 0


def test_piece_4_equals_a_convolution_without_padding_and_piece_6_does_not(given):
    images = np.random.default_rng(1).normal(size=(2, 32, 32, 1)).astype("float32")
    plain = keras.Sequential(
        [keras.Input((32, 32, 1)), keras.layers.Conv2D(6, 5, activation="tanh")]
    )
    padded, cropped = built(given, 6, (32, 32, 1)), built(given, 4, (32, 32, 1))
    for model in (padded, cropped):
        model.set_weights(plain.get_weights())
    np.testing.assert_allclose(cropped(images), plain(images), atol=1e-5)
    assert padded(images).shape == (2, 32, 32, 6)


def test_piece_5_gets_other_weights_on_a_larger_image(given):
    convolution = keras.layers.Conv2D(120, 5)
    convolution.build((None, 5, 5, 16))
    assert built(given, 5, (5, 5, 16)).count_params() == convolution.count_params()
    assert built(given, 5, (9, 9, 16)).count_params() > convolution.count_params()
