"""Time our grading beside stock nbgrader, on the same submissions.

    python tools/bench_grading.py [--submissions N] [--class N]

The exam has three questions of the exercises on residual networks: two numbers and a block.  Both
grade the same notebooks: right ones, wrong ones, and some that crash or patch the checks.  Stock
nbgrader runs each notebook in a kernel of its own, with the same checks.  `--class` grades so many
synthetic submissions by us alone, on all cores, faults mixed in, and counts whom it lost.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import nbformat

import nbfile
from instructor import assignment, grade, submission
from instructor.bench import Bench

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "book" / "exercises" / "resnet.ipynb"
QUESTIONS = ("layer_count", "stage_macs", "residual_block")
NAME = "exam"
SECRET = b"a secret that is none: it is in this file"
CONFIG = 'c = get_config()\nc.CourseDirectory.course_id = "bench"\nc.Execute.timeout = 120\n'
PATCH = (
    "import sys\nfor module in list(sys.modules.values()):\n"
    "    if module.__name__.startswith('course_lib.checks'):\n"
    "        for name in [n for n in vars(module) if not n.startswith('_')]:\n"
    "            setattr(module, name, lambda *a, **k: None)\n"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print seconds for each submission, and the ratio; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--submissions", type=int, default=4, help="graded by both (default 4)")
    parser.add_argument("--class", type=int, default=0, dest="many", help="graded by us alone")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="exam-") as name:
        folder = Path(name)
        asked = exam(folder / "source" / NAME / f"{NAME}.ipynb")
        if options.submissions:
            compare(folder, asked, options.submissions)
        if options.many:
            grade_many(folder / "class", asked, options.many)
    return 0


def exam(path: Path) -> assignment.Assignment:
    """Write the exam; return its assignment."""
    whole = nbfile.read(SOURCE)
    kept = [
        cell
        for cell in whole["cells"]
        if cell["id"] == "imports"
        or any(cell["id"].endswith(name.replace("_", "-")) for name in QUESTIONS)
    ]
    path.parent.mkdir(parents=True)
    path.write_text(nbfile.dumps(whole | {"cells": kept}), encoding="utf-8")
    return assignment.read(path)


def answers(path: Path) -> list[dict[str, str]]:
    """Return kinds of submissions: for each question that is not answered rightly, its cell."""
    zero = {name: f"def {name}(*_, **__):\n    return 0" for name in QUESTIONS}
    right = {
        name: nbfile.source(cell)
        for cell in nbfile.read(path)["cells"]
        for name in QUESTIONS
        if f"def {name}(" in nbfile.source(cell)
    }
    biased = right["residual_block"].replace("use_bias=False", "use_bias=True")
    return [
        {},
        {"residual_block": biased},
        {"layer_count": zero["layer_count"]},
        {"stage_macs": "import no_such_module\n" + right["stage_macs"]},
        {"layer_count": PATCH + zero["layer_count"]},
        {"layer_count": "def layer_count(*_, **__):\n    import os\n    os._exit(0)"},
    ]


def hand_in(source: Path, number: int, path: Path) -> Path:
    """Write a submission of one of the kinds of `answers`, by its number."""
    notebook = nbformat.read(source, as_version=4)
    changed = answers(source)[number % len(answers(source))]
    for cell in notebook.cells:
        for name, text in changed.items():
            if f"def {name}(" in cell.source:
                cell.source = text
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def compare(folder: Path, asked: assignment.Assignment, count: int) -> None:
    """Grade the same submissions by both."""
    source = folder / "source" / NAME / f"{NAME}.ipynb"
    files = {
        f"s{i:03}": hand_in(source, i, folder / "submitted" / f"s{i:03}" / NAME / f"{NAME}.ipynb")
        for i in range(count)
    }
    with Bench() as bench:
        one = partial(grade.grade_one, bench, assignment=asked, secret=SECRET)
        read = {name: submission.read(path, asked) for name, path in files.items()}
        began = time.perf_counter()
        found = [one(name, f"{NAME}.ipynb", read[name]) for name in files]
        ours = (time.perf_counter() - began) / count
    theirs, told = nbgrader(folder, count)
    for graded in found:
        print(f"{graded.student}: {graded.score:g} of {asked.points:g} by us")
    print(told)
    print(
        f"seconds a submission, one at a time: ours {ours:.2f}, nbgrader {theirs:.1f}, "
        f"ratio 1/{theirs / ours:.0f}"
    )


def nbgrader(folder: Path, count: int) -> tuple[float, str]:
    """Return the seconds that stock nbgrader takes for each, and the marks that it gives."""
    (folder / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    # nbgrader looks for its programs on PATH
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    run = partial(subprocess.run, cwd=folder, env=environment, capture_output=True, text=True)
    nbgrader = [sys.executable, "-m", "nbgrader"]
    run([*nbgrader, "generate_assignment", NAME, "--create"], check=True)
    began = time.perf_counter()
    run([*nbgrader, "autograde", NAME], check=False)  # it fails where one submission does
    seconds = (time.perf_counter() - began) / count
    run([*nbgrader, "export"], check=True)
    lines = (folder / "grades.csv").read_text(encoding="utf-8").splitlines()
    header = lines[0].split(",")
    student, score = header.index("student_id"), header.index("raw_score")
    rows = [line.split(",") for line in lines[1:]]
    return seconds, "\n".join(f"{row[student]}: {row[score]} by nbgrader" for row in rows)


def grade_many(folder: Path, asked: assignment.Assignment, count: int) -> None:
    """Grade a synthetic class on all cores; print how long it took and who has no mark."""
    source = folder.parent / "source" / NAME / f"{NAME}.ipynb"
    files = {f"s{i:04}": hand_in(source, i, folder / f"s{i:04}.ipynb") for i in range(count)}
    began = time.perf_counter()
    found = grade.grade_class(files, asked, SECRET, folder / "out")
    seconds = time.perf_counter() - began
    lost = count - len(found) + sum(bool(one.unjudged) for one in found)
    scores = sorted({one.score for one in found})
    print(
        f"{count} submissions on {os.cpu_count()} cores: {seconds:.0f} s, {seconds / count:.2f} s "
        f"each, {lost} lost, scores {', '.join(f'{score:g}' for score in scores)}"
    )


if __name__ == "__main__":
    sys.exit(main())
