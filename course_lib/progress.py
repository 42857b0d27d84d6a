"""Which checks have passed in this process: kept while they run, shown as a table.

Each module of checks that a notebook imports ends with

    progress = Progress(__name__, globals())

which puts each of its checks into a wrapper that keeps the outcome, and changes nothing else: what
a check prints and raises stays as it is.  In the notebook `check.progress()` shows the table.
"""

import contextlib
import dis
import functools
import inspect
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from types import CodeType
from typing import Any

from course_lib.checks.verdict import STUB, NotAnswered, WrongAnswer
from course_lib.tables import Table
from course_lib.widgets.lab import WIDGET_VIEW, has_kernel

PASSED, NOT_YET = "passed", "not yet"  # what the check said
UNTOUCHED = "untouched"  # the function is the stub, or still leads to it
NOT_RUN = "not run"  # no check since the function was defined
POINTS = Path(__file__).parent / "checks" / "points.json"  # by tools/hand_in_cell.py
FURTHER = "A grader tries further cases of the same kinds."


@dataclass(frozen=True)
class Outcome:
    """What a check said of one function object."""

    answer: Any
    state: str


_OUTCOMES: dict[tuple[str, str], Outcome] = {}  # (assignment, question): the last one


def points_of(assignment: str, folder: Path = POINTS.parent) -> dict[str, float]:
    """Return {question: points} of an assignment, such as "resnet"; empty where there is none.

    Args:
        assignment: last part of the name of the module of checks.
        folder: that holds the module, where it is an instructor's own.
    """
    path = folder / POINTS.name
    return (
        json.loads(path.read_text(encoding="utf-8")).get(assignment, {}) if path.is_file() else {}
    )


def state_of(assignment: str, question: str, answer: Any) -> str:
    """Return what is known of a function without calling it.

    Args:
        assignment: last part of the name of the module of checks.
        question: name of the function that is asked for.
        answer: what stands under that name now.

    Returns:
        `PASSED` or `NOT_YET` where the check has run on this very object, else `UNTOUCHED` or
        `NOT_RUN`.
    """
    outcome = _OUTCOMES.get((assignment, question))
    if outcome and outcome.answer is answer:
        return outcome.state
    return UNTOUCHED if is_stub(answer) else NOT_RUN


def is_stub(answer: Any) -> bool:
    """Tell whether a function or class still leads to the line that the notebook came with.

    The compiler leaves out what stands behind a `return`, so a line that was only forgotten there
    does not count.
    """
    return any({"NotImplementedError", STUB} <= _loaded(code) for code in _codes(answer))


def _codes(answer: Any) -> Iterator[CodeType]:
    parts = vars(answer).values() if isinstance(answer, type) else [answer]
    for part in parts:
        # An object may answer to every name, also to these.
        with contextlib.suppress(Exception):
            code = getattr(inspect.unwrap(part), "__code__", None)
            if isinstance(code, CodeType):
                yield code


def _loaded(code: CodeType) -> set:
    """Return the names and constants that a function loads."""
    steps = (step for step in dis.get_instructions(code) if step.opname.startswith("LOAD_"))
    return {step.argval for step in steps}


def summary(points: dict[str, float], states: dict[str, str]) -> str:
    """Write how many checks have passed, and how many points they stand for."""
    right = [question for question, state in states.items() if state == PASSED]
    earned = sum(points[question] for question in right)
    return (
        f"Checks passed: {len(right)} of {len(points)} questions, "
        f"{earned:g} of {sum(points.values()):g} points. {FURTHER}"
    )


def table(caption: str, points: dict[str, float], states: dict[str, str]) -> Table:
    """Return a row for each question: its name, its points, its state."""
    rows = tuple((question, f"{points[question]:g}", states[question]) for question in points)
    return Table(caption, ("question", "points", "state"), rows)


class Progress:
    """The checks of one notebook and how far they have come in this process.

    Args:
        module: name of the module of checks.
        checks: its namespace; the check of each question is replaced by one that is kept.
    """

    def __init__(self, module: str, checks: dict[str, Any]):
        self.assignment = module.rpartition(".")[2]
        self.points = points_of(self.assignment, Path(checks.get("__file__", POINTS)).parent)
        self._shown: Any = None  # the widget, once it was shown
        for question in self.points:
            if question in checks:
                checks[question] = self._kept(question, checks[question])

    def __call__(self) -> "Board":
        """Return the table of questions, points and states, which a notebook shows."""
        return Board(self)

    def states(self) -> dict[str, str]:
        """Return {question: state} of the functions that the notebook holds now."""
        space = vars(sys.modules["__main__"])
        return {
            question: state_of(self.assignment, question, space.get(question))
            for question in self.points
        }

    def text(self) -> str:
        """Write the table and a summary."""
        states = self.states()
        return f"{self._table(states)}\n{summary(self.points, states)}"

    def html(self) -> str:
        """Write both for a page; a screen reader hears the summary when it changes."""
        states = self.states()
        line = escape(summary(self.points, states))
        return f'{self._table(states)._repr_html_()}<p role="status">{line}</p>'

    def widget(self) -> Any:
        """Return the widget that follows the checks; the same one at each call."""
        # Slow to import, and not needed where nothing is shown.
        import ipywidgets

        self._shown = self._shown or ipywidgets.HTML()
        self._shown.value = self.html()
        return self._shown

    def _table(self, states: dict[str, str]) -> Table:
        return table(f"Progress in the exercises {self.assignment}", self.points, states)

    def _kept(self, question: str, check: Callable) -> Callable:
        @functools.wraps(check)
        def run(answer, **variant):
            try:
                check(answer, **variant)
            except NotAnswered:
                self._keep(question, answer, UNTOUCHED)
                raise
            except WrongAnswer:
                self._keep(question, answer, NOT_YET)
                raise
            self._keep(question, answer, PASSED)

        return run

    def _keep(self, question: str, answer: Any, state: str) -> None:
        _OUTCOMES[self.assignment, question] = Outcome(answer, state)
        if self._shown:
            # A table that cannot be drawn anew must not stop the check.
            with contextlib.suppress(Exception):
                self._shown.value = self.html()


class Board:
    """What `check.progress()` gives: a widget in a live notebook, text or HTML elsewhere."""

    def __init__(self, progress: Progress):
        self.progress = progress

    def __repr__(self) -> str:
        return self.progress.text()

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, Any]:
        """Show the widget where a kernel runs; beside it what other readers understand."""
        still = {"text/html": self.progress.html()}
        if not has_kernel():
            return still
        try:
            model = self.progress.widget().model_id
        except Exception:  # no widgets here; the table does not need them
            return still
        view = {"version_major": 2, "version_minor": 0, "model_id": model}
        # Colab shows the first of several forms that it knows, which would be the still one.
        return ({} if "google.colab" in sys.modules else still) | {WIDGET_VIEW: view}
