"""Read and write notebooks, and find them: what the other tools share."""

from pathlib import Path

from instructor.edition_file import Cell, Notebook, dumps, read, source, tags, text, write

__all__ = [
    "Cell",
    "Notebook",
    "dumps",
    "is_exercise",
    "notebooks",
    "read",
    "source",
    "tags",
    "text",
    "write",
]


def notebooks(root: Path) -> list[Path]:
    """Return every notebook under `root`/book, sorted, checkpoints left out."""
    found = (root / "book").rglob("*.ipynb")
    return sorted(p for p in found if ".ipynb_checkpoints" not in p.parts)


def is_exercise(path: Path) -> bool:
    """Tell whether `path` is an exercise notebook (its folder is `exercises`)."""
    return path.parent.name == "exercises"
