"""Tiny notebooks for the tests, one cell a call."""

import copy
from pathlib import Path

import nbfile
import normal_form


def code(source, *tags, stdout="", html="", count=None):
    """A code cell as Jupyter stores it; `stdout` and `html` become its outputs."""
    outputs = []
    if stdout:
        outputs.append({"output_type": "stream", "name": "stdout", "text": stdout})
    if html:
        outputs.append({"output_type": "display_data", "data": {"text/html": html}, "metadata": {}})
    return {
        "cell_type": "code",
        "execution_count": count,
        "metadata": {"tags": list(tags)} if tags else {},
        "outputs": outputs,
        "source": source,
    }


def markdown(source, *tags):
    return {
        "cell_type": "markdown",
        "metadata": {"tags": list(tags)} if tags else {},
        "source": source,
    }


def notebook(*cells):
    """A notebook in normal form, its code cells counted from 1."""
    cells = copy.deepcopy(list(cells))
    for count, cell in enumerate((c for c in cells if c["cell_type"] == "code"), start=1):
        cell["execution_count"] = count
    return normal_form.normalise(
        {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, exercise=True
    )


def save(path: Path, *cells):
    """Write a tiny notebook and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nbfile.write(path, notebook(*cells))
    return path
