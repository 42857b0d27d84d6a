"""What a grading run leaves behind: one JSON file, one table of marks, a page for each student."""

import csv
import html
import io
import json
from dataclasses import asdict
from pathlib import Path

from instructor import intake
from instructor.assignment import Assignment
from instructor.grade import Graded, load

STYLE = (
    ":root { color-scheme: light dark; font: 1.05rem/1.5 system-ui, sans-serif; } "
    "body { max-width: 42rem; margin: 2rem auto; padding: 0 1rem; } "
    "h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }"
)
WORDS = {
    "right": "All cases are right.",
    "partly right": "Some kinds of case are right.",
    "wrong": "No kind of case is right yet.",
    "untouched": "This question was not answered.",
    "not judged": "This answer could not be judged; your instructor will look at it.",
}


def write(folder: Path, assignment: Assignment, graded: list[Graded]) -> None:
    """Write `results.json` and `marks.csv` for the staff, and `feedback/STUDENT.html`."""
    whole = json.dumps([asdict(one) for one in graded], indent=1) + "\n"
    intake.write(folder / "results.json", whole.encode())
    # What a submission raised is in the notes, and not all that JSON holds can be written as UTF-8.
    marks = table(assignment, graded).encode(errors="backslashreplace")
    intake.write(folder / "marks.csv", marks)
    for one in graded:
        intake.write(folder / "feedback" / f"{one.student}.html", page(assignment, one).encode())


def read(folder: Path) -> list[Graded]:
    """Return what `write` has written; nothing where there is none."""
    path = folder / "results.json"
    if not path.is_file():
        return []
    return [load(entry) for entry in json.loads(path.read_text(encoding="utf-8"))]


def table(assignment: Assignment, graded: list[Graded]) -> str:
    """Return the marks as CSV: a row for each student, a column for each question."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [question.name for question in assignment.questions]
    writer.writerow(["student", *names, "total", "of", "notes"])
    for one in graded:
        scores = [f"{mark.score:g}" for mark in one.marks]
        notes = "; ".join([*one.notes, *([one.unjudged] if one.unjudged else [])])
        total = [f"{one.score:g}", f"{assignment.points:g}"]
        writer.writerow([harmless(one.student), *scores, *total, harmless(notes)])
    return out.getvalue()


def harmless(text: str) -> str:
    """Return a text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def page(assignment: Assignment, one: Graded) -> str:
    """Return what a student reads: marks and the check's own words on each kind of case.

    Nothing of what the submission printed, raised or returned is in it, and no drawn case.
    """
    titles = {question.name: question.title for question in assignment.questions}
    rows = []
    for mark in one.marks:
        kinds = "".join(
            f"<li>{'right' if right else 'not right'}: {html.escape(kind)}</li>"
            for kind, right in mark.kinds
        )
        rows.append(
            f"<h2>{html.escape(titles[mark.question])}</h2>\n"
            f"<p><code>{html.escape(mark.question)}</code>: {mark.score:g} of {mark.points:g} "
            f"points. {WORDS[mark.state]}</p>\n<ul>{kinds}</ul>\n"
        )
    title = f"{html.escape(assignment.name)}: {one.score:g} of {assignment.points:g} points"
    handed_in = f"Receipt {html.escape(one.receipt)}. " if one.receipt else ""
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n<h1>{title}</h1>\n"
        f"<p>{handed_in}Each kind of case that is right earns its part of the points; the cases "
        f"were drawn for grading.</p>\n{''.join(rows)}</html>\n"
    )
