"""The anatomy of an exercise notebook: questions that can be stripped, checked and found."""

import ast
import re

import pytest

import layout
import nbfile
from instructor import edition_regions as regions
from tests.tiny import code, markdown, notebook

EXERCISES = sorted((layout.ROOT / "book" / "exercises").glob("*.ipynb"))
QUESTIONS = 3  # at least


def problems(read, name):
    """A line for every rule that an exercise notebook breaks."""
    cells = read["cells"]
    text = "\n".join(nbfile.source(c) for c in cells if c["cell_type"] == "markdown")
    if not text.startswith("# "):
        yield "cell 1 has no title"
    if not re.search(rf"\]\(\.\./\w+/{name}\b", text):
        yield f"no link to the chapter {name}"
    yield from _directives(cells, name)
    asked = []
    pending = None
    for number, cell in enumerate(cells, start=1):
        tags = nbfile.tags(cell)
        found = cell["cell_type"] == "code" and regions.split(nbfile.source(cell))[1]
        if bool(found) != ("exercise" in tags):
            yield f"cell {number}: a region and the tag exercise go together"
        if "exercise" in tags:
            if pending:
                yield f"no check of {pending}"
            pending = _asked(nbfile.source(cell))
            asked.append(pending)
            if pending is None:
                yield f"cell {number}: expected one function or class with a docstring"
        elif "check" in tags:
            if pending and f"check.{pending}({pending}" not in nbfile.source(cell):
                yield f"cell {number}: expected check.{pending}({pending})"
            pending = None
    if pending:
        yield f"no check of {pending}"
    if len(asked) < QUESTIONS:
        yield f"{len(asked)} questions, expected {QUESTIONS} or more"


def _directives(cells, name):
    opened = False
    for number, cell in enumerate(cells, start=1):
        source = nbfile.source(cell)
        for match in re.finditer(r"\{exercise-(start|end)\}", source):
            if opened == (match[1] == "start"):
                yield f"cell {number}: exercise-{match[1]} in the wrong place"
            opened = match[1] == "start"
            if opened and not re.search(rf"^:label: ex-{name}-[a-z][a-z-]*$", source, re.M):
                yield f"cell {number}: expected :label: ex-{name}-<words>"
        if "exercise" in nbfile.tags(cell) and not opened:
            yield f"cell {number}: stands in no exercise-start ... exercise-end"
    if opened:
        yield "an exercise-start is not closed"


def _asked(source):
    """Name of the one function or class of a question."""
    body = ast.parse(source).body
    defined = [n for n in body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    if len(defined) != 1 or not ast.get_docstring(defined[0]):
        return None
    return defined[0].name


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_an_exercise_notebook_keeps_the_rules(path):
    assert list(problems(nbfile.read(path), path.stem)) == []


def test_there_are_exercises():
    assert [path.stem for path in EXERCISES] == sorted(name for _, name in layout.rows(layout.ROOT))


def question(name):
    return [
        markdown(f"```{{exercise-start}} {name}\n:label: ex-a-{name}\n```"),
        code(
            f'def {name}():\n    """Return 8."""\n    ### BEGIN SOLUTION\n'
            "    return 8\n    ### END SOLUTION",
            "exercise",
        ),
        code(f"check.{name}({name})", "check"),
        markdown("```{exercise-end}\n```"),
    ]


CELLS = [markdown("# A\n\n[chapter](../classic/a.ipynb)")]
CELLS += [cell for name in ("one", "two", "three") for cell in question(name)]


def test_a_sound_notebook_passes():
    assert list(problems(notebook(*CELLS), "a")) == []


def change(number, old, new):
    cells = notebook(*CELLS)["cells"]
    source = nbfile.source(cells[number - 1])
    assert old in source
    cells[number - 1]["source"] = source.replace(old, new)
    return cells


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (change(1, "# A", "A"), "cell 1 has no title"),
        (change(1, "classic/a", "classic/b"), "no link to the chapter a"),
        (change(2, ":label: ex-a-one", ":label: ex-b-one"), "cell 2: expected :label: ex-a-"),
        (change(3, "    ### BEGIN SOLUTION\n    return 8\n    ### END SOLUTION", "    return 8"),
         "cell 3: a region and the tag exercise go together"),
        (change(3, '    """Return 8."""\n', ""), "cell 3: expected one function or class"),
        (change(3, "def one", "def a():\n    pass\n\n\ndef one"), "cell 3: expected one function"),
        (change(4, "check.one(one)", "one()"), r"cell 4: expected check\.one\(one\)"),
        (CELLS[:3] + CELLS[4:], "no check of one"),
        (CELLS[:-2] + CELLS[-1:], "no check of three"),
        (CELLS[:-1], "an exercise-start is not closed"),
        (CELLS[:1] + CELLS[2:], "cell 2: stands in no exercise-start"),
        (CELLS[:5] + CELLS[6:], None),
        (CELLS[:9], "2 questions, expected 3"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_named(cells, message):
    found = list(problems(notebook(*cells), "a"))
    assert found
    assert message is None or any(re.match(message, line) for line in found), found
