"""Which experiment belongs to which chapter, read from course_lib/experiments without running it.

An experiment's file holds one call `Experiment(chapter="FOLDER/NAME", ...)`.
"""

import ast
from pathlib import Path

FOLDER = Path("course_lib", "experiments")
# Chapters whose experiments are planned in book/results/README.md before their pages are written
PLANNED = (
    "practice/augmentation",
    "practice/evaluation",
)


def chapters(root: Path) -> dict[str, str]:
    """Return the chapter of every experiment.

    Args:
        root: of the tree.

    Returns:
        Name of the experiment (its file's stem) to FOLDER/NAME of the chapter; "" where the file
        does not give it as a string.
    """
    found = {}
    for path in sorted((root / FOLDER).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) == "Experiment":
                found[path.stem] = _chapter(node)
    return found


def of_chapter(root: Path, chapter: str) -> list[str]:
    """Return the names of the experiments of `chapter`, given as FOLDER/NAME, sorted."""
    return [name for name, named in chapters(root).items() if named == chapter]


def _name(function: ast.expr) -> str:
    """Return the last part of what is called: Experiment of plan.Experiment."""
    return getattr(function, "attr", getattr(function, "id", ""))


def _chapter(call: ast.Call) -> str:
    for keyword in call.keywords:
        value = keyword.value
        if keyword.arg == "chapter" and isinstance(value, ast.Constant):
            return str(value.value)
    return ""
