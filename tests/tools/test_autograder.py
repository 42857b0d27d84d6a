"""What travels to a grading machine: enough to grade, no solution, the same bytes every time."""

import io
import zipfile
from dataclasses import replace

import pytest

import autograder
import layout
import nbfile
from instructor import assignment
from instructor import edition_regions as regions

COHORT = "autumn"


@pytest.fixture(scope="module")
def tree():
    return autograder.autograder_tree(layout.ROOT, COHORT)


def test_it_names_the_questions_that_the_source_has_for_the_cohort(tree, tmp_path):
    for path in sorted((layout.ROOT / "book" / "exercises").glob("*.ipynb")):
        copy = tmp_path / path.name
        copy.write_bytes(tree[f"exercises/{path.name}"])
        source, default = assignment.read(path, COHORT), assignment.read(path)
        asked = tuple(  # a cell names no variant where it is the default one
            replace(question, variant="") if question.variant == first.variant else question
            for question, first in zip(source.questions, default.questions, strict=True)
        )
        assert assignment.read(copy) == replace(source, questions=asked)


def test_no_solution_is_in_it(tree):
    for name, content in tree.items():
        if name.endswith(".ipynb"):
            assert regions.BEGIN.encode() not in content
    source = nbfile.read(layout.ROOT / "book" / "exercises" / "lenet.ipynb")
    solutions = [c for c in source["cells"] if regions.BEGIN in nbfile.source(c)]
    assert solutions
    for cell in solutions:
        _, (lines, *_) = regions.split(nbfile.source(cell))
        long = max((line.strip() for line in lines), key=len)
        assert long.encode() not in tree["exercises/lenet.ipynb"]


def test_the_instructor_s_wheel_has_the_command_and_what_it_reads(tree):
    (name,) = [name for name in tree if name.startswith("course_instructor")]
    names = zipfile.ZipFile(io.BytesIO(tree[name])).namelist()
    folder = layout.ROOT / "instructor"
    wanted = {f"instructor/{path.name}" for path in folder.iterdir() if path.is_file()}
    assert wanted - set(names) == {"instructor/pyproject.toml"}
    assert any(name.endswith("entry_points.txt") for name in names)


def test_the_same_sources_give_the_same_bytes(tree):
    assert autograder.autograder_tree(layout.ROOT, COHORT) == tree
