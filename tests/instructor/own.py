"""Exercises of an instructor's own, in a folder outside of the course, and answers to them."""

from pathlib import Path

import nbformat

from instructor import edition_file, private_folder

NAME = "quiz"
# The template's check, with the right number where a submission would look for it.
REFERENCE = """

def reference(side, channels, filters):
    return (side * side * channels + 1) * filters
"""
NO_BIAS = (
    "def kernel_weights(side, channels, filters):\n    return side * side * channels * filters"
)


def begin(folder: Path) -> Path:
    """Begin the folder; return its notebook."""
    private_folder.begin(folder, NAME)
    path = checks(folder)
    path.write_text(path.read_text() + REFERENCE)
    return folder / f"{NAME}.ipynb"


def checks(folder: Path) -> Path:
    return folder / "checks" / f"{NAME}.py"


def change(path: Path, change) -> None:
    """Change the cells of a notebook, which come by their ids."""
    whole = edition_file.read(path)
    change({cell["id"]: cell for cell in whole["cells"]}, whole["cells"])
    edition_file.write(path, whole)


def solution(path: Path) -> str:
    """Return the cell that answers the question."""
    return next(
        edition_file.source(cell)
        for cell in edition_file.read(path)["cells"]
        if "exercise" in edition_file.tags(cell)
    )


def hand_in(student: Path, answer: str | None, place: Path) -> Path:
    """Write the student's notebook with an answer; without one it is left as it was."""
    notebook = nbformat.read(student / f"{NAME}.ipynb", as_version=4)
    for cell in notebook.cells:
        if "exercise" in cell.metadata.get("tags", ()) and answer is not None:
            cell.source = answer
    place.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, place)
    return place
