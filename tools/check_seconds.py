"""Time the checks of the exercises in a notebook's process, on the solutions of the book.

Each notebook runs in a kernel of its own from top to bottom, and each check is called twice: the
first call pays for what TensorFlow builds once, the second is what a reader waits for who tries
again.  Every call draws fresh cases.
"""

import ast
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import execute
import nbfile
from instructor import assignment

EXERCISES = Path(__file__).resolve().parents[1] / "book" / "exercises"
GOAL = 2.0  # seconds of a second call
UNTIMED = {"setup", "hand-in"}  # cells that answer nothing
TIMED = """\
import time
seconds = [time.perf_counter()]
{check}
seconds.append(time.perf_counter())
{check}
seconds.append(time.perf_counter())
seconds
"""


@dataclass(frozen=True)
class Check:
    """How long a check took.

    Attributes:
        notebook: the name of the exercises.
        question: that it judges.
        first: seconds of the first call.
        second: seconds of the second call.
    """

    notebook: str
    question: str
    first: float
    second: float


def check_seconds(path: Path) -> list[Check]:
    """Time the checks of an exercise notebook, which holds its solutions.

    Raises:
        FailedNotebook: a cell failed, or a check refused a solution; the message has its number
            among the code cells.
        Malformed: the notebook is no assignment.
    """
    names = {q.grade_id: q.name for q in assignment.read(path).questions}
    whole = nbfile.read(path)
    cells, asked = [], {}
    for cell in whole["cells"]:
        if cell["cell_type"] != "code" or UNTIMED & set(nbfile.tags(cell)):
            continue
        if name := names.get(cell["metadata"].get("nbgrader", {}).get("grade_id")):
            cell["source"] = TIMED.format(check=nbfile.source(cell))
            asked[cell["id"]] = name
        cells.append(cell)
    with tempfile.TemporaryDirectory(prefix="checks-") as folder:
        copy = Path(folder, path.name)
        nbfile.write(copy, whole | {"cells": cells})
        execute.execute(copy, results=Path(folder, "results"))
        done = {cell["id"]: cell for cell in nbfile.read(copy)["cells"]}
    return [Check(path.stem, name, *_seconds(done[key])) for key, name in asked.items()]


def table(checks: Sequence[Check]) -> str:
    """Return the seconds of each check, and the largest of the second calls."""
    width = max(len(check.question) for check in checks)
    largest = max(checks, key=lambda check: check.second)
    return "\n".join(
        [
            f"{'notebook':10}{'question':{width}}{'first':>9}{'second':>9}   seconds of a check",
            *(f"{c.notebook:10}{c.question:{width}}{c.first:9.2f}{c.second:9.2f}" for c in checks),
            f"largest second call: {largest.second:.2f} s, {largest.notebook}.{largest.question}; "
            f"the goal is at most {GOAL:g} s",
        ]
    )


def _seconds(cell: nbfile.Cell) -> tuple[float, float]:
    """Return how long the two calls of a timed cell took."""
    shown = next(out for out in cell["outputs"] if out["output_type"] == "execute_result")
    start, between, end = ast.literal_eval(nbfile.text(shown["data"]["text/plain"]))
    return between - start, end - between
