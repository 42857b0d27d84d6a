"""What Gradescope reads, and what students may read of it."""

import json

import pytest

from instructor import gradescope
from instructor.intake import Refused
from tests.instructor import school


def test_each_question_is_a_test(tmp_path):
    gradescope.write(
        tmp_path / "results" / "results.json", school.RESNET, school.graded("ada", 7.0)
    )
    whole = json.loads((tmp_path / "results" / "results.json").read_text())
    assert whole["stdout_visibility"] == "hidden"
    assert [test["name"] for test in whole["tests"]] == [
        "Count layers (layer_count)",
        "Count multiply-adds (stage_macs)",
    ]
    assert [(test["score"], test["max_score"]) for test in whole["tests"]] == [(4, 4), (3, 6)]
    assert {test["visibility"] for test in whole["tests"]} == {"after_published"}
    assert whole["tests"][0]["output"] == "Some kinds of case are right.\nright: a kind"
    assert whole["tests"][1]["output"].endswith("\nnot right: another kind")


def test_students_read_no_note_and_no_log():
    whole = json.dumps(gradescope.results(school.RESNET, school.graded("ada")))
    for secret in ("for the staff", "printed", "ada"):
        assert secret not in whole


@pytest.mark.parametrize("visibility", gradescope.VISIBILITY)
def test_the_visibility_is_chosen(visibility):
    whole = gradescope.results(school.RESNET, school.graded("ada"), visibility)
    assert {test["visibility"] for test in whole["tests"]} == {visibility}


def test_another_visibility_is_refused():
    with pytest.raises(ValueError, match="expected one of hidden"):
        gradescope.results(school.RESNET, school.graded("ada"), "public")


def test_what_could_not_be_judged_gets_no_file(tmp_path):
    path = tmp_path / "results.json"
    with pytest.raises(ValueError, match="ada: not judged: lost"):
        gradescope.write(path, school.RESNET, school.graded("ada", unjudged="lost"))
    assert not path.exists()


def test_a_submission_without_a_notebook_gets_a_file_that_says_so(tmp_path):
    gradescope.refuse(tmp_path / "results" / "results.json", "There is no notebook.")
    whole = json.loads((tmp_path / "results" / "results.json").read_text())
    assert whole == {"stdout_visibility": "hidden", "score": 0, "output": "There is no notebook."}


ABOUT = {
    "created_at": "2030-05-02T00:30:00.5-07:00",
    "assignment": {"due_date": "2030-05-01T00:30:00.5-07:00"},
    "users": [{"email": "ada@x.edu"}, {"name": "Zoë"}],
    "previous_submissions": [{}, {}],
}
EXTENDED = {"users": [{"email": "ada@x.edu", "assignment": {"due_date": ABOUT["created_at"]}}]}


@pytest.mark.parametrize(
    ("content", "who", "words"),
    [
        (ABOUT, "ada@x.edu, Zoë", ["late: by 1 day, 0:00:00;", "attempts: 3"]),
        (ABOUT | EXTENDED, "ada@x.edu", ["late: no;"]),
        ({}, "submission", ["handed in: not told; due: not told", "late: not told;"]),
        ({"created_at": "soon", "assignment": {"due_date": 3}}, "submission", ["late: not told;"]),
        ([], "submission", ["attempts: 1"]),
    ],
)
def test_gradescope_s_own_words_are_told(tmp_path, content, who, words):
    path = tmp_path / "submission_metadata.json"
    path.write_text(json.dumps(content))
    student, lines = gradescope.arrival(path)
    assert student == who
    assert all(any(word in line for line in lines) for word in words)


def test_without_metadata_nothing_is_told(tmp_path):
    student, lines = gradescope.arrival(tmp_path / "submission_metadata.json")
    assert student == "submission"
    assert "late: not told" in lines[1]


ROSTERS = {
    "one column": 'Name,SID,Email\n"Lovelace, Ada",1,Ada@X.edu\nZoë,2,zoe@x.edu\n',
    "two columns": (
        "\ufeffFirst Name,Last Name,Email Address\nAda,Lovelace,ada@x.edu\nZoë,,zoe@x.edu\n"
    ),
}


@pytest.mark.parametrize(
    ("columns", "name"), [("one column", "Lovelace, Ada"), ("two columns", "Ada Lovelace")]
)
def test_a_roster_gives_names_by_address(tmp_path, columns, name):
    (tmp_path / "roster.csv").write_text(ROSTERS[columns], encoding="utf-8")
    found = gradescope.names(tmp_path / "roster.csv")
    assert found == {"ada@x.edu": name, "zoe@x.edu": "Zoë"}


BROKEN = {
    "Name,SID\nAda,1\n": "no columns 'Email'",
    "Email,SID\nada@x.edu,1\n": "no columns 'Name'",
    "Name,Email\nAda,\n": "line 2: '' is no e-mail address",
    "Name,Email\nAda,a@x.edu\nZoë,A@X.edu\n": "line 3: a@x.edu is there twice",
}


@pytest.mark.parametrize("text", BROKEN)
def test_a_roster_that_tells_nobody_apart_is_refused(tmp_path, text):
    (tmp_path / "roster.csv").write_text(text, encoding="utf-8")
    with pytest.raises(Refused, match=BROKEN[text]):
        gradescope.names(tmp_path / "roster.csv")
