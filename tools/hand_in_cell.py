"""The last code cell of every exercise notebook, and the points that course_lib knows.

    python tools/hand_in_cell.py [--write]

A question's points stand in the nbgrader metadata of its check, and nowhere else by hand.  A kernel
cannot see those, so they are copied: into the cell tagged `hand-in`, which `tools/normal_form.py`
writes and checks, and into `course_lib/checks/points.json`, which this tool checks or, with
`--write`, writes.
"""

import argparse
import ast
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from course_lib import __version__
from nbfile import Cell, is_exercise, notebooks, read, source, tags

ROOT = Path(__file__).resolve().parents[1]
POINTS = "course_lib/checks/points.json"
TAG = "hand-in"
MODULE = re.compile(r"^from course_lib\.checks import (\w+) as check$", re.MULTILINE)
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
    return next((match[1] for text in code if (match := MODULE.search(text))), None)


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


def table(root: Path = ROOT) -> str:
    """Return what `POINTS` must hold: the points of every exercise notebook under `root`."""
    found = {}
    for path in notebooks(root):
        cells = read(path)["cells"] if is_exercise(path) else []
        if name := assignment_of(cells):
            found[name] = points_of(cells)
    return json.dumps(found, indent=1) + "\n"


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


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Check the points that course_lib knows, or write them; return the exit status."""
    parser = argparse.ArgumentParser(prog="python tools/hand_in_cell.py", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--write", action="store_true", help="write the points")
    options = parser.parse_args(arguments)
    path, wanted = root / POINTS, table(root)
    if path.is_file() and path.read_text(encoding="utf-8") == wanted:
        return 0
    if not options.write:
        print(
            f"{POINTS}: not the points of the notebooks; run python tools/hand_in_cell.py --write",
            file=sys.stderr,
        )
        return 1
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        new.write_text(wanted, encoding="utf-8", newline="\n")
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
