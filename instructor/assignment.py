"""An assignment: the questions of an exercise notebook, their points and their checks."""

import ast
import re
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import nbformat

from course_lib.checks import variants
from course_lib.hand_in_answers import defined_in
from instructor import private

# Checks are part of the course, or lie in a folder of the instructor's own beside the notebook.
COURSE = "course_lib.checks"
MODULE = re.compile(
    rf"^from ({re.escape(COURSE)}|{private.PACKAGE}) import (\w+) as check$", re.MULTILINE
)
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
        check: `MODULE.FUNCTION` in `course_lib.checks`, or `checks.MODULE.FUNCTION` of an
            instructor's own.
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
    """The graded questions of one notebook, in order.

    Attributes:
        name: of the notebook.
        questions: that are graded.
        hidden: parts of `course_lib` that answers may not use.
        modules: of checks that are the instructor's own, as (name, text); else none.
    """

    name: str
    questions: tuple[Question, ...]
    hidden: tuple[str, ...] = ()
    modules: tuple[tuple[str, str], ...] = ()

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
        Malformed: no notebook, no graded question, a check that cannot be found, points that are
            none, or variants that are malformed or chosen twice.
    """
    cells = _cells(path)
    module, own = _module(cells, path)
    title, questions = "", []
    names: tuple[str, ...] = ()
    for number, cell in enumerate(cells, start=1):
        where = f"{path}: cell {number}"
        names = _declared(cell, where) or names
        if cell.cell_type == "markdown" and (found := TITLE.search(cell.source)):
            title = found[1] or found[2]
        if "check" in cell.metadata.get("tags", ()):
            question = _question(cell, module, title, where)
            _look_up(question, own, where)
            questions.append(_of_cohort(question, names, cohort, where))
            names = ()
    if not questions:
        raise Malformed(f"{path}: no cell is tagged `check`")
    given = "\n".join(
        cell.source for cell in cells if "exercise" not in cell.metadata.get("tags", ())
    )
    hidden = tuple(part for part in ANSWERS if f"course_lib.{part}" not in given)
    return Assignment(path.stem, tuple(questions), hidden, tuple(own.items()))


def _cells(path: Path) -> list:
    try:
        return nbformat.read(path, as_version=4).cells
    except OSError as error:
        raise Malformed(f"{path}: {error.strerror}; name a notebook with its questions") from error
    except (ValueError, AttributeError, KeyError, TypeError, nbformat.ValidationError) as error:
        raise Malformed(
            f"{path}: no notebook ({type(error).__name__}); save it once more"
        ) from error


def _module(cells: list, path: Path) -> tuple[str, dict[str, str]]:
    """Return the module of checks, and the text of all that are the instructor's own."""
    numbered = enumerate(cells, start=1)
    found = next(((n, m) for n, cell in numbered if (m := MODULE.search(cell.source))), None)
    if found is None:
        raise Malformed(
            f"{path}: no cell imports its checks as `check`; write `from {COURSE} import NAME as "
            f"check`, or `from {private.PACKAGE} import {path.stem} as check` where they are yours"
        )
    where, (package, module) = f"{path}: cell {found[0]}", found[1].groups()
    if package == COURSE:
        return module, {}
    if module != path.stem:
        raise Malformed(
            f"{where}: imports the checks {module}; those of a notebook have its name: "
            f"`from {package} import {path.stem} as check`"
        )
    if find_spec(f"{COURSE}.{module}"):
        raise Malformed(f"{where}: the course itself has exercises {module}; take another name")
    try:
        return f"{package}.{module}", private.modules(path.parent / package, module)
    except private.Unsound as error:
        raise Malformed(f"{where}: {error}") from error


def _look_up(question: Question, own: dict[str, str], where: str) -> None:
    """Refuse a question whose check an instructor's own module does not define."""
    module, _, function = question.check.rpartition(".")
    if own and function not in defined_in(own[module]):
        raise Malformed(f"{where}: {module.replace('.', '/')}.py defines no {function}")


def _question(cell, module: str, title: str, where: str) -> Question:
    grade: dict[str, Any] = cell.metadata.get("nbgrader", {})
    points = grade.get("points")
    if not grade.get("grade") or not isinstance(points, int | float) or points <= 0:
        raise Malformed(f"{where}: its nbgrader metadata give no points")
    if not isinstance(grade.get("grade_id"), str):
        raise Malformed(f"{where}: its nbgrader metadata give no grade_id")
    match _statements(cell.source):
        case [
            ast.Expr(ast.Call(ast.Attribute(ast.Name("check"), function), [ast.Name(answer)], more))
        ] if (variant := _variant(more)) is not None:
            check = f"{module}.{function}"
            return Question(answer, title, grade["grade_id"], check, float(points), variant)
    raise Malformed(f"{where}: write `check.NAME(NAME)` and nothing else")


def _statements(code: str) -> list[ast.stmt]:
    try:
        return ast.parse(code).body
    except (SyntaxError, ValueError):
        return []


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
        return replace(question, variant=variants.pick(cohort, question.check, names))
    except ValueError as error:
        raise Malformed(f"{where}: {error}") from error
