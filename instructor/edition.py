"""The student's edition of a notebook: without its solutions, as a cohort gets it."""

import ast

from instructor import edition_cohort, edition_regions
from instructor.edition_file import Cell, Notebook, source, tags


def strip(notebook: Notebook, *, exercise: bool, cohort: str = "") -> Notebook:
    """Return the student's edition of `notebook`.

    Args:
        notebook: in normal form.
        exercise: clear all outputs; an output can be the answer.
        cohort: whose variants of questions it has.

    Raises:
        MalformedRegion: naming the cell, counted from 1.
        MalformedVariants: naming the cell, counted from 1.
    """
    cells: list[Cell] = []
    count = 0
    chosen = edition_cohort.edition(notebook, cohort)
    for number, cell in enumerate(chosen["cells"], start=1):
        if "solution" in tags(cell):
            continue
        try:
            new = _strip_cell(cell)
        except edition_regions.MalformedRegion as error:
            raise edition_regions.MalformedRegion(f"cell {number}: {error}") from error
        if new["cell_type"] == "code":
            count += 1
            cleared = exercise or new["source"] != cell["source"]
            new["outputs"] = [] if cleared else [_count(o, count) for o in cell["outputs"]]
            new["execution_count"] = None if exercise else count
        cells.append(new)
    return notebook | {"cells": cells}


def _strip_cell(cell: Cell) -> Cell:
    if cell["cell_type"] != "code":
        edition_regions.refuse(source(cell))
        return dict(cell)
    stripped, found = edition_regions.split(source(cell))
    if found:
        try:
            ast.parse(stripped)
        except SyntaxError as error:
            reason = f"line {error.lineno}: without its regions the cell is no Python: {error.msg}"
            raise edition_regions.MalformedRegion(reason) from error
    return cell | {"source": stripped.splitlines(keepends=True)}


def _count(output: dict, count: int) -> dict:
    return output | {"execution_count": count} if "execution_count" in output else output
