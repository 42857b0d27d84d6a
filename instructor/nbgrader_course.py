"""A course as nbgrader keeps it: folders, gradebook and tables in its formats, judged by us.

nbgrader's commands and its formgrader work in such a folder.  None of them runs a submission:
`instructor.nbgrader_judge` has it judged in the sandbox.
"""

import glob
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.nbgraderformat import ValidationError
from nbgrader.plugins import CsvExportPlugin
from nbgrader.preprocessors import CheckCellMetadata, ClearSolutions, ComputeChecksums, SaveCells

from instructor import assignment, nbgrader_guard, seeds
from instructor.assignment import Assignment, Malformed
from instructor.intake import write
from instructor.nbgrader_settings import BEGIN, END, SETTINGS, STUB, TEXT, Unfit, settings
from instructor.private import INIT

# nbgrader takes these out of what it hands out, and `make student` does not.
REGION = re.compile(r"begin\s+(hidden\s+tests?|mark\s+scheme)", re.IGNORECASE)
# Submissions get a kernel that no machine has: nbgrader could not run one if it tried.
KERNEL = {"name": "course_judge", "display_name": "Judged, never run", "language": "python"}


def lay_out(folder: Path, sources: Sequence[Path], editions: Path) -> list[Assignment]:
    """Write a course directory, or bring one up to date.

    Settings and marks that are there are kept.

    Args:
        folder: of the course; made where it is missing.
        sources: notebooks with solutions; each gives an assignment of its name.
        editions: folder of the same notebooks as students get them; `make student` writes it.

    Returns:
        The assignments.

    Raises:
        Malformed: a source that is no assignment, or has regions that students would get.
        Unfit: an edition is missing or of another source, the folder's settings have nbgrader
            run submissions, or the questions of an assignment changed after submissions came.
    """
    found = [_assignment(path) for path in sources]
    released = [_edition(path, editions) for path in sources]
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / SETTINGS).exists():
        write(folder / SETTINGS, TEXT.encode())
    course = CourseDirectory(config=settings(folder))
    for one, path, edition in zip(found, sources, released, strict=True):
        _record(course, path.stem, edition)
        for step, origin in (("source", path), ("release", editions / path.name)):
            text = origin.read_text(encoding="utf-8")
            notebook = folder / step / path.stem / path.name
            write(notebook, text.encode())
            notebook.chmod(0o644)  # nbgrader hands a release out to others
            if one.modules:
                write(notebook.parent / "checks" / "__init__.py", INIT.encode())
            for name, text in one.modules:
                write(notebook.parent / f"{name.replace('.', '/')}.py", text.encode())
    return found


def autograde(folder: Path, name: str, secret: Path, *, again: bool = False) -> int:
    """Have nbgrader grade what lies in submitted/STUDENT/NAME; return its exit status.

    A file that is refused costs its student what cannot be read of it; `logs/NAME` says why.

    Args:
        folder: of the course.
        name: of the assignment.
        secret: the file of the course's secret.
        again: also what is graded already.

    Raises:
        Refused: the secret is none.
        Unfit: the folder is no course directory of ours.
    """
    course = CourseDirectory(config=settings(folder))
    seeds.read(secret)
    for place in glob.glob(course.format_path(course.submitted_directory, "*", name)):
        for note in nbgrader_guard.set_aside(Path(place)):
            print(note, file=sys.stderr)
    command = [sys.executable, "-m", "nbgrader", "autograde", name, *(["--force"] * again)]
    command.append(f"--CourseJudge.secret={secret.resolve()}")
    return subprocess.run(command, cwd=folder, check=False).returncode


def export(database: Path, table: Path) -> list[str]:
    """Write the marks of a gradebook as CSV, with nbgrader's exporter.

    Args:
        database: the file of the gradebook.
        table: the CSV; a row for each student and assignment, manual marks and penalties included.

    Returns:
        What still waits for a person, as "ASSIGNMENT: STUDENT"; it counts 0 in the table.

    Raises:
        Unfit: there is no gradebook.
    """
    if not database.is_file():
        raise Unfit(f"{database}: no gradebook; `course nbgrader` writes gradebook.db")
    new = table.with_name(f".{table.name}.new")
    plugin = CsvExportPlugin()
    plugin.to = str(new)
    with Gradebook(f"sqlite:///{database.resolve()}") as gradebook:
        plugin.export(gradebook)
        waiting = list(_waiting(gradebook))
    os.replace(new, table)
    return waiting


def _waiting(gradebook) -> Iterator[str]:
    for task in gradebook.assignments:
        for submission in sorted(task.submissions, key=lambda one: one.student.id):
            if submission.needs_manual_grade:
                yield f"{task.name}: {submission.student.id}"


def _assignment(path: Path) -> Assignment:
    found = assignment.read(path)
    for number, cell in enumerate(nbformat.read(path, as_version=4).cells, start=1):
        if region := REGION.search(cell.source):
            raise Malformed(
                f"{path}: cell {number}: {region[0]!r}: students would get that region, since "
                "only nbgrader takes it out; grading draws hidden cases itself, so delete it"
            )
    return found


def _edition(source: Path, folder: Path) -> NotebookNode:
    """Return the student's edition of a source, if it is one."""
    path = folder / source.name
    if not path.is_file():
        raise Unfit(f"{path}: no student's edition of {source}; `make student` writes it")
    clear = ClearSolutions(
        code_stub={"python": STUB}, begin_solution_delimeter=BEGIN, end_solution_delimeter=END
    )
    expected, _ = clear.preprocess(nbformat.read(source, as_version=4), {})
    expected.cells = [cell for cell in expected.cells if "solution" not in _tags(cell)]
    edition = nbformat.read(path, as_version=4)
    if _content(edition) != _content(expected):
        raise Unfit(f"{path}: not what students get of {source}; `make student` writes it anew")
    return edition


def _content(notebook: NotebookNode) -> list[tuple[Any, ...]]:
    """Return what an edition shares with its source: all but the set-up cell."""
    cells = (cell for cell in notebook.cells if "setup" not in _tags(cell))
    return [(cell.cell_type, cell.source, cell.metadata.get("nbgrader")) for cell in cells]


def _tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def _record(course: CourseDirectory, name: str, edition: NotebookNode) -> None:
    """Enter an assignment, its cells and its points into the gradebook."""
    with _alembic(), Gradebook(course.db_url, course.course_id) as gradebook:
        gradebook.update_or_create_assignment(name)
    edition.metadata["kernelspec"] = KERNEL
    resources = {"nbgrader": {"assignment": name, "notebook": name, "db_url": course.db_url}}
    try:
        for step in (CheckCellMetadata(), ComputeChecksums(), SaveCells()):
            edition, _ = step.preprocess(edition, resources)
    except (ValidationError, RuntimeError) as error:
        raise Unfit(f"{name}: nbgrader refuses it: {error}") from error


@contextmanager
def _alembic() -> Iterator[None]:
    """Let nbgrader find the command `alembic`, which lies beside this Python; a new gradebook does.

    nbgrader's own `setenv` does not put back what was there.
    """
    before = os.environ.get("PATH", os.defpath)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{before}"
    try:
        yield
    finally:
        os.environ["PATH"] = before
