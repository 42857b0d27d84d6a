"""Reads what lies in a course directory of nbgrader with our limits, before nbgrader reads it.

nbgrader opens each submitted notebook as it is, whatever its size and depth and whatever a link
leads to, and copies the files beside it.  Here a notebook is read as `course grade` reads it
(`instructor.submission`), and handed on as plain texts.  One that is refused is handed on empty:
its student gets what its answers deserve, the staff hear why, and the others are graded.
"""

import os
import stat
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode, v4
from nbgrader.coursedir import CourseDirectory
from traitlets.log import get_logger

from instructor import submission

MAKE = {"code": v4.new_code_cell, "markdown": v4.new_markdown_cell, "raw": v4.new_raw_cell}


def handed_in(course: CourseDirectory, resources: dict) -> Path:
    """Return the file that is graded, as it was handed in."""
    about = resources["nbgrader"]
    folder = course.format_path(course.submitted_directory, about["student"], about["assignment"])
    return Path(folder, f"{about['notebook']}.ipynb")


class Guard(NotebookExporter):
    """Reads a notebook for nbgrader: what was handed in with limits, its own files as always."""

    def from_filename(
        self, filename: str, resources: dict | None = None, **more: Any
    ) -> tuple[str, dict]:
        """Return what the steps of nbgrader make of a notebook."""
        path = Path(filename)
        if resources is None or path != handed_in(self.parent.coursedir, resources):
            return super().from_filename(filename, resources, **more)
        return self.from_notebook_node(flat(path), resources, **more)


def flat(path: Path) -> NotebookNode:
    """Return a submission as texts and the names of its cells; empty where it is refused."""
    try:
        cells = submission.cells_of(submission.content_of(path), [])
    except (OSError, ValueError):  # the judge reads it once more, and tells the staff
        cells = []
    found = [_cell(cell) for cell in cells if _is_cell(cell)]
    for number, cell in enumerate(found):
        cell["id"] = f"cell-{number}"
    return v4.new_notebook(cells=found)


def _is_cell(cell: Any) -> bool:
    kind = cell.get("cell_type") if isinstance(cell, dict) else None
    return isinstance(kind, str) and kind in MAKE


def _cell(cell: dict) -> NotebookNode:
    new = MAKE[cell["cell_type"]](_text(submission.source_of(cell)))
    about = cell.get("metadata")
    about = about.get("nbgrader") if isinstance(about, dict) else None
    name = about.get("grade_id") if isinstance(about, dict) else None
    if isinstance(name, str):
        new.metadata["nbgrader"] = NotebookNode(grade_id=name)
    if cell["cell_type"] != "code" and isinstance(cell.get("attachments"), dict):
        new["attachments"] = _pictures(cell["attachments"])
    return new


def _pictures(attachments: dict) -> dict[str, dict[str, str]]:
    return {
        _text(name): {_text(k): _text(v) for k, v in content.items() if isinstance(v, str)}
        for name, content in attachments.items()
        if isinstance(content, dict)
    }


def _text(text: str) -> str:
    """Return a text that a file and a gradebook can hold, which not all of JSON's can."""
    return text.encode(errors="replace").decode()


def set_aside(folder: Path) -> list[str]:
    """Move links, pipes and devices out of a submission, since nbgrader copies what they lead to.

    Args:
        folder: of one student and assignment; they go to `.refused-NAME` beside it.

    Returns:
        What the staff should know.
    """
    aside = folder.with_name(f".refused-{folder.name}")
    notes = []
    for place, _, names in os.walk(folder):
        for path in (Path(place, name) for name in sorted(names)):
            regular = stat.S_ISREG(path.lstat().st_mode)
            if regular or path.suffix == ".ipynb":  # notebooks are read with limits, as they are
                continue
            new = aside / path.relative_to(folder)
            new.parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, new)
            notes.append(f"{path}: no regular file; it is now {new}")
    return notes


def before(assignment: str, student: str, notebooks: list[str]) -> None:
    """Do what has to be done before nbgrader copies a submission; it calls this itself.

    Args:
        assignment: its name.
        student: a pattern that matches the student.
        notebooks: that were found, all in one folder.
    """
    for folder in {Path(notebook).parent for notebook in notebooks}:
        for note in set_aside(folder):
            get_logger().warning("%s", note)
