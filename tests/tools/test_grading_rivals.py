"""How the rivals are run: what otter-grader is given, and what is told where one gives no mark."""

import subprocess
import sys

import pytest

import bench_grading
import grading_rivals
import nbfile
from execute import ENVIRONMENT

ROOT = grading_rivals.ROOT
# Stands for `python -m otter`: does what the notebook's words say.
OTTER = """\
#!{python}
import json, pathlib, sys, time
if sys.argv[3] == "generate":
    names = sorted(path.stem for path in pathlib.Path("tests").glob("*.py"))
    pathlib.Path("autograder.zip").write_text(" ".join(names))
    sys.exit({generate})
words = pathlib.Path(sys.argv[4]).read_text()
if "dies" in words:
    sys.exit("Traceback\\n  File\\nnbclient.exceptions.DeadKernelError: Kernel died")
if "loops" in words:
    time.sleep(60)
tests = [{{"name": "Public Tests"}}]
if "nothing" not in words:
    tests += [{{"name": "a", "score": 1.0}}, {{"name": "b", "score": 0.5}}]
pathlib.Path("results.json").write_text(json.dumps({{"tests": tests}}))
"""


@pytest.fixture
def asked(tmp_path):
    return bench_grading.exam(tmp_path / "source" / "exam" / "exam.ipynb")


@pytest.fixture
def source(tmp_path, asked):
    return tmp_path / "source" / "exam" / "exam.ipynb"


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    def put(generate=0):
        path = tmp_path / "otter" / "bin" / "python"
        path.parent.mkdir(parents=True)
        path.write_text(OTTER.format(python=sys.executable, generate=generate))
        path.chmod(0o755)
        monkeypatch.setattr(grading_rivals, "OTTER", path)

    return put


@pytest.mark.parametrize(
    ("words", "mark"),
    [
        ("right", "1.5"),
        ("nothing", "none: Public Tests"),
        ("dies", "none: DeadKernelError: Kernel died"),
        ("loops", "none: no end after 2 s"),
    ],
)
def test_otter_gives_a_mark_or_a_reason(words, mark, tmp_path, asked, source, stand_in):
    stand_in()
    path = tmp_path / "in" / "exam.ipynb"
    path.parent.mkdir()
    notebook = nbfile.read(source)
    notebook["cells"][1]["source"] = f"# {words}"
    nbfile.write(path, notebook)
    run = grading_rivals.otter(tmp_path / "new", asked, {"ann": path}, limit=2)
    assert run.marks == {"ann": mark}
    assert run.seconds > 0


def test_otter_gets_a_test_for_each_question(tmp_path, asked, stand_in):
    stand_in()
    path = grading_rivals.otter_autograder(tmp_path / "new", asked)
    assert path.read_text().split() == sorted(bench_grading.QUESTIONS)
    space = {}
    text = (tmp_path / "new" / "tests" / "stage_macs.py").read_text()
    exec(
        text.replace("from otter.test_files import test_case", ""), {"test_case": lambda: id}, space
    )
    assert (space["name"], space["points"], space["OK_FORMAT"]) == ("stage_macs", 2, False)
    assert "    check.stage_macs(stage_macs)" in text.splitlines()


def test_otter_calls_its_test_in_place_of_the_check(source, asked):
    cells = grading_rivals.otter_notebook(source, asked)["cells"]
    tested = [cell for cell in cells if "otter" in cell["metadata"]]
    assert [cell["metadata"]["otter"] for cell in tested] == [
        {"tests": [name]} for name in bench_grading.QUESTIONS
    ]
    assert not any("check." in nbfile.source(cell) for cell in cells[1:])
    assert sum("def " in nbfile.source(cell) for cell in cells) == 3


def test_otter_that_refuses_the_tests_is_told(tmp_path, asked, stand_in):
    stand_in(generate=3)
    with pytest.raises(grading_rivals.NoRival, match="otter generate failed: it exits with 3"):
        grading_rivals.otter_autograder(tmp_path / "new", asked)


def test_without_otter_is_told_what_to_run(tmp_path, monkeypatch, asked):
    monkeypatch.setattr(grading_rivals, "OTTER", tmp_path / "build" / "otter" / "bin" / "python")
    with pytest.raises(grading_rivals.NoRival, match=r"run `sh tools/otter_env\.sh`"):
        grading_rivals.otter(tmp_path / "new", asked, {})
    assert not (tmp_path / "new").exists()


@pytest.mark.weekly
def test_the_real_ones_give_the_same_marks_or_say_what_happened(
    tmp_path, asked, source, monkeypatch
):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    subprocess.run(["sh", "tools/otter_env.sh"], cwd=ROOT, check=True)
    kinds = {"right": 0, "crash": 3, "end": 5}
    files = {
        student: bench_grading.hand_in(
            source, kind, tmp_path / "submitted" / student / "exam" / "exam.ipynb"
        )
        for student, kind in kinds.items()
    }
    marks = {"right": "6", "crash": "4", "end": "none: DeadKernelError: Kernel died"}
    assert grading_rivals.nbgrader(tmp_path, "exam", files).marks == marks
    assert grading_rivals.otter(tmp_path / "otter", asked, files).marks == marks
