"""A notebook as a file: the one that was handed to us, or the one that this kernel belongs to."""

import importlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LARGEST = 25 << 20  # bytes of a notebook
SECONDS = 5  # that Colab's page may take for an answer


class Unreadable(ValueError):
    """A file that is no notebook; the message says what to do."""


def read(path: Path) -> list[dict[str, Any]]:
    """Return the cells of a notebook file, each with `cell_type` and `source` as a string.

    Raises:
        Unreadable: no such file, too large, or no notebook.
    """
    if not path.is_file():
        raise Unreadable(f"{path}: no such file; name the notebook that you downloaded")
    if (size := path.stat().st_size) > LARGEST:
        raise Unreadable(
            f"{path} has {size >> 20} MiB, at most {LARGEST >> 20}; clear the outputs of all "
            "cells and save it again"
        )
    try:
        whole = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(
            f"{path} is no notebook ({type(error).__name__}); download it once more, as .ipynb"
        ) from error
    try:
        return _cells(whole)
    except ValueError as error:
        raise Unreadable(f"{path} is no notebook: {error}") from error


def code_of(cells: list[dict[str, Any]]) -> list[str]:
    """Return the sources of the code cells."""
    return [cell["source"] for cell in cells if cell["cell_type"] == "code"]


def saved(space: dict[str, Any]) -> list[str] | None:
    """Return the code cells of this kernel's notebook, as saved; None where it is not known.

    Args:
        space: the namespace of the notebook, in which VS Code leaves the name of the file.
    """
    try:
        if "google.colab" in sys.modules:
            return code_of(_cells(_of_colab()))
        path = next(path for path in _places(space) if path.is_file())
        return code_of(read(path))
    except Exception:  # whatever is odd about where this runs, the reminder to save remains
        return None


def _of_colab() -> Any:
    """Ask the page for its notebook, which Colab saves by itself."""
    message = importlib.import_module("google.colab._message")
    return message.blocking_request("get_ipynb", request="", timeout_sec=SECONDS)["ipynb"]


def _places(space: dict[str, Any]) -> Iterator[Path]:
    """Yield where the file may be: VS Code names it in the notebook, Jupyter outside of it."""
    for name in (space.get("__vsc_ipynb_file__"), os.environ.get("JPY_SESSION_NAME")):
        if isinstance(name, str) and name.endswith(".ipynb"):
            yield Path(name)  # where it is relative, to the folder in which the kernel started
            yield Path(Path(name).name)


def _cells(whole: Any) -> list[dict[str, Any]]:
    if not isinstance(whole, dict) or not isinstance(whole.get("cells"), list):
        raise ValueError("it holds no cells; open it in Jupyter and save it again")
    cells = [cell for cell in whole["cells"] if isinstance(cell, dict)]
    return [
        cell | {"cell_type": cell.get("cell_type", "raw"), "source": _text(cell.get("source"))}
        for cell in cells
    ]


def _text(source: Any) -> str:
    parts = source if isinstance(source, list) else [source]
    return "".join(part for part in parts if isinstance(part, str))
