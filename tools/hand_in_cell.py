"""The last code cell of every exercise notebook, and the points that course_lib knows.

    python tools/hand_in_cell.py [--write]

A question's points stand in the nbgrader metadata of its check, and nowhere else by hand.  A kernel
cannot see those, so they are copied: into the cell tagged `hand-in`, which `tools/normal_form.py`
writes and checks, and into `course_lib/checks/points.json`, which this tool checks or, with
`--write`, writes.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from instructor.edition_hand_in import assignment_of, points_of
from nbfile import is_exercise, notebooks, read

ROOT = Path(__file__).resolve().parents[1]
POINTS = "course_lib/checks/points.json"


def table(root: Path = ROOT) -> str:
    """Return what `POINTS` must hold: the points of every exercise notebook under `root`."""
    found = {}
    for path in notebooks(root):
        cells = read(path)["cells"] if is_exercise(path) else []
        if name := assignment_of(cells):
            found[name] = points_of(cells)
    return json.dumps(found, indent=1) + "\n"


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
