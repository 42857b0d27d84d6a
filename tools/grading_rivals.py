"""Stock nbgrader and otter-grader, as the bench of grading runs them: one submission at a time.

nbgrader is part of the environment, otter-grader has one of its own (`tools/otter_env.sh`).  Both
run each notebook in a kernel of its own, with the same checks.  What a submission does to its
grader is told in place of its mark.
"""

import csv
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import nbfile
from instructor.assignment import Assignment, Question

ROOT = Path(__file__).resolve().parents[1]
OTTER = ROOT / "build" / "otter" / "bin" / "python"
RAISED = re.compile(r"^ *(?:\w+\.)*(\w*(?:Error|Exception)\w*: .+)$", re.MULTILINE)
LIMIT = 300.0  # seconds of a submission, after which otter, which has no limit, is ended
CONFIG = 'c = get_config()\nc.CourseDirectory.course_id = "bench"\nc.Execute.timeout = 120\n'
TEST = """\
from otter.test_files import test_case

OK_FORMAT = False
name = "{name}"
points = {points}


@test_case()
def test_{name}({name}):
    from course_lib.checks import {module} as check

    check.{function}({name})
"""


class NoRival(RuntimeError):
    """A grader that is not installed; the message says how it is."""


@dataclass(frozen=True)
class Run:
    """What a grader made of the submissions.

    Attributes:
        seconds: for each.
        marks: of each student, or why there is none.
    """

    seconds: float
    marks: dict[str, str]


def nbgrader(folder: Path, name: str, students: Iterable[str]) -> Run:
    """Grade a class with stock nbgrader.

    Args:
        folder: of a course as nbgrader lays it out; the source and the submissions are there.
        name: of the assignment.
        students: who handed in.
    """
    students = list(students)
    (folder / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    # nbgrader looks for its programs on PATH
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    run = partial(subprocess.run, cwd=folder, env=environment, capture_output=True, text=True)
    command = [sys.executable, "-m", "nbgrader"]
    run([*command, "generate_assignment", name, "--create"], check=True)
    began = time.perf_counter()
    graded = run([*command, "autograde", name], check=False)  # it fails where one submission does
    seconds = (time.perf_counter() - began) / len(students)
    run([*command, "export"], check=True)
    with (folder / "grades.csv").open(encoding="utf-8", newline="") as file:
        scores = {row["student_id"]: row["raw_score"] for row in csv.DictReader(file)}
    done = {path.parent.name for path in (folder / "autograded").glob(f"*/{name}")}
    why = _why(graded)
    return Run(seconds, {s: _short(scores[s]) if s in done else f"none: {why}" for s in students})


def otter(folder: Path, asked: Assignment, files: dict[str, Path], limit: float = LIMIT) -> Run:
    """Grade a class with `otter run`, which needs no container.

    Args:
        folder: a new one, for what otter reads and writes.
        asked: the assignment.
        files: the notebook of each student.
        limit: seconds that a submission may take.

    Raises:
        NoRival: otter-grader is not installed.
    """
    require_otter()
    autograder = otter_autograder(folder, asked)
    for student, path in files.items():
        (folder / student).mkdir()
        nbfile.write(folder / student / path.name, otter_notebook(path, asked))
    began = time.perf_counter()
    marks = {
        student: _otter_run(folder / student / path.name, autograder, limit)
        for student, path in files.items()
    }
    return Run((time.perf_counter() - began) / len(files), marks)


def require_otter() -> None:
    """Raise where otter-grader is not installed.

    Raises:
        NoRival: with what to do.
    """
    if not OTTER.exists():
        raise NoRival(
            f"no otter-grader in {OTTER.parents[1]}; run `sh tools/otter_env.sh`, or "
            "`--submissions 0` to compare with nobody"
        )


def otter_autograder(folder: Path, asked: Assignment) -> Path:
    """Write a test for each question, with the check that its cell calls; return otter's zip.

    Raises:
        NoRival: otter makes no zip of them.
    """
    tests = folder / "tests"
    tests.mkdir(parents=True)
    for question in asked.questions:
        (tests / f"{question.name}.py").write_text(_test(question), encoding="utf-8")
    made = _otter("generate", "--lang", "python", cwd=folder)
    if made.returncode:
        raise NoRival(f"otter generate failed: {_why(made)}")
    return folder / "autograder.zip"


def otter_notebook(path: Path, asked: Assignment) -> nbfile.Notebook:
    """Return a submission as one of otter's: a test's name stands where the check is called."""
    names = {question.grade_id: question.name for question in asked.questions}
    notebook = nbfile.read(path)
    for cell in notebook["cells"]:
        if name := names.get(cell["metadata"].pop("nbgrader", {}).get("grade_id")):
            cell["metadata"]["otter"] = {"tests": [name]}
            cell["source"] = ""
    return notebook


def _test(question: Question) -> str:
    module, function = question.check.split(".")
    return TEST.format(name=question.name, points=question.points, module=module, function=function)


def _otter_run(path: Path, autograder: Path, limit: float) -> str:
    """Return the mark of a submission, or why there is none."""
    command = ("run", path.name, "--autograder", str(autograder), "--no-logo")
    try:
        done = _otter(*command, cwd=path.parent, timeout=limit)
    except subprocess.TimeoutExpired:
        return f"none: no end after {limit:g} s"
    if done.returncode:
        return f"none: {_why(done)}"
    tests = json.loads((path.parent / "results.json").read_text(encoding="utf-8"))["tests"]
    scores = [test["score"] for test in tests if "score" in test]
    return f"{sum(scores):g}" if scores else f"none: {tests[0]['name']}"


def _otter(
    *arguments: str, cwd: Path, timeout: float | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(OTTER), "-m", "otter", *arguments],
        cwd=cwd,
        timeout=timeout,
        capture_output=True,
        text=True,
        check=False,
    )


def _why(done: subprocess.CompletedProcess[str]) -> str:
    """Return what a failed program raised, each exception once."""
    raised = dict.fromkeys(RAISED.findall(done.stderr))
    return "; ".join(raised) or f"it exits with {done.returncode}"


def _short(number: str) -> str:
    return f"{float(number):g}" if number else "none"
