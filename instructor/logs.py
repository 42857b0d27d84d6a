"""A log of each submission, for the staff: what was tried, what was said of it, and what stopped.

Texts of strangers are in it.  Each stands behind a bar, and what does not print is escaped, so that
none can pass for a line of ours or move a terminal's cursor.  No seed is in it, and no secret:
cases have a name that tells neither.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from instructor import intake
from instructor.assignment import Assignment
from instructor.grade import Graded, Mark

FOLDER = "logs"
UNTOLD = ("when it was handed in is not told: no school's system handed it over",)


def write(
    folder: Path,
    assignment: Assignment,
    graded: Iterable[Graded],
    arrivals: Mapping[str, Iterable[str]] | None = None,
) -> None:
    """Write `logs/STUDENT.txt` for each submission, each whole or not at all.

    Args:
        folder: of the results.
        assignment: what was answered.
        graded: the class.
        arrivals: for each student what a school's system says of the hand-in: late or not, when,
            how often.
    """
    for one in graded:
        told = (arrivals or {}).get(one.student, UNTOLD)
        content = text(assignment, one, told).encode()
        intake.write(folder / FOLDER / f"{name(one.student)}.txt", content)


def name(student: str) -> str:
    """Return how the log of a student is called: safe on every system, and unlike all others'.

    It depends on nobody else, so that it stays where students come and go.
    """
    plain = intake.component(student)
    if plain and plain == student:
        return plain
    digest = hashlib.sha256(student.encode(errors="surrogatepass")).hexdigest()
    return f"{plain or 'student'}-{digest[:8]}"


def text(assignment: Assignment, one: Graded, arrival: Iterable[str] = UNTOLD) -> str:
    """Return the log of one submission.

    Args:
        assignment: what was answered.
        one: the verdict.
        arrival: lines on how it was handed in.
    """
    state = f"NOT JUDGED, so there is no mark: {_escaped(one.unjudged)}" if one.unjudged else ""
    lines = [
        f"{assignment.name}: {_escaped(one.student)}",
        f"file {_escaped(one.file)}, SHA-256 {one.sha256 or 'unknown'}",
        f"checks of release {one.release}; receipt {one.receipt or 'none'}",
        state or f"mark: {one.score:g} of {assignment.points:g}",
        f"judges started: {one.attempts}",
        "",
        "hand-in",
        *(f"    {_escaped(line)}" for line in arrival),
        "",
        "notes on the notebook",
        *(_barred(one.notes) or ["    none"]),
    ]
    verdicts = {verdict["question"]: verdict for verdict in one.log}
    for mark in one.marks:
        lines += ["", *_question(mark, verdicts.get(mark.question))]
    return "\n".join(lines) + "\n"


def _question(mark: Mark, verdict: dict | None) -> Iterator[str]:
    yield f"{mark.question}: {mark.score:g} of {mark.points:g}, {mark.state}"
    if verdict is None:
        return
    if verdict.get("broken"):
        yield "    the check is at fault:"
        yield from _barred([verdict["broken"]])
    for number, kind in enumerate(verdict.get("kinds", ()), start=1):
        passed = "wrong" if kind["faults"] else "passed"
        cases = f"{verdict['cases']}.{number}" if "cases" in verdict else f"{number}"
        yield f"    cases {cases}: {kind['kind']}, weight {kind['weight']:g}: {passed}"
        yield from _barred(kind["faults"])
    if verdict.get("attempts"):
        yield f"    attempts: {verdict['attempts']}, the better counts"
    for why in verdict.get("stopped", ()):
        yield "    a process ended:"
        yield from _barred([why])
    for cell, kind, said in verdict.get("failed_cells", ()):
        yield f"    code cell {int(cell) + 1} failed: {_escaped(kind)}"
        yield from _barred([said])


def _barred(texts: Iterable[str]) -> list[str]:
    """Return texts that a stranger may have written, each of their lines behind a bar."""
    return [f"    | {_escaped(line)}" for text in texts for line in text.split("\n")]


def _escaped(text: str) -> str:
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )
