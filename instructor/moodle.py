"""Moodle: submissions in, from "Download all submissions"; the grading worksheet and feedback out.

Moodle packs `Ada Lovelace_12345_assignsubmission_file_/resnet.ipynb`, or, without folders,
`Ada Lovelace_12345_assignsubmission_file_resnet.ipynb`.  The number is the one that the worksheet
has as `Participant 12345`; names hold no `_`, so that nobody can choose another's number.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from instructor import intake, unzip
from instructor.assignment import Assignment
from instructor.grade import Graded
from instructor.intake import Refused, Student, Taken
from instructor.sheet import Row, Sheet, decimal, number
from instructor.unzip import Archive, shown

PREFIX = re.compile(
    r"(?P<start>(?P<name>[^_]*)_(?P<user>[0-9]+)_)assignsubmission_(?P<kind>[a-z]+)"
    r"(?P<end>_?)(?P<rest>.*)",
    re.DOTALL,
)
IDENTIFIER = re.compile(r"\D*([0-9]+)")
WANTED = ("Identifier", "Grade")  # what Moodle's own import asks for


@dataclass(frozen=True)
class File:
    """A member of the archive, read by its name.

    Attributes:
        name: of the student.
        path: of the file, as the student handed it in.
    """

    member: str
    user: str
    name: str
    path: PurePosixPath


def take(archive: Path, worksheet: Path, folder: Path, assignment: str) -> Taken:
    """Take the submissions of a class into a new folder, and write down whose they are.

    Args:
        archive: the zip.
        worksheet: the CSV from "Download grading worksheet".
        folder: for `STUDENT.ipynb`, ready to be graded; new or empty.
        assignment: its name; a notebook of this name goes before others of the same student.

    Raises:
        Refused: a file cannot be used, or the folder is there.
    """
    class_ = people(Sheet(worksheet, WANTED))
    taken = Taken(assignment)
    with Archive(archive) as members, intake.fresh(folder) as new:
        for user, files in sorted(_sorted(members, taken.notes).items()):
            file = _newest(files, assignment, taken.notes)
            content = members.read(file.member) if file else None
            if file is None or content is None:
                continue
            name = class_.get(user) or file.name
            student = Student(intake.key(name, user), user, name, file.member)
            if user not in class_:
                taken.notes.append(f"{student.key}: not on the worksheet")
            intake.write(new / f"{student.key}.ipynb", content)
            taken.students.append(student)
        taken.notes += members.notes
        present = {student.number for student in taken.students}
        taken.missing = [f"{class_[user]} ({user})" for user in class_ if user not in present]
        intake.keep(new, taken)
    return taken


def people(worksheet: Sheet) -> dict[str, str]:
    """Return the names of the participants by their number; blind marking hides the names.

    Raises:
        Refused: a row without a number, or two of the same.
    """
    place = worksheet.column("Full name") if worksheet.has("Full name") else None
    found: dict[str, str] = {}
    for row, user in zip(worksheet.rows, _users(worksheet), strict=True):
        if user in found:
            raise Refused(f"{worksheet.path}: line {row.line}: participant {user} is there twice")
        found[user] = row.cells[place].strip() if place is not None else ""
    return found


def _users(worksheet: Sheet) -> list[str]:
    place = worksheet.column("Identifier")
    found = []
    for row in worksheet.rows:
        match = IDENTIFIER.fullmatch(row.cells[place].strip())
        if match is None:
            raise Refused(
                f"{worksheet.path}: line {row.line}: {row.cells[place]!r} is no identifier such as "
                "'Participant 12345'; download the worksheet once more"
            )
        found.append(match[1])
    return found


def _sorted(members: Archive, notes: list[str]) -> dict[str, list[File]]:
    """Return the notebooks by participant; a note says what is none."""
    found = defaultdict(list)
    for member in members.names:
        parts = PurePosixPath(member).parts
        match, depth = _prefix(parts)
        if match is None:
            notes.append(f"{shown(member)}: passed over: no name as Moodle gives it")
        elif match["kind"] != "file":
            notes.append(f"{shown(member)}: passed over: {match['kind']}, no file")
        else:
            path = PurePosixPath(match["rest"], *parts[depth + 1 :])
            if path.suffix.lower() != ".ipynb":
                notes.append(f"{shown(member)}: passed over: no notebook")
            else:
                found[match["user"]].append(File(member, match["user"], match["name"], path))
    return found


def _prefix(parts: tuple[str, ...]) -> tuple[re.Match | None, int]:
    """Return the first part of a path that names a participant, and its place."""
    matches = ((PREFIX.fullmatch(part), depth) for depth, part in enumerate(parts))
    return next(((match, depth) for match, depth in matches if match), (None, 0))


def _newest(files: list[File], assignment: str, notes: list[str]) -> File | None:
    """Return the notebook to grade; nothing where it cannot be told, which a note says."""

    def order(file: File) -> tuple[tuple[bool, int], int]:
        return intake.rank(file.path.stem, assignment), -len(file.path.parts)

    *rest, last = sorted(files, key=order)
    names = ", ".join(shown(str(file.path)) for file in files)
    who = f"{shown(last.name)} ({last.user})"
    if rest and order(rest[-1]) == order(last):
        notes.append(f"{who}: several notebooks, {names}; none is taken: put one in by hand")
        return None
    if rest:
        notes.append(f"{who}: {shown(str(last.path))} is graded, of {names}")
    return last


def fill(
    worksheet: Path, taken: Taken, graded: Sequence[Graded], assignment: Assignment, out: Path
) -> list[str]:
    """Write the grading worksheet once more, with the marks in the column `Grade`.

    Where Moodle's maximum is another than the assignment's, marks are scaled, and a note says so.

    Args:
        worksheet: as Moodle exported it.
        taken: from `take`.
        graded: the class; who is missing keeps the cell as it is.
        assignment: has the points.
        out: the new file.

    Returns:
        What the staff should know.

    Raises:
        Refused: the CSV cannot be used, or Moodle grades by words and not by points.
    """
    sheet = Sheet(worksheet, WANTED)
    if out.exists() and out.samefile(worksheet):
        raise Refused(f"{out}: name another file; the one from Moodle is kept as it is")
    marks, notes = intake.marks(taken, graded)
    place, users = sheet.column("Grade"), _users(sheet)
    factors = set()
    cells: dict[int, str] = {}
    for i, (row, user) in enumerate(zip(sheet.rows, users, strict=True)):
        if user not in marks:
            continue
        if _locked(sheet, row):
            notes.append(f"{marks[user].student}: Moodle has locked the grade; it is kept")
            continue
        most = _maximum(sheet, row, assignment.points)
        factors.add(most)
        cells[i] = decimal(marks[user].score * most / assignment.points)
    absent = [user for user in marks if user not in set(users)]
    notes += [f"{marks[user].student}: not on the worksheet" for user in absent]
    for most in sorted(factors - {assignment.points}):
        points = f"{most:g} points in Moodle, {assignment.points:g} in the assignment"
        notes.append(f"{points}: the marks are scaled")
    intake.write(out, sheet.filled(place, cells))
    return notes


def _locked(sheet: Sheet, row: Row) -> bool:
    title = "Grade can be changed"
    return sheet.has(title) and row.cells[sheet.column(title)].strip().casefold() == "no"


def _maximum(sheet: Sheet, row: Row, points: float) -> float:
    if not sheet.has("Maximum Grade"):
        return points
    text = row.cells[sheet.column("Maximum Grade")]
    most = number(text)
    if most is None or most <= 0:
        raise Refused(f"{sheet.path}: line {row.line}: {text!r} is no maximum; grade by points")
    return most


def feedback(taken: Taken, pages: Mapping[str, str], out: Path) -> list[str]:
    """Write the zip for "Upload multiple feedback files in a zip": a page for each student.

    Args:
        taken: from `take`.
        pages: HTML by student.
        out: the zip.

    Returns:
        What the staff should know.
    """
    files = {}
    for student in taken.students:
        match, _ = _prefix(PurePosixPath(student.member).parts)
        if match and student.key in pages:
            folder = f"{match['start']}assignfeedback_file{match['end']}"
            files[_page(folder, match["rest"], taken.assignment)] = pages[student.key]
    unzip.pack(out, files)
    return [f"{one.key}: no feedback page" for one in taken.students if one.key not in pages]


def _page(folder: str, rest: str, assignment: str) -> str:
    """Return the name of a page: in a folder, or without one as the submission came."""
    return f"{folder}{assignment}.html" if rest else f"{folder}/{assignment}.html"
