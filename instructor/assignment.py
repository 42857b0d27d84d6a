"""An assignment: the questions of an exercise notebook, their points and their checks."""

import ast
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat

from course_lib.checks import variants

MODULE = re.compile(r"^from course_lib\.checks import (\w+) as check$", re.MULTILINE)
# Parts of `course_lib` that hold what questions ask for; a notebook that imports one may use it.
ANSWERS = ("nets",)
TITLE = re.compile(r"^```\{exercise-start\} (.+)$|^## (.+)$", re.MULTILINE)


class Malformed(ValueError):
    """A source notebook that is no assignment; the message names file, cell and reason."""


@dataclass(frozen=True)
class Question:
    """A graded question.

    Attributes:
        name: of the function that it asks for.
        title: as students read it.
        grade_id: of the cell with the points, in nbgrader's metadata.
        check: `MODULE.FUNCTION` in `course_lib.checks`.
        points: at most.
        variant: of the question that is asked; empty where it has none.
    """

    name: str
    title: str
    grade_id: str
    check: str
    points: float
    variant: str = ""


@dataclass(frozen=True)
class Assignment:
    """The graded questions of one notebook, in order."""

    name: str
    questions: tuple[Question, ...]
    hidden: tuple[str, ...] = ()  # parts of `course_lib` that answers may not use

    @property
    def points(self) -> float:
        """The sum of the points."""
        return sum(question.points for question in self.questions)


def read(path: Path, cohort: str = "") -> Assignment:
    """Read the assignment of a source notebook.

    Args:
        path: of the source, or of a cohort's solutions, which name its variants themselves.
        cohort: that was asked, where `path` is the source.

    Raises:
        Malformed: no graded question, a check that cannot be found, points that are none, or
            variants that are malformed or chosen twice.
    """
    cells = nbformat.read(path, as_version=4).cells
    module = next((m[1] for cell in cells if (m := MODULE.search(cell.source))), None)
    if module is None:
        raise Malformed(f"{path}: no cell imports its checks as `check`")
    title, questions = "", []
    names: tuple[str, ...] = ()
    for number, cell in enumerate(cells, start=1):
        where = f"{path}: cell {number}"
        names = _declared(cell, where) or names
        if cell.cell_type == "markdown" and (found := TITLE.search(cell.source)):
            title = found[1] or found[2]
        if "check" in cell.metadata.get("tags", ()):
            question = _question(cell, module, title, where)
            questions.append(_of_cohort(question, names, cohort, where))
            names = ()
    if not questions:
        raise Malformed(f"{path}: no cell is tagged `check`")
    given = "\n".join(
        cell.source for cell in cells if "exercise" not in cell.metadata.get("tags", ())
    )
    hidden = tuple(part for part in ANSWERS if f"course_lib.{part}" not in given)
    return Assignment(path.stem, tuple(questions), hidden)


def _question(cell, module: str, title: str, where: str) -> Question:
    grade: dict[str, Any] = cell.metadata.get("nbgrader", {})
    points = grade.get("points")
    if not grade.get("grade") or not isinstance(points, int | float) or points <= 0:
        raise Malformed(f"{where}: its nbgrader metadata give no points")
    match ast.parse(cell.source).body:
        case [
            ast.Expr(ast.Call(ast.Attribute(ast.Name("check"), function), [ast.Name(answer)], more))
        ] if (variant := _variant(more)) is not None:
            check = f"{module}.{function}"
            return Question(answer, title, grade["grade_id"], check, float(points), variant)
    raise Malformed(f"{where}: write `check.NAME(NAME)` and nothing else")


def _variant(keywords: list[ast.keyword]) -> str | None:
    """Return the variant that a check is called with, empty for none; None for anything else."""
    match keywords:
        case []:
            return ""
        case [ast.keyword("variant", ast.Constant(str(name)))]:
            return name
    return None


def _declared(cell, where: str) -> tuple[str, ...]:
    try:
        return variants.declared(cell.metadata)
    except ValueError as error:
        raise Malformed(f"{where}: {error}") from error


def _of_cohort(question: Question, names: tuple[str, ...], cohort: str, where: str) -> Question:
    """Return the question with the variant that a cohort gets."""
    if question.variant and (names or cohort):
        raise Malformed(
            f"{where}: the check names a variant already; give the source, or name no cohort"
        )
    if not names:
        return question
    try:
        return replace(question, variant=variants.pick(cohort, question.name, names))
    except ValueError as error:
        raise Malformed(f"{where}: {error}") from error
