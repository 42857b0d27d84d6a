import json
import sys

import pytest

import nbfile
import try_student

WAITS = """
import time
from pathlib import Path
end = time.monotonic() + 60
while not Path("other").exists():
    assert time.monotonic() < end, "nobody runs beside this notebook"
    time.sleep(0.1)
"""


def notebook(path, *sources):
    cells = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"cell-{number}",
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        for number, source in enumerate(sources)
    ]
    nbfile.write(path, {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    return str(path)


def test_two_notebooks_run_at_a_time_and_each_has_its_own_report(tmp_path):
    names = [
        notebook(tmp_path / "waits.ipynb", WAITS, "1 / 0", "2"),
        notebook(tmp_path / "other.ipynb", "open('other', 'w').close()"),
        notebook(tmp_path / "stub.ipynb", "raise NotImplementedError('your code here')"),
    ]
    done = try_student.run([sys.executable, str(try_student.SESSION), *names], cwd=tmp_path)
    found = json.loads(done)
    assert list(found) == names
    assert found[names[0]] == {
        "errors": [[2, "ZeroDivisionError", "division by zero"]],
        "shown": ["text/plain"],
    }
    assert found[names[1]] == {"errors": [], "shown": []}
    assert [error[1] for error in found[names[2]]["errors"]] == ["NotImplementedError"]


def test_a_replaced_or_removed_package_is_told_and_a_new_one_is_not():
    before = {"keras": "3.13.2", "numpy": "2.1.3", "rich": "13.9.4"}
    after = {"keras": "3.15.1", "numpy": "2.1.3", "course-lib": "0.1.0"}
    assert try_student.changes(before, after) == [
        "keras 3.13.2 became 3.15.1",
        "rich 13.9.4 became nothing",
    ]


def test_a_failed_command_brings_its_words(tmp_path):
    with pytest.raises(try_student.Failure, match="cannot be here"):
        try_student.run(["sh", "-c", "echo cannot be here; exit 3"], cwd=tmp_path)


def test_a_tree_without_notebooks_is_a_failure(tmp_path):
    with pytest.raises(try_student.Failure, match="no notebook"):
        try_student.run_notebooks(tmp_path, tmp_path, stubs=True)
