"""A class comes from Canvas, and marks and feedback go back there."""

import zipfile

import pytest

from instructor import canvas, canvas_marks, handed_in, intake
from instructor.intake import Refused
from tests.instructor import school

HEADER = "Student,ID,SIS User ID,SIS Login ID,Section,resnet (8123),lenet (8124),Current Score\r\n"
ROSTER = (
    "\ufeff"
    + HEADER
    + ",,,,,Manual Posting,,\r\n"
    + "    Points Possible,,,,,10.00,5.00,(read only)\r\n"
    + '"Lovelace, Ada",123,S1,ada,A,,4.00,80.00\r\n'
    + '"Turing, Alan",777,S2,"alan@school, old",A,3.00,,\r\n'
    + '"O\'Neill, Zoë ""Z""",55,S3,zoe,"A, B",EX,,\r\n'
    + '"Lovelace, Ada",124,S4,ada2,B,,,\r\n'
    + '"Student, Test",999,,f3a,A,,,0.00\r\n'
)
ADA = "lovelaceada_123_456_resnet.ipynb"
TWIN = "lovelaceada_124_457_resnet.ipynb"
ZOE = "oneillzoëz_LATE_55_459_resnet.ipynb"
ALAN = "turingalan_777_458_my work-3.ipynb"


def class_(tmp_path, members, roster=ROSTER, extensions=None):
    """Take a class; members are names, or pairs of name and content."""
    pairs = [one if isinstance(one, tuple) else (one, one) for one in members]
    school.archive(tmp_path / "submissions.zip", pairs)
    (tmp_path / "roster.csv").write_bytes(roster.encode())
    late = None
    if extensions is not None:
        late = tmp_path / "extensions.csv"
        late.write_text(extensions)
    folder = tmp_path / "class"
    return canvas.take(
        tmp_path / "submissions.zip", tmp_path / "roster.csv", folder, "resnet", late
    )


def taken_files(tmp_path):
    """Return the text of each notebook that grading would find."""
    found = handed_in.find(tmp_path / "class", "resnet")
    return {student: path.read_text() for student, path in found.items()}


def test_a_class_is_taken_and_nobody_is_lost(tmp_path):
    taken = class_(tmp_path, [ADA, TWIN, ALAN])
    assert taken_files(tmp_path) == {
        "lovelace_ada_123": ADA,
        "lovelace_ada_124": TWIN,
        "turing_alan_777": ALAN,
    }
    assert taken.missing == ['O\'Neill, Zoë "Z" (55)']
    assert taken.notes == []
    assert intake.load(tmp_path / "class") == taken


def test_the_newest_resubmission_is_graded_and_the_staff_is_told(tmp_path):
    names = [f"lovelaceada_123_{100 - n}_resnet-{n}.ipynb" for n in (2, 11, 9)]
    taken = class_(tmp_path, [*names, "lovelaceada_123_500_notes.ipynb"])
    assert taken_files(tmp_path) == {"lovelace_ada_123": names[1]}
    assert len(taken.notes) == 1
    assert "resnet-11.ipynb is graded, not resnet-9.ipynb, resnet-2.ipynb, notes" in taken.notes[0]


def test_of_two_files_without_a_number_the_later_upload_is_graded(tmp_path):
    class_(tmp_path, ["lovelaceada_123_9_a.ipynb", "lovelaceada_123_10_b.ipynb"])
    assert taken_files(tmp_path) == {"lovelace_ada_123": "lovelaceada_123_10_b.ipynb"}


def test_a_stranger_is_taken_and_named(tmp_path):
    taken = class_(tmp_path, ["doejane_31337_460_resnet.ipynb"])
    assert list(taken_files(tmp_path)) == ["doejane_31337"]
    assert "doejane_31337: not on the roster" in taken.notes
    assert len(taken.missing) == 4


PASSED = {
    "lovelaceada_123_456_resnet.pdf": "no notebook",
    "lovelaceada_123_text.html": "a text or an address",
    "lovelaceada_LATE_123_link.html": "a text or an address",
    "anon_aB3dE_456_resnet.ipynb": "anonymously",
    "LATE_anon_aB3dE_456_resnet.ipynb": "anonymously",
    "anon_aB3dE_text.html": "anonymously",
    "resnet.ipynb": "no name as Canvas gives it",
    "lovelaceada_123_456_": "no name as Canvas gives it",
}


@pytest.mark.parametrize("name", PASSED)
def test_what_is_no_notebook_of_somebody_is_passed_over(tmp_path, name):
    taken = class_(tmp_path, [name, ALAN])
    assert list(taken_files(tmp_path)) == ["turing_alan_777"]
    assert len(taken.notes) == 1
    assert name in taken.notes[0]
    assert PASSED[name] in taken.notes[0]
    assert "Lovelace, Ada (123)" in taken.missing


def test_a_damaged_newest_file_gives_way_to_the_one_before(tmp_path):
    newest = zipfile.ZipInfo("lovelaceada_123_457_resnet-1.ipynb")
    newest.external_attr = 0o120777 << 16  # a link
    taken = class_(tmp_path, [ADA, (newest, "/etc/passwd")])
    assert taken_files(tmp_path) == {"lovelace_ada_123": ADA}
    assert any("resnet-1.ipynb: passed over: a link" in note for note in taken.notes)


def test_nobody_hands_in_for_another(tmp_path):
    """A student chooses file names, and a name whose spaces Canvas takes out."""
    roster = ROSTER.replace('"Lovelace, Ada",124', '"turingalan_ 777_ 5_",124')
    forged = "turingalan_777_5__124_460_resnet-9.ipynb"
    title = "lovelaceada_123_461_x_777_9_resnet-9.ipynb"
    taken = class_(tmp_path, [forged, title, ALAN], roster)
    assert taken_files(tmp_path) == {"turing_alan_777": ALAN, "lovelace_ada_123": title}
    assert [note for note in taken.notes if forged in note and "several students" in note]


def test_a_name_that_is_not_the_roster_s_is_mentioned(tmp_path):
    taken = class_(tmp_path, ["groupone_123_456_resnet.ipynb"])
    assert list(taken_files(tmp_path)) == ["lovelace_ada_123"]
    assert "the roster calls 123 'Lovelace, Ada'" in taken.notes[0]


def packed(name, day):
    return zipfile.ZipInfo(name, (2026, 5, day, 12, 0, 0))


@pytest.mark.parametrize("who", ["55", "zoe", "ZOE"])
@pytest.mark.parametrize(
    ("until", "late"),
    [
        ("2026-05-10", False),
        ("20260510", False),
        ("2026-05-09", True),
        ("2026-05-10T11:00", True),
        ("2026-05-10T14:30+02:00", False),
        ("2026-05-10T13:30+02:00", True),
    ],
)
def test_an_extension_counts_until_its_end(tmp_path, who, until, late):
    taken = class_(tmp_path, [(packed(ZOE, 10), "x")], extensions=f"id,until\n{who},{until}\n")
    assert [student.late for student in taken.students] == [late]
    assert "extension until 2026-05" in taken.notes[0]


def test_without_an_extension_late_is_late(tmp_path):
    taken = class_(tmp_path, [ZOE, ADA], extensions="id,until\n123,2026-05-10\n")
    assert {student.number: student.late for student in taken.students} == {
        "55": True,
        "123": False,
    }
    assert [note for note in taken.notes if "late" in note] == ["o_neill_zoe_z_55: late"]


EXTENSIONS = {
    "id,until\n31337,2026-05-10\n": "line 2: '31337' is no number and no login",
    "id,until\n123,2026-05-10\nada,2026-05-11\n": "line 3: 'ada' has two extensions",
    "id,until\n123,10 May\n": "'10 May' is no date",
    "id,until\n123,2026-02-30\n": "is no date",
    "who,until\n123,2026-05-10\n": "no columns 'id'",
}


@pytest.mark.parametrize("text", EXTENSIONS)
def test_an_extension_that_means_nothing_is_refused(tmp_path, text):
    with pytest.raises(Refused, match=EXTENSIONS[text]):
        class_(tmp_path, [ADA], extensions=text)
    assert not (tmp_path / "class").exists()


ROSTERS = {
    "no numbers": HEADER,
    "an open quote": ROSTER + '"x',
    "a short row": ROSTER + "a,1\r\n",
    "no CSV": "%PDF-1.4",
}


@pytest.mark.parametrize("roster", ROSTERS.values(), ids=ROSTERS)
def test_a_roster_that_cannot_be_read_is_refused(tmp_path, roster):
    with pytest.raises(Refused, match=r"roster\.csv"):
        class_(tmp_path, [ADA], roster)
    assert not (tmp_path / "class").exists()


def test_a_real_student_of_the_test_student_s_name_is_missed(tmp_path):
    roster = ROSTER.replace('"Student, Test",999,,', '"Student, Test",999,S9,')
    assert "Student, Test (999)" in class_(tmp_path, [ADA], roster).missing


def test_names_may_stand_in_two_columns(tmp_path):
    roster = "LastName,FirstName,ID,SIS Login ID,resnet (1)\nLovelace,Ada,123,ada,\n"
    taken = class_(tmp_path, [ADA], roster)
    assert taken.students[0].name == "Lovelace, Ada"
    assert taken.notes == []


def fill(tmp_path, class_graded, roster=ROSTER, column="", members=(ADA, TWIN, ALAN, ZOE)):
    taken = class_(tmp_path, members, roster)
    paths = tmp_path / "roster.csv", tmp_path / "marks.csv"
    notes = canvas_marks.fill(paths[0], taken, class_graded, school.RESNET, paths[1], column)
    return paths[1].read_bytes().decode(), notes


def test_one_column_is_filled_and_all_else_is_kept(tmp_path):
    class_graded = [
        school.graded("lovelace_ada_124", 7.125),
        school.graded("turing_alan_777", 10),
        school.graded("o_neill_zoe_z_55", unjudged="the judge was lost"),
    ]
    text, notes = fill(tmp_path, class_graded)
    expected = ROSTER.replace("ada2,B,,", "ada2,B,7.125,").replace('old",A,3.00', 'old",A,10')
    assert text == expected
    assert [note.split(":")[0] for note in notes] == ["o_neill_zoe_z_55", "lovelace_ada_123"]


def test_no_points_are_a_mark(tmp_path):
    text, _ = fill(tmp_path, [school.graded("lovelace_ada_123", 0)])
    assert text == ROSTER.replace("123,S1,ada,A,,", "123,S1,ada,A,0,")


def test_a_named_column_is_filled(tmp_path):
    text, notes = fill(tmp_path, [school.graded("turing_alan_777", 2)], column="lenet (8124)")
    assert text == ROSTER.replace('old",A,3.00,,', 'old",A,3.00,2,')
    assert "lenet (8124) has 5 points in Canvas, the assignment 10" in notes[-1]


COLUMNS = {
    "none": (HEADER.replace("resnet", "vgg"), ""),
    "two": (HEADER.replace("resnet", "resnet a").replace("lenet", "ResNet b"), ""),
    "no such title": (HEADER, "resnet"),
    "one that Canvas fills": (HEADER, "Current Score"),
}


@pytest.mark.parametrize("case", COLUMNS)
def test_a_column_is_never_guessed(tmp_path, case):
    header, column = COLUMNS[case]
    with pytest.raises(Refused, match=r"the columns are\n  Student\n  ID\n"):
        fill(tmp_path, [], ROSTER.replace(HEADER, header), column)
    assert not (tmp_path / "marks.csv").exists()


def test_the_assignment_goes_before_what_starts_like_it(tmp_path):
    roster = ROSTER.replace("lenet", "resnet bonus").replace("Current Score", "resnet Final Score")
    text, _ = fill(tmp_path, [school.graded("turing_alan_777", 2)], roster)
    assert text == roster.replace('old",A,3.00', 'old",A,2')


def test_a_column_that_canvas_fills_is_no_candidate(tmp_path):
    roster = ROSTER.replace("resnet (8123)", "resnet, week 2").replace("Current", "resnet Current")
    roster = roster.replace("resnet, week 2", '"resnet, week 2"')
    text, _ = fill(tmp_path, [school.graded("turing_alan_777", 2)], roster)
    assert text == roster.replace('old",A,3.00', 'old",A,2')


def test_the_file_of_canvas_is_kept(tmp_path):
    taken = class_(tmp_path, [ADA])
    roster = tmp_path / "roster.csv"
    with pytest.raises(Refused, match="name another file"):
        canvas_marks.fill(roster, taken, [], school.RESNET, roster)
    assert roster.read_bytes() == ROSTER.encode()


def test_a_student_who_left_the_roster_is_named(tmp_path):
    taken = class_(tmp_path, [ADA, ALAN])
    (tmp_path / "roster.csv").write_bytes(ROSTER.replace(",777,", ",778,").encode())
    class_graded = [school.graded("turing_alan_777", 2), school.graded("lovelace_ada_123", 3)]
    out = tmp_path / "marks.csv"
    notes = canvas_marks.fill(tmp_path / "roster.csv", taken, class_graded, school.RESNET, out)
    assert notes == ["turing_alan_777: not on the roster"]


def test_feedback_has_the_names_of_the_submissions(tmp_path):
    link = "oneillzoëz_LATE_55_459_my_linknet.ipynb"
    taken = class_(tmp_path, [ADA, ALAN, f"sub/{link}"])
    pages = {"lovelace_ada_123": "<p>Ada", "o_neill_zoe_z_55": "<p>Zoë", "nobody": "<p>"}
    notes = canvas_marks.feedback(taken, pages, tmp_path / "feedback.zip")
    assert school.unpacked(tmp_path / "feedback.zip") == {
        "lovelaceada_123_456_resnet.html": "<p>Ada",
        "oneillzoëz_LATE_55_459_my_page-linknet.html": "<p>Zoë",
    }
    assert notes == ["turing_alan_777: no feedback page"]
