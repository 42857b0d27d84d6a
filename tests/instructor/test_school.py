"""A class comes in from a school's system by one command, and goes back."""

import csv
import io
import zipfile

import pytest

from instructor import command, intake, school
from tests.checks.judging import EXERCISES
from tests.instructor import hall
from tests.instructor import school as system

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,resnet (8123)\r\n"
    "    Points Possible,,,,,15.00\r\n"
    '"Lovelace, Ada",123,S1,ada,A,\r\n'
    '"Turing, Alan",777,S2,alan,A,\r\n'
    '"Hopper, Grace",55,S3,grace,A,\r\n'
)
MOODLE = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (grade),Feedback comments\n"
    "Participant 123,Ada Lovelace,ada@x.edu,Submitted,,15.00,Yes,-,\n"
    "Participant 777,Alan Turing,alan@x.edu,Submitted,,15.00,Yes,-,\n"
)
RIGHT = system.notebook(hall.solution("layer_count"))
NONE = system.notebook("x = 1")
MEMBERS = {
    "canvas": [("lovelaceada_123_1_resnet.ipynb", RIGHT), ("turingalan_777_2_resnet.ipynb", NONE)],
    "moodle": [
        ("Ada Lovelace_123_assignsubmission_file_/resnet.ipynb", RIGHT),
        ("Alan Turing_777_assignsubmission_file_/resnet.ipynb", NONE),
    ],
}
ROSTERS = {"canvas": CANVAS, "moodle": MOODLE}


@pytest.fixture(params=ROSTERS)
def handed_in(request, tmp_path):
    archive = system.archive(tmp_path / "class.zip", MEMBERS[request.param])
    roster = tmp_path / "table.csv"
    roster.write_text(ROSTERS[request.param], newline="")
    return request.param, archive, roster


def test_one_command_takes_grades_and_gives_back(bench, handed_in, tmp_path, capsys):
    name, archive, roster = handed_in
    secret, out = tmp_path / "secret", tmp_path / "out"
    command.main(["secret", str(secret)])
    typed = ["grade", str(archive), "--roster", str(roster), "--assignment", "resnet"]
    typed += ["--secret", str(secret), "--source", str(EXERCISES), "--out", str(out)]
    assert command.main(typed) == 0
    told = capsys.readouterr()
    assert "2 of 2 submissions graded" in told.out
    assert ("Hopper" in told.err) == (name == "canvas")  # who handed in nothing is named
    rows = list(csv.reader(io.StringIO((out / "filled-table.csv").read_text())))
    column = rows[0].index("resnet (8123)" if name == "canvas" else "Grade")
    marks = {row[0]: row[column] for row in rows[1:]}
    ada, alan = ("Lovelace, Ada", "Turing, Alan") if name == "canvas" else tuple(marks)[:2]
    assert (float(marks[ada]), float(marks[alan])) == (1, 0)
    with zipfile.ZipFile(out / "feedback.zip") as pages:
        assert len(pages.namelist()) == 2
    before = (out / "journal.jsonl").read_bytes()
    assert command.main(typed) == 0  # again: nothing is unpacked or judged twice
    assert (out / "journal.jsonl").read_bytes() == before


LATE = [("lovelaceada_LATE_123_1_resnet-2.ipynb", RIGHT), MEMBERS["canvas"][1]]


def arrivals(tmp_path, members, table, extensions=None):
    """Return what is told of each hand-in."""
    archive = system.archive(tmp_path / "class.zip", members)
    roster = tmp_path / "table.csv"
    roster.write_text(table, newline="")
    if extensions:
        (tmp_path / "extensions.csv").write_text(extensions)
        extensions = tmp_path / "extensions.csv"
    taken = school.take(archive, roster, tmp_path / "in", "resnet", extensions)
    return school.arrivals(roster, taken)


def test_canvas_tells_who_was_late_and_which_attempt_it_is(tmp_path):
    told = arrivals(tmp_path, LATE, CANVAS)
    assert told["lovelace_ada_123"][0] == "late, after extensions: yes"
    assert told["lovelace_ada_123"][2].startswith("attempts: 3, by the name lovelaceada_LATE_123_1")
    assert "late" in told["lovelace_ada_123"][3:]  # the note of `canvas.take`
    assert told["turing_alan_777"][0] == "late, after extensions: no"
    assert all("changes no mark here" in lines[-1] for lines in told.values())


@pytest.mark.parametrize(("until", "late"), [("2020-05-31", "yes"), ("2999-05-31", "no")])
def test_an_extension_counts_where_it_reaches(tmp_path, until, late):
    told = arrivals(tmp_path, LATE, CANVAS, f"id,until\nada,{until}\n")
    assert told["lovelace_ada_123"][0] == f"late, after extensions: {late}"
    assert any(until in line for line in told["lovelace_ada_123"])


def test_moodle_s_own_words_are_told(tmp_path):
    head, *rows = MOODLE.splitlines()
    rows = [f"{row},{when}" for row, when in zip(rows, ("1 May", "3 May"), strict=True)]
    table = "\n".join([f"{head},Last modified (submission)", *rows]) + "\n"
    told = arrivals(tmp_path, MEMBERS["moodle"], table)
    assert told["alan_turing_777"][:2] == [
        "Status: Submitted",
        "Last modified (submission): 3 May",
    ]
    assert "changes no mark here" in told["alan_turing_777"][-1]


def test_being_late_changes_no_mark_and_the_log_says_so(bench, tmp_path):
    archive = system.archive(tmp_path / "class.zip", LATE)
    roster, out, secret = tmp_path / "table.csv", tmp_path / "out", tmp_path / "secret"
    roster.write_text(CANVAS, newline="")
    command.main(["secret", str(secret)])
    typed = ["grade", str(archive), "--roster", str(roster), "--assignment", "resnet"]
    typed += ["--secret", str(secret), "--source", str(EXERCISES), "--out", str(out)]
    assert command.main(typed) == 0
    text = (out / "logs" / "lovelace_ada_123.txt").read_text()
    assert "late, after extensions: yes" in text
    assert "being late changes no mark here" in text
    rows = list(csv.reader(io.StringIO((out / "filled-table.csv").read_text())))
    assert [float(row[-1]) for row in rows[2:4]] == [1, 0]


def test_the_submissions_of_another_archive_are_not_mixed_in(handed_in, tmp_path):
    _, archive, roster = handed_in
    folder = tmp_path / "out" / "submissions"
    school.take(archive, roster, folder, "resnet", None)
    school.take(archive, roster, folder, "resnet", None)
    other = system.archive(tmp_path / "other.zip", [("x.ipynb", NONE)])
    with pytest.raises(intake.Refused, match="another archive"):
        school.take(other, roster, folder, "resnet", None)


def test_a_table_of_neither_system_is_refused(tmp_path):
    roster = tmp_path / "table.csv"
    roster.write_text("name,mark\nada,1\n")
    with pytest.raises(intake.Refused, match="neither Canvas"):
        school.is_moodle(roster)


def test_moodle_needs_no_extensions(tmp_path):
    archive = system.archive(tmp_path / "class.zip", MEMBERS["moodle"])
    roster = tmp_path / "table.csv"
    roster.write_text(MOODLE)
    with pytest.raises(intake.Refused, match="--extensions"):
        school.take(archive, roster, tmp_path / "in", "resnet", tmp_path / "x.csv")
