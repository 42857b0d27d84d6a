"""The question on the connection table of C3, which is judged by its groups of columns."""

import numpy as np

from course_lib.checks.cases import case
from course_lib.checks.verdict import WrongAnswer, call, fresh_cases, passed, spell

ROWS = "return an array or a list of rows, all of one length"
TABLE = (
    "every map reads every input map: that is the full C3 of textbooks.  The paper leaves most "
    "connections out, to save weights and to make the maps learn different things"
)


def connections(answer) -> None:
    """Check the connection table of C3, generalised to any even number of input maps."""
    drawn = fresh_cases().choice(range(10, 22, 2), 2, replace=False)
    for maps in (6, 8, *(int(n) for n in drawn)):
        with case("the paper's table" if maps == 6 else "other numbers of maps"):
            problem = _fault_of_table(call(answer, {"maps": maps}), maps)
            if problem:
                raise WrongAnswer(f"{spell(answer, {'maps': maps})}: {problem}")
    passed("connections", "The table of the paper for 6 maps, and the same scheme for three more.")


def _fault_of_table(value, maps) -> str | None:
    try:
        table = np.asarray(value)
    except (ValueError, TypeError):
        return ROWS
    if table.ndim == 0:
        return f"{ROWS}, not one {type(value).__name__}"
    shape = (maps, 2 * maps + maps // 2 + 1)
    if table.shape == shape[::-1]:
        return "the table lies on its side: a row for each map that is read"
    if table.shape != shape:
        columns = f"{maps} + {maps} + {maps // 2} + 1 columns"
        return f"the table has shape {table.shape}; expected {shape}, with {columns}"
    if not np.isin(table, (0, 1)).all():
        return "a table of connections holds nothing but True and False"
    if table.all():
        return TABLE
    groups = (
        ("three neighbours", 0, maps, 3, 1),
        ("four neighbours", maps, 2 * maps, 4, 1),
        ("two pairs half a turn apart", 2 * maps, shape[1] - 1, 4, 2),
    )
    for text, start, stop, size, runs in groups:
        problem = _fault_of_group(table[:, start:stop].astype(bool), size, runs)
        if problem:
            return f"columns {start} to {stop - 1} each read {text}, but {problem}"
    return None if table[:, -1].all() else "the last column reads all input maps"


def _fault_of_group(columns, size, runs) -> str | None:
    circle = "the maps stand in a circle, so after the last one comes the first"
    counts = sorted({int(n) for n in columns.sum(axis=0)})
    if counts != [size]:
        cut = len(counts) > 1 and max(counts) <= size  # as at the edge of a table without a circle
        return f"here they read {counts} maps{f'; {circle}' if cut else ''}"
    begins = columns & ~np.roll(columns, 1, axis=0)  # the maps at which a run of neighbours begins
    broken = begins.sum(axis=0) != runs
    if broken.any():
        where = f"in column {int(np.argmax(broken))} of this group"
        if runs == 1:
            return f"{where} they are not side by side; {circle}"
        return f"{where} there are no two pairs, with maps between them that are not read"
    if runs == 2 and (columns != np.roll(columns, len(columns) // 2, axis=0)).any():
        return "here the second pair is not opposite to the first"
    order = np.diagonal(begins)
    if not order.all():
        column = int(np.argmin(order))
        found = int(np.argmax(begins[:, column]))
        return f"column {column} of this group begins at map {found}; expected {column}"
    return None
