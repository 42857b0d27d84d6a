"""A folder of exercises of an instructor's own: begun, and handed out without its solutions.

    FOLDER/NAME.ipynb      questions with their solutions, as in book/exercises
    FOLDER/checks/NAME.py  the checks of that notebook
    FOLDER/student/        what students get; `release` writes it

The checks travel with the student's notebook, which imports them: they are no secret.  Solutions
are, and so are the cases that grading draws.
"""

import json
import re
from pathlib import Path

from course_lib.checks.verdict import STUB
from instructor import assignment, edition, edition_form, edition_hand_in, edition_regions, intake
from instructor.assignment import Assignment, Malformed
from instructor.edition_cohort import MalformedVariants
from instructor.edition_file import Notebook, dumps, read, source, tags
from instructor.edition_template import CHECKS, notebook
from instructor.generated import RefusedTree, Tree, replace
from instructor.private import INIT
from instructor.private_modules import PACKAGE
from instructor.private_published import in_the_course

STUDENT = "student"  # the folder that `release` writes, in the instructor's
WORD = re.compile(r"[a-z][a-z0-9_]*")
POINTS = "points.json"  # what a kernel cannot see: the notebook's metadata


def begin(folder: Path, name: str) -> list[Path]:
    """Write a notebook and its checks with one question that works; return the new files.

    Args:
        folder: made where it is missing; what lies in it stays.
        name: of the notebook.

    Raises:
        RefusedTree: a name that is none, a file that is there, or a folder of the course itself.
    """
    if not WORD.fullmatch(name):
        raise RefusedTree(f"{name!r}: use small letters, digits and underscores, as for a module")
    if in_the_course(folder):
        raise RefusedTree(f"{folder} lies in the course's repository; name a folder outside of it")
    files = {
        folder / f"{name}.ipynb": dumps(notebook(name, PACKAGE, set_up=False)),
        folder / PACKAGE / f"{name}.py": CHECKS.substitute(name=name),
    }
    if there := [str(path) for path in files if path.exists()]:
        raise RefusedTree(f"{' and '.join(there)}: there already; nothing is replaced")
    package = folder / PACKAGE / "__init__.py"
    if not package.exists():
        files[package] = INIT
    for path, text in files.items():
        intake.write(path, text.encode())
    return list(files)


def release(folder: Path, dest: Path | None = None, cohort: str = "") -> list[Assignment]:
    """Write what students get: notebooks without solutions, and their checks; the same each time.

    Args:
        folder: of the instructor; every notebook in it is released.
        dest: to write (default: `student` in the folder); replaced as a whole.
        cohort: whose variants of questions it has.

    Returns:
        The assignments.

    Raises:
        Malformed: a notebook that cannot be handed out; nothing is written.
        RefusedTree: no notebook, or a destination that is not replaced.
    """
    paths = sorted(folder.glob("*.ipynb"))
    if not paths:
        raise RefusedTree(f"{folder}: no notebook in it; `course new {folder} NAME` writes one")
    asked = [_assignment(path, cohort) for path in paths]
    tree: Tree = {f"{PACKAGE}/__init__.py": INIT.encode()}
    points: dict[str, dict[str, float]] = {}
    for path, one in zip(paths, asked, strict=True):
        whole = edition_form.normalise(read(path), exercise=True)
        points[one.name] = edition_hand_in.points_of(whole["cells"])
        tree[path.name] = dumps(_stripped(whole, path, cohort)).encode()
        tree |= {f"{name.replace('.', '/')}.py": text.encode() for name, text in one.modules}
    tree[f"{PACKAGE}/{POINTS}"] = (json.dumps(points, indent=1) + "\n").encode()
    replace(dest or folder / STUDENT, tree, sources=[*paths, folder / PACKAGE])
    return asked


def _assignment(path: Path, cohort: str) -> Assignment:
    """Read an assignment whose checks travel with it, and refuse what would hand out too much."""
    found = assignment.read(path, cohort)
    if not found.modules:
        raise Malformed(f"{path}: its checks are part of the course; `make student` hands it out")
    for name, text in found.modules:
        try:
            edition_regions.refuse(text)
        except edition_regions.MalformedRegion as error:
            raise Malformed(f"{path.parent / name.replace('.', '/')}.py: {error}") from error
    return found


def _stripped(whole: Notebook, path: Path, cohort: str) -> Notebook:
    problems = [*edition_hand_in.problems(whole["cells"]), *_kept(whole)]
    if problems:
        raise Malformed(f"{path}: {'; '.join(problems)}")
    try:
        return edition.strip(whole, exercise=True, cohort=cohort)
    except (edition_regions.MalformedRegion, MalformedVariants) as error:
        raise Malformed(f"{path}: {error}") from error


def _kept(whole: Notebook) -> list[str]:
    """Return which answers would be handed out as they are, for want of a region."""
    return [
        f"cell {number}: tagged `exercise`, and no region between {edition_regions.BEGIN!r} and "
        f"{edition_regions.END!r}: students would get all of it"
        for number, cell in enumerate(whole["cells"], start=1)
        if "exercise" in tags(cell)
        and edition_regions.BEGIN not in source(cell)
        and STUB not in source(cell)
    ]
