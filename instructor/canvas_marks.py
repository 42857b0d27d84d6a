"""Marks and feedback back to Canvas: the gradebook's CSV with one column filled, and a zip."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from instructor import intake, unzip
from instructor.assignment import Assignment
from instructor.grade import Graded
from instructor.intake import Refused, Taken
from instructor.sheet import Sheet, decimal, number

READ_ONLY = "(read only)"
POINTS = "points possible"


def fill(
    roster: Path,
    taken: Taken,
    graded: Sequence[Graded],
    assignment: Assignment,
    out: Path,
    column: str = "",
) -> list[str]:
    """Write the gradebook's CSV once more, with the marks in the assignment's column.

    Args:
        roster: as Canvas exported it.
        taken: from `canvas.take`.
        graded: the class; who is missing keeps the cell as it is.
        assignment: its name starts the title of the column.
        out: the new file.
        column: title of the column, where the name of the assignment does not tell it.

    Returns:
        What the staff should know.

    Raises:
        Refused: the CSV cannot be used, or the column cannot be told.
    """
    sheet = Sheet(roster, ("ID",))
    place = sheet.column(column) if column else _column(sheet, assignment.name)
    if place in _read_only(sheet):
        raise sheet.without(f"Canvas lets nobody fill {sheet.header[place]!r}")
    if out.exists() and out.samefile(roster):
        raise Refused(f"{out}: name another file; the one from Canvas is kept as it is")
    marks, notes = intake.marks(taken, graded)
    ids = sheet.column("ID")
    rows = {i: row.cells[ids].strip() for i, row in enumerate(sheet.rows)}
    cells = {i: decimal(marks[user].score) for i, user in rows.items() if user in marks}
    there = set(rows.values())
    notes += [f"{marks[user].student}: not on the roster" for user in marks if user not in there]
    most = [number(row.cells[place]) for row in _points(sheet)]
    if most and most[0] is not None and most[0] != assignment.points:
        notes.append(
            f"{sheet.header[place]} has {most[0]:g} points in Canvas, the assignment "
            f"{assignment.points:g}; the marks are written as they are"
        )
    intake.write(out, sheet.filled(place, cells))
    return notes


def _points(sheet: Sheet) -> list:
    return [row for row in sheet.rows if row.cells[0].strip().casefold() == POINTS]


def _read_only(sheet: Sheet) -> set[int]:
    rows = _points(sheet)
    return {i for row in rows for i, cell in enumerate(row.cells) if cell.strip() == READ_ONLY}


def _column(sheet: Sheet, name: str) -> int:
    """Return the place of the column of an assignment: `resnet (8123)` before `resnet bonus`.

    Raises:
        Refused: there is none, or several.
    """
    locked = _read_only(sheet)
    titles = {i: title.strip() for i, title in enumerate(sheet.header) if i not in locked}
    exact = re.compile(rf"{re.escape(name)}( \([0-9]+\))?", re.IGNORECASE)
    found = [i for i, title in titles.items() if exact.fullmatch(title)]
    found = found or [i for i, t in titles.items() if t.casefold().startswith(name.casefold())]
    if len(found) != 1:
        count = f"{len(found)} columns start" if found else "no column starts"
        raise sheet.without(f"{count} with {name!r}; name the title of one with --column")
    return found[0]


def feedback(taken: Taken, pages: Mapping[str, str], out: Path) -> list[str]:
    """Write the zip that Canvas takes under "Upload submissions": a page for each student.

    Canvas tells by the two numbers in a file's name whose it is.

    Args:
        taken: from `canvas.take`.
        pages: HTML by student.
        out: the zip.

    Returns:
        What the staff should know.
    """
    files = {
        _page(PurePosixPath(student.member)): pages[student.key]
        for student in taken.students
        if student.key in pages
    }
    unzip.pack(out, files)
    return [f"{one.key}: no feedback page" for one in taken.students if one.key not in pages]


def _page(member: PurePosixPath) -> str:
    """Return the name of a page; Canvas passes over names whose last part starts with `link`."""
    name = f"{member.stem}.html"
    start, _, last = name.rpartition("_")
    return f"{start}_page-{last}" if last.startswith("link") else name
