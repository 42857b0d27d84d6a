"""Read what a student handed in, whatever it is: its code cells, and what the staff should know.

A file is data from a stranger.  It is read with a limit, as a regular file, and never run here.
"""

import ast
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
    found = Submission()
    try:
        content = _content(path)
    except OSError as error:
        found.notes.append(f"the file cannot be read: {error.strerror or error}")
        return found
    found.sha256 = hashlib.sha256(content).hexdigest()
    try:
        found.cells = _code(content, found.notes)
    except ValueError as error:
        found.notes.append(str(error))
    for question in assignment.questions:
        cells = [i for i, source in enumerate(found.cells) if defines(source, question.name)]
        found.answers[question.name] = cells
        if not cells:
            found.notes.append(f"no cell defines {question.name}")
    _told(found, assignment)
    return found


def _told(found: Submission, assignment: Assignment) -> None:
    """Read the hand-in cell, and note what it says that cannot be."""
    told = described(found.cells)
    if told is None:
        found.notes.append("there is no hand-in cell")
        return
    found.release = told.release
    answers = answers_of(found.cells, {question.name for question in assignment.questions})
    found.receipt = receipt(told.assignment, answers, told.release)
    if told.assignment != assignment.name:
        found.notes.append(f"this is the notebook of {told.assignment}, not of {assignment.name}")
    if told.release != course_lib.__version__:
        found.notes.append(
            f"the notebook is of release {told.release or 'unknown'}, graded with the checks of "
            f"{course_lib.__version__}; install course_lib=={told.release} to use its own"
        )


def _content(path: Path) -> bytes:
    """Read a regular file; a link, a pipe or a device is none."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError("it is no regular file")
        if status.st_size > LARGEST:
            raise OSError(f"it has {status.st_size >> 20} MiB, at most {LARGEST >> 20}")
        return file.read(LARGEST)


def _code(content: bytes, notes: list[str]) -> list[str]:
    """Return the code cells of a notebook.

    Raises:
        ValueError: it is none.
    """
    text = _text(content, notes)
    if sum(text.count(mark) for mark in "[{,") > MARKS:
        raise ValueError("the file holds more values than a notebook has")
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the file is no notebook: {type(error).__name__}") from error
    cells = _cells(whole, notes)
    code = [_source(cell) for cell in cells if _is_code(cell)]
    if len(code) > CELLS or sum(map(len, code)) > CODE:
        raise ValueError("the notebook holds more code than an answer can be")
    return [_without_magic(source) for source in code]


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


def _source(cell: dict) -> str:
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
