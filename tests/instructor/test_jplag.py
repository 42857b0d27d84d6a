"""What JPlag compares: answers only, beside what everybody was given."""

import shlex
from pathlib import Path

import pytest

from instructor import jplag
from instructor.assignment import Malformed
from instructor.intake import Refused
from tests.instructor import school

EXERCISES = Path(__file__).parents[2] / "book" / "exercises"
UP = ".."
COUNT = "def layer_count(blocks):\n    return 8"
MACS = "def stage_macs(blocks):\n    return 9"
GIVEN = "def layer_count(blocks):\n    ### BEGIN SOLUTION\n    return 42\n    ### END SOLUTION"


def prepared(tmp_path, notebooks, public=(), template=None):
    files = {}
    for student, content in notebooks.items():
        files[student] = tmp_path / f"{len(files)}.ipynb"
        files[student].write_text(content, encoding="utf-8")
    if template is None:
        template = tmp_path / "template.ipynb"
        template.write_text(school.notebook("import keras", GIVEN), encoding="utf-8")
    return jplag.write(files, school.RESNET, template, public, tmp_path / "jplag")


def submissions(tmp_path):
    return school.files(tmp_path / "jplag" / jplag.SUBMISSIONS)


def test_a_submission_holds_the_answers_and_nothing_else(tmp_path):
    whole = school.notebook("import keras", COUNT, "print('x')", MACS, "stage_macs(3)")
    found = prepared(tmp_path, {"ada": whole, "alan": school.notebook(COUNT)})
    assert submissions(tmp_path) == {
        "ada/answers.py": f"{COUNT}\n\n{MACS}\n",
        "alan/answers.py": f"{COUNT}\n",
    }
    assert found.notes == []


def test_the_base_has_what_everybody_was_given_and_no_solution(tmp_path):
    chapter = tmp_path / "book" / "resnet.ipynb"
    module = tmp_path / "nets" / "resnet.py"
    for path, text in ((chapter, school.notebook("x = 1")), (module, GIVEN)):
        path.parent.mkdir()
        path.write_text(text)
    prepared(tmp_path, {"ada": school.notebook(COUNT)}, public=[chapter, module])
    base = school.files(tmp_path / "jplag" / jplag.BASE)
    assert len(base) == 3
    code = "".join(base.values())
    assert "import keras" in code
    assert "x = 1" in code
    assert "return 42" not in code
    assert code.count('    raise NotImplementedError("your code here")') == 2


def test_the_source_of_an_exercise_gives_no_solution_away(tmp_path):
    prepared(tmp_path, {"ada": school.notebook(COUNT)}, template=EXERCISES / "resnet.ipynb")
    (code,) = school.files(tmp_path / "jplag" / jplag.BASE).values()
    assert "def bottleneck_block(" in code
    assert "SOLUTION" not in code
    assert "per_block" not in code
    assert "channels grow" not in code
    compile(code, "base", "exec")


@pytest.mark.parametrize("mark", ["### END SOLUTION", "### BEGIN SOLUTIONS"])
def test_a_solution_that_is_not_closed_is_refused(tmp_path, mark):
    template = tmp_path / "template.ipynb"
    template.write_text(school.notebook(GIVEN.replace("### BEGIN SOLUTION", mark)))
    with pytest.raises(Malformed, match="the base code would hold it"):
        prepared(tmp_path, {"ada": school.notebook(COUNT)}, template=template)
    assert not (tmp_path / "jplag").exists()


@pytest.mark.parametrize("content", [None, "no notebook"])
def test_a_template_that_cannot_be_read_is_refused(tmp_path, content):
    template = tmp_path / "template.ipynb"
    if content:
        template.write_text(content)
    with pytest.raises(Malformed, match="cannot be read"):
        prepared(tmp_path, {"ada": school.notebook(COUNT)}, template=template)


def test_names_stay_in_the_folder_and_apart(tmp_path):
    names = [f"{UP}/{UP}/x", "X", "x", "a b", "a_b", "/etc/passwd"]
    found = prepared(tmp_path, dict.fromkeys(names, school.notebook(COUNT)))
    assert len(submissions(tmp_path)) == len(names)
    assert sorted(found.folders) == sorted(names)
    assert {path.name for path in (tmp_path / "jplag").iterdir()} == {"base", "submissions"}


def test_who_has_no_answer_is_named(tmp_path):
    notebooks = {
        "ada": school.notebook(COUNT),
        "blank": school.notebook("x = 1"),
        "broken": "no notebook",
        "odd": school.notebook("def layer_count(:\n    pass"),
        "surrogate": school.notebook(COUNT + "  # \ud800"),
    }
    found = prepared(tmp_path, notebooks)
    assert list(submissions(tmp_path)) == [
        f"{name}/answers.py" for name in ("ada", "odd", "surrogate")
    ]
    assert [note.split(":")[0] for note in found.notes] == ["blank", "broken", "odd"]


def test_one_submission_is_nothing_to_compare(tmp_path):
    assert prepared(tmp_path, {"ada": school.notebook(COUNT)}).notes == [
        "JPlag compares two submissions or more"
    ]


def test_the_line_starts_jplag(tmp_path):
    found = prepared(tmp_path / "a b", {}, template=_template(tmp_path / "a b"))
    folder = tmp_path / "a b" / "jplag"
    assert shlex.split(found.command) == [
        *["java", "-jar", "jplag.jar", "--language", "python3"],
        *["--base-code", str(folder / "base")],
        *["--result-file", str(folder / "result"), str(folder / "submissions")],
    ]


def _template(folder):
    folder.mkdir()
    (folder / "template.ipynb").write_text(school.notebook("x = 1"))
    return folder / "template.ipynb"


def test_a_folder_that_is_there_is_refused(tmp_path):
    prepared(tmp_path, {"ada": school.notebook(COUNT)})
    with pytest.raises(Refused, match="name a new folder"):
        prepared(tmp_path, {"alan": school.notebook(COUNT)})
    assert list(submissions(tmp_path)) == ["ada/answers.py"]
