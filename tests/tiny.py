"""Tiny notebooks and results for the tests."""

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


def _summary(mean, sd=0.01):
    return {"mean": mean, "sd": sd, "values": [mean - sd, mean, mean + sd]}


def measured_arm(kind, depth, error):
    """Return an arm of a stored result with three seeds and a curve."""
    return {
        "label": f"{kind}, {depth} layers",
        "settings": {"kind": kind, "depth": depth},
        "train_error": _summary(error),
        "curve_step": {"mean": [10, 20, 30], "sd": [0, 0, 0]},
        "curve_error": {"mean": [0.8, 0.5, error], "sd": [None, None, None]},
    }


RESULT = {
    "arms": {
        f"{kind}_{depth}": measured_arm(kind, depth, 0.1 if kind == "residual" else depth / 100)
        for kind in ("plain", "residual")
        for depth in (8, 56)
    }
}
