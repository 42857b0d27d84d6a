"""Whatever is handed in is read without harm, and the staff hear what is odd about it."""

import json
import os

import nbformat
import pytest

import course_lib
from course_lib.hand_in_answers import answers_of, receipt
from instructor import assignment, submission
from tests.checks.judging import EXERCISES

ASKED = assignment.read(EXERCISES / "resnet.ipynb")
ANSWER = "def layer_count(blocks, kind, option):\n    return 8"


def notebook(*sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return nbformat.v4.new_notebook(cells=cells)


def read(path, content):
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(data)
    return submission.read(path, ASKED)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "resnet.ipynb"


def test_the_cells_that_answer_are_found_wherever_they_are(path):
    found = read(path, notebook("x = 1", ANSWER, "print(x)", ANSWER))
    assert found.answers["layer_count"] == [1, 3]
    assert "no cell defines stage_macs" in found.notes
    assert len(found.sha256) == 64


@pytest.mark.parametrize(
    "source",
    [
        "layer_count = lambda blocks, kind, option: 8",
        "from functools import cache\n@cache\ndef layer_count(*a): return 8",
        "def layer_count(:\n  broken",
        "if True:\n    layer_count = print",
        "%%time\ndef layer_count(*a):\n    return 8",
    ],
)
def test_any_way_to_give_the_name_a_meaning_counts(path, source):
    assert read(path, notebook(source)).answers["layer_count"] == [0]


def test_what_only_a_notebook_understands_is_left_out(path):
    found = read(path, notebook("%matplotlib inline\n!ls\nx = 1", "%%time\ny = 2", "keras?"))
    assert found.cells == ["pass\npass\nx = 1", "pass\ny = 2", "pass"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_odd_encodings_are_read_and_noted(path, encoding):
    text = json.dumps(notebook("# für\n" + ANSWER), ensure_ascii=False)
    found = read(path, text.encode(encoding))
    assert found.answers["layer_count"] == [0]
    assert any("written in" in note or "Latin-1" in note for note in found.notes)


def test_an_old_notebook_is_read(path):
    old = nbformat.convert(notebook(ANSWER), 3)
    assert read(path, dict(old)).answers["layer_count"] == [0]


def test_sources_as_lists_and_cells_that_are_none_are_read(path):
    whole = {"cells": [1, None, {"cell_type": "code", "source": ANSWER.splitlines(True)}, {}]}
    found = read(path, whole)
    assert found.cells == [ANSWER]


BAD = {
    "empty": b"",
    "no JSON": b"PK\x03\x04 a zip",
    "a list": b"[]",
    "no cells": b'{"nbformat": 4}',
    "deep": b"[" * 200_000 + b"]" * 200_000,
    "many values": b"[" + b"0," * (submission.MARKS + 1) + b"0]",
    "much code": json.dumps(notebook("x = 1\n" * 1_000_000)).encode(),
    "many cells": json.dumps({"cells": [{"cell_type": "code"}] * 3000}).encode(),
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_what_is_no_notebook_has_no_code_and_a_note(path, content):
    found = read(path, content)
    assert found.cells == []
    assert set(found.answers) == {question.name for question in ASKED.questions}
    assert any("notebook" in note for note in found.notes), found.notes


def told(release, name="resnet"):
    points = {"layer_count": 1}
    return (
        f"from course_lib.hand_in import hand_in\nhand_in({name!r}, {points}, release={release!r})"
    )


def test_the_hand_in_cell_tells_release_and_receipt(path):
    found = read(path, notebook(ANSWER, told(course_lib.__version__)))
    assert found.release == course_lib.__version__
    answers = answers_of([ANSWER], {"layer_count"})
    assert found.receipt == receipt("resnet", answers, course_lib.__version__)
    assert not any("release" in note for note in found.notes)


@pytest.mark.parametrize(
    ("source", "note"),
    [
        (
            "def layer_counts(*a):\n    return 8",
            "code cell 2 defines layer_counts: layer_count, ren",
        ),
        ("def total(*a):\n    return 8", None),
        ("def stage_macs(*a):\n    return 8", None),  # another question is not a renamed one
    ],
)
def test_a_renamed_answer_is_noted(path, source, note):
    notes = read(path, notebook("x = 1", source)).notes
    assert "no cell defines layer_count" in notes
    renamed = [one for one in notes if "renamed?" in one]
    assert len(renamed) == (note is not None)
    assert not note or note in renamed[0]


def test_what_a_hand_in_cell_says_is_noted_as_plain_text(path):
    cell = told("\ud800\x1b[2J" + "9" * 500)
    (note,) = [note for note in read(path, notebook(ANSWER, cell)).notes if "release" in note]
    assert note.isprintable()
    assert r"\ud800\x1b[2J999" in note
    assert len(note) < 300


@pytest.mark.parametrize(
    ("cell", "note"),
    [
        ("x = 1", "no hand-in cell"),
        (told("0.0.7"), "of release 0.0.7"),
        (told(course_lib.__version__, "lenet"), "notebook of lenet"),
    ],
)
def test_what_the_hand_in_cell_says_wrongly_is_noted(path, cell, note):
    assert any(note in one for one in read(path, notebook(ANSWER, cell)).notes)


def test_links_pipes_and_giants_are_not_read(path, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(json.dumps(notebook(ANSWER)))
    path.symlink_to(secret)
    assert submission.read(path, ASKED).cells == []
    path.unlink()
    os.mkfifo(path)
    assert "regular" in submission.read(path, ASKED).notes[0]
    path.unlink()
    with path.open("wb") as file:
        file.truncate(submission.LARGEST + 1)
    assert "at most" in submission.read(path, ASKED).notes[0]
    path.unlink()
    found = submission.read(path, ASKED)
    assert "cannot be read" in found.notes[0]
    assert found.answers == {question.name: [] for question in ASKED.questions}
