"""Normal form of a notebook: the one way a committed `.ipynb` is written.

A notebook in normal form has execution counts 1..n, the fixed kernelspec and language_info below,
no widget state, no stderr, no metadata on a cell but `tags` (exercise notebooks also `nbgrader`
and, where a question has variants, `course`), valid and unique cell ids, no image over 100 kB, at
most 1 MB in all, sorted keys, an indent of one space and a newline at the end.  So two runs that
compute the same thing write the same bytes.  In an exercise notebook the cell tagged `hand-in` is
the one of `tools/hand_in_cell.py`.

    python tools/normal_form.py [--write] [NOTEBOOK ...]      default: every notebook under book/

Without `--write` it prints a line per violation and exits 1 if there was one.  `--write` repairs
what needs no run; what is left (a cell not run in order, an image too large) is still reported.
"""

import argparse
import base64
import copy
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cohort
import hand_in_cell
from nbfile import Cell, Notebook, dumps, is_exercise, notebooks, read, source, tags, text, write

ROOT = Path(__file__).resolve().parents[1]
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE_INFO = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "pygments_lexer": "ipython3",
}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
MAX_IMAGE = 100_000  # bytes of one image
MAX_TOTAL = 1_000_000  # bytes of the file
ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")
SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)


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
        hand_in_cell.fill(cells)
    return {
        "cells": cells,
        "metadata": {"kernelspec": KERNELSPEC, "language_info": LANGUAGE_INFO},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def violations(path: Path) -> list[str]:
    """Return a line for every way in which the notebook at `path` is not in normal form."""
    try:
        notebook = read(path)
    except ValueError as error:
        return [str(error)]
    raw = path.read_text(encoding="utf-8")
    exercise = is_exercise(path)
    normal = normalise(notebook, exercise=exercise)
    lines = [*_hard(notebook, raw), *_soft(notebook, normal)]
    if exercise:
        lines += [*hand_in_cell.problems(notebook["cells"]), *cohort.problems(notebook)]
    found = [f"{path}: {line}" for line in lines]
    if not found and raw != dumps(normal):
        found = [f"{path}: keys, indent or line breaks differ from the normal form; use --write"]
    return found


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


def _hard(notebook: Notebook, raw: str) -> Iterator[str]:
    """Yield what only a run or an author can repair."""
    size = len(raw.encode())
    if size > MAX_TOTAL:
        yield f"{size:,} bytes, at most {MAX_TOTAL:,}; draw fewer or lighter figures"
    yield from _order(notebook)
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell.get("attachments"):
            yield f"cell {number}: has an attachment; draw the figure with code"
        for output in cell.get("outputs", []):
            yield from (f"cell {number}: {line}" for line in _hard_output(output, tags(cell)))


def _order(notebook: Notebook) -> Iterator[str]:
    """Yield the first code cell that was not run in its turn; the later ones follow from it."""
    cells = enumerate(notebook["cells"], start=1)
    code = [(number, cell) for number, cell in cells if cell["cell_type"] == "code"]
    for count, (number, cell) in enumerate(code, start=1):
        if (given := cell.get("execution_count")) != count:
            yield f"cell {number}: execution count {given}, expected {count}; run `make notebooks`"
            return


def _hard_output(output: dict, cell_tags: list[str]) -> Iterator[str]:
    if output["output_type"] == "error" and "raises-exception" not in cell_tags:
        yield f"stored error {output.get('ename')}; repair the cell and run `make notebooks`"
    for mime, value in output.get("data", {}).items():
        if mime.startswith("image/") and mime != "image/svg+xml":
            images = [base64.b64decode(text(value))]
        elif mime in ("image/svg+xml", "text/html"):
            images = [svg.encode() for svg in SVG.findall(text(value))]
        else:
            images = []
        for image in images:
            if len(image) > MAX_IMAGE:
                yield f"image of {len(image):,} bytes, at most {MAX_IMAGE:,}; draw less"
        if mime == "text/plain" and ADDRESS.search(text(value)):
            yield "output shows a memory address, new at each run; print what you mean instead"
    if output["output_type"] == "stream" and ADDRESS.search(text(output.get("text", ""))):
        yield "output shows a memory address, new at each run; print what you mean instead"


def _soft(notebook: Notebook, normal: Notebook) -> Iterator[str]:
    """Yield what `--write` repairs."""
    if notebook.get("metadata") != normal["metadata"]:
        yield "metadata is not the fixed kernelspec and language_info; use --write"
    for number, (old, new) in enumerate(
        zip(notebook["cells"], normal["cells"], strict=True), start=1
    ):
        if old.get("id") != new["id"]:
            yield f"cell {number}: id {old.get('id')!r} missing, invalid or repeated; use --write"
        extra = sorted(set(old.get("metadata", {})) - set(new["metadata"]))
        if extra:
            yield f"cell {number}: metadata {', '.join(extra)} not allowed here; use --write"
        if hand_in_cell.TAG in tags(old) and source(old) != source(new):
            yield f"cell {number}: not the generated hand-in cell; use --write, then run it"
        if old.get("outputs", []) != new.get("outputs", []):
            yield f"cell {number}: outputs hold stderr, a widget view or chunks; use --write"


def main(arguments: list[str] | None = None) -> int:
    """Check the notebooks named, or rewrite them; return the exit status."""
    parser = argparse.ArgumentParser(prog="python tools/normal_form.py", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("notebooks", nargs="*", type=Path, metavar="NOTEBOOK")
    parser.add_argument("--write", action="store_true", help="repair what needs no run")
    options = parser.parse_args(arguments)
    found = []
    for path in options.notebooks or notebooks(Path(os.path.relpath(ROOT))):
        if options.write:
            try:
                normal = normalise(read(path), exercise=is_exercise(path))
            except ValueError as error:
                found.append(str(error))
                continue
            if path.read_text(encoding="utf-8") != dumps(normal):
                write(path, normal)
        found += violations(path)
    print("\n".join(found), file=sys.stderr) if found else None
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
