"""Canvas: submissions in, from "Download Submissions"; marks and feedback out.

Canvas names each file `lovelaceada_LATE_123_456_resnet-1.ipynb`: the sortable name in lower case
without what is no letter or digit, LATE, the number of the user, the number of the file, and the
name that the student gave it, to which a resubmission adds `-1`.  The roster is the CSV that the
gradebook exports.
"""

import contextlib
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path, PurePosixPath
from unicodedata import category

from instructor import intake
from instructor.intake import Refused, Student, Taken
from instructor.sheet import Sheet
from instructor.unzip import Archive, shown

IDS = re.compile(r"(?=_(?P<user>[0-9]+)_(?P<file>[0-9]+)_(?P<title>.+))", re.DOTALL)
LATE = "_LATE"
TEST_STUDENT = "Student, Test"
ANONYMOUS = re.compile(r"(LATE_)?anon_[^_]+_([0-9]+_|text\.|link\.).+", re.DOTALL)
OTHER = re.compile(r".*_(text|link)\.html", re.DOTALL)  # a text entry, or an address


@dataclass(frozen=True)
class Person:
    """A row of the roster.

    Attributes:
        number: of the user in Canvas.
        name: the sortable one.
        login: of the school's system, where the roster has it.
        test: the test student, who need not hand in.
    """

    number: str
    name: str
    login: str
    test: bool


@dataclass(frozen=True)
class File:
    """A member of the archive, read by its name."""

    member: str
    user: str
    number: int
    title: str
    late: bool


def people(roster: Sheet) -> dict[str, Person]:
    """Return the students of a gradebook's CSV by their number in Canvas.

    Rows without a number say how many points there are, or how marks are posted.

    Raises:
        Refused: no row has a number.
    """
    number = roster.column("ID")
    parts = ("LastName", "FirstName") if roster.has("LastName") else ("Student",)
    names = [roster.column(title) for title in parts]
    logins = [roster.column(title) for title in ("SIS Login ID",) if roster.has(title)]
    sis = [roster.column(title) for title in ("SIS User ID",) if roster.has(title)]
    found: dict[str, Person] = {}
    for row in roster.rows:
        user = row.cells[number].strip()
        if user.isdecimal() and user not in found:
            name = ", ".join(row.cells[place].strip() for place in names)
            test = name == TEST_STUDENT and not any(row.cells[place].strip() for place in sis)
            login = "".join(row.cells[place].strip() for place in logins)
            found[user] = Person(user, name, login, test)
    if not found:
        raise Refused(f"{roster.path}: no row has a number in the column 'ID'; export it once more")
    return found


def take(
    archive: Path, roster: Path, folder: Path, assignment: str, extensions: Path | None = None
) -> Taken:
    """Take the submissions of a class into a new folder, and write down whose they are.

    Args:
        archive: the zip.
        roster: the CSV.
        folder: for `STUDENT.ipynb`, ready to be graded; new or empty.
        assignment: its name; a notebook of this name goes before others of the same student.
        extensions: CSV with the columns `id` (in Canvas, or the login) and `until`.

    Raises:
        Refused: a file cannot be used, or the folder is there.
    """
    class_ = people(Sheet(roster, ("ID",)))
    until = _extensions(extensions, class_) if extensions else {}
    taken = Taken(assignment)
    with Archive(archive) as members, intake.fresh(folder) as new:
        for user, files in sorted(_sorted(members, class_, taken.notes).items()):
            person = class_.get(user)
            if student := _one(members, files, person, until.get(user), taken, new):
                taken.students.append(student)
        taken.notes += members.notes
        present = {student.number for student in taken.students}
        taken.missing = [
            f"{one.name} ({one.number})"
            for one in class_.values()
            if one.number not in present and not one.test
        ]
        intake.keep(new, taken)
    return taken


def _sorted(members: Archive, class_: dict[str, Person], notes: list[str]) -> dict[str, list[File]]:
    """Return the notebooks by user; a note says what is none."""
    found = defaultdict(list)
    for member in members.names:
        path = PurePosixPath(member)
        file = _file(member, path.name, class_, notes)
        if file and PurePosixPath(file.title).suffix.lower() != ".ipynb":
            notes.append(f"{shown(member)}: passed over: no notebook")
        elif file:
            found[file.user].append(file)
    return found


def _file(member: str, name: str, class_: dict[str, Person], notes: list[str]) -> File | None:
    """Read a file name; where it can be split in several ways, by what the roster says.

    Students choose their names and those of their files, so that both may hold numbers.
    """
    splits = list(IDS.finditer(name))
    known = [split for split in splits if split["user"] in class_]
    sure = [split for split in known if _agrees(name[: split.start()], class_[split["user"]])]
    fitting = sure or known or splits[:1]
    if len(fitting) != 1 or (not known and ANONYMOUS.fullmatch(name)):
        notes.append(f"{shown(member)}: passed over: {_unclear(name, len(fitting))}")
        return None
    split = fitting[0]
    if known and not sure:
        name_there = class_[split["user"]].name
        notes.append(f"{shown(member)}: the roster calls {split['user']} {shown(name_there)!r}")
    late = name[: split.start()].endswith(LATE)
    return File(member, split["user"], int(split["file"]), split["title"], late)


def _unclear(name: str, splits: int) -> str:
    if splits > 1:
        return "its name fits several students; look in Canvas whose it is"
    if ANONYMOUS.fullmatch(name):
        return "handed in anonymously; download once more after the names are shown"
    return "a text or an address" if OTHER.fullmatch(name) else "no name as Canvas gives it"


def _agrees(prefix: str, person: Person) -> bool:
    """Tell whether a file name starts with a name as Canvas writes it there."""
    name = re.sub("_([0-9]+)_", r"\1", person.name).lower()
    kept = (letter for letter in name if category(letter)[0] in "LM" or letter in "_0123456789")
    return prefix.removesuffix(LATE) == "".join(kept)


def _one(
    members: Archive,
    files: list[File],
    person: Person | None,
    until: datetime | None,
    taken: Taken,
    folder: Path,
) -> Student | None:
    """Take the newest notebook of one student that can be read."""
    order = sorted(files, key=lambda file: _rank(file, taken.assignment), reverse=True)
    content = None
    for file in order:
        content = members.read(file.member)
        if content is not None:
            break
    if content is None:
        return None
    user = file.user
    name = person.name if person else PurePosixPath(file.member).name.split("_")[0]
    student = intake.key(name, user)
    if person is None:
        taken.notes.append(f"{student}: not on the roster")
    if len(order) > 1:
        others = ", ".join(shown(other.title) for other in order if other is not file)
        taken.notes.append(f"{student}: {shown(file.title)} is graded, not {others}")
    late = file.late
    if late:
        late, note = _late(until, members.when(file.member))
        taken.notes.append(f"{student}: {note}")
    intake.write(folder / f"{student}.ipynb", content)
    return Student(student, user, name, file.member, late)


def _rank(file: File, assignment: str) -> tuple[tuple[bool, int], int]:
    return intake.rank(PurePosixPath(file.title).stem, assignment), file.number


def _late(until: datetime | None, packed: datetime | None) -> tuple[bool, str]:
    """Tell whether what Canvas calls late is late.

    The archive does not say when a file was handed in, only when Canvas packed it, which is later.
    """
    if until is None:
        return True, "late"
    if packed is not None and packed <= until:
        return False, f"late for Canvas, but within the extension until {until}"
    return True, f"late for Canvas, with an extension until {until}; see there when it came"


def _extensions(path: Path, class_: dict[str, Person]) -> dict[str, datetime]:
    """Return until when each student may hand in; a day counts until its end."""
    sheet = Sheet(path, ("id", "until"))
    who, when = sheet.column("id"), sheet.column("until")
    numbers = {one.login.casefold(): one.number for one in class_.values() if one.login}
    found: dict[str, datetime] = {}
    for row in sheet.rows:
        name, text = row.cells[who].strip(), row.cells[when].strip()
        user = name if name in class_ else numbers.get(name.casefold(), "")
        where = f"{path}: line {row.line}"
        if not user:
            raise Refused(f"{where}: {name!r} is no number and no login of the roster")
        if user in found:
            raise Refused(f"{where}: {name!r} has two extensions; keep one of them")
        try:
            found[user] = _moment(text)
        except ValueError as error:
            raise Refused(f"{where}: {text!r} is no date; write it as 2026-05-31") from error
    return found


def _moment(text: str) -> datetime:
    with contextlib.suppress(ValueError):
        return datetime.combine(date.fromisoformat(text), time(23, 59, 59))
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
