"""The last code cell of an exercise notebook, written from the points of its questions."""

import ast
from collections.abc import Iterator

from course_lib import __version__
from course_lib.hand_in import CELL
from instructor.assignment import MODULE
from instructor.edition_file import Cell, source, tags

TAG = "hand-in"


def render(assignment: str, points: dict[str, float], release: str = __version__) -> str:
    """Return the source of the hand-in cell.

    Args:
        assignment: last part of the name of the module of checks.
        points: {question: points}.
        release: of the course.
    """
    lines = "\n".join(f'        "{name}": {value},' for name, value in points.items())
    return CELL.format(assignment=assignment, points=lines, release=release)


def assignment_of(cells: list[Cell]) -> str | None:
    """Return the name of the module of checks that the cells import; None where there is none."""
    code = (source(cell) for cell in cells if cell["cell_type"] == "code")
    return next((match[2] for text in code if (match := MODULE.search(text))), None)


def points_of(cells: list[Cell]) -> dict[str, float]:
    """Return {question: points} from the metadata of the cells tagged `check`, in order."""
    found: dict[str, float] = {}
    for cell in cells:
        points = _points(cell)
        if (name := _asked(cell)) and points is not None:
            found[name] = int(points) if points == int(points) else points
    return found


def fill(cells: list[Cell]) -> None:
    """Write the generated source into the cell tagged `hand-in`."""
    name = assignment_of(cells)
    for cell in cells:
        if name and cell["cell_type"] == "code" and TAG in tags(cell):
            text = render(name, points_of(cells)).rstrip("\n")
            cell["source"] = text.splitlines(keepends=True)


def problems(cells: list[Cell]) -> Iterator[str]:
    """Yield what only an author can repair, where the cells import checks."""
    if not assignment_of(cells):
        return
    numbered = list(enumerate(cells, start=1))
    code = [(number, cell) for number, cell in numbered if cell["cell_type"] == "code"]
    places = [number for number, cell in code if TAG in tags(cell)]
    if places != [code[-1][0]]:
        found = f"cells {places}" if places else "none"
        yield f"the last code cell, and it alone, carries the tag {TAG}; now {found}"
    for number, cell in code:
        if "check" in tags(cell) and (not _asked(cell) or _points(cell) is None):
            yield f"cell {number}: a check calls check.NAME(NAME) and has points in its metadata"


def _asked(cell: Cell) -> str | None:
    """Return the question of a cell tagged `check`."""
    if cell["cell_type"] != "code" or "check" not in tags(cell):
        return None
    try:
        body = ast.parse(source(cell)).body
    except SyntaxError:
        return None
    match body:
        case [ast.Expr(ast.Call(ast.Attribute(ast.Name("check"), name), [ast.Name(answer)], []))]:
            return answer if answer == name else None
    return None


def _points(cell: Cell) -> float | None:
    points = cell.get("metadata", {}).get("nbgrader", {}).get("points")
    return points if isinstance(points, int | float) else None
