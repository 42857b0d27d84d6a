"""Write the student's tree, or the solutions that an instructor publishes afterwards.

    python tools/student.py [--cohort NAME] [DEST]                default: build/student
    python tools/student.py [--cohort NAME] --solutions [DEST]    default: build/solutions

The student's tree holds `_config.yml`, `_toc.yml`, `_ext/`, `web/`, `course_lib/`, `book/`, the
licences, a README made from `tools/student_readme.md` and, where `_config.yml` names no public
address to install it from, the wheel.  In its notebooks each region between the lines
`### BEGIN SOLUTION` and `### END SOLUTION` is replaced by `raise NotImplementedError("your code
here")` at the indent of its first mark, cells tagged `solution` are gone, and exercise notebooks
have no outputs.  The solutions are the notebooks that lost something, whole and with outputs, in
the same layout.  With a cohort, both hold its variants of the questions that have any
(`instructor/edition_cohort.py`); the name of a cohort is public.

The same sources give the same bytes.  DEST is replaced as a whole; a folder that this tool did not
write, or in which a file was changed or added since, is never touched.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

import release
import setup_cell
from instructor.edition import strip
from instructor.edition_cohort import edition
from instructor.edition_regions import refuse
from instructor.generated import RefusedTree, Tree, replace
from nbfile import Notebook, dumps, is_exercise, read, tags

ROOT = Path(__file__).resolve().parents[1]
TEXTS = ("LICENSE", "LICENSE-TEXT", "CITATION.cff")
PARTS = ("_config.yml", "_toc.yml", "_ext", "web", "course_lib", "book", *TEXTS)
README = "tools/student_readme.md"
PRIVATE_NAMES = {"__pycache__", "_build"}
PRIVATE_SUFFIXES = (".pyc", ".orig", ".rej", ".bak", ".tmp", ".swp", "~")


@dataclass(frozen=True)
class Package:
    """The wheel of course_lib and how a student installs it.

    Args:
        address: of the public repository, or empty.
        name: of the wheel.
        content: its bytes.
        sha256: of the wheel where there is an address, else empty.
    """

    address: str
    name: str
    content: bytes
    sha256: str

    @classmethod
    def build(cls, root: Path) -> "Package":
        """Build the wheel of the tree at `root`, for the public address of its `_config.yml`."""
        config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
        address = config["sphinx"]["config"]["course_public_url"]
        with tempfile.TemporaryDirectory() as folder:
            path, sha256 = release.build(Path(folder), root)
            return cls(address, path.name, path.read_bytes(), sha256 if address else "")

    def set_up(self, name: str) -> str:
        """Return the set-up cell of the notebook at `name` in the tree."""
        to_root = "/".join(".." for _ in Path(name).parts[:-1])
        return setup_cell.render(self.address, self.sha256, folder=to_root or ".")

    @property
    def requirement(self) -> str:
        """What to tell pip in the root of the tree."""
        link = setup_cell.link(self.address, self.sha256)
        extras = f"[{setup_cell.EXTRAS},tensorflow]"
        return f"course_lib{extras} @ {link}" if link else f"./{self.name}{extras}"


def student_tree(root: Path, cohort: str = "") -> Tree:
    """Return the files of the student's tree by path.

    Args:
        root: of the sources.
        cohort: that gets the tree; empty for the variants that the sources show.

    Raises:
        RefusedTree: a source holds a malformed region, a region outside a code cell, malformed
            variants, or a link.
    """
    package = Package.build(root)
    tree = {name: _student_file(name, path, package, cohort) for name, path in _sources(root)}
    readme = (root / README).read_text(encoding="utf-8")
    if cohort:
        readme += f"\nThis copy is for the cohort {cohort}.\n"
    tree["README.md"] = readme.replace("{package}", package.requirement).encode()
    if not package.address:
        tree[package.name] = package.content
    return tree


def solution_tree(root: Path, cohort: str = "") -> Tree:
    """Return the notebooks that a student gets without their solutions, whole.

    Args:
        root: of the sources.
        cohort: as for the student's tree.

    Raises:
        RefusedTree: as for the student's tree.
    """
    package = Package.build(root)
    tree: Tree = {}
    for name, path in _sources(root):
        if path.suffix == ".ipynb":
            given = _student_file(name, path, package, cohort)  # refuses what is malformed
            chosen = edition(read(path), cohort)
            whole = dumps(_with_set_up(chosen, package.set_up(name))).encode()
            if is_exercise(path) or given != whole:
                tree[name] = whole
    return tree


def _student_file(name: str, path: Path, package: Package, cohort: str) -> bytes:
    content = path.read_bytes()
    try:
        if path.suffix == ".ipynb":
            stripped = strip(read(path), exercise=is_exercise(path), cohort=cohort)
            return dumps(_with_set_up(stripped, package.set_up(name))).encode()
        refuse(content.decode("utf-8", errors="replace"))
    except ValueError as error:
        raise RefusedTree(f"{name}: {error}") from error
    return content


def _sources(root: Path) -> list[tuple[str, Path]]:
    """List (path in the tree, file) of everything a student gets, private files left out."""
    found = []
    for part in PARTS:
        top = root / part
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            inside = path.relative_to(root)
            if any(_private(name) for name in inside.parts):
                continue
            if path.is_symlink():
                raise RefusedTree(f"{inside} is a link; put the file itself there")
            if path.is_file():
                found.append((inside.as_posix(), path))
    return found


def _private(name: str) -> bool:
    return name.startswith(".") or name in PRIVATE_NAMES or name.endswith(PRIVATE_SUFFIXES)


def _with_set_up(notebook: Notebook, cell_source: str) -> Notebook:
    lines = cell_source.rstrip("\n").splitlines(keepends=True)
    cells = [
        cell | {"source": lines} if "setup" in tags(cell) else cell for cell in notebook["cells"]
    ]
    return notebook | {"cells": cells}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the tree asked for; return the exit status."""
    parser = argparse.ArgumentParser(prog="python tools/student.py", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--solutions", action="store_true", help="what an instructor publishes")
    parser.add_argument("--cohort", default="", metavar="NAME", help="that gets the tree")
    parser.add_argument("dest", nargs="?", type=Path, metavar="DEST")
    options = parser.parse_args(arguments)
    make = solution_tree if options.solutions else student_tree
    default = ROOT / "build" / ("solutions" if options.solutions else "student")
    try:
        tree = make(ROOT, options.cohort)
        replace(options.dest or default, tree, sources=[ROOT / part for part in PARTS])
    except (RefusedTree, ValueError) as error:
        print(f"nothing written: {error}", file=sys.stderr)
        return 1
    print(f"{len(tree)} files in {options.dest or default}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
