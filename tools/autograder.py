"""Write what another machine needs to grade, from the same sources as everything else.

    python tools/autograder.py [--cohort NAME] [DEST]       default: build/autograder

DEST holds the wheels of `course_lib` and of the instructor's package, the assignments as students
have them, which name each question, its check and its points, and a README.  No solution is in it,
and no secret: `course grade --secret FILE` reads that from a file of the machine's own.  The same
sources give the same bytes.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import release
from instructor.generated import RefusedTree, Tree, replace
from student import PARTS, student_tree

ROOT = Path(__file__).resolve().parents[1]
FOLDER = "book/exercises/"
PACKAGES = (".", "instructor")  # folders that hold a pyproject.toml
README = """# Grading

    python -m venv .venv
    .venv/bin/python -m pip install {wheels} tensorflow
    .venv/bin/course doctor
    .venv/bin/course grade SUBMISSIONS --source exercises --assignment NAME --secret FILE

Assignments: {names}. The secret is not here: `course secret FILE` makes one.
"""


def autograder_tree(root: Path, cohort: str = "") -> Tree:
    """Return the files of the folder by path.

    Raises:
        RefusedTree: as for the student's tree.
    """
    edition = student_tree(root, cohort)
    tree = {
        f"exercises/{name.removeprefix(FOLDER)}": content
        for name, content in edition.items()
        if name.startswith(FOLDER) and name.endswith(".ipynb")
    }
    names = ", ".join(Path(name).stem for name in tree)
    wheels = []
    with tempfile.TemporaryDirectory() as folder:
        for package in PACKAGES:
            path, _ = release.build(Path(folder), root / package)
            tree[path.name] = path.read_bytes()
            wheels.append(path.name)
    tree["README.md"] = README.format(wheels=" ".join(wheels), names=names).encode()
    return tree


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the folder; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cohort", default="", metavar="NAME", help="whose variants are graded")
    parser.add_argument("dest", nargs="?", type=Path, metavar="DEST")
    options = parser.parse_args(arguments)
    dest = options.dest or ROOT / "build" / "autograder"
    try:
        tree = autograder_tree(ROOT, options.cohort)
        replace(dest, tree, sources=[ROOT / part for part in PARTS])
    except (RefusedTree, ValueError) as error:
        print(f"nothing written: {error}", file=sys.stderr)
        return 1
    print(f"{len(tree)} files in {dest}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
