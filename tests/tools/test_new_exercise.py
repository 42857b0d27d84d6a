"""A new exercise works as it is written."""

import os
import shutil
import subprocess
import sys

import pytest

import layout
import nbfile
import new_exercise
import normal_form
import student
from instructor import assignment, edition_hand_in


@pytest.fixture
def tree(tmp_path):
    """A copy of what an exercise needs, with a new one in it."""
    tests = ("tests/checks", "tests/conftest.py", "tests/kept.py", "tests/reach.py")
    for part in ("course_lib", "tools", *tests, "book/exercises", "pyproject.toml"):
        source, target = layout.ROOT / part, tmp_path / part
        if source.is_dir():
            skip = shutil.ignore_patterns("__pycache__", "*.npz")
            shutil.copytree(source, target, ignore=skip)
        else:
            shutil.copy(source, target)
    assert new_exercise.main(["squeeze", str(tmp_path)]) == 0
    return tmp_path


def test_its_tests_pass_as_they_are(tree):
    ruff = [sys.executable, "-m", "ruff"]
    made = [str(tree / path) for path in new_exercise.files("squeeze")]
    for check in (["check"], ["format", "--check"]):
        subprocess.run([*ruff, *check, *made], cwd=tree, check=True)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "tests/checks/test_squeeze.py"],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "survived 0" in done.stdout


def test_its_notebook_is_an_assignment_in_normal_form(tree):
    path = tree / "book" / "exercises" / "squeeze.ipynb"
    found = assignment.read(path)
    assert [question.name for question in found.questions] == ["kernel_weights"]
    whole = nbfile.read(path)
    assert normal_form.normalise(whole, exercise=True) == whole
    assert list(edition_hand_in.problems(whole["cells"])) == []
    stripped = student.strip(whole, exercise=True)
    sources = "".join(nbfile.source(cell) for cell in stripped["cells"])
    assert "your code here" in sources
    assert "side * side" not in sources


def test_nothing_that_is_there_is_touched(tree, capsys):
    before = (tree / "course_lib" / "checks" / "squeeze.py").read_bytes()
    assert new_exercise.main(["squeeze", str(tree)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert (tree / "course_lib" / "checks" / "squeeze.py").read_bytes() == before


@pytest.mark.parametrize("name", ["Squeeze", "se-net", "1x1", "a/x", ""])
def test_a_name_that_is_none_is_refused(tmp_path, name, capsys):
    assert new_exercise.main([name, str(tmp_path)]) == 2
    assert "small letters" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
