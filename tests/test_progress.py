"""What is kept of checks while they run, and the table that shows it."""

import sys
from html.parser import HTMLParser

import pytest

from course_lib import progress
from course_lib.checks.verdict import NotAnswered, WrongAnswer, call, passed
from course_lib.progress import NOT_RUN, NOT_YET, PASSED, UNTOUCHED, Progress, is_stub, state_of
from course_lib.widgets.lab import WIDGET_VIEW

QUESTIONS = list(progress.points_of("resnet"))


def stub(blocks, kind, option):
    """Count the layers."""
    raise NotImplementedError("your code here")


def wrong(blocks, kind, option):
    return 7


def right(blocks, kind, option):
    return 8


def layer_count(answer):
    """Judge `layer_count`."""
    value = call(answer, {"blocks": 1, "kind": "basic", "option": "A"})
    if value != 8:
        raise WrongAnswer(f"{value} is not 8")
    passed("layer_count", "All counted.")


@pytest.fixture
def checks(monkeypatch):
    """A module of checks with one check, in a process in which none has run."""
    monkeypatch.setattr(progress, "_OUTCOMES", {})
    space = {"layer_count": layer_count}
    space["progress"] = Progress("course_lib.checks.resnet", space)
    return space


def state(answer):
    return state_of("resnet", "layer_count", answer)


def test_a_check_prints_and_raises_what_it_did_without(checks, capsys):
    check = checks["layer_count"]
    assert (check.__name__, check.__doc__) == ("layer_count", "Judge `layer_count`.")
    check(right)
    assert capsys.readouterr().out == "Right: layer_count. All counted.\n"
    with pytest.raises(WrongAnswer, match=r"^7 is not 8$"):
        check(wrong)
    with pytest.raises(NotAnswered, match=r"^your code here$"):
        check(stub)


def test_outcomes_belong_to_the_function_that_was_checked(checks):
    check = checks["layer_count"]
    assert [state(each) for each in (right, wrong, stub)] == [NOT_RUN, NOT_RUN, UNTOUCHED]
    check(right)
    assert [state(each) for each in (right, wrong, stub)] == [PASSED, NOT_RUN, UNTOUCHED]
    with pytest.raises(WrongAnswer):
        check(wrong)
    assert [state(each) for each in (right, wrong)] == [NOT_RUN, NOT_YET]


def test_the_same_code_defined_anew_was_not_checked(checks):
    def define():
        return lambda blocks, kind, option: 8

    first, second = define(), define()
    checks["layer_count"](first)
    assert (state(first), state(second)) == (PASSED, NOT_RUN)


def test_what_a_check_does_not_say_is_not_kept(checks):
    def stopped(blocks, kind, option):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        checks["layer_count"](stopped)
    assert state(stopped) == NOT_RUN


def test_two_notebooks_may_ask_for_the_same_name(checks):
    checks["layer_count"](right)
    assert state_of("transfer", "layer_count", right) == NOT_RUN


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('"""Doc."""\n    raise NotImplementedError("your code here")', True),
        ('raise NotImplementedError("your code here")', True),
        ('half = n\n    raise NotImplementedError("your code here")', True),
        ('if n:\n        return 1\n    raise NotImplementedError("your code here")', True),
        ('return n\n    raise NotImplementedError("your code here")', False),
        ('raise NotImplementedError("later")', False),
        ('return "your code here"', False),
        ("return n", False),
    ],
)
def test_a_stub_is_known_without_a_call(body, expected):
    space = {}
    exec(f"def f(n):\n    {body}\n", space)
    assert is_stub(space["f"]) is expected


def test_stubs_of_classes_and_behind_decorators_are_known():
    space = {}
    body = 'raise NotImplementedError("your code here")'
    exec(
        f"import functools\n@functools.cache\ndef f(n):\n    {body}\n"
        f"class C:\n    a = 3\n    def g(self):\n        {body}\n",
        space,
    )
    assert is_stub(space["f"])
    assert is_stub(space["C"])


class Odd:
    def __getattr__(self, name):
        raise RuntimeError(name)


@pytest.mark.parametrize("answer", [None, 3, len, Odd(), Odd], ids=range(5))
def test_what_has_no_code_is_no_stub(answer):
    assert not is_stub(answer)


def test_the_table_is_about_what_the_notebook_holds_now(checks, monkeypatch):
    main = sys.modules["__main__"]
    checks["layer_count"](right)
    board = checks["progress"]()
    assert repr(board).splitlines()[1].endswith(NOT_RUN), "no such function in the notebook"
    monkeypatch.setattr(main, "layer_count", right, raising=False)
    monkeypatch.setattr(main, "stage_macs", stub, raising=False)
    lines = repr(board).splitlines()
    assert [line.split()[0] for line in lines[1:-1]] == QUESTIONS
    assert lines[1].split() == ["layer_count", "1", "passed"]
    assert lines[2].split() == ["stage_macs", "2", "untouched"]
    assert lines[3].endswith("not run")
    assert lines[-1].startswith("Checks passed: 1 of 6 questions, 1 of 15 points.")


class Cells(HTMLParser):
    """Collects tags with their attributes, and text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text.append(data)


def test_html_has_headers_and_a_summary_that_is_read_out(checks):
    bundle = checks["progress"]()._repr_mimebundle_()
    assert list(bundle) == ["text/html"], "no kernel, no widget"
    read = Cells(bundle["text/html"])
    assert "Progress in the exercises resnet" in read.text
    assert read.tags.count(("th", {"scope": "col"})) == 3
    assert read.tags.count(("th", {"scope": "row"})) == len(QUESTIONS)
    assert ("p", {"role": "status"}) in read.tags


@pytest.mark.parametrize("colab", [False, True])
def test_in_a_kernel_the_widget_follows_the_checks(checks, monkeypatch, colab):
    monkeypatch.setattr(progress, "has_kernel", lambda: True)
    monkeypatch.setitem(sys.modules, "google.colab", sys) if colab else None
    monkeypatch.setattr(sys.modules["__main__"], "layer_count", right, raising=False)
    bundle = checks["progress"]()._repr_mimebundle_()
    assert set(bundle) == ({WIDGET_VIEW} if colab else {WIDGET_VIEW, "text/html"})
    widget = checks["progress"].widget()
    assert bundle[WIDGET_VIEW]["model_id"] == widget.model_id
    assert "<td>passed</td>" not in widget.value
    checks["layer_count"](right)
    assert "<td>passed</td>" in widget.value


def test_a_table_that_cannot_be_drawn_stops_no_check(checks, monkeypatch):
    checks["progress"].widget()
    monkeypatch.setattr(checks["progress"], "html", lambda: 1 / 0)
    checks["layer_count"](right)
    assert state(right) == PASSED


def test_without_widgets_the_table_is_still_shown(checks, monkeypatch):
    monkeypatch.setattr(progress, "has_kernel", lambda: True)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    assert list(checks["progress"]()._repr_mimebundle_()) == ["text/html"]


def test_an_assignment_that_is_not_known_has_no_points():
    assert progress.points_of("alchemy") == {}
    board = Progress("course_lib.checks.alchemy", {"layer_count": layer_count})()
    assert "0 of 0 questions" in repr(board)
