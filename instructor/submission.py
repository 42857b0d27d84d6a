"""Read what a student handed in, whatever it is: its code cells, and what the staff should know.

A file is data from a stranger.  It is read with a limit, as a regular file, and never run here.
"""

import ast
import difflib
import hashlib
import json
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

import course_lib
from course_lib.hand_in_answers import MAGIC, answers_of, defined_in, described, receipt
from instructor.assignment import Assignment

LARGEST = 25 << 20  # bytes of a file
MARKS = 3_000_000  # brackets and commas of a file: what JSON makes objects of
CELLS = 2000  # code cells
CODE = 2 << 20  # bytes of code
LETTERS = 60  # of what a hand-in cell says, in a note
ALIKE = 0.8  # of a name to the one that was asked for, before a note calls it renamed
BYTE_ORDER = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass
class Submission:
    """What was handed in.

    Attributes:
        cells: sources of the code cells, in order.
        answers: for each question, the numbers of the cells that define its function.
        notes: for the staff.
        sha256: of the file.
        release: of the course, as its hand-in cell says; empty where it says nothing.
        receipt: what the student's hand-in cell shows for these answers.
    """

    cells: list[str] = field(default_factory=list)
    answers: dict[str, list[int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    sha256: str = ""
    release: str = ""
    receipt: str = ""


def read(path: Path, assignment: Assignment) -> Submission:
    """Return the code of a submission; one that cannot be read has none, and a note says why."""
    found = Submission(answers={question.name: [] for question in assignment.questions})
    try:
        content = content_of(path)
    except OSError as error:
        found.notes.append(f"the file cannot be read: {error.strerror or error}")
        return found
    found.sha256 = hashlib.sha256(content).hexdigest()
    try:
        found.cells = _code(cells_of(content, found.notes))
    except ValueError as error:
        found.notes.append(str(error))
    for name in found.answers:
        found.answers[name] = [i for i, cell in enumerate(found.cells) if defines(cell, name)]
    _missing(found)
    _told(found, assignment)
    return found


def _missing(found: Submission) -> None:
    """Note which questions no cell answers, and what looks like one that was renamed."""
    missing = [name for name, cells in found.answers.items() if not cells]
    places: dict[str, int] = {}
    for number, source in enumerate(found.cells if missing else (), start=1):
        places |= dict.fromkeys(defined_in(source) - found.answers.keys(), number)
    for name in missing:
        found.notes.append(f"no cell defines {name}")
        for like in difflib.get_close_matches(name, sorted(places), 1, ALIKE):
            found.notes.append(f"code cell {places[like]} defines {like}: {name}, renamed?")


def _told(found: Submission, assignment: Assignment) -> None:
    """Read the hand-in cell, and note what it says that cannot be."""
    told = described(found.cells)
    if told is None:
        found.notes.append("there is no hand-in cell")
        return
    found.release = told.release
    answers = answers_of(found.cells, {question.name for question in assignment.questions})
    found.receipt = receipt(told.assignment, answers, told.release)
    # A stranger's texts go into tables and onto terminals.
    name, release = (
        text.encode("unicode_escape").decode()[:LETTERS] for text in (told.assignment, told.release)
    )
    if told.assignment != assignment.name:
        found.notes.append(f"this is the notebook of {name}, not of {assignment.name}")
    if told.release != course_lib.__version__:
        found.notes.append(
            f"the notebook is of release {release or 'unknown'}, graded with the checks of "
            f"{course_lib.__version__}; install course_lib=={release} to use its own"
        )


def content_of(path: Path) -> bytes:
    """Read a regular file; a link, a pipe or a device is none.

    Raises:
        OSError: it is none, or larger than `LARGEST`.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError("it is no regular file")
        if status.st_size > LARGEST:
            raise OSError(f"it has {status.st_size >> 20} MiB, at most {LARGEST >> 20}")
        return file.read(LARGEST)


def cells_of(content: bytes, notes: list[str]) -> list:
    """Return the cells of a notebook, whatever they are; each is any value that JSON has.

    Args:
        content: of the file.
        notes: for the staff; what is odd about the file is added.

    Raises:
        ValueError: it is none, or larger than an answer can be.
    """
    text = _text(content, notes)
    if sum(text.count(mark) for mark in "[{,") > MARKS:
        raise ValueError("the file holds more values than a notebook has")
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the file is no notebook: {type(error).__name__}") from error
    cells = _cells(whole, notes)
    code = [source_of(cell) for cell in cells if _is_code(cell)]
    if len(code) > CELLS or sum(map(len, code)) > CODE:
        raise ValueError("the notebook holds more code than an answer can be")
    return cells


def _code(cells: list) -> list[str]:
    return [_without_magic(source_of(cell)) for cell in cells if _is_code(cell)]


def _text(content: bytes, notes: list[str]) -> str:
    for mark, name in BYTE_ORDER:
        if content.startswith(mark):
            notes.append(f"the file is written in {name}")
            return content.decode(name, errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        notes.append("the file is not written in UTF-8; read as Latin-1")
        return content.decode("latin-1")


def _cells(whole: Any, notes: list[str]) -> list:
    """Return the cells of a notebook of any version, also of one that is not quite one."""
    if isinstance(whole, dict) and isinstance(whole.get("worksheets"), list):
        notes.append("the notebook has an old format")
        try:
            return nbformat.convert(nbformat.from_dict(whole), 4).cells
        except Exception as error:
            raise ValueError(f"the notebook cannot be converted: {type(error).__name__}") from error
    if not isinstance(whole, dict) or not isinstance(whole.get("cells"), list):
        raise ValueError("the file is no notebook: it has no cells")
    return whole["cells"]


def _is_code(cell) -> bool:
    return isinstance(cell, dict) and cell.get("cell_type") == "code"


def source_of(cell: dict) -> str:
    """Return the text of a cell; empty where it has none."""
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""


def _without_magic(source: str) -> str:
    """Replace what only IPython understands, in a cell that is no Python otherwise."""
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        lines = source.split("\n")
        return "\n".join(MAGIC.sub(r"\1pass", line) for line in lines)
    return source


def defines(source: str, name: str) -> bool:
    """Tell whether a cell gives a name a meaning, also where it is no Python."""
    written = re.search(rf"^\s*(def|class)\s+{name}\b", source, re.MULTILINE)
    return name in defined_in(source) or written is not None
