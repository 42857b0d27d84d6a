"""The one way in which a notebook is written, as far as no run is needed.

Execution counts are left as they are; cells have valid and unique ids, no metadata but `tags`
(exercise notebooks also `nbgrader` and `course`), and no output that a run alone explains.
"""

import copy
import re
from typing import Any

from instructor import edition_hand_in
from instructor.edition_file import Cell, Notebook, source, text

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE_INFO = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "pygments_lexer": "ipython3",
}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def normalise(notebook: Notebook, *, exercise: bool = False) -> Notebook:
    """Return a copy of `notebook` in normal form, as far as no run is needed.

    Args:
        notebook: nbformat 4; sources may be strings or lists of lines.
        exercise: keep `nbgrader` and `course` metadata of cells, and write the hand-in cell anew.

    Returns:
        A new notebook.  Applying `normalise` again changes nothing.
    """
    kept = ("course", "nbgrader", "tags") if exercise else ("tags",)
    used: set[str] = set()
    cells = []
    for position, old in enumerate(copy.deepcopy(notebook["cells"]), start=1):
        cell: Cell = {"cell_type": old["cell_type"], "id": _id(old.get("id"), position, used)}
        metadata = old.get("metadata", {})
        cell["metadata"] = {key: metadata[key] for key in kept if metadata.get(key)}
        cell["source"] = source(old).rstrip("\n").splitlines(keepends=True)
        if old["cell_type"] == "code":
            cell["execution_count"] = old.get("execution_count")
            cell["outputs"] = _outputs(old.get("outputs", []), old.get("execution_count"))
        elif old.get("attachments"):
            cell["attachments"] = old["attachments"]
        cells.append(cell)
    if exercise:
        edition_hand_in.fill(cells)
    return {
        "cells": cells,
        "metadata": {"kernelspec": KERNELSPEC, "language_info": LANGUAGE_INFO},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _id(given: Any, position: int, used: set[str]) -> str:
    """Keep a valid, unused id; else derive one from the position of the cell."""
    new = given if isinstance(given, str) and ID.fullmatch(given) else f"cell-{position}"
    while new in used:
        new = f"{new}-{position}"[-64:]
    used.add(new)
    return new


def _outputs(outputs: list[dict], count: int | None) -> list[dict]:
    """Drop stderr and widget views, merge the chunks of stdout, blank the metadata."""
    kept: list[dict] = []
    for output in outputs:
        kind = output["output_type"]
        if kind == "stream":
            if output.get("name") == "stderr":
                continue
            chunk = text(output["text"])
            if kept and kept[-1]["output_type"] == "stream":
                chunk = text(kept.pop()["text"]) + chunk
            new: dict[str, Any] = {
                "name": "stdout",
                "output_type": "stream",
                "text": _lines(chunk),
            }
            kept += [new] if chunk else []
        elif kind == "error":
            kept.append(output)
        elif data := _data(output.get("data", {})):
            new = {"data": data, "metadata": {}, "output_type": kind}
            kept.append(new | {"execution_count": count} if kind == "execute_result" else new)
    return kept


def _data(data: dict[str, Any]) -> dict[str, Any]:
    """Drop the widget view, and the repr beside it where the lab's html stands in for both."""
    drop = {WIDGET_VIEW}
    if WIDGET_VIEW in data and "text/html" in data:
        drop.add("text/plain")
    is_json = re.compile(r"application/(.*\+)?json")
    return {
        mime: value if is_json.fullmatch(mime) else _lines(text(value))
        for mime, value in data.items()
        if mime not in drop
    }


def _lines(value: str) -> list[str]:
    return value.splitlines(keepends=True)
