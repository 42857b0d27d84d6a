"""Begin an exercise notebook, its checks and their tests, with one question that works.

    python tools/new_exercise.py NAME [ROOT]

Writes `book/exercises/NAME.ipynb`, `course_lib/checks/NAME.py` and, under `tests/checks`,
`test_NAME.py`, `NAME_right.py` and `NAME_wrong.py`.  No file that is there is touched.  The tests
pass as they are; change the question, and let them tell what is missing.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from string import Template

import hand_in_cell
import normal_form
from nbfile import Notebook, dumps

ROOT = Path(__file__).resolve().parents[1]
WORD = re.compile(r"[a-z][a-z_]*")

TASK = Template("""## Count the weights of a convolution

```{exercise-start} Count the weights of a convolution
:label: ex-$name-kernel-weights
```

Write `kernel_weights(side, channels, filters)`: how many weights a convolution has, biases \
included. Say here what makes the question worth asking.

For `side=3`, `channels=2` and `filters=4` the answer is `76`. Level: 1 of 3. Expected: 5 minutes.
""")
ANSWER = '''def kernel_weights(side, channels, filters):
    """Count the weights of a convolution, biases included.

    Args:
        side: of the square kernel, in pixels.
        channels: that it reads.
        filters: that it has.
    """
    ### BEGIN SOLUTION
    return (side * side * channels + 1) * filters
    ### END SOLUTION'''
CHECK = "check.kernel_weights(kernel_weights)"

CHECKS = Template('''"""Checks of the exercises on $name: one function a question, and the hints."""

from course_lib.checks.cases import case
from course_lib.checks.verdict import Hints, expect_number, fresh_cases, passed
from course_lib.progress import Progress

__all__ = ["hint", "kernel_weights", "progress"]


def kernel_weights(answer) -> None:
    """Judge `kernel_weights(side, channels, filters)`."""
    rng = fresh_cases()
    drawn = [tuple(int(n) for n in rng.integers((2, 4, 9), (4, 9, 20))) for _ in range(3)]
    for kind, cases in (("one pixel", [(1, 3, 5), (1, 6, 4)]), ("larger kernels", drawn)):
        for side, channels, filters in cases:
            arguments = {"side": side, "channels": channels, "filters": filters}
            products = side * side * channels * filters
            slips = (
                (products, "The biases are missing: each filter has one."),
                (products + 1, "That is one bias for all; each filter has its own."),
                (side * side * (channels + 1) * filters, "A bias is no more channel: it is one."),
            )
            with case(kind):
                expect_number(answer, arguments, products + filters, slips)
    passed("kernel_weights", "A kernel for each channel, and one bias for each filter.")


hint = Hints(
    {
        "kernel_weights": (
            "How many numbers does one filter need for one output pixel?",
            "Lay the kernel on the map: a square of numbers on each channel, and one dial beside.",
            "one_filter = side * side * channels",
        ),
    }
)
progress = Progress(__name__, globals())
''')
RIGHT = Template('''"""Right answers to the exercises on $name, built in other ways."""

import keras


def weights_of_a_layer(side, channels, filters):
    layer = keras.layers.Conv2D(filters, side)
    layer.build((None, 8, 8, channels))
    return layer.count_params()


def weights_filter_by_filter(side, channels, filters):
    return sum(1 + channels * side**2 for _ in range(filters))


RIGHT = {"kernel_weights": [weights_of_a_layer, weights_filter_by_filter]}
''')
WRONG = Template('''"""Wrong answers to the exercises on $name, and what each must be told."""

WRONG = {
    "kernel_weights": {
        "no biases": (lambda side, channels, filters: side**2 * channels * filters, "biases"),
        "one bias": (lambda side, channels, filters: side**2 * channels * filters + 1, "its own"),
        "a bias a pixel": (
            lambda side, channels, filters: side**2 * (channels + 1) * filters,
            "no more channel",
        ),
        "words": (lambda **_: "many", "expected a number"),
    }
}
''')
TESTS = Template('''"""The checks of the $name exercises: what they take, refuse and say."""

import re

import pytest

from course_lib.checks import $name as check
$imports

# For each question, mutants that are right all the same, and why.
EQUIVALENT: dict[str, dict[str, str]] = {name: {} for name in RIGHT}


@pytest.fixture(autouse=True)
def seed(monkeypatch):
    monkeypatch.setenv("COURSE_CHECK_SEED", "1")


def each(bank):
    return [(question, case) for question in bank for case in bank[question]]


@pytest.mark.parametrize(("question", "answer"), each(RIGHT))
def test_a_right_answer_is_taken(question, answer):
    assert judge(getattr(check, question), answer) is None


@pytest.mark.parametrize(("question", "name"), each(WRONG))
def test_a_wrong_answer_hears_what_it_misunderstood(question, name):
    answer, idea = WRONG[question][name]
    message = judge(getattr(check, question), answer)
    assert message is not None, "taken for right"
    assert re.search(idea, message), message


@pytest.mark.parametrize("question", RIGHT)
def test_the_solution_is_right(question):
    answer = define(solution("$name", question), question)
    assert printed(getattr(check, question), answer).startswith(f"Right: {question}.")


@pytest.mark.parametrize("question", RIGHT)
def test_every_mutant_is_killed(question, record_property):
    line = kill_all("$name", question, getattr(check, question), EQUIVALENT[question])
    record_property("summary", line)
''')


def files(name: str) -> dict[str, str]:
    """Return the files of a new exercise by their paths in the tree.

    Raises:
        ValueError: the name cannot be that of a module.
    """
    if not WORD.fullmatch(name):
        raise ValueError(f"{name!r}: use small letters and underscores, as for a module")
    texts = {
        f"course_lib/checks/{name}.py": CHECKS,
        f"tests/checks/test_{name}.py": TESTS,
        f"tests/checks/{name}_right.py": RIGHT,
        f"tests/checks/{name}_wrong.py": WRONG,
    }
    imports = [  # in the order that the linter wants
        f"from tests.checks.{name}_right import RIGHT",
        f"from tests.checks.{name}_wrong import WRONG",
        "from tests.checks.judging import define, judge, kill_all, printed, solution",
    ]
    words = {"name": name, "imports": "\n".join(sorted(imports))}
    found = {path: text.substitute(words) for path, text in texts.items()}
    return found | {f"book/exercises/{name}.ipynb": dumps(notebook(name))}


def notebook(name: str) -> Notebook:
    """Return the exercise notebook, in normal form."""
    graded = {"schema_version": 3, "task": False, "grade_id": "answer-kernel-weights"}
    answer = graded | {"solution": True, "grade": False, "locked": False}
    check = graded | {"grade_id": "check-kernel-weights", "solution": False, "grade": True}
    check |= {"locked": True, "points": 1}
    imports = f"from course_lib.checks import {name} as check"
    cells = [
        _cell("title", f"# Exercises: {name}\n\nOne question on the chapter."),
        _cell("setup", "", {"tags": ["setup"]}, code=True),
        _cell("imports", imports, code=True),
        _cell("task-kernel-weights", TASK.substitute(name=name)),
        _cell(
            "answer-kernel-weights", ANSWER, {"nbgrader": answer, "tags": ["exercise"]}, code=True
        ),
        _cell("check-kernel-weights", CHECK, {"nbgrader": check, "tags": ["check"]}, code=True),
        _cell("end-kernel-weights", "```{exercise-end}\n```"),
        _cell("hand-in-heading", "## Hand in"),
        _cell("hand-in", "", {"tags": [hand_in_cell.TAG]}, code=True),
    ]
    whole = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return normal_form.normalise(whole, exercise=True)


def _cell(identity: str, source: str, metadata: dict | None = None, *, code=False) -> dict:
    cell = {"id": identity, "metadata": metadata or {}, "source": source.splitlines(keepends=True)}
    more: dict = {"outputs": [], "execution_count": None} if code else {}
    return cell | more | {"cell_type": "code" if code else "markdown"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files, all or none; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("root", nargs="?", type=Path, default=ROOT, metavar="ROOT")
    options = parser.parse_args(arguments)
    try:
        found = files(options.name)
    except ValueError as error:
        print(f"nothing written: {error}", file=sys.stderr)
        return 2
    there = [path for path in found if (options.root / path).exists()]
    if there:
        print(f"nothing written: {', '.join(there)} is there already", file=sys.stderr)
        return 2
    for path, text in found.items():
        (options.root / path).parent.mkdir(parents=True, exist_ok=True)
        (options.root / path).write_text(text, encoding="utf-8")
        print(path)
    print(
        f"Now: {Path(sys.executable).name} tools/hand_in_cell.py --write; make notebooks; a row "
        f"book/exercises/{options.name} in _toc.yml; then tests/checks/test_{options.name}.py"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
