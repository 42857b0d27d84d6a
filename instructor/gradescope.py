"""Gradescope: `results.json` of its autograder for one submission, and its roster.

Students read what is in that file, so it holds the check's own words only.
"""

import contextlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from instructor import intake
from instructor.assignment import Assignment
from instructor.grade import Graded, Mark
from instructor.intake import Refused
from instructor.results import WORDS
from instructor.sheet import Sheet

VISIBILITY = ("hidden", "after_due_date", "after_published", "visible")
EMAIL = ("Email", "Email Address", "E-mail")
NAME = ("Name", "Full Name", "Student Name")
FIRST, LAST = ("First Name",), ("Last Name",)


def results(
    assignment: Assignment, one: Graded, visibility: str = "after_published"
) -> dict[str, Any]:
    """Return what Gradescope reads: a test for each question.

    Args:
        assignment: has the titles of the questions.
        one: the graded submission.
        visibility: of the tests; what the autograder prints stays hidden in any case.

    Raises:
        ValueError: no visibility of Gradescope's, or a submission that could not be judged. Write
            no file then: Gradescope tells the staff that the autograder failed, and shows no mark.
    """
    if visibility not in VISIBILITY:
        raise ValueError(f"visibility {visibility!r}: expected one of {', '.join(VISIBILITY)}")
    if one.unjudged:
        raise ValueError(f"{one.student}: not judged: {one.unjudged}; grade it once more")
    titles = {question.name: question.title for question in assignment.questions}
    tests = [
        {
            "name": f"{titles[mark.question]} ({mark.question})",
            "score": mark.score,
            "max_score": mark.points,
            "output": _output(mark),
            "output_format": "text",
            "visibility": visibility,
        }
        for mark in one.marks
    ]
    return {"stdout_visibility": "hidden", "tests": tests}


def _output(mark: Mark) -> str:
    kinds = [f"{'right' if right else 'not right'}: {kind}" for kind, right in mark.kinds]
    return "\n".join([WORDS[mark.state], *kinds])


def write(
    path: Path, assignment: Assignment, one: Graded, visibility: str = "after_published"
) -> None:
    """Write `results.json`, whole or not at all.

    Args:
        path: of the file; in Gradescope's container it is results/results.json of the autograder.
        assignment: as in `results`.
        one: as in `results`.
        visibility: as in `results`.

    Raises:
        ValueError: as `results`.
    """
    _write(path, results(assignment, one, visibility))


def refuse(path: Path, why: str) -> None:
    """Write `results.json` for a submission without a notebook to grade; its author reads why."""
    _write(path, {"stdout_visibility": "hidden", "score": 0.0, "output": why})


def _write(path: Path, whole: dict[str, Any]) -> None:
    intake.write(path, (json.dumps(whole, indent=1) + "\n").encode())


def arrival(path: Path) -> tuple[str, list[str]]:
    """Return who handed in, and lines for the staff on when and how often.

    Args:
        path: of `submission_metadata.json`, which Gradescope writes; what is not in it is not told.
    """
    about: dict[str, Any] = {}
    with contextlib.suppress(OSError, ValueError):
        found = json.loads(path.read_bytes())
        about = found if isinstance(found, dict) else {}
    users = about.get("users") or [{}]
    own = users[0].get("assignment") or {}  # with this student's extension
    due = own.get("due_date") or about.get("assignment", {}).get("due_date")
    when = about.get("created_at")
    by = ", ".join(str(user.get("email") or user.get("name")) for user in users if user)
    return by or "submission", [
        f"handed in: {when or 'not told'}; due: {due or 'not told'}",
        f"late: {_late(when, due)}; Gradescope takes points off for it by its own rules",
        f"attempts: {len(about.get('previous_submissions', ())) + 1}",
    ]


def _late(when: Any, due: Any) -> str:
    try:
        by = datetime.fromisoformat(when) - datetime.fromisoformat(due)
    except (TypeError, ValueError):
        return "not told"
    return f"by {by}" if by.total_seconds() > 0 else "no"


def names(roster: Path) -> dict[str, str]:
    """Return the names of a roster by e-mail address, in lower case.

    Names stand in one column or in two.

    Raises:
        Refused: no such columns, a row without an address, or two rows with the same.
    """
    sheet = Sheet(roster, ())
    split = sheet.has(FIRST[0]) and sheet.has(LAST[0])
    parts = [sheet.column(*FIRST), sheet.column(*LAST)] if split else [sheet.column(*NAME)]
    place = sheet.column(*EMAIL)
    found: dict[str, str] = {}
    for row in sheet.rows:
        address = row.cells[place].strip().lower()
        where = f"{roster}: line {row.line}"
        if "@" not in address:
            raise Refused(f"{where}: {row.cells[place]!r} is no e-mail address; fill it in")
        if address in found:
            raise Refused(f"{where}: {address} is there twice; keep one row")
        found[address] = " ".join(filter(None, (row.cells[part].strip() for part in parts)))
    return found
