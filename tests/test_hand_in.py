"""The hand-in cell: what it says of a session, without calling an answer, and never stopping."""

import json
import os

import nbformat
import pytest
from nbclient import NotebookClient

from course_lib import __version__, progress
from course_lib.hand_in import AGREES, SAVE, Report, answers_of, hand_in, receipt
from course_lib.progress import Outcome

POINTS = {"one": 1, "two": 2, "three": 3.5}
CELLS = {
    "one": "def one():\n    return 1  # done",
    "two": 'def two():\n    raise NotImplementedError("your code here")',
    "three": "def three():\n    return 3",
}
CALL = f'hand_in("a", {POINTS}, globals(), release="{__version__}")'


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.setattr(progress, "_OUTCOMES", {})


def session(cells):
    """The namespace of a notebook after these cells."""
    space = {"In": ["", *cells]}
    for cell in cells:
        exec(cell, space)
    return space


def shown(space, release=__version__):
    return hand_in("a", POINTS, space, release=release)


def states(report):
    return {question: state for question, _, state in report.table.rows}


def test_each_answer_has_its_state():
    space = session([CELLS["one"], CELLS["two"]])
    found = states(shown(space))
    assert found == {"one": "answered", "two": "untouched", "three": "missing"}
    progress._OUTCOMES["a", "one"] = Outcome(space["one"], progress.PASSED)
    assert states(shown(space))["one"] == "passed"
    progress._OUTCOMES["a", "one"] = Outcome(space["one"], progress.NOT_YET)
    assert states(shown(space))["one"] == "not yet"


def test_a_check_that_passed_before_the_answer_changed_does_not_count():
    space = session(CELLS.values())
    progress._OUTCOMES["a", "one"] = Outcome(space["one"], progress.PASSED)
    exec(CELLS["one"], space)
    assert states(shown(space))["one"] == "answered"


def test_no_answer_is_called():
    space = session(
        ["def one():\n    raise SystemExit", "called = []\ndef two(): called.append(2)"]
    )
    assert states(shown(space))["two"] == "answered"
    assert space["called"] == []


def test_the_text_says_what_there_is_to_do():
    space = session([CELLS["one"], CELLS["two"], "three = 3"])
    progress._OUTCOMES["a", "one"] = Outcome(space["one"], progress.PASSED)
    text = repr(shown(space))
    assert text.splitlines()[0] == f"Hand-in of the exercises a, release {__version__}"
    assert "Checks passed: 1 of 3 questions, 1 of 6.5 points." in text
    assert "No function has the name three. Run its cell" in text
    assert "still stands in two." in text
    assert SAVE in text
    assert "installed is" not in text
    assert "type: python -m course_lib preflight a.ipynb\n" in text


def test_html_is_a_table_with_headers_and_the_same_lines():
    report = shown(session([CELLS["two"]]))
    html = report._repr_html_()
    assert html.count('<th scope="row">') == 3
    assert html.startswith("<table><caption>Hand-in of the exercises a, release")
    assert "(&quot;your code here&quot;)" in html
    assert html.count("<p>") == len(report.lines)


def test_the_receipt_is_that_of_the_cells_in_any_order():
    expected = receipt("a", answers_of(CELLS.values(), POINTS), __version__)
    assert shown(session(CELLS.values())).receipt == expected
    other = shown(session([*reversed(CELLS.values()), "x = 1"]))
    assert other.receipt == expected
    assert f"Receipt {expected}." in repr(other)


def test_another_release_is_told():
    assert "is of release 9.9 of the course; installed is" in repr(shown({}, "9.9"))
    assert "is of release unknown of the course" in repr(hand_in("a", POINTS, {}))


class Odd:
    def __getattr__(self, name):
        raise RuntimeError(name)

    def __call__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    "space",
    [
        {},
        {"In": None, "one": 1},
        {"In": [3, None], "one": len, "two": Odd(), "three": Odd},
        {"In": 7, "one": print},
        {"one": type("C", (), {})},
    ],
    ids=range(5),
)
def test_odd_sessions_have_a_report(space):
    report = shown(space)
    assert isinstance(report, Report)
    assert SAVE in report.lines


@pytest.mark.parametrize("points", [3, None, {"a": "many"}])
def test_a_cell_that_was_changed_has_a_report(points):
    report = hand_in("a", points, {})
    assert SAVE in repr(report)
    assert "<p>Hand in the notebook all the same.</p>" in report._repr_html_()


def write(path, cells):
    cells = [{"cell_type": "code", "source": source} for source in cells]
    path.write_text(json.dumps({"cells": cells}))


@pytest.fixture
def saved(tmp_path):
    """Save cells as the notebook of a session; return what the hand-in cell says of it."""

    def say(cells, space):
        path = tmp_path / "a.ipynb"
        write(path, cells)
        return shown(space | {"__vsc_ipynb_file__": str(path)}).lines[-3]

    return say


def test_a_saved_file_with_these_answers_is_confirmed(saved):
    space = session(CELLS.values())
    assert saved([*CELLS.values(), CALL], space) == AGREES
    form = CELLS["one"].replace("  # done", "\n\n")
    assert saved([form, CELLS["two"], CELLS["three"], CALL], space) == AGREES


def test_what_differs_in_the_saved_file_is_named(saved):
    space = session(CELLS.values())
    line = saved([CELLS["one"].replace("1", "2"), CELLS["three"], CALL], space)
    assert "it has no two and has another version of one. Run" in line
    line = saved([CELLS["one"], CELLS["two"], CALL], space)
    assert "it has no three. Run" in line
    assert "another" not in line


def test_the_file_of_another_notebook_says_nothing(saved):
    space = session(CELLS.values())
    assert saved([CALL.replace('"a"', '"b"')], space) == SAVE
    assert saved(["x = 1"], space) == SAVE


def test_in_a_kernel_the_cell_shows_table_and_receipt(tmp_path):
    cells = [
        CELLS["one"],
        "class two:\n    pass",
        f"from course_lib.hand_in import hand_in\n{CALL}",
    ]
    write(tmp_path / "a.ipynb", [cells[0].replace("1", "2"), *cells[1:]])
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    client = NotebookClient(
        notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute(env=os.environ | {"JPY_SESSION_NAME": str(tmp_path / "a.ipynb")})
    (output,) = notebook.cells[-1].outputs
    text = output.data["text/plain"]
    code = receipt("a", answers_of(cells, POINTS), __version__)
    assert f"Receipt {code}." in text
    assert "it has another version of one." in text
    assert "answered" in output.data["text/html"]
    assert " object at 0x" not in text
