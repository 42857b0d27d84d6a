"""What a school's system hands over: who is who, which file of each student is graded, and where.

A folder of submissions holds `STUDENT.ipynb` for each student and `taken.json`, which says whom
each file belongs to; marks and feedback find their way back by it.
"""

import json
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from instructor.grade import Graded

MANIFEST = "taken.json"
LONGEST = 60  # characters of a name in a file name
NUMBERED = re.compile(r"(.+?)(?:-(\d{1,6})| ?\((\d{1,6})\))?", re.DOTALL)


class Refused(ValueError):
    """A file of a school's system that cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Student:
    """A student whose notebook was taken.

    Attributes:
        key: name of the file, and of the student in all results.
        number: in the school's system.
        name: as the roster has it.
        member: of the archive that was taken.
        late: what counts after extensions.
    """

    key: str
    number: str
    name: str
    member: str
    late: bool = False


@dataclass
class Taken:
    """What was taken from an archive.

    Attributes:
        assignment: its name.
        students: whose notebook is in the folder.
        missing: names on the roster without a notebook.
        notes: for the staff: what was passed over, and what a person should look at.
    """

    assignment: str
    students: list[Student] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def component(text: str) -> str:
    """Return a name as part of a path, maybe empty: lower-case letters, digits, `.`, `_`, `-`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9.-]+", "_", plain)[:LONGEST].strip("._-")


def key(name: str, number: str) -> str:
    """Return how a student is called in files: unlike others of the same name."""
    return f"{component(name) or 'student'}_{number}"


def components(names: Iterable[str]) -> dict[str, str]:
    """Return a part of a path for each name, no two of them alike."""
    found: dict[str, str] = {}
    used: set[str] = set()
    for name in sorted(set(names)):
        plain, count = component(name) or "student", 1
        part = plain
        while part in used:
            count += 1
            part = f"{plain}_{count}"
        used.add(part)
        found[name] = part
    return found


def numbered(stem: str) -> tuple[str, int]:
    """Split `resnet-2` or `resnet (2)` into the name and the number; 0 where there is none."""
    match = NUMBERED.fullmatch(stem)
    if match is None:
        return stem, 0
    return match[1], int(match[2] or match[3] or 0)


def rank(stem: str, assignment: str) -> tuple[bool, int]:
    """Return what orders the notebooks of a student: the assignment's go last, the newest last."""
    name, number = numbered(stem)
    exact = stem.casefold() == assignment.casefold()
    named = exact or name.casefold() == assignment.casefold()
    return named, 0 if exact else number


@contextmanager
def fresh(folder: Path) -> Iterator[Path]:
    """Make a folder that is there whole or not at all.

    Raises:
        Refused: there is something already.
    """
    if folder.is_symlink() or (folder.exists() and not _empty(folder)):
        raise Refused(f"{folder}: it is there already; name a new folder, or move that one away")
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        yield new
        os.replace(new, folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())


def write(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all; a link that is there is replaced, not followed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, new = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        os.replace(new, path)
    finally:
        Path(new).unlink(missing_ok=True)


def keep(folder: Path, taken: Taken) -> None:
    """Write down whom the files of a folder belong to."""
    write(folder / MANIFEST, (json.dumps(asdict(taken), indent=1) + "\n").encode())


def load(folder: Path) -> Taken:
    """Return what was taken into a folder.

    Raises:
        Refused: nothing was, or the list is damaged.
    """
    path = folder / MANIFEST
    try:
        whole = json.loads(path.read_bytes())
        return Taken(**{**whole, "students": [Student(**one) for one in whole["students"]]})
    except OSError as error:
        raise Refused(
            f"{path}: {error.strerror}; name the folder that the submissions were taken into"
        ) from error
    except (ValueError, TypeError, KeyError) as error:
        raise Refused(f"{path}: damaged; take the submissions once more") from error


def marks(taken: Taken, graded: Sequence[Graded]) -> tuple[dict[str, Graded], list[str]]:
    """Return the graded submissions by the number of the student, and what the staff should know.

    One that could not be judged has no mark, which is not the same as no points.
    """
    numbers = {student.key: student.number for student in taken.students}
    found: dict[str, Graded] = {}
    notes = []
    for one in graded:
        if one.student not in numbers:
            notes.append(f"{one.student}: graded, but not taken from this archive; no mark written")
        elif one.unjudged:
            notes.append(f"{one.student}: not judged ({one.unjudged}); no mark written")
        else:
            found[numbers[one.student]] = one
    seen = {one.student for one in graded}
    lost = sorted(numbers.keys() - seen)
    notes += [f"{name}: taken, but not graded; no mark written" for name in lost]
    return found, notes
