"""Find the submissions of a class in a folder, however it is laid out."""

import os
from pathlib import Path

LONGEST = 200  # bytes of a name, which becomes part of other names


class Unclear(ValueError):
    """A folder in which it cannot be told who handed in what; the message says why."""


def find(folder: Path, assignment: str) -> dict[str, Path]:
    """Return the notebook of each student.

    A folder holds either a notebook for each student (`ada.ipynb`), or a folder for each student,
    with one notebook in it, at any depth; where there are several, the one that has the name of
    the assignment.

    Raises:
        Unclear: no folder, nothing in it, a student with several notebooks, or a name that no other
            file could be given.
    """
    if not folder.is_dir():
        raise Unclear(f"{folder}: no folder; name the one that holds the submissions")
    found: dict[str, Path] = {}
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        if entry.is_dir() and not entry.is_symlink():
            _add(found, entry.name, notebook(entry, assignment))
        elif entry.suffix == ".ipynb":
            _add(found, entry.stem, entry)
    if not found:
        raise Unclear(f"{folder}: no notebook in it, and no folder that holds one")
    return found


def _add(found: dict[str, Path], student: str, path: Path | None) -> None:
    if student in found:
        raise Unclear(f"{student} has a folder and a file; keep one of them")
    name = os.fsencode(student)
    shown = name.decode("utf-8", errors="backslashreplace")
    if len(name) > LONGEST or shown != student:
        raise Unclear(
            f"{shown}: a name has at most {LONGEST} bytes and is written in UTF-8; rename it"
        )
    if path:
        found[student] = path


def passed_over(folder: Path, found: dict[str, Path]) -> list[str]:
    """Return what lies in a folder of submissions and is none, so that nobody is missed unseen.

    Args:
        folder: as in `find`.
        found: what `find` has found in it.
    """
    taken = {path.relative_to(folder).parts[0] for path in found.values()}
    rest = (path for path in sorted(folder.iterdir()) if path.name not in taken)
    return [
        f"{path.name}: passed over: {'no notebook in it' if path.is_dir() else 'no notebook'}"
        for path in rest
        if not path.name.startswith(".")
    ]


def notebook(folder: Path, assignment: str) -> Path | None:
    """Return the notebook of one student; a folder without one is passed over.

    Raises:
        Unclear: there are several.
    """
    paths = [
        path
        for path in sorted(folder.rglob("*.ipynb"))
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    named = [path for path in paths if path.stem == assignment]
    if len(named or paths) > 1:
        names = ", ".join(str(path.relative_to(folder)) for path in named or paths)
        raise Unclear(f"{folder.name} has several notebooks ({names}); keep one of them")
    return next(iter(named or paths), None)
