"""Names become parts of paths, folders appear whole, and marks find their student."""

import re

import pytest

from instructor import intake
from instructor.intake import Refused, Student, Taken
from tests.instructor import school

UP = ".."
HOSTILE = [
    f"{UP}/{UP}/etc",
    "C:\\x",
    "..",
    ".hidden",
    "",
    "a/b",
    "a\0b",
    "-rf",
    "名前",
    "x" * 300,
    "Ünal",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_becomes_one_part_of_a_path(name):
    part = intake.key(name, "12")
    assert re.fullmatch(r"[a-z0-9][a-z0-9._-]*_12", part)
    assert ".." not in part.strip("abcdefghijklmnopqrstuvwxyz")


def test_letters_lose_their_marks_and_spaces():
    assert intake.key("Šárka Ünal", "7") == "sarka_unal_7"


def test_names_that_become_alike_stay_apart():
    names = ["Ada", "ada", "ÁDA", "ada_2", "Li/u", "Li u", "名", "前"]
    parts = intake.components(names)
    assert sorted(parts) == sorted(names)
    assert len(set(parts.values())) == len(names)


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ("resnet", ("resnet", 0)),
        ("resnet-2", ("resnet", 2)),
        ("resnet (3)", ("resnet", 3)),
        ("resnet-50-1", ("resnet-50", 1)),
        ("-1", ("-1", 0)),
        ("", ("", 0)),
    ],
)
def test_the_number_of_a_resubmission(stem, expected):
    assert intake.numbered(stem) == expected


def test_the_newest_of_the_assignment_is_last():
    stems = ["resnet-10", "notes-99", "resnet", "Resnet-2", "draft"]
    ordered = sorted(stems, key=lambda stem: intake.rank(stem, "resnet"))
    assert ordered[-3:] == ["resnet", "Resnet-2", "resnet-10"]
    assert intake.rank("lab-2", "lab-2") < intake.rank("lab-2-1", "lab-2")


def test_a_folder_is_there_whole_or_not_at_all(tmp_path):
    folder = tmp_path / "new" / "class"
    with pytest.raises(TypeError), intake.fresh(folder) as new:
        intake.write(new / "a.ipynb", "no bytes")
    assert list(folder.parent.iterdir()) == []
    with intake.fresh(folder) as new:
        intake.write(new / "a.ipynb", b"whole")
        assert not folder.exists()
    assert school.files(folder) == {"a.ipynb": "whole"}
    assert [path.name for path in folder.parent.iterdir()] == ["class"]


def test_a_folder_with_something_in_it_is_refused(tmp_path):
    (tmp_path / "old.ipynb").write_text("of last week")
    with pytest.raises(Refused, match="name a new folder"), intake.fresh(tmp_path):
        pass
    link = tmp_path.parent / f"{tmp_path.name}-link"
    link.symlink_to(tmp_path / "nowhere")
    with pytest.raises(Refused, match="name a new folder"), intake.fresh(link):
        pass
    assert school.files(tmp_path) == {"old.ipynb": "of last week"}


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "empty").mkdir()
    with intake.fresh(tmp_path / "empty") as new:
        intake.write(new / "a", b"a")
    assert school.files(tmp_path) == {"empty/a": "a"}


def test_a_link_is_replaced_and_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("kept")
    (tmp_path / "inside").symlink_to(outside)
    intake.write(tmp_path / "inside", b"new")
    assert school.files(tmp_path) == {"inside": "new", "outside": "kept"}


def test_what_was_taken_is_found_again(tmp_path):
    taken = Taken("resnet", [Student("ada_1", "1", "Lovelace, Ada", "a.ipynb", True)], ["B"], ["n"])
    intake.keep(tmp_path, taken)
    assert intake.load(tmp_path) == taken


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"students": [{"key": "a"}]}', '{"students": 1}']
)
def test_a_damaged_list_is_refused(tmp_path, text):
    (tmp_path / intake.MANIFEST).write_text(text)
    with pytest.raises(Refused, match="damaged"):
        intake.load(tmp_path)


def test_a_folder_that_nothing_was_taken_into_is_refused(tmp_path):
    with pytest.raises(Refused, match="the folder that the submissions were taken into"):
        intake.load(tmp_path)


def test_marks_go_to_numbers_and_what_is_lost_is_said():
    students = [
        Student(key, number, "", "") for key, number in [("a", "1"), ("b", "2"), ("c", "3")]
    ]
    class_ = [school.graded("a", 7), school.graded("b", unjudged="lost"), school.graded("z")]
    marks, notes = intake.marks(Taken("resnet", students), class_)
    assert {number: one.score for number, one in marks.items()} == {"1": 7}
    assert [note.split(":")[0] for note in notes] == ["b", "z", "c"]
    assert "not judged (lost)" in notes[0]
