"""Where the source notebooks of the assignments lie."""

from pathlib import Path

from instructor import assignment

EXERCISES = Path("book/exercises")


def path_of(folder: Path, name: str) -> Path:
    """Return the source notebook of an assignment.

    Args:
        folder: of the sources.
        name: of the assignment, or the path of a notebook anywhere.

    Raises:
        assignment.Malformed: there is none; the message names those that are there.
    """
    elsewhere = name.endswith(".ipynb")
    path = Path(name).expanduser() if elsewhere else folder / f"{name}.ipynb"
    if path.is_file():
        return path
    folder = path.parent
    there = ", ".join(sorted(found.stem for found in folder.glob("*.ipynb"))) or "none"
    raise assignment.Malformed(
        f"{path}: no such assignment; there are: {there}. --source names their folder"
    )


def named(folder: Path, name: str, cohort: str = "") -> assignment.Assignment:
    """Return an assignment by its name, as a cohort was given it.

    Raises:
        assignment.Malformed: there is none of that name, or it is none.
    """
    return assignment.read(path_of(folder, name), cohort)
