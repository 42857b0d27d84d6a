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

from course_lib.checks import $name as check
from tests.checks import ${name}_right as right
from tests.checks import ${name}_wrong as wrong
from tests.checks.bank import Bank


class TestBank(Bank):
    check, right, wrong = check, right, wrong
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
    found = {path: text.substitute(name=name) for path, text in texts.items()}
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
