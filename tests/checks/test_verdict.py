import keras
import numpy as np
import pytest
from keras import layers

from course_lib.checks.verdict import (
    Hints,
    WrongAnswer,
    call,
    expect_choice,
    expect_number,
    fingerprint_of,
    fresh_cases,
    merged,
    passed,
    spell_number,
)


def answering(value):
    def answer(**_):
        return value

    return answer


def test_ipython_shows_the_message_without_a_traceback():
    assert WrongAnswer("too many")._render_traceback_() == ["Not yet: too many"]
    assert issubclass(WrongAnswer, AssertionError)


@pytest.mark.parametrize(
    "value", [8, 8.0, np.int64(8), np.float32(8), np.array(8), keras.ops.convert_to_tensor(8)]
)
def test_a_number_may_have_any_type(value):
    expect_number(answering(value), {"n": 1}, 8)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (9, r"answer\(n=1\) returned 9\. off by one"),
        (16, r"returned 16\. doubled"),
        (1_000_000, r"returned 1,000,000\. Expected 8\."),
        (8.5, r"returned 8\.5\. Expected 8"),
        (float("nan"), "expected a number"),
        ("8", "'8'; expected a number"),
        (True, "True; expected a number"),
        ([8], "expected a number"),
        ([[8], 9], "expected a number"),
        (np.array([8]), "expected a number"),
        (b"8", "expected a number"),
        (10**400, r"returned inf\. Expected 8\."),
        (None, "is a return missing"),
    ],
)
def test_a_wrong_number_is_explained(value, message):
    slips = ((9, "off by one"), (8, "never shown: equal to what is expected"), (16, "doubled"))
    with pytest.raises(WrongAnswer, match=message):
        expect_number(answering(value), {"n": 1}, 8, slips)


def test_what_no_slip_explains_may_have_a_remark():
    with pytest.raises(WrongAnswer, match=r"Expected 8\. Look at the rows\.$"):
        expect_number(answering(9), {}, 8, [(7, "one less")], "Look at the rows.")


FEEDBACK = {"left": "left was wrong", "right": "right was wrong"}
RIGHT = fingerprint_of(FEEDBACK, "left")


def test_the_right_choice_passes_whatever_the_function_is_called():
    expect_choice(lambda: "left", FEEDBACK, RIGHT)
    expect_choice(answering("left"), FEEDBACK, RIGHT, {"piece": "a"})


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("right", "returned 'right'. right was wrong"),
        ("up", "Expected one of 'left', 'right'"),
        (["left"], "Expected one of"),
        (3, "Expected one of"),
    ],
)
def test_a_wrong_choice_hears_its_own_text(value, message):
    with pytest.raises(WrongAnswer, match=message):
        expect_choice(answering(value), FEEDBACK, RIGHT)


def test_a_stub_comes_through_and_other_errors_are_told():
    def stub():
        raise NotImplementedError("your code here")

    with pytest.raises(NotImplementedError, match=r"^your code here$") as caught:
        call(stub, {})
    assert caught.type.__name__ == "NotImplementedError", "tools look for this name"
    assert caught.value._render_traceback_()[0].startswith("Not answered yet: ")
    with pytest.raises(WrongAnswer, match=r"answer\(n=0\) stopped with ZeroDivisionError"):
        call(answer_by_dividing, {"n": 0})


def answer_by_dividing(n):
    return 1 / n


answer_by_dividing.__name__ = "answer"


def answer_in_keras(x):
    return layers.Lambda(lambda y: y + missing)(x)  # noqa: F821


def test_the_last_line_of_the_readers_own_code_is_named():
    with pytest.raises(WrongAnswer, match=r"division by zero \(line \d+: return 1 / n\)$"):
        call(answer_by_dividing, {"n": 0})
    with pytest.raises(WrongAnswer, match=r"\(line \d+: return layers.Lambda\(lambda y: y \+ miss"):
        call(answer_in_keras, {}, keras.Input((2,)))
    space = {}
    exec("def f(n):\n    n = n\n    return g(n)\ndef g(n):\n    return len(n)", space)
    with pytest.raises(WrongAnswer, match=r"has no len\(\) \(line 5\)$"):
        call(space["f"], {"n": 3})
    with pytest.raises(WrongAnswer, match=r"expected at least .*, got 0$"):
        call(max, {})


def test_a_model_without_a_name_of_its_own_can_be_called():
    assert call(keras.ops.abs, {}, -3) == 3


def test_cases_are_fresh_unless_the_seed_is_set(monkeypatch):
    monkeypatch.delenv("COURSE_CHECK_SEED", raising=False)
    assert fresh_cases().integers(10**9) != fresh_cases().integers(10**9)
    monkeypatch.setenv("COURSE_CHECK_SEED", "5")
    assert fresh_cases().integers(10**9) == fresh_cases().integers(10**9)


def test_the_verdict_is_one_line(capsys):
    passed("depth", "Every layer counted.")
    assert capsys.readouterr().out == "Right: depth. Every layer counted.\n"


def test_hints_have_three_levels(capsys):
    hint = Hints({"depth": ("How deep?", "A well.", "n = 0")})
    hint("depth")
    hint("depth", level=3)
    assert capsys.readouterr().out == "Hint 1 of 3: How deep?\nHint 3 of 3: n = 0\n"
    with pytest.raises(ValueError, match=r"level must be 1, 2 or 3, got 4"):
        hint("depth", level=4)
    with pytest.raises(ValueError, match=r"one of \('depth',\), got 'width'"):
        hint("width")


def test_large_numbers_are_printed_whole():
    assert spell_number(25_557_032) == "25,557,032"
    assert spell_number(0.5) == "0.5"


def test_a_wrong_number_of_two_mistakes_is_told_both_once():
    slips = [(3, "biases forgotten"), (4, "twice"), (3.0, "one filter"), (3, "one filter")]
    assert list(merged(slips)) == [(3.0, "biases forgotten Or: one filter"), (4.0, "twice")]
