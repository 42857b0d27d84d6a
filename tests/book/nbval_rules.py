"""Which cells nbval compares, and which may be left out of the comparison."""

import re

from tests.book.names import code_cells

MARKERS = re.compile(r"#\s*(?:PYTEST_VALIDATE|NBVAL)_\w+", re.IGNORECASE)
REFUSED_TAGS = {"nbval-skip", "nbval-check-output", "nbval-raises-exception"}
TRAINS = ("course_lib.train", "course_lib.experiments.smoke", ".fit", ".train_on_batch")
DRAWS = ("course_lib.plots", "course_lib.draw", "matplotlib")
SHOWS_LAB = ("course_lib.widgets",)


def trains(cell):
    return any(call.startswith(TRAINS) for call in cell.calls)


def draws(cell):
    return any(call.startswith(DRAWS) for call in cell.calls)


def shows_lab(cell):
    return any(call.startswith(SHOWS_LAB) for call in cell.calls)


def violations(notebook):
    """A line for every cell whose output is not compared without a reason or a stand-in."""
    found = []
    pending = None  # last ignored cell that no compared cell has followed yet
    in_run = False
    for cell in code_cells(notebook):
        where = f"cell {cell.number}"
        if MARKERS.search(cell.source):
            found.append(f"{where}: a comment steers nbval; use the tag nbval-ignore-output")
        found += [f"{where}: tag {tag} is refused" for tag in cell.tags if tag in REFUSED_TAGS]
        if cell.ignored:
            if not (trains(cell) or draws(cell) or shows_lab(cell)):
                found.append(f"{where}: neither trains, draws nor shows a lab, so compare it")
            if pending and not in_run:
                found.append(_unfollowed(pending))
            pending, in_run = cell.number, True
        elif cell.compared:
            pending, in_run = None, False
        else:
            in_run = False
    return found + ([_unfollowed(pending)] if pending else [])


def share(notebook):
    """(cells compared, cells with outputs)."""
    cells = [cell for cell in code_cells(notebook) if cell.output or cell.ignored]
    return sum(cell.compared for cell in cells), len(cells)


def _unfollowed(number):
    return f"cell {number}: no compared cell after it prints what it claims"
