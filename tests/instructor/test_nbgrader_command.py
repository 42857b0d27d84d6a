"""The commands for a course directory of nbgrader, as they are typed."""

import pytest

from instructor import command, seeds
from tests.instructor import counting

pytestmark = counting.QUIET


def test_a_course_directory_is_written_and_its_marks_are_read(tmp_path, capsys):
    source, editions = counting.write(tmp_path / "in")
    course, table = tmp_path / "course", tmp_path / "marks.csv"
    typed = ["nbgrader", str(course), counting.NAME]
    typed += ["--source", str(source.parent), "--students", str(editions)]
    assert command.main(typed) == 0
    assert "3 points" in capsys.readouterr().out
    assert (course / "release" / counting.NAME / f"{counting.NAME}.ipynb").is_file()
    assert command.main(["marks", str(course), str(table)]) == 0
    assert table.is_file()


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        (["nbgrader", "course", "nothing", "--source", "."], "no such assignment"),
        (["autograde", "course", "resnet", "--secret", "secret"], "makes a course directory"),
    ],
)
def test_bad_input_is_told(tmp_path, monkeypatch, capsys, typed, reason):
    monkeypatch.chdir(tmp_path)
    seeds.make(tmp_path / "secret")
    assert command.main(typed) == 2
    assert reason in capsys.readouterr().err
