"""Gradescope: `results.json` of its autograder for one submission, and its roster.

Students read what is in that file, so it holds the check's own words only.
"""

import json
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
    whole = results(assignment, one, visibility)
    intake.write(path, (json.dumps(whole, indent=1, ensure_ascii=False) + "\n").encode("utf-8"))


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
