"""What a student hears about a downloaded notebook before it is handed in."""

import argparse
import json
import sys
import types

import pytest

from course_lib import __version__, preflight, preflight_replay
from course_lib.__main__ import main
from course_lib.checks.verdict import NotAnswered, WrongAnswer
from course_lib.hand_in import answers_of, receipt
from course_lib.preflight_replay import Replayed, replay, told

POINTS = {"layer_count": 1, "stage_macs": 2, "shortcut": 2}
IMPORT = "from course_lib.checks import resnet as check"
CALL = f'hand_in("resnet", {POINTS}, globals(), release="{__version__}")'
HAND_IN = f"from course_lib.hand_in import hand_in\n\n{CALL}"
LAYERS = "def layer_count(blocks, kind, option):\n    return 8"
MACS = 'def stage_macs(**_):\n    raise NotImplementedError("your code here")'
SHORTCUT = "def shortcut(x, **_):\n    return x"
ANSWERS = [LAYERS, MACS, SHORTCUT]


def cell(source, **more):
    return {"cell_type": "code", "source": source, "outputs": [], "metadata": {}} | more


def run(path):
    """Run the command on a file; return the exit status."""
    return preflight.main(argparse.Namespace(notebook=path))


@pytest.fixture
def write(tmp_path):
    """Write a notebook; return its path."""

    def write(*cells):
        path = tmp_path / "resnet.ipynb"
        whole = [each if isinstance(each, dict) else cell(each) for each in cells]
        path.write_text(json.dumps({"cells": whole, "nbformat": 4, "nbformat_minor": 5}))
        return path

    return write


@pytest.fixture
def reported(write, monkeypatch):
    """Report on cells as if they had been replayed with this outcome."""

    def reported(*cells, **outcome):
        return preflight.report(preflight.read(write(*cells)), Replayed(**outcome))

    return reported


def test_the_assignment_is_read_from_the_hand_in_cell(write):
    notebook = preflight.read(write(*ANSWERS, HAND_IN))
    assert (notebook.told.assignment, notebook.told.release) == ("resnet", __version__)
    assert notebook.told.points == POINTS
    assert notebook.whole


def test_without_a_hand_in_cell_the_checks_name_it(write):
    notebook = preflight.read(write(f"import keras\n{IMPORT}", *ANSWERS))
    assert (notebook.told.assignment, notebook.told.release) == ("resnet", "")
    assert set(POINTS) < set(notebook.told.points)
    assert not notebook.whole


def test_a_hand_in_cell_cannot_name_what_is_no_assignment(write):
    call = CALL.replace('"resnet"', '"verdict"')
    notebook = preflight.read(write(IMPORT, call))
    assert notebook.told.assignment == "resnet"
    unknown = CALL.replace("layer_count", "fresh_cases")
    assert "fresh_cases" not in preflight.read(write(unknown)).told.points


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("check.layer_count(layer_count)", True),
        ("check.hint('a')\ncheck.progress()", True),
        (HAND_IN, True),
        (CALL, True),
        ("x = 1\ncheck.layer_count(layer_count)", False),
        (IMPORT, False),
        (LAYERS, False),
        ("", False),
        ("def f(", False),
    ],
)
def test_cells_that_only_check_are_known(source, expected):
    assert preflight.only_checks(source) is expected


def test_the_report_shows_states_messages_and_cells_that_stop(reported):
    text = reported(
        {"cell_type": "markdown", "source": "# A"},
        *ANSWERS,
        "\n1 / 0",
        HAND_IN,
        told={
            "layer_count": ("passed", ""),
            "stage_macs": ("untouched", ""),
            "shortcut": ("not yet", "B projects."),
        },
        stopped={5: "ZeroDivisionError: division by zero"},
    )
    lines = text.splitlines()
    assert lines[0] == f"Exercises resnet, release {__version__}; installed: {__version__}"
    assert lines[2].split() == ["layer_count", "1", "passed"]
    assert lines[3].split() == ["stage_macs", "2", "untouched"]
    assert "Checks passed: 1 of 3 questions, 1 of 5 points." in text
    assert "\nshortcut: B projects.\n" in text
    assert "\ncell 5 (`1 / 0`): ZeroDivisionError: division by zero\n" in text
    assert lines[-1] == "Whatever stands here: you can hand this file in."


def test_the_receipt_is_that_of_the_hand_in_cell(reported):
    code = receipt("resnet", answers_of(ANSWERS, POINTS), __version__)
    assert f"Receipt {code}.\nWhatever" in reported(*ANSWERS, HAND_IN)
    output = {"data": {"text/plain": [f"a\nReceipt {code}. The same"]}}
    shown = cell(HAND_IN, outputs=[output])
    assert "it was changed" not in reported(*ANSWERS, shown)
    changed = reported(LAYERS.replace("8", "9"), MACS, SHORTCUT, shown)
    assert f"The notebook shows {code}: it was changed" in changed


def test_answers_that_are_gone_have_another_name_or_stand_twice_are_named(reported):
    renamed = LAYERS.replace("layer_count", "count")
    answer = cell(renamed, metadata={"nbgrader": {"grade_id": "answer-layer-count"}})
    text = reported(answer, MACS, MACS, HAND_IN)
    assert "layer_count is not defined; cell 1 (`def count(blocks, kind, option):`)" in text
    assert "stage_macs is defined in the cells 2, 3; the last one" in text
    assert "shortcut is not defined: its cell was deleted, or is no Python." in text
    text = reported(cell(renamed, id="answer-layer-count"), HAND_IN)
    assert "defines count: was it renamed?" in text
    text = reported("def short_cut(x): pass", HAND_IN)
    assert "shortcut is not defined; cell 1 (`def short_cut(x): pass`) defines short_cut" in text


def test_a_notebook_of_another_release_or_without_hand_in_cell_is_told(reported):
    text = reported(*ANSWERS, HAND_IN.replace(__version__, "9.9"))
    assert "release 9.9; installed:" in text
    assert "The releases differ" in text
    text = reported(IMPORT, *ANSWERS)
    assert "release unknown; installed" in text
    assert "The hand-in cell is missing" in text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is no notebook (JSONDecodeError); download it once more"),
        ('{"cells": []}', "no cell imports its checks"),
        (json.dumps({"cells": [cell("x = 1")]}), "no cell imports its checks"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(content, message, tmp_path, capsys):
    path = tmp_path / "a.ipynb"
    path.write_text(content)
    assert run(path) == 2
    streams = capsys.readouterr()
    assert streams.out == ""
    assert f"{path} " in streams.err
    assert message in streams.err


def test_a_file_that_is_missing_is_named(tmp_path, capsys):
    assert run(tmp_path / "b.ipynb") == 2
    assert "b.ipynb: no such file; name the notebook" in capsys.readouterr().err


def test_without_jupyter_the_line_to_type_is_shown(write, monkeypatch, capsys):
    monkeypatch.setattr(preflight_replay, "NEEDED", ("numpy", "nbclient_x", "ipykernel_x"))
    assert run(write(HAND_IN)) == 2
    assert "type: pip install nbclient_x ipykernel_x" in capsys.readouterr().err


def test_a_kernel_that_does_not_start_is_told(write, monkeypatch, capsys):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert run(write(HAND_IN)) == 2
    assert "no kernel could be started (" in capsys.readouterr().err


@pytest.fixture
def asked(monkeypatch):
    """Ask a check that raises or returns what it is told to."""

    def asked(outcome, space=None):
        def check(answer):
            print("noise")
            if outcome:
                raise outcome

        module = types.ModuleType("course_lib.checks.fake")
        module.f = check
        monkeypatch.setitem(sys.modules, "course_lib.checks.fake", module)
        return tuple(json.loads(told("fake", "f", {"f": len} if space is None else space)))

    return asked


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (None, ("passed", "")),
        (WrongAnswer("too many"), ("not yet", "too many")),
        (NotAnswered("your code here"), ("untouched", "")),
        (ValueError("odd"), ("not yet", "its check stopped with ValueError: odd")),
        (SystemExit(3), ("not yet", "its check stopped with SystemExit: 3")),
    ],
    ids=range(5),
)
def test_what_a_check_says_is_told(asked, outcome, expected, capsys):
    assert asked(outcome) == expected
    assert capsys.readouterr().out == ""


def test_a_name_without_a_function_is_told(asked):
    assert asked(None, {})[0] == "missing"
    assert asked(None, {"f": 3})[0] == "missing"


# A module of checks for a kernel, so that none has to wait for Keras.
FAKE = """
import sys, types
from course_lib.checks.verdict import WrongAnswer, call, passed
fake = sys.modules["course_lib.checks.fake"] = types.ModuleType("fake")
def judge(answer):
    if call(answer, {}) != 8:
        raise WrongAnswer("it's not 8; \\"eight\\" \\N{GREEK SMALL LETTER ALPHA}")
    passed("it", "Right.")
fake.right = fake.wrong = fake.stub = fake.loops = fake.gone = judge
"""
FUNCTIONS = """
def right(): return print("printed") or 8
def wrong(): return 7
def stub(): raise NotImplementedError("your code here")
def loops():
    while True: pass
"""


def test_cells_that_loop_or_end_the_kernel_are_left_out_and_the_rest_runs(tmp_path, capfd):
    cells = {
        1: FAKE,
        2: "while True: pass",
        4: "1 / 0",
        5: "import os\nos._exit(3)",
        7: FUNCTIONS,
        8: "open('ran', 'a').write(str(input.__name__))",
        9: "try:\n    input()\nfinally:\n    after = 1",
    }
    questions = {name: {} for name in ("right", "loops", "wrong", "stub", "gone")}
    found = replay(cells, "fake", questions, tmp_path, 2)
    assert found.stopped.keys() == {2, 4, 5, 9}
    assert found.stopped[2] == "took more than 2 s and was left out"
    assert found.stopped[4] == "ZeroDivisionError: division by zero"
    assert found.stopped[5] == "ended the kernel and was left out"
    assert found.stopped[9].startswith("StdinNotImplementedError: ")
    assert found.told == {
        "right": ("passed", ""),
        "loops": ("not yet", "its check took more than 2 s and was left out"),
        "wrong": ("not yet", 'it\'s not 8; "eight" α'),
        "stub": ("untouched", ""),
        "gone": ("missing", "the cell that defines it did not get that far"),
    }
    assert (tmp_path / "ran").is_file(), "cells run in the folder of the notebook"
    assert capfd.readouterr().err == ""


def test_a_notebook_that_loses_every_kernel_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(preflight_replay, "LOSSES", 1)
    cells = dict.fromkeys((1, 2, 3), "import os\nos._exit(3)")
    found = replay(cells, "fake", {"right": {}}, tmp_path, 20)
    assert set(found.stopped) == {1, 2}
    assert found.told == {"right": ("not known", "too many cells could not be run")}


def test_the_command_replays_and_leaves_the_file_alone(write, capsys):
    path = write(IMPORT, LAYERS, MACS, "check.stage_macs(stage_macs)", "stage_macs()", HAND_IN)
    before = path.read_bytes()
    assert main(["preflight", str(path)]) == 0
    text = capsys.readouterr().out
    assert text.startswith("Running resnet.ipynb; this can take minutes.\n")
    assert "layer_count: layer_count(" in text
    assert "cell 5 (`stage_macs()`): NotImplementedError: your code here" in text
    assert "shortcut is not defined" in text
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    assert path.read_bytes() == before


def test_the_variant_of_a_cohort_is_read_from_the_check_cell():
    cells = ["check.a(a)", 'check.b(b, variant="second")', "x = check", "check.c(c, variant=1)"]
    assert preflight.variant_of(cells, "a") == {}
    assert preflight.variant_of(cells, "b") == {"variant": "second"}
    assert preflight.variant_of(cells, "c") == {}
