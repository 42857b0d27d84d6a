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

from instructor.edition_template import CHECKS, notebook
from nbfile import dumps

ROOT = Path(__file__).resolve().parents[1]
WORD = re.compile(r"[a-z][a-z_]*")

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
    return found | {
        f"book/exercises/{name}.ipynb": dumps(notebook(name, "course_lib.checks", set_up=True))
    }


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
