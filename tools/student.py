"""Write the student's tree, or the solutions that an instructor publishes afterwards.

    python tools/student.py [DEST]                default: build/student
    python tools/student.py --solutions [DEST]    default: build/solutions

The student's tree holds `_config.yml`, `_toc.yml`, `_ext/`, `web/`, `course_lib/` and `book/`.
In its notebooks each region between the lines `### BEGIN SOLUTION` and `### END SOLUTION` is
replaced by `raise NotImplementedError("your code here")` at the indent of its first mark, cells
tagged `solution` are gone, and exercise notebooks have no outputs.  The solutions are the
notebooks that lost something, whole and with outputs, in the same layout.

The same sources give the same bytes.  DEST is replaced as a whole; a folder that this tool did not
write is never touched.
"""

import argparse
import ast
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import yaml

import regions
import release
import setup_cell
from nbfile import Cell, Notebook, dumps, is_exercise, read, source, tags

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("_config.yml", "_toc.yml", "_ext", "web", "course_lib", "book")
MARKER = ".generated"
PRIVATE_NAMES = {"__pycache__", "_build"}
PRIVATE_SUFFIXES = (".pyc", ".orig", ".rej", ".bak", ".tmp", ".swp", "~")

Tree = dict[str, bytes]


class RefusedTree(Exception):
    """A source or a destination that this tool will not work with; the message says why."""


def strip(notebook: Notebook, *, exercise: bool) -> Notebook:
    """Return the student's edition of `notebook`.

    Args:
        notebook: in normal form.
        exercise: clear all outputs; an output can be the answer.

    Raises:
        MalformedRegion: naming the cell, counted from 1.
    """
    cells: list[Cell] = []
    count = 0
    for number, cell in enumerate(notebook["cells"], start=1):
        if "solution" in tags(cell):
            continue
        try:
            new = _strip_cell(cell)
        except regions.MalformedRegion as error:
            raise regions.MalformedRegion(f"cell {number}: {error}") from error
        if new["cell_type"] == "code":
            count += 1
            cleared = exercise or new["source"] != cell["source"]
            new["outputs"] = [] if cleared else [_count(o, count) for o in cell["outputs"]]
            new["execution_count"] = None if exercise else count
        cells.append(new)
    return notebook | {"cells": cells}


def student_tree(root: Path) -> Tree:
    """Return the files of the student's tree by path.

    Raises:
        RefusedTree: a source holds a malformed region, a region outside a code cell, or a link.
    """
    set_up = _set_up(root)
    return {name: _student_file(name, path, set_up) for name, path in _sources(root)}


def solution_tree(root: Path) -> Tree:
    """Return the notebooks that a student gets without their solutions, whole.

    Raises:
        RefusedTree: as for the student's tree.
    """
    set_up = _set_up(root)
    tree: Tree = {}
    for name, path in _sources(root):
        if path.suffix == ".ipynb":
            whole = dumps(_with_set_up(read(path), set_up)).encode()
            if is_exercise(path) or _student_file(name, path, set_up) != whole:
                tree[name] = whole
    return tree


def replace(dest: Path, tree: Tree, *, root: Path = ROOT) -> None:
    """Make the folder `dest` hold exactly `tree`, all of it or nothing new.

    Raises:
        RefusedTree: `dest` is, holds or lies in a source, or was not written by this tool.
    """
    dest = Path(os.path.abspath(dest))
    sources = [root / part for part in PARTS]
    if dest == root or dest in root.parents or any(s == dest or s in dest.parents for s in sources):
        raise RefusedTree(f"{dest} is, holds or lies in the sources; name another folder")
    if dest.is_symlink() or (dest.exists() and not (dest / MARKER).is_file()):
        raise RefusedTree(f"{dest} was not written by tools/student.py; move it, or name another")
    new = dest.with_name(f".{dest.name}.new-{os.getpid()}")
    old = dest.with_name(f".{dest.name}.old-{os.getpid()}")
    try:
        for name, content in {
            MARKER: b"written by tools/student.py; edit the source\n",
            **tree,
        }.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if dest.exists():
            dest.rename(old)
        new.rename(dest)
    except OSError:
        if old.exists() and not dest.exists():
            old.rename(dest)
        raise
    finally:
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _strip_cell(cell: Cell) -> Cell:
    if cell["cell_type"] != "code":
        regions.refuse(source(cell))
        return dict(cell)
    stripped, found = regions.split(source(cell))
    if found:
        try:
            ast.parse(stripped)
        except SyntaxError as error:
            reason = f"line {error.lineno}: without its regions the cell is no Python: {error.msg}"
            raise regions.MalformedRegion(reason) from error
    return cell | {"source": stripped.splitlines(keepends=True)}


def _student_file(name: str, path: Path, set_up: str) -> bytes:
    content = path.read_bytes()
    try:
        if path.suffix == ".ipynb":
            stripped = strip(read(path), exercise=is_exercise(path))
            return dumps(_with_set_up(stripped, set_up)).encode()
        regions.refuse(content.decode("utf-8", errors="replace"))
    except ValueError as error:
        raise RefusedTree(f"{name}: {error}") from error
    return content


def _count(output: dict, count: int) -> dict:
    return output | {"execution_count": count} if "execution_count" in output else output


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


def _set_up(root: Path) -> str:
    """Return the set-up cell for the public address of `_config.yml`, which may be empty."""
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    address = config["sphinx"]["config"]["course_public_url"]
    if not address:
        return setup_cell.render("", "")
    with tempfile.TemporaryDirectory() as folder:
        return setup_cell.render(address, release.build(Path(folder))[1])


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
    parser.add_argument("dest", nargs="?", type=Path, metavar="DEST")
    options = parser.parse_args(arguments)
    make = solution_tree if options.solutions else student_tree
    default = ROOT / "build" / ("solutions" if options.solutions else "student")
    try:
        tree = make(ROOT)
        replace(options.dest or default, tree)
    except (RefusedTree, ValueError) as error:
        print(f"nothing written: {error}", file=sys.stderr)
        return 1
    print(f"{len(tree)} files in {options.dest or default}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
