"""Whatever lies in a course directory, nbgrader reads it within our limits, and all are graded."""

import json
import os
import shutil
import time

import nbformat
import pytest
from nbconvert.exporters import NotebookExporter
from nbgrader.converters import Autograde, GenerateFeedback, NbGraderException
from nbgrader.coursedir import CourseDirectory

from instructor import nbgrader_course, nbgrader_guard, submission
from instructor.nbgrader_settings import GUARDS, Unfit, settings
from tests.instructor import counting

pytestmark = counting.QUIET
NAME = counting.NAME
RIGHT = {"layer_count": (1.0, False), "stage_macs": (2.0, False)}
ZERO = dict.fromkeys(counting.IDS, (0.0, False))
ALL = 30.0  # seconds


def deep(depth):
    """Return a notebook with one cell whose metadata are nested."""
    return '{"cells": [{"cell_type": "code", "metadata": ' + "[" * depth + "]" * depth + "}]}"


def many_values():
    return '{"cells": [' + "0," * (submission.MARKS + 1) + "0]}"


def sparse(path):
    with path.open("wb") as file:
        file.truncate(200 << 20)


def written(path):
    """A whole notebook of 200 MB, whose answers would be right."""
    notebook = nbformat.read(path, as_version=4)
    output = nbformat.v4.new_output("stream", name="stdout", text="x" * (200 << 20))
    notebook.cells[0].outputs = [output]
    path.write_text(json.dumps(notebook))


def link(path):
    path.rename(path.with_name("own.txt"))
    path.symlink_to(path.parents[2] / "right" / NAME / path.name)


def pipe(path):
    path.unlink()
    os.mkfifo(path)


REFUSED = {
    "sparse": (sparse, "it has 200 MiB, at most 25"),
    "written": (written, "it has 200 MiB, at most 25"),
    "deep": (lambda path: path.write_text(deep(200_000)), "no notebook: RecursionError"),
    "values": (lambda path: path.write_text(many_values()), "more values than a notebook has"),
    "link": (link, "Too many levels of symbolic links"),
    "pipe": (pipe, "no regular file"),
    "torn": (lambda path: path.write_text('{"cells": ['), "no notebook: JSONDecodeError"),
}


def nested(path):
    """Nest metadata deeply enough that what walks through them in Python would fail."""
    whole = json.loads(path.read_text())
    inner: list = []
    for _ in range(700):
        inner = [inner]
    whole["cells"][0]["metadata"]["deep"] = inner
    path.write_text(json.dumps(whole))


def latin(path):
    text = json.dumps(json.loads(path.read_text()), ensure_ascii=False)
    path.write_bytes(text.replace('"cells"', '"für": 1, "cells"', 1).encode("latin-1"))


def surrogates(path):
    whole = json.loads(path.read_text())
    whole["cells"].append({"cell_type": "markdown", "source": "\ud800", "metadata": {}})
    path.write_text(json.dumps(whole))


def fragments(path):
    whole = json.loads(path.read_text())
    del whole["metadata"], whole["nbformat"], whole["nbformat_minor"]
    odd = [None, 3, [], {}, {"cell_type": []}, {"cell_type": "raw", "source": 4, "metadata": 5}]
    path.write_text(json.dumps({"cells": [*odd, *whole["cells"]]}))


ACCEPTED = {"nested": nested, "latin": latin, "surrogates": surrogates, "fragments": fragments}


@pytest.fixture(scope="module")
def graded(laid_out, tmp_path_factory, bench):
    """A class in which one notebook only is as it should be."""
    folder = tmp_path_factory.mktemp("guarded")
    shutil.copytree(laid_out, folder, dirs_exist_ok=True)
    course = folder / "course"
    for who, spoil in ({name: do for name, (do, _) in REFUSED.items()} | ACCEPTED).items():
        counting.hand_in(course, who)
        spoil(course / "submitted" / who / NAME / f"{NAME}.ipynb")
    counting.hand_in(course, "right", timestamp="2030-01-02 00:00:00 UTC")
    start = time.monotonic()
    counting.autograde(course, bench)
    took = time.monotonic() - start
    counting.convert(GenerateFeedback, course)
    return course, took


def log(course, who):
    return (course / "logs" / NAME / f"{who}.txt").read_text()


@pytest.mark.parametrize("who", REFUSED)
def test_a_file_that_is_refused_gets_nothing_and_the_staff_a_note(graded, who):
    course, _ = graded
    assert counting.grades(course, who) == ZERO
    assert REFUSED[who][1] in log(course, who)
    page = (course / "feedback" / who / NAME / f"{NAME}.html").read_text()
    assert page.count("No kind of case is right yet.") == 2
    assert (course / "autograded" / who / NAME / f"{NAME}.ipynb").stat().st_size < 1 << 20


@pytest.mark.parametrize("who", ["right", *ACCEPTED])
def test_what_can_be_read_gets_what_its_answers_deserve(graded, who):
    course, _ = graded
    assert counting.grades(course, who) == RIGHT
    assert "mark: 3 of 3" in log(course, who)


def test_nobody_is_lost_and_nobody_waits(graded, tmp_path):
    course, took = graded
    assert nbgrader_course.export(course / "gradebook.db", tmp_path / "marks.csv") == []
    assert (tmp_path / "marks.csv").read_text().count(NAME) == len(REFUSED) + len(ACCEPTED) + 1
    assert took < ALL * (len(REFUSED) + len(ACCEPTED))


def test_the_log_says_when_it_came_and_what_that_costs(graded):
    course, _ = graded
    assert "handed in: 2030-01-02 00:00:00; due: not told" in log(course, "right")
    assert "by its rule 'none'" in log(course, "right")


@pytest.mark.parametrize("extra", ["link", "pipe"])
def test_no_file_beside_a_notebook_leads_out_of_the_folder(course, bench, tmp_path, extra):
    (tmp_path / "private").write_text("nobody's business")
    counting.hand_in(course, "eve")
    place = course / "submitted" / "eve" / NAME
    (place / "data").mkdir()
    (place / "data" / "mine.csv").write_text("1,2")
    if extra == "link":
        (place / "data" / "x.csv").symlink_to(tmp_path / "private")
    else:
        os.mkfifo(place / "data" / "x.csv")
    counting.autograde(course, bench)  # nbgrader calls the guard itself
    graded = course / "autograded" / "eve" / NAME
    assert counting.grades(course, "eve") == RIGHT
    assert sorted(path.name for path in graded.rglob("*.csv")) == ["mine.csv"]
    moved = place.with_name(f".refused-{NAME}") / "data" / "x.csv"
    assert moved.is_symlink() == (extra == "link")
    assert os.path.lexists(moved)
    assert nbgrader_guard.set_aside(place) == []


def test_the_command_moves_them_before_nbgrader_looks(course, tmp_path, monkeypatch, capsys):
    counting.hand_in(course, "eve")
    os.mkfifo(course / "submitted" / "eve" / NAME / "timestamp.txt")
    monkeypatch.setattr(
        nbgrader_course.subprocess,
        "run",
        lambda *_, **__: type("Done", (), {"returncode": 0}),
    )
    nbgrader_course.autograde(course, NAME, counting.secret(tmp_path))
    assert "timestamp.txt: no regular file" in capsys.readouterr().err
    assert not (course / "submitted" / "eve" / NAME / "timestamp.txt").exists()


@pytest.mark.parametrize("guard", GUARDS)
def test_settings_without_a_guard_are_refused(course, guard):
    path = course / "nbgrader_config.py"
    lines = [line for line in path.read_text().splitlines() if f".{guard} =" not in line]
    path.write_text("\n".join(lines))
    with pytest.raises(Unfit, match=f"{guard} is not .*a new one is written"):
        settings(course)


def test_pictures_and_words_of_a_written_answer_stay(tmp_path):
    path = tmp_path / "x.ipynb"
    cell = nbformat.v4.new_markdown_cell("See ![p](attachment:p.png)")
    cell["attachments"] = {"p.png": {"image/png": "aGk="}, "odd": 3, "more": {"x": []}}
    path.write_text(json.dumps({"cells": [cell]}))
    (found,) = nbgrader_guard.flat(path).cells
    assert found.source == cell.source
    assert found.attachments == {"p.png": {"image/png": "aGk="}, "more": {}}
    assert nbformat.validate(nbgrader_guard.flat(path)) is None


def test_nbgrader_itself_would_have_failed_at_them(course):
    """What the guard is for: without it, a file of the class is not graded, or read whole."""
    counting.hand_in(course, "deep")
    (course / "submitted" / "deep" / NAME / f"{NAME}.ipynb").write_text(deep(200_000))
    config = settings(course)
    config.Autograde.exporter_class = NotebookExporter
    config.CourseDirectory.assignment_id = NAME
    with pytest.raises(NbGraderException):
        Autograde(coursedir=CourseDirectory(config=config), config=config).start()
