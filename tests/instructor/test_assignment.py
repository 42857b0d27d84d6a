"""The questions of a source notebook, and sources that are none."""

import copy
import json

import pytest

import nbfile
import student
from instructor import assignment
from instructor import edition_cohort as cohort
from tests.checks.judging import EXERCISES


@pytest.mark.parametrize("path", sorted(EXERCISES.glob("*.ipynb")), ids=lambda p: p.stem)
def test_every_exercise_is_an_assignment(path):
    found = assignment.read(path)
    tagged = [c for c in nbfile.read(path)["cells"] if "check" in nbfile.tags(c)]
    assert found.name == path.stem
    assert len(found.questions) == len(tagged)
    assert found.points == sum(c["metadata"]["nbgrader"]["points"] for c in tagged)
    for question, cell in zip(found.questions, tagged, strict=True):
        assert question.name in nbfile.source(cell)
        assert question.check == f"{path.stem}.{question.name}"
        assert question.title


def test_what_the_notebook_itself_imports_is_not_hidden_from_an_answer():
    hidden = {
        name: assignment.read(EXERCISES / f"{name}.ipynb").hidden for name in ("resnet", "lenet")
    }
    assert hidden == {"resnet": ("nets",), "lenet": ()}


@pytest.fixture
def source(tmp_path):
    """Write the source with its first check changed; return the path."""
    notebook = nbfile.read(EXERCISES / "resnet.ipynb")
    whole = copy.deepcopy(notebook)
    check = next(c for c in whole["cells"] if "check" in nbfile.tags(c))
    path = tmp_path / "resnet.ipynb"

    def write(change):
        change(check, whole)
        path.write_text(json.dumps(whole))
        return path

    return write


def no_points(check, whole):
    del check["metadata"]["nbgrader"]["points"]


def negative(check, whole):
    check["metadata"]["nbgrader"]["points"] = -1


def more_code(check, whole):
    check["source"] = "check.layer_count(layer_count)\nprint(1)"


def no_import(check, whole):
    for cell in whole["cells"]:
        if cell["id"] == "imports":
            cell["source"] = "import keras"


def no_checks(check, whole):
    for cell in whole["cells"]:
        cell["metadata"].pop("tags", None)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (no_points, r"cell 6: .* no points"),
        (negative, r"cell 6: .* no points"),
        (more_code, r"cell 6: write `check.NAME\(NAME\)`"),
        (no_import, "imports its checks"),
        (no_checks, "tagged `check`"),
    ],
)
def test_a_malformed_source_is_refused_with_the_reason(source, change, reason):
    with pytest.raises(assignment.Malformed, match=reason) as refused:
        assignment.read(source(change))
    assert "resnet.ipynb" in str(refused.value)


COHORTS = ("spring", "autumn", "d", "e")


@pytest.mark.parametrize("name", ["", *COHORTS])
def test_a_cohort_is_asked_what_its_notebook_says(name, tmp_path):
    source = EXERCISES / "resnet.ipynb"
    asked = assignment.read(source, name)
    given = {question.name: question.variant for question in asked.questions}
    assert {question for question, variant in given.items() if variant} == {
        "shortcut",
        "residual_block",
        "bottleneck_block",
        "diagnosis",
    }
    edition = student.strip(nbfile.read(source), exercise=True, cohort=name)
    checks = {cell["id"]: nbfile.source(cell) for cell in edition["cells"]}
    default = assignment.read(source)
    for question, first in zip(asked.questions, default.questions, strict=True):
        call = f"check.{question.name}({question.name}"
        own = question.variant != first.variant
        call += f', variant="{question.variant}")' if own else ")"
        assert checks[question.grade_id] == call


def test_cohorts_differ_and_so_does_what_a_verdict_holds_for():
    found = {repr(assignment.read(EXERCISES / "resnet.ipynb", name)) for name in COHORTS}
    assert len(found) == len(COHORTS)


def test_a_cohorts_solutions_name_its_variants_themselves(tmp_path):
    source = EXERCISES / "resnet.ipynb"
    path = tmp_path / "resnet.ipynb"
    nbfile.write(path, cohort.edition(nbfile.read(source), "autumn"))
    assert assignment.read(path) == assignment.read(source, "autumn")
    with pytest.raises(assignment.Malformed, match=r"cell 14: the check names a variant already"):
        assignment.read(path, "autumn")


def no_word(check, whole):
    check["source"] = "check.layer_count(layer_count, variant=3)"


def malformed_variants(check, whole):
    answer = next(cell for cell in whole["cells"] if "course" in cell["metadata"])
    answer["metadata"]["course"]["variants"].pop()


@pytest.mark.parametrize(
    ("change", "name", "reason"),
    [
        (no_word, "", r"cell 6: write `check.NAME\(NAME\)`"),
        (malformed_variants, "", r"cell 13: expected 3 variants"),
        (lambda check, whole: None, "autumn ", r"cell 14: 'autumn ' names no cohort"),
    ],
)
def test_malformed_variants_are_refused_with_the_reason(source, change, name, reason):
    with pytest.raises(assignment.Malformed, match=reason) as refused:
        assignment.read(source(change), name)
    assert "resnet.ipynb" in str(refused.value)
