"""The command inside Gradescope's autograder, in its layout."""

import json

import pytest

from instructor import assignment, command, gradescope_command, seeds
from instructor.bench import Lost
from tests.checks.judging import EXERCISES
from tests.instructor import hall, school


@pytest.fixture
def autograder(tmp_path):
    """The folder as Gradescope lays it out before a run."""
    for name in ("submission", "results", "source"):
        (tmp_path / name).mkdir()
    about = {
        "created_at": "2030-05-01T10:00:00-07:00",
        "assignment": {"due_date": "2030-05-01T09:00:00-07:00"},
        "users": [{"email": "ada@x.edu"}],
        "previous_submissions": [{}],
    }
    (tmp_path / "submission_metadata.json").write_text(json.dumps(about))
    seeds.make(tmp_path / "source" / "secret")
    return tmp_path


def run(folder, *more):
    typed = ["gradescope", "--assignment", "resnet", "--source", str(EXERCISES)]
    typed += ["--secret", str(folder / "source" / "secret"), "--folder", str(folder)]
    return command.main([*typed, *more])


def found(folder):
    return json.loads((folder / "results" / "results.json").read_text())


@pytest.fixture
def bench_here(bench, monkeypatch):
    """The bench of the tests in place of a new one."""

    class Same:
        def __enter__(self):
            return bench

        def __exit__(self, *_):
            return None

    monkeypatch.setattr("instructor.grade.Bench", Same)


def test_a_submission_gets_its_marks_and_the_staff_their_log(autograder, bench_here, capsys):
    text = school.notebook(hall.solution("layer_count"), "raise KeyError('mine alone')")
    (autograder / "submission" / "answers").mkdir()
    (autograder / "submission" / "answers" / "resnet-1.ipynb").write_text(text)
    (autograder / "submission" / "notes.txt").write_text("read me")
    assert run(autograder) == 0
    whole = found(autograder)
    assert whole["stdout_visibility"] == "hidden"
    asked = assignment.read(EXERCISES / "resnet.ipynb")
    scores = {test["name"].split("(")[-1][:-1]: test["score"] for test in whole["tests"]}
    assert scores == {q.name: float(q.name == "layer_count") for q in asked.questions}
    assert sum(test["max_score"] for test in whole["tests"]) == asked.points
    told = capsys.readouterr().out
    for word in ("ada@x.edu", "late: by 1:00:00", "attempts: 2", "'mine alone'"):
        assert word in told
        assert word not in json.dumps(whole)


@pytest.mark.parametrize(
    ("names", "why"),
    [
        ([], "no notebook"),
        (["answers.pdf"], "no notebook"),
        (["one.ipynb", "two.ipynb"], "several notebooks"),
    ],
)
def test_what_is_no_submission_gets_nothing_and_a_word(autograder, names, why):
    for name in names:
        (autograder / "submission" / name).write_text("{}")
    assert run(autograder) == 0
    whole = found(autograder)
    assert whole["score"] == 0
    assert why in whole["output"]
    assert "resnet.ipynb" in whole["output"]


def test_a_file_that_is_refused_gets_nothing(autograder, bench_here, capsys):
    with (autograder / "submission" / "resnet.ipynb").open("wb") as file:
        file.truncate(200 << 20)
    assert run(autograder, "--visibility", "visible") == 0
    assert {(test["score"], test["visibility"]) for test in found(autograder)["tests"]} == {
        (0, "visible")
    }
    assert "it has 200 MiB, at most 25" in capsys.readouterr().out


def test_what_could_not_be_judged_leaves_no_file_of_before(autograder, monkeypatch, capsys):
    def lost(*_, **__):
        raise Lost("the judge ended")

    monkeypatch.setattr(
        gradescope_command.grade,
        "grade_here",
        lambda jobs, asked, *_, **__: iter(
            [gradescope_command.grade.settled(lost, job, asked) for job in jobs]
        ),
    )
    (autograder / "submission" / "resnet.ipynb").write_text(school.notebook("x = 1"))
    (autograder / "results" / "results.json").write_text("{}")
    assert run(autograder) == 1
    assert not (autograder / "results" / "results.json").exists()
    told = capsys.readouterr()
    assert "the judge ended" in told.err
    assert told.out == ""


def test_a_secret_that_others_can_read_is_refused(autograder, capsys):
    (autograder / "source" / "secret").chmod(0o644)
    assert run(autograder) == 2
    assert "chmod 600" in capsys.readouterr().err
    assert not (autograder / "results" / "results.json").exists()
