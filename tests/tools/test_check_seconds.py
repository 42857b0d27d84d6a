"""Timing the checks in a notebook's process."""

import pytest

import check_seconds
import nbfile
from check_seconds import Check
from execute import FailedNotebook

EXERCISES = check_seconds.EXERCISES
NAME = "layer_count"


@pytest.fixture
def one(tmp_path):
    """The exercises on residual networks with one question, which builds no network."""

    def write(change=lambda text: text):
        whole = nbfile.read(EXERCISES / "resnet.ipynb")
        cells = [
            cell | {"source": change(nbfile.source(cell))}
            for cell in whole["cells"]
            if cell["id"] in ("imports", "hand-in", "setup") or cell["id"].endswith("layer-count")
        ]
        path = tmp_path / "resnet.ipynb"
        nbfile.write(path, whole | {"cells": cells})
        return path

    return write


def test_each_check_is_called_twice(one):
    path = one()
    before = path.read_bytes()
    (check,) = check_seconds.check_seconds(path)
    assert (check.notebook, check.question) == ("resnet", NAME)
    assert check.first > 0
    assert check.second > 0
    assert path.read_bytes() == before


def test_a_solution_that_is_refused_is_told(one):
    path = one(lambda text: text.replace("return ", "return 1 + "))
    with pytest.raises(FailedNotebook, match="cell 3: WrongAnswer: layer_count"):
        check_seconds.check_seconds(path)


def test_the_table_ends_with_the_largest_second_call():
    lines = check_seconds.table(
        [Check("lenet", "connections", 3.25, 0.5), Check("resnet", NAME, 1.0, 1.5)]
    ).splitlines()
    assert lines[1].split() == ["lenet", "connections", "3.25", "0.50"]
    assert lines[-1] == "largest second call: 1.50 s, resnet.layer_count; the goal is at most 2 s"
