"""Exchange with a school's system around a grading run: what it packed in, what it takes back out.

The system is told by the columns of the table that goes with the archive: Canvas' gradebook or
Moodle's grading worksheet.
"""

import contextlib
import hashlib
from pathlib import Path, PurePosixPath

from instructor import canvas, canvas_marks, intake, moodle
from instructor.assignment import Assignment
from instructor.grade import Graded
from instructor.sheet import Sheet
from instructor.unzip import shown

MOODLE = ("Status", "Last modified (submission)")  # what its worksheet says of a hand-in
KEPT = "being late changes no mark here; the school's system takes points off by its own rules"


def is_moodle(roster: Path) -> bool:
    """Tell whose table it is.

    Raises:
        intake.Refused: it cannot be read.
    """
    for wanted, moodles in ((["Identifier"], True), (["ID"], False)):
        with contextlib.suppress(intake.Refused):
            Sheet(roster, wanted)
            return moodles
    raise intake.Refused(
        f"{roster}: neither Canvas' gradebook (a column ID) nor Moodle's worksheet (Identifier)"
    )


def take(
    archive: Path, roster: Path, folder: Path, name: str, extensions: Path | None
) -> intake.Taken:
    """Unpack an archive into a folder, or go on with what was unpacked from the same one.

    Args:
        archive: a zip of all submissions.
        roster: the table that goes with it.
        folder: new, or written by this function.
        name: of the assignment.
        extensions: CSV with the columns `id,until`; Canvas only.

    Raises:
        intake.Refused: a file cannot be read, or the folder holds another archive's.
    """
    stamp, sha256 = folder.with_name(f"{folder.name}.sha256"), _sha256(archive)
    if folder.exists():
        if not stamp.is_file() or stamp.read_text(encoding="ascii").strip() != sha256:
            raise intake.Refused(
                f"{folder} holds the submissions of another archive; name another folder with --out"
            )
        return intake.load(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    if is_moodle(roster):
        if extensions:
            raise intake.Refused("Moodle marks late submissions itself; leave --extensions out")
        taken = moodle.take(archive, roster, folder, name)
    else:
        taken = canvas.take(archive, roster, folder, name, extensions)
    stamp.write_text(sha256 + "\n", encoding="ascii")
    return taken


def give_back(
    roster: Path,
    taken: intake.Taken,
    graded: list[Graded],
    asked: Assignment,
    folder: Path,
    column: str = "",
) -> list[str]:
    """Write the table with one column filled and an archive of the pages of feedback.

    Args:
        roster: as it was downloaded.
        taken: from `take`.
        graded: their marks.
        asked: the assignment.
        folder: of the results; holds `feedback/STUDENT.html`.
        column: title of the column to fill, where it does not begin with the assignment's name.

    Returns:
        What the staff should know.
    """
    pages = {path.stem: path.read_text("utf-8") for path in (folder / "feedback").glob("*.html")}
    table, archive = folder / f"filled-{roster.name}", folder / "feedback.zip"
    if is_moodle(roster):
        notes = moodle.fill(roster, taken, graded, asked, table)
        return notes + moodle.feedback(taken, pages, archive)
    notes = canvas_marks.fill(roster, taken, graded, asked, table, column)
    return notes + canvas_marks.feedback(taken, pages, archive)


def arrivals(roster: Path, taken: intake.Taken) -> dict[str, list[str]]:
    """Return for each student what the system says of the hand-in, for the staff.

    Args:
        roster: as it was downloaded.
        taken: from `take`.
    """
    moodles = is_moodle(roster)
    told = _of_worksheet(roster) if moodles else {}
    found = {}
    for student in taken.students:
        start = f"{student.key}: "
        lines = told.get(student.number, []) if moodles else _of_canvas(student)
        notes = [note.removeprefix(start) for note in taken.notes if note.startswith(start)]
        found[student.key] = [*lines, *notes, KEPT]
    return found


def _of_canvas(student: intake.Student) -> list[str]:
    member = PurePosixPath(student.member)
    return [
        f"late, after extensions: {'yes' if student.late else 'no'}",
        "when: Canvas' archive does not say; look there",
        f"attempts: {intake.numbered(member.stem)[1] + 1}, by the name {shown(member.name)}",
    ]


def _of_worksheet(roster: Path) -> dict[str, list[str]]:
    """Return what a worksheet of Moodle says of each hand-in, by the number of the student."""
    sheet = Sheet(roster, moodle.WANTED)
    places = {title: sheet.column(title) for title in MOODLE if sheet.has(title)}
    return {
        number: [f"{title}: {row.cells[place].strip()}" for title, place in places.items()]
        for number, row in zip(moodle.people(sheet), sheet.rows, strict=True)
    }


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise intake.Refused(f"{path}: {error.strerror}") from error
