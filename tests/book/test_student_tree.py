"""The student's tree of this book: no answer in it, complete, and it stops where it should."""

import json
import os
import subprocess
import sys

import pytest

import layout
import nbfile
import prose
import student
from instructor import edition_regions as regions
from tests.book import leaks

ROOT = layout.ROOT
EXERCISES = sorted((ROOT / "book" / "exercises").glob("*.ipynb"))
DRAWS_NOTHING = {"MPLBACKEND": "agg"}
# Runs notebooks one after the other as a kernel does, but in one process, which starts Keras once.
RUN = """
import json
import sys
from IPython.core.interactiveshell import InteractiveShell

shell, found = InteractiveShell.instance(), {}
for name in sys.argv[2:]:
    shell.reset()
    found[name] = []
    for cell in json.load(open(name, encoding="utf-8"))["cells"]:
        ran = shell.run_cell("".join(cell["source"]), True) if cell["cell_type"] == "code" else None
        error = ran and (ran.error_before_exec or ran.error_in_exec)
        found[name].append(error and [type(error).__name__, str(error)])
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump(found, file)
"""


@pytest.fixture(scope="module")
def tree():
    return student.student_tree(ROOT)


@pytest.fixture(scope="module")
def folder(tree, tmp_path_factory):
    folder = tmp_path_factory.mktemp("course") / "student"
    student.replace(folder, tree)
    return folder


def given_lines(cell):
    """Lines outside the regions of a cell; another way than the tool's, on purpose."""
    outside, kept = True, []
    for line in nbfile.source(cell).split("\n"):
        if line.strip() == regions.BEGIN:
            outside = False
        kept += [line] if outside else []
        outside = outside or line.strip() == regions.END
    return kept


@pytest.mark.parametrize("path", nbfile.notebooks(ROOT), ids=lambda p: p.parent.name + "/" + p.stem)
def test_a_student_gets_the_given_lines_and_stubs_only(path, folder):
    source = [c for c in nbfile.read(path)["cells"] if "solution" not in nbfile.tags(c)]
    edition = nbfile.read(folder / path.relative_to(ROOT))["cells"]
    assert len(source) == len(edition)
    for old, new in zip(source, edition, strict=True):
        if "setup" in nbfile.tags(old):
            continue  # generated for the public address
        lines = [x for x in nbfile.source(new).split("\n") if x.strip() != regions.STUB]
        assert lines == given_lines(old)


def test_no_solution_stands_anywhere_in_the_tree(tree):
    hidden = list(leaks.solutions(ROOT))
    assert hidden
    assert list(leaks.leaks(hidden, leaks.code_of(tree))) == []


@pytest.fixture(scope="module")
def stopped(folder):
    """Return for each cell of each stripped exercise the error that stopped it, or None."""
    exercises = folder / "book" / "exercises"
    told = folder.with_name("stopped.json")
    names = [path.name for path in EXERCISES]
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(told), *names],
        cwd=exercises,
        env=os.environ | {"PYTHONPATH": str(folder), "TF_CPP_MIN_LOG_LEVEL": "3"} | DRAWS_NOTHING,
        capture_output=True,
        text=True,
        check=False,
        timeout=1200,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    return json.loads(told.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_a_stripped_exercise_stops_at_questions_and_checks_and_nowhere_else(path, folder, stopped):
    cells = nbfile.read(folder / path.relative_to(ROOT))["cells"]
    stub, stops = ["NotImplementedError", "your code here"], []
    for number, (cell, error) in enumerate(zip(cells, stopped[path.name], strict=True), start=1):
        if "check" in nbfile.tags(cell):
            assert error == stub, f"cell {number}"
            stops.append(number)
        elif "exercise" in nbfile.tags(cell):
            assert regions.STUB in nbfile.source(cell), f"cell {number}"
            assert error in (None, stub), f"cell {number}"
        else:
            assert error is None, f"cell {number}"
    assert len(stops) >= 3


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_a_check_passes_on_the_solution(path):
    cells = [c for c in nbfile.read(path)["cells"] if "check" in nbfile.tags(c)]
    for cell in cells:
        assert [o["output_type"] for o in cell["outputs"]] == ["stream"]


def test_rows_and_links_still_lead_somewhere(folder):
    assert list(layout.pages(folder)) == []
    assert [line for page in prose.pages(folder) for line in prose.check(page, folder)] == []


def test_two_runs_write_the_same_bytes(tmp_path):
    for name, seed in (("one", "1"), ("two", "2")):
        subprocess.run(
            [sys.executable, str(ROOT / "tools" / "student.py"), str(tmp_path / name)],
            check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
            stdout=subprocess.DEVNULL,
        )
    one, two = (
        {p.relative_to(f).as_posix(): p.read_bytes() for p in sorted(f.rglob("*")) if p.is_file()}
        for f in (tmp_path / "one", tmp_path / "two")
    )
    assert one == two


def test_two_cohorts_differ_in_what_is_asked_and_in_nothing_else(tree):
    spring, winter = (student.student_tree(ROOT, name) for name in ("spring", "winter"))
    hidden = list(leaks.solutions(ROOT))
    for cohort in (spring, winter):
        differ = {name for name in tree if cohort[name] != tree[name]}
        assert {"README.md", "book/exercises/resnet.ipynb"} <= differ
        assert differ <= {"README.md", *(path.relative_to(ROOT).as_posix() for path in EXERCISES)}
        assert list(leaks.leaks(hidden, leaks.code_of(cohort))) == []
    texts = [leaks.code_of(cohort)["book/exercises/resnet.ipynb"] for cohort in (spring, winter)]
    for line in ("Write `residual_block(", "Apply relu(F(x)", "check.residual_block(residual"):
        one, two = ([x for x in text.split("\n") if line in x] for text in texts)
        assert one != two


def test_solutions_hold_every_exercise_with_its_answers():
    tree = student.solution_tree(ROOT)
    wanted = {path.relative_to(ROOT).as_posix() for path in EXERCISES}
    assert wanted <= tree.keys()
    assert all(regions.BEGIN.encode() in tree[name] for name in wanted)


HIDDEN = [
    leaks.Solution(
        "e.ipynb: cell 1",
        [
            [
                "    total = 0",
                "    for row in rows:",
                "        total += row * row",
                "    return total",
            ]
        ],
        "def f(rows):\n    total = 0\n    for row in rows:\n        total += row * row\n"
        "    return total",
    )
]
OTHER_NAMES = "def g(xs):\n    s = 0\n    for x in xs:\n        s += x * x\n    return s\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = 1\nif a:\n    total += row*row  # squares\n", "the line 'total+=row*row' stands in"),
        (OTHER_NAMES, "the same function stands in"),
        ('def g(xs):\n    """Doc."""\n' + OTHER_NAMES.partition("\n")[2], "the same function"),
        ("prose, no Python:\n\n" + OTHER_NAMES + "more prose", "the same function stands in"),
    ],
)
def test_a_leak_is_found(text, message):
    (line,) = leaks.leaks(HIDDEN, {"chapter.ipynb": text})
    assert message in line


@pytest.mark.parametrize(
    "text", ["total = 0\nreturn total\nfor row in rows:", OTHER_NAMES.replace("x * x", "x + x")]
)
def test_what_gives_nothing_away_is_no_leak(text):
    assert list(leaks.leaks(HIDDEN, {"chapter.ipynb": text})) == []
