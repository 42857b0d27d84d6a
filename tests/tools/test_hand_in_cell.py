"""The generated hand-in cell and the points, in tiny notebooks and in those of the book."""

import ast
import json

import pytest

import hand_in_cell
import nbfile
import normal_form
from course_lib import __version__, progress
from course_lib.hand_in_answers import HandIn, described
from instructor import edition_hand_in
from tests.tiny import code, markdown, notebook, save

EXERCISES = sorted((hand_in_cell.ROOT / "book" / "exercises").glob("*.ipynb"))
IMPORT = code("from course_lib.checks import small as check")


def check(name, points, source=None):
    cell = code(source or f"check.{name}({name})", "check")
    cell["metadata"]["nbgrader"] = {"grade": True, "points": points}
    return cell


CELLS = [
    markdown("# A"),
    IMPORT,
    check("one", 1),
    check("two", 2.5),
    code("x", "hand-in"),
    markdown("end"),
]


def problems(*cells):
    return list(edition_hand_in.problems(notebook(*cells)["cells"]))


def test_the_cell_says_what_the_metadata_say():
    cells = notebook(*CELLS)["cells"]
    assert edition_hand_in.assignment_of(cells) == "small"
    assert edition_hand_in.points_of(cells) == {"one": 1, "two": 2.5}
    source = nbfile.source(cells[4])
    assert source == edition_hand_in.render("small", {"one": 1, "two": 2.5}).rstrip("\n")
    assert described([source]) == HandIn("small", {"one": 1, "two": 2.5}, __version__)
    assert edition_hand_in.render("a", {}, "9.9").count('release="9.9"') == 1


def test_the_cell_imports_what_it_calls_and_says_that_nothing_is_sent():
    source = edition_hand_in.render("small", {"one": 1})
    imported, called = ast.parse(source).body
    assert ast.unparse(imported) == "from course_lib.hand_in import hand_in"
    assert ast.unparse(called).startswith("hand_in('small', {'one': 1}, globals(), release=")
    assert "Nothing is sent" in source


def test_whole_points_are_whole_numbers():
    points = edition_hand_in.points_of(notebook(IMPORT, check("one", 2.0))["cells"])
    assert json.dumps(points) == '{"one": 2}'


def test_a_sound_notebook_has_no_problems():
    assert problems(*CELLS) == []
    assert problems(markdown("no checks"), code("x")) == []


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([IMPORT, check("one", 1)], "the last code cell, and it alone, carries the tag hand-in; "
         "now none"),
        ([IMPORT, code("x", "hand-in"), check("one", 1)], "now cells [2]"),
        ([IMPORT, code("x", "hand-in"), code("x", "hand-in")], "now cells [2, 3]"),
        ([IMPORT, code("check.one(one)", "check"), code("x", "hand-in")], "cell 2: a check calls"),
        ([IMPORT, check("one", 1, "check.one(two)"), code("x", "hand-in")], "cell 2: a check"),
        ([IMPORT, check("one", 1, "check.one(one"), code("x", "hand-in")], "cell 2: a check"),
        ([IMPORT, check("one", "many"), code("x", "hand-in")], "cell 2: a check calls"),
    ],
    ids=range(7),
)  # fmt: skip
def test_what_only_an_author_can_repair_is_named(cells, message):
    (line,) = problems(*cells)
    assert message in line


def test_the_normal_form_of_an_exercise_holds_the_cell(tmp_path, capsys):
    path = save(tmp_path / "exercises" / "small.ipynb", *CELLS)
    assert normal_form.violations(path) == []
    whole = nbfile.read(path)
    whole["cells"][3]["metadata"]["nbgrader"]["points"] = 4
    nbfile.write(path, whole)
    (line,) = normal_form.violations(path)
    assert "cell 5: not the generated hand-in cell; use --write" in line
    assert normal_form.main(["--write", str(path)]) == 0
    assert '"two": 4,' in nbfile.source(nbfile.read(path)["cells"][4])


def test_the_normal_form_of_an_exercise_names_a_missing_cell(tmp_path):
    path = save(tmp_path / "exercises" / "small.ipynb", IMPORT, check("one", 1))
    (line,) = normal_form.violations(path)
    assert "carries the tag hand-in; now none" in line


def test_a_chapter_has_no_such_cell(tmp_path):
    path = tmp_path / "classic" / "small.ipynb"
    path.parent.mkdir()
    cells = [code("from course_lib.checks import small as check"), code("x", "hand-in")]
    nbfile.write(path, normal_form.normalise(notebook() | {"cells": cells}))
    assert not any("hand-in" in line for line in normal_form.violations(path))


def test_points_are_checked_and_written(tmp_path, capsys):
    save(tmp_path / "book" / "exercises" / "small.ipynb", *CELLS)
    save(tmp_path / "book" / "classic" / "small.ipynb", *CELLS)
    path = tmp_path / hand_in_cell.POINTS
    path.parent.mkdir(parents=True)
    assert hand_in_cell.main([], tmp_path) == 1
    assert "run python tools/hand_in_cell.py --write" in capsys.readouterr().err
    assert not path.exists()
    assert hand_in_cell.main(["--write"], tmp_path) == 0
    assert json.loads(path.read_text()) == {"small": {"one": 1, "two": 2.5}}
    assert [p.name for p in path.parent.iterdir()] == ["points.json"]
    assert hand_in_cell.main([], tmp_path) == 0
    path.write_text("{}")
    assert hand_in_cell.main([], tmp_path) == 1


def test_the_book_is_current():
    assert hand_in_cell.main([]) == 0
    assert EXERCISES


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_points_and_release_of_the_book_have_one_home(path):
    cells = nbfile.read(path)["cells"]
    points = {  # another way than the tool's, on purpose
        nbfile.source(cell).partition("(")[2].strip(") \n"): cell["metadata"]["nbgrader"]["points"]
        for cell in cells
        if "points" in cell["metadata"].get("nbgrader", {})
    }
    assert points
    told = described([nbfile.source(cells[-1])])
    assert told == HandIn(path.stem, points, __version__)
    assert progress.points_of(path.stem) == points
    assert list(progress.points_of(path.stem)) == list(told.points) == list(points)
    assert nbfile.tags(cells[-1]) == [edition_hand_in.TAG]
    assert nbfile.source(cells[-2]) == "## Hand in"
