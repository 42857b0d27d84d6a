"""`python -m course_lib preflight FILE.ipynb`: what a grader will see in a downloaded notebook.

The file is read and never written.  Its cells run in a fresh kernel, without the calls of checks;
then each check runs once on the function that is there.  The checks draw cases anew, as everywhere,
and a grader tries further ones.
"""

import ast
import difflib
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_lib import __version__, hand_in_file, progress
from course_lib.hand_in import MISSING
from course_lib.hand_in_answers import (
    CALL,
    HandIn,
    answers_of,
    defined_in,
    described,
    parse,
    receipt,
)
from course_lib.preflight_replay import NoKernel, Replayed, missing, replay

SECONDS = 60  # of one cell, and of one check
CHECKS = re.compile(r"^from (course_lib\.checks|checks) import (\w+) as check$", re.MULTILINE)
OWN = "checks"  # the folder beside a notebook that holds checks of an instructor's own
SHOWN = re.compile(r"Receipt ((?:[0-9a-f]{4}-){2}[0-9a-f]{4})\.")
WIDE = 60  # letters of a cell's first line


@dataclass(frozen=True)
class Notebook:
    """A notebook that answers an assignment.

    Attributes:
        cells: as in the file, code and text.
        told: what its hand-in cell says, or what is known of the assignment without one.
        whole: whether it has a hand-in cell.
        own: whether its checks are an instructor's own.
    """

    cells: list[dict[str, Any]]
    told: HandIn
    whole: bool
    own: bool = False

    @property
    def code(self) -> dict[int, str]:
        """Return {number of the cell, from 1: source} of the code cells."""
        numbered = enumerate(self.cells, start=1)
        return {n: cell["source"] for n, cell in numbered if cell["cell_type"] == "code"}


def add_arguments(parser) -> None:
    """Add the command's argument."""
    parser.add_argument("notebook", type=Path, metavar="FILE.ipynb", help="as you downloaded it")
    parser.set_defaults(run=main)


def main(options) -> int:
    """Replay a notebook and print what came of it; return 0, or 2 where that cannot be done."""
    try:
        notebook = read(options.notebook)
        if lacking := missing():
            raise NoKernel(
                f"{' and '.join(lacking)} missing; type: pip install {' '.join(lacking)}"
            )
        print(f"Running {options.notebook.name}; this can take minutes.", flush=True)
        run = {n: source for n, source in notebook.code.items() if not only_checks(source)}
        found = replay(
            run,
            f"{OWN}." * notebook.own + notebook.told.assignment,
            {
                name: variant_of(notebook.code.values(), name)
                for name in notebook.told.points
                if _where(notebook, name)
            },
            options.notebook.resolve().parent,
            SECONDS,
        )
    except (hand_in_file.Unreadable, NoKernel) as error:
        print(error, file=sys.stderr)
        return 2
    print(report(notebook, found))
    return 0


def read(path: Path) -> Notebook:
    """Read a notebook and find out which assignment it answers.

    Raises:
        hand_in_file.Unreadable: no notebook, or none of an assignment that is known here.
    """
    cells = hand_in_file.read(path)
    code = hand_in_file.code_of(cells)
    told = described(code)
    imported = [match.groups() for source in code for match in CHECKS.finditer(source)]
    own = any(package == OWN for package, _ in imported)
    folder = path.resolve().parent / OWN if own else progress.POINTS.parent
    if told and (known := progress.points_of(told.assignment, folder)):
        # What has no check here cannot be checked here.
        points = {name: value for name, value in told.points.items() if name in known}
        return Notebook(cells, HandIn(told.assignment, points or known, told.release), True, own)
    for _, name in imported:
        if points := progress.points_of(name, folder):
            return Notebook(cells, HandIn(name, points, ""), False, own)
    if own:
        raise hand_in_file.Unreadable(
            f"{path} needs its checks beside it: put the folder `{OWN}` there that came with it"
        )
    raise hand_in_file.Unreadable(
        f"{path} is no exercise notebook of this course: no cell imports its checks, as in "
        "`from course_lib.checks import resnet as check`"
    )


def variant_of(cells: Iterable[str], question: str) -> dict[str, str]:
    """Return the keywords of the check of a question: a cohort's notebook names its variant."""
    for source in cells:
        for node in parse(source).body:
            match node:
                case ast.Expr(
                    ast.Call(
                        ast.Attribute(ast.Name("check"), name),
                        keywords=[ast.keyword("variant", ast.Constant(str(variant)))],
                    )
                ) if name == question:
                    return {"variant": variant}
    return {}


def only_checks(source: str) -> bool:
    """Tell whether a cell does nothing but call checks or hand in."""
    body = parse(source).body
    return bool(body) and all(_is_check(node) for node in body)


def _is_check(node: ast.stmt) -> bool:
    match node:
        case ast.ImportFrom(module="course_lib.hand_in"):
            return True
        case ast.Expr(ast.Call(ast.Attribute(ast.Name("check")))):
            return True
        case ast.Expr(ast.Call(ast.Name(name))):
            return name == CALL
    return False


def report(notebook: Notebook, found: Replayed) -> str:
    """Write what a student should know before handing in."""
    told = notebook.told
    states = {name: found.told.get(name, (MISSING, ""))[0] for name in told.points}
    caption = f"Exercises {told.assignment}, release {told.release or 'unknown'}"
    lines = [f"{caption}; installed: {__version__}"]
    if told.release != __version__:
        lines.append("The releases differ, so checks may differ, too; install the one of the file.")
    lines += [str(progress.table(caption, told.points, states))]
    lines += [progress.summary(told.points, states), ""]
    lines += [f"{name}: {said}" for name, (_, said) in found.told.items() if said]
    for name in told.points:
        lines += _placed(notebook, name)
    for number, why in sorted(found.stopped.items()):
        lines.append(f"{_cell(notebook, number)}: {why}")
    lines += _receipts(notebook)
    lines.append("Whatever stands here: you can hand this file in.")
    return "\n".join(lines)


def _where(notebook: Notebook, name: str) -> list[int]:
    return [number for number, source in notebook.code.items() if name in defined_in(source)]


def _placed(notebook: Notebook, name: str) -> list[str]:
    """Say where an answer is missing, has another name, or is there twice."""
    places = _where(notebook, name)
    if len(places) > 1:
        cells = ", ".join(map(str, places))
        return [f"{name} is defined in the cells {cells}; the last one that runs counts."]
    if places:
        return []
    defined = {other: n for n, source in notebook.code.items() for other in defined_in(source)}
    given = f"answer-{name.replace('_', '-')}"
    same = [n for n, cell in enumerate(notebook.cells, start=1) if given in _ids(cell)]
    names = [other for other, number in defined.items() if number in same]
    near = names or difflib.get_close_matches(name, sorted(defined), n=1)
    if near:
        where = _cell(notebook, defined[near[0]])
        return [f"{name} is not defined; {where} defines {near[0]}: was it renamed?"]
    return [f"{name} is not defined: its cell was deleted, or is no Python."]


def _ids(cell: dict[str, Any]) -> set[str]:
    """Return the names that a cell was given when the notebook was published."""
    metadata = cell.get("metadata")
    grader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    given = grader.get("grade_id") if isinstance(grader, dict) else None
    return {name for name in (cell.get("id"), given) if isinstance(name, str)}


def _cell(notebook: Notebook, number: int) -> str:
    """Name a cell by its number, which Jupyter does not show, and its first line."""
    lines = [line for line in notebook.code[number].splitlines() if line.strip()]
    first = lines[0].strip() if lines else ""
    return f"cell {number} (`{first[:WIDE]}{'...' if len(first) > WIDE else ''}`)"


def _receipts(notebook: Notebook) -> list[str]:
    """Return the receipt of the file, and say whether the one that it shows is another."""
    told = notebook.told
    kept = answers_of(notebook.code.values(), told.points)
    code = receipt(told.assignment, kept, told.release)
    lines = [f"Receipt {code}."]
    if not notebook.whole:
        return [*lines, "The hand-in cell is missing; nobody needs it but you."]
    shown = [
        match[1]
        for cell in notebook.cells
        if cell["cell_type"] == "code"
        for match in SHOWN.finditer(str(cell.get("outputs", "")))
    ]
    if shown and shown[-1] != code:
        lines.append(f"The notebook shows {shown[-1]}: it was changed after the hand-in cell ran.")
    return lines
