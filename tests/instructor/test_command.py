"""The command, as it is typed."""

import csv
import subprocess
import sys

import nbformat
import pytest

from instructor import command
from tests.checks.judging import EXERCISES
from tests.instructor import hall


def test_it_is_installed():
    done = subprocess.run(
        [sys.executable, "-m", "instructor.command", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    for name in ("grade", "secret", "doctor"):
        assert name in done.stdout


@pytest.fixture
def class_of_two(tmp_path):
    folder = tmp_path / "handed in"
    folder.mkdir()
    cells = [nbformat.v4.new_code_cell(hall.solution("layer_count"))]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "ada.ipynb")
    (folder / "bob.ipynb").write_text("no notebook")
    return folder


def test_a_class_is_graded_by_one_command(bench, class_of_two, tmp_path, capsys):
    secret, out = tmp_path / "secret", tmp_path / "out"
    assert command.main(["secret", str(secret)]) == 0
    typed = ["grade", str(class_of_two), "--assignment", "resnet", "--secret", str(secret)]
    typed += ["--source", str(EXERCISES), "--out", str(out)]
    assert command.main(typed) == 0
    assert "2 of 2 submissions graded" in capsys.readouterr().out
    rows = list(csv.DictReader((out / "marks.csv").read_text().splitlines()))
    assert [(row["student"], row["total"]) for row in rows] == [("ada", "1"), ("bob", "0")]
    assert (out / "feedback" / "ada.html").is_file()
    assert sorted(path.name for path in (out / "logs").iterdir()) == ["ada.txt", "bob.txt"]
    assert "the file is no notebook" in (out / "logs" / "bob.txt").read_text()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"--assignment": "nothing"}, "no such assignment"),
        ({"--secret": "nowhere"}, "course secret"),
        ({"submissions": "nowhere"}, "no folder"),
    ],
)
def test_bad_input_is_told_before_anything_is_done(class_of_two, tmp_path, capsys, change, reason):
    secret = tmp_path / "secret"
    command.main(["secret", str(secret)])
    typed = {"--assignment": "resnet", "--secret": str(secret), "--source": str(EXERCISES)}
    typed |= {"--out": str(tmp_path / "out"), "submissions": str(class_of_two)} | change
    folder = typed.pop("submissions")
    assert command.main(["grade", folder, *(part for pair in typed.items() for part in pair)]) == 2
    assert reason in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
