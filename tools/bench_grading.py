"""Time our grading beside stock nbgrader and otter-grader, on the same submissions.

    python tools/bench_grading.py [--submissions N] [--answers] [--class N ...]

The exam has three questions of the exercises on residual networks: two numbers and a block.  All
three grade the same notebooks: right ones, wrong ones, and some that crash or patch the checks.
The others run each notebook in a kernel of its own, with the same checks.  `--answers` times each
check of the book as a reader waits for it.  `--class` grades so many synthetic submissions by us
alone, on all cores, faults mixed in, counts whom it lost and tells how much memory it took.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import nbformat

import grading_rivals
import nbfile
from check_seconds import EXERCISES, check_seconds, table
from execute import ENVIRONMENT
from grading_rivals import Run
from instructor import assignment, grade, submission
from instructor.bench import Bench

SOURCE = EXERCISES / "resnet.ipynb"
QUESTIONS = ("layer_count", "stage_macs", "residual_block")
NAME = "exam"
SECRET = b"a secret that is none: it is in this file"
PATCH = (
    "import sys\nfor module in list(sys.modules.values()):\n"
    "    if module.__name__.startswith('course_lib.checks'):\n"
    "        for name in [n for n in vars(module) if not n.startswith('_')]:\n"
    "            setattr(module, name, lambda *a, **k: None)\n"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was asked for; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--submissions", type=int, default=4, help="graded by all (default 4)")
    parser.add_argument("--answers", action="store_true", help="time each check of the book")
    parser.add_argument(
        "--class", type=int, nargs="+", default=[], dest="sizes", help="graded by us alone"
    )
    options = parser.parse_args(arguments)
    os.environ.update(ENVIRONMENT)  # for every process that is started
    with tempfile.TemporaryDirectory(prefix="exam-") as name:
        folder = Path(name)
        asked = exam(folder / "source" / NAME / f"{NAME}.ipynb")
        if options.submissions:
            try:
                compare(folder, asked, options.submissions)
            except grading_rivals.NoRival as missing:
                print(missing, file=sys.stderr)
                return 1
        if options.answers:
            notebooks = sorted(EXERCISES.glob("*.ipynb"))
            print(table([check for path in notebooks for check in check_seconds(path)]), flush=True)
        for count in options.sizes:
            grade_many(folder / f"class-{count}", asked, count)
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
    """Grade the same submissions by all; print marks and seconds side by side."""
    grading_rivals.require_otter()  # before minutes are spent on the others
    source = folder / "source" / NAME / f"{NAME}.ipynb"
    files = {
        f"s{i:03}": hand_in(source, i, folder / "submitted" / f"s{i:03}" / NAME / f"{NAME}.ipynb")
        for i in range(count)
    }
    runs = {
        "ours": grade_alone(files, asked),
        "nbgrader": grading_rivals.nbgrader(folder, NAME, files),
        "otter": grading_rivals.otter(folder / "otter", asked, files),
    }
    print(side_by_side(runs, asked.points), flush=True)


def grade_alone(files: dict[str, Path], asked: assignment.Assignment) -> Run:
    """Grade by us, one submission at a time."""
    with Bench() as bench:
        one = partial(grade.grade_one, bench, assignment=asked, secret=SECRET)
        read = {name: submission.read(path, asked) for name, path in files.items()}
        began = time.perf_counter()
        found = [one(name, f"{NAME}.ipynb", read[name]) for name in files]
        seconds = (time.perf_counter() - began) / len(files)
    marks = {
        one.student: f"none: {one.unjudged}" if one.unjudged else f"{one.score:g}" for one in found
    }
    return Run(seconds, marks)


def side_by_side(runs: dict[str, Run], points: float) -> str:
    """Return marks and seconds as a table, a column for each grader."""
    ours = runs["ours"]
    rows = [
        [f"of {points:g} points", *runs],
        *([student, *(run.marks[student] for run in runs.values())] for student in ours.marks),
        ["seconds each", *(f"{run.seconds:.2f}" for run in runs.values())],
        ["times ours", *(f"{run.seconds / ours.seconds:.0f}" for run in runs.values())],
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def grade_many(folder: Path, asked: assignment.Assignment, count: int) -> None:
    """Grade a synthetic class on all cores; print seconds, who has no mark, and memory."""
    source = folder.parent / "source" / NAME / f"{NAME}.ipynb"
    files = {f"s{i:04}": hand_in(source, i, folder / f"s{i:04}.ipynb") for i in range(count)}
    began = time.perf_counter()
    found = grade.grade_class(files, asked, SECRET, folder / "out")
    seconds = time.perf_counter() - began
    lost = count - len(found) + sum(bool(one.unjudged) for one in found)
    scores = sorted({one.score for one in found})
    print(
        f"{count} submissions on {os.cpu_count()} cores: {seconds:.0f} s, {seconds / count:.2f} s "
        f"each, {lost} lost, scores {', '.join(f'{score:g}' for score in scores)}; "
        f"largest resident size of the conductor {largest_size() / 1e6:.0f} MB"
    )


def largest_size() -> int:
    """Return the most memory that this process has held so far, in bytes."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size if sys.platform == "darwin" else size * 1024


if __name__ == "__main__":
    sys.exit(main())
