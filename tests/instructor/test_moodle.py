"""A class comes from Moodle, and marks and feedback go back there."""

import re

import pytest

from instructor import handed_in, intake, moodle
from instructor.intake import Refused
from tests.instructor import school

HEADER = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (grade),Feedback comments\n"
)
WORKSHEET = HEADER + (
    'Participant 12345,"Lovelace, Ada",ada@x.edu,"Submitted, late",,10.00,Yes,"Friday, 1 May",\n'
    'Participant 12346,Alan Turing,alan@x.edu,No submission,4.00,10.00,Yes,-,"<p>""good""</p>"\n'
    "Participant 12347,Alan Turing,al@x.edu,Submitted,,10.00,No,-,\n"
)
ADA = "Lovelace, Ada_12345_assignsubmission_file_"
ALAN = "Alan Turing_12346_assignsubmission_file"
TWIN = "Alan Turing_12347_assignsubmission_file_"


def class_(tmp_path, members, worksheet=WORKSHEET):
    school.archive(tmp_path / "submissions.zip", [(name, name) for name in members])
    (tmp_path / "sheet.csv").write_bytes(worksheet.encode())
    paths = tmp_path / "submissions.zip", tmp_path / "sheet.csv", tmp_path / "class"
    return moodle.take(*paths, "resnet")


def taken_files(tmp_path):
    found = handed_in.find(tmp_path / "class", "resnet")
    return {student: path.read_text() for student, path in found.items()}


def test_a_class_is_taken_from_folders_and_from_files(tmp_path):
    members = [f"{ADA}/resnet.ipynb", f"{ALAN}/mine/resnet.ipynb", f"{TWIN}resnet.ipynb"]
    taken = class_(tmp_path, members)
    assert taken_files(tmp_path) == {
        "lovelace_ada_12345": members[0],
        "alan_turing_12346": members[1],
        "alan_turing_12347": members[2],
    }
    assert taken.missing == []
    assert taken.notes == []
    assert intake.load(tmp_path / "class") == taken


def test_nobody_is_lost(tmp_path):
    stranger = "Jane Doe_31337_assignsubmission_file_/resnet.ipynb"
    text = "Alan Turing_12346_assignsubmission_onlinetext_/onlinetext.html"
    members = [stranger, text, f"{TWIN}/resnet.pdf", f"{ADA}/resnet.ipynb", "odd.ipynb"]
    taken = class_(tmp_path, members)
    assert list(taken_files(tmp_path)) == ["jane_doe_31337", "lovelace_ada_12345"]
    assert taken.missing == ["Alan Turing (12346)", "Alan Turing (12347)"]
    reasons = {
        stranger.partition("_31337")[0]: "",
        "jane_doe_31337": "not on the worksheet",
        text: "onlinetext, no file",
        f"{TWIN}/resnet.pdf": "no notebook",
        "odd.ipynb": "no name as Moodle gives it",
    }
    del reasons["Jane Doe"]
    assert len(taken.notes) == len(reasons)
    for name, why in reasons.items():
        assert any(name in note and why in note for note in taken.notes)


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["resnet.ipynb", "notes.ipynb"], "resnet.ipynb"),
        (["resnet.ipynb", "resnet (1).ipynb"], "resnet (1).ipynb"),
        (["resnet.ipynb", "old/resnet.ipynb"], "resnet.ipynb"),
        (["mine.ipynb", "mine-2.ipynb"], "mine-2.ipynb"),
    ],
)
def test_of_several_notebooks_one_is_graded_and_the_staff_is_told(tmp_path, names, chosen):
    taken = class_(tmp_path, [f"{ADA}/{name}" for name in names])
    assert taken_files(tmp_path) == {"lovelace_ada_12345": f"{ADA}/{chosen}"}
    assert len(taken.notes) == 1
    assert f"{chosen} is graded" in taken.notes[0]


def test_of_notebooks_that_cannot_be_told_apart_none_is_taken(tmp_path):
    taken = class_(tmp_path, [f"{ADA}/a.ipynb", f"{ADA}/b.ipynb", f"{ALAN}/resnet.ipynb"])
    assert list(taken_files(tmp_path)) == ["alan_turing_12346"]
    assert "Lovelace, Ada (12345)" in taken.missing
    assert "a.ipynb, b.ipynb; none is taken" in taken.notes[0]


def test_nobody_hands_in_for_another(tmp_path):
    forged = f"{ADA}/Alan Turing_12346_assignsubmission_file_/resnet.ipynb"
    flat = f"{TWIN}x_12346_assignsubmission_file_resnet.ipynb"
    class_(tmp_path, [forged, flat])
    assert taken_files(tmp_path) == {"lovelace_ada_12345": forged, "alan_turing_12347": flat}


def test_blind_marking_hides_names(tmp_path):
    lines = [
        re.sub(r'^(Participant \d+),("[^"]*"|[^,]*),', r"\1,", row) for row in WORKSHEET.split("\n")
    ]
    worksheet = "\n".join(lines).replace("Identifier,Full name,", "Identifier,")
    class_(tmp_path, ["Participant_12345_assignsubmission_file_/resnet.ipynb"], worksheet)
    assert list(taken_files(tmp_path)) == ["participant_12345"]


WORKSHEETS = {
    "no identifier": WORKSHEET.replace("Participant 12346", "Alan"),
    "one twice": WORKSHEET.replace("12346", "12345"),
    "no such columns": WORKSHEET.replace("Identifier", "Kennung"),
    "an open quote": WORKSHEET + '"',
}


@pytest.mark.parametrize("worksheet", WORKSHEETS.values(), ids=WORKSHEETS)
def test_a_worksheet_that_cannot_be_read_is_refused(tmp_path, worksheet):
    with pytest.raises(Refused, match=r"sheet\.csv"):
        class_(tmp_path, [f"{ADA}/resnet.ipynb"], worksheet)
    assert not (tmp_path / "class").exists()


def fill(tmp_path, class_graded, worksheet=WORKSHEET):
    folders = [f"{folder.rstrip('_')}/resnet.ipynb" for folder in (ADA, ALAN, TWIN)]
    taken = class_(tmp_path, folders, worksheet)
    paths = tmp_path / "sheet.csv", tmp_path / "marks.csv"
    notes = moodle.fill(paths[0], taken, class_graded, school.RESNET, paths[1])
    return paths[1].read_bytes().decode(), notes


def test_grades_are_filled_and_all_else_is_kept(tmp_path):
    class_graded = [
        school.graded("lovelace_ada_12345", 7.5),
        school.graded("alan_turing_12346", unjudged="lost"),
        school.graded("alan_turing_12347", 3),
    ]
    text, notes = fill(tmp_path, class_graded)
    assert text == WORKSHEET.replace('late",,10.00', 'late",7.5,10.00')
    assert [note.split(":")[0] for note in notes] == ["alan_turing_12346", "alan_turing_12347"]
    assert "locked" in notes[1]


@pytest.mark.parametrize("most", ["100.00", '"100,00"'])
def test_marks_are_scaled_where_the_maxima_differ_and_that_is_said(tmp_path, most):
    worksheet = WORKSHEET.replace("10.00", most)
    text, notes = fill(tmp_path, [school.graded("lovelace_ada_12345", 7.125)], worksheet)
    assert text == worksheet.replace(f'late",,{most}', f'late",71.25,{most}')
    assert notes[-1] == "100 points in Moodle, 10 in the assignment: the marks are scaled"


def test_a_scale_of_words_is_refused(tmp_path):
    with pytest.raises(Refused, match="is no maximum; grade by points"):
        fill(tmp_path, [school.graded("lovelace_ada_12345")], WORKSHEET.replace("10.00", "-"))
    assert not (tmp_path / "marks.csv").exists()


def test_the_file_of_moodle_is_kept(tmp_path):
    taken = class_(tmp_path, [f"{ADA}/resnet.ipynb"])
    sheet = tmp_path / "sheet.csv"
    with pytest.raises(Refused, match="name another file"):
        moodle.fill(sheet, taken, [], school.RESNET, sheet)


def test_feedback_is_laid_out_as_the_submissions_were(tmp_path):
    taken = class_(
        tmp_path, [f"{ADA}/mine.ipynb", f"{ALAN}/mine/resnet.ipynb", f"{TWIN}resnet.ipynb"]
    )
    pages = {"lovelace_ada_12345": "A", "alan_turing_12346": "B", "alan_turing_12347": "C"}
    assert moodle.feedback(taken, pages, tmp_path / "feedback.zip") == []
    assert school.unpacked(tmp_path / "feedback.zip") == {
        "Lovelace, Ada_12345_assignfeedback_file_/resnet.html": "A",
        "Alan Turing_12346_assignfeedback_file/resnet.html": "B",
        "Alan Turing_12347_assignfeedback_file_resnet.html": "C",
    }


def test_moodle_reads_the_feedback_as_it_reads_its_own(tmp_path):
    """Moodle splits a part of the path at `_` and asks for four pieces, the second a number."""
    taken = class_(tmp_path, [f"{ADA}/resnet.ipynb", f"{TWIN}resnet.ipynb"])
    pages = {"lovelace_ada_12345": "A", "alan_turing_12347": "C"}
    moodle.feedback(taken, pages, tmp_path / "feedback.zip")
    found = {}
    for name, text in school.unpacked(tmp_path / "feedback.zip").items():
        _, user, kind, plugin, rest = name.split("/")[0].split("_", 4)
        assert (kind, plugin) == ("assignfeedback", "file")
        found[user] = (text, "/".join([rest, *name.split("/")[1:]]).lstrip("/"))
    assert found == {"12345": ("A", "resnet.html"), "12347": ("C", "resnet.html")}


def test_a_student_without_a_page_is_named(tmp_path):
    taken = class_(tmp_path, [f"{ADA}/resnet.ipynb"])
    notes = moodle.feedback(taken, {}, tmp_path / "feedback.zip")
    assert notes == ["lovelace_ada_12345: no feedback page"]
