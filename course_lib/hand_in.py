"""The last cell of an exercise notebook: which answers there are, and a receipt for them.

Nothing is sent anywhere.  The cell looks at the functions of the session, calls none of them, and
never stops with an error; the receipt is one that anybody can compute from the notebook:

    receipt("resnet", answers_of(code_cells, questions), release)
"""

from dataclasses import dataclass
from html import escape
from typing import Any

from course_lib import __version__, hand_in_file, progress
from course_lib.hand_in_answers import answers_of, described, receipt, source_of
from course_lib.progress import NOT_RUN, NOT_YET, UNTOUCHED, summary
from course_lib.tables import Table

__all__ = ["Report", "answers_of", "hand_in", "receipt"]

# The cell itself, as whoever makes an exercise writes it.
CELL = """\
# Lists your answers and gives them a receipt. Nothing is sent: save the notebook, hand in the file.
from course_lib.hand_in import hand_in

hand_in(
    "{assignment}",
    {{
{points}
    }},
    globals(),
    release="{release}",
)
"""
ANSWERED = "answered"  # its check has not run since
MISSING = "missing"  # no function of that name
ADVICE = {  # state: what to do about it; "{}" is where the questions go
    MISSING: "No function has the name {}. Run its cell; a name must stay as it was given.",
    UNTOUCHED: 'The line `raise NotImplementedError("your code here")` still stands in {}.',
    NOT_YET: "The check did not take {}. You may hand in all the same.",
    ANSWERED: "Run the check below {} to know whether it is right.",
}
SAVE = "Save the notebook before you hand it in: the file may be older than what is on the screen."
AGREES = "The saved file holds these answers; save again after every change."
TRY = "To try the file as a grader will, type: python -m course_lib preflight {}.ipynb"


@dataclass(frozen=True)
class Report:
    """What the hand-in cell shows; a notebook shows the HTML, everything else the text.

    Attributes:
        table: question, points and state.
        receipt: of the answers in this session.
        lines: what else there is to know.
    """

    table: Table | None
    receipt: str
    lines: tuple[str, ...]

    def __repr__(self) -> str:
        parts = [self.table.caption, str(self.table)] if self.table else []
        return "\n".join([*parts, *self.lines])

    def _repr_html_(self) -> str:
        table = self.table._repr_html_() if self.table else ""
        return table + "".join(f"<p>{escape(line)}</p>" for line in self.lines)


def hand_in(
    assignment: str, points: dict[str, float], space: dict[str, Any], *, release: str = ""
) -> Report:
    """Look at the answers of a session, without calling them.

    Args:
        assignment: last part of the name of the module of checks, such as "resnet".
        points: {question: points}.
        space: the namespace of the notebook, `globals()`.
        release: of the course, when the notebook was published.

    Returns:
        The report, which the notebook shows.  Whatever is odd about the session, there is one.
    """
    try:
        return _report(assignment, points, space, release)
    except Exception as error:
        odd = f"The answers could not be looked at ({type(error).__name__}: {error})."
        return Report(None, "", (odd, "Hand in the notebook all the same.", SAVE))


def state(assignment: str, question: str, space: dict[str, Any]) -> str:
    """Return the state of an answer as the hand-in cell names it."""
    answer = space.get(question)
    if not callable(answer):
        return MISSING
    found = progress.state_of(assignment, question, answer)
    return ANSWERED if found == NOT_RUN else found


def _report(assignment, points, space, release) -> Report:
    states = {question: state(assignment, question, space) for question in points}
    executed = space.get("In")
    cells = [cell for cell in executed if isinstance(cell, str)] if executed else []
    sources = {
        question: source_of(question, space[question], cells)
        for question in points
        if states[question] != MISSING
    }
    code = receipt(assignment, sources, release)
    lines = [summary(points, states)]
    for wanted, text in ADVICE.items():
        if having := [question for question, found in states.items() if found == wanted]:
            lines.append(text.format(", ".join(having)))
    if release != __version__:
        lines.append(
            f"This notebook is of release {release or 'unknown'} of the course; installed is "
            f"{__version__}."
        )
    lines.append(_saved(assignment, sources, hand_in_file.saved(space)))
    lines.append(TRY.format(assignment))
    lines.append(f"Receipt {code}. The same answers have the same receipt; keep it.")
    caption = f"Hand-in of the exercises {assignment}, release {release or 'unknown'}"
    return Report(progress.table(caption, points, states), code, tuple(lines))


def _saved(assignment: str, sources: dict[str, str], cells: list[str] | None) -> str:
    """Compare the answers of the session with those of the file, where the file is known."""
    told = described(cells or [])
    if cells is None or told is None or told.assignment != assignment:
        return SAVE  # not known, or the notebook of something else
    kept = answers_of(cells, sources)
    lacking = [name for name in sources if name not in kept]
    others = [
        name for name, source in sources.items() if name in kept and source and source != kept[name]
    ]
    if not lacking and not others:
        return AGREES
    found = [f"has no {', '.join(lacking)}"] if lacking else []
    found += [f"has another version of {', '.join(others)}"] if others else []
    return (
        f"The saved file is not what ran here: it {' and '.join(found)}. Run those cells again, "
        "save the notebook, and run this cell once more."
    )
