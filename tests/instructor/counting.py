"""A course in miniature, as nbgrader keeps it: two questions of the book and who answered them."""

import copy
import os
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory

import nbfile
import student
from instructor import nbgrader_course, nbgrader_judge
from instructor.nbgrader_settings import settings

EXERCISES = Path(__file__).parents[2] / "book" / "exercises"
SECRET = b"known to the tests alone"
NAME = "counting"
# nbgrader's own way with its database
QUIET = pytest.mark.filterwarnings("ignore:Object of type:sqlalchemy.exc.SAWarning")
IDS = {"layer_count": "check-layer-count", "stage_macs": "check-stage-macs"}
KEPT = (
    "imports",
    "answer-layer-count",
    "check-layer-count",
    "answer-stage-macs",
    "check-stage-macs",
)
THOUGHTS = {"cell_type": "markdown", "metadata": {"tags": ["solution"]}, "source": "**An answer.**"}


def write(folder: Path, change=None) -> tuple[Path, Path]:
    """Write the source and the student's edition; return the source and the edition's folder."""
    notebook = nbfile.read(EXERCISES / "resnet.ipynb")
    cells = {cell["id"]: copy.deepcopy(cell) for cell in notebook["cells"]}
    kept = [cells["setup"], *(cells[name] for name in KEPT), THOUGHTS | {"id": "thoughts"}]
    if change:
        change({cell["id"]: cell for cell in kept})
    whole = notebook | {"cells": kept}
    for part in ("sources", "editions"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    nbfile.write(folder / "sources" / f"{NAME}.ipynb", whole)
    nbfile.write(folder / "editions" / f"{NAME}.ipynb", student.strip(whole, exercise=True))
    return folder / "sources" / f"{NAME}.ipynb", folder / "editions"


def course(folder: Path) -> Path:
    """Lay the course out; return its folder."""
    source, editions = write(folder)
    nbgrader_course.lay_out(folder / "course", [source], editions)
    return folder / "course"


def hand_in(course: Path, who: str, answers=None, change=None, timestamp=""):
    """Put a submission where nbgrader looks for it; without answers it holds the solutions."""
    notebook = nbformat.read(course / "release" / NAME / f"{NAME}.ipynb", as_version=4)
    cells = {cell.id: cell for cell in notebook.cells}
    for name in IDS:
        cells[answer(name)].source = (answers or {}).get(name, solution(course, name))
    if change:
        change(notebook, cells)
    place = course / "submitted" / who / NAME
    place.mkdir(parents=True)
    nbformat.write(notebook, place / f"{NAME}.ipynb")
    if timestamp:
        (place / "timestamp.txt").write_text(timestamp)


def solution(course: Path, name: str) -> str:
    source = nbformat.read(course / "source" / NAME / f"{NAME}.ipynb", as_version=4)
    return next(cell.source for cell in source.cells if cell.id == answer(name))


def answer(name):
    return IDS[name].replace("check", "answer")


def convert(converter, course: Path, secret: Path | None = None, **options):
    """Do what a command of nbgrader does, in this process."""
    config = settings(course)
    config.CourseDirectory.assignment_id = NAME
    if secret:
        config.CourseJudge.secret = str(secret)
    converter(coursedir=CourseDirectory(config=config), config=config, **options).start()


def autograde(course: Path, bench, **options):
    """Grade with a bench that is there already."""
    with nbgrader_judge.lent(bench):
        convert(Autograde, course, secret(course.parent), **options)


def book(course: Path):
    return Gradebook(f"sqlite:///{course}/gradebook.db")


def grades(course: Path, who: str) -> dict:
    """Return what the gradebook holds for each question: score, and whether a person must look."""
    with book(course) as gradebook:
        found = gradebook.find_submission_notebook(NAME, NAME, who).grades
        return {
            name: next((g.auto_score, g.needs_manual_grade) for g in found if g.name == grade_id)
            for name, grade_id in IDS.items()
        }


def secret(folder: Path) -> Path:
    path = folder / "course.secret"
    path.write_bytes(SECRET)
    os.chmod(path, 0o600)
    return path
