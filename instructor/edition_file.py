"""Read and write notebooks as plain values."""

import json
import os
from pathlib import Path
from typing import Any

Notebook = dict[str, Any]
Cell = dict[str, Any]


def read(path: Path) -> Notebook:
    """Parse the notebook at `path`.

    Raises:
        ValueError: the file is not JSON or not an nbformat 4 notebook.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(f"{path}: not a notebook ({error})") from error
    if not isinstance(notebook, dict) or notebook.get("nbformat") != 4 or "cells" not in notebook:
        raise ValueError(f"{path}: expected an nbformat 4 notebook; open and save it in Jupyter")
    return notebook


def text(value: str | list[str]) -> str:
    """Join a multi-line string of a notebook, stored as one string or as a list of lines."""
    return value if isinstance(value, str) else "".join(value)


def source(cell: Cell) -> str:
    """Return the source of `cell` as one string."""
    return text(cell.get("source", ""))


def tags(cell: Cell) -> list[str]:
    """Return the tags of `cell`."""
    return cell.get("metadata", {}).get("tags", [])


def dumps(notebook: Notebook) -> str:
    """Return the bytes of `notebook` as committed: sorted keys, indent 1, newline at the end."""
    return json.dumps(notebook, sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def write(path: Path, notebook: Notebook) -> None:
    """Replace the file at `path` by `notebook`, whole or not at all."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        new.write_text(dumps(notebook), encoding="utf-8", newline="\n")
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)
