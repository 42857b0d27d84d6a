"""A second grading says who changes and why, before it writes."""

from dataclasses import replace

from instructor import regrade, results
from instructor.grade import Mark
from tests.instructor import school

ADA = school.graded("ada")
BOB = school.graded("bob", 5.0)


def test_nothing_changes_where_nothing_did():
    assert regrade.changes([ADA, BOB], [ADA, BOB]) == []


def test_who_came_and_who_went_is_told():
    assert regrade.changes([ADA], [BOB]) == ["ada: no longer handed in", "bob: new, 5 points"]


def test_a_mark_that_changes_tells_the_kinds_that_did():
    kinds = [("a kind", False), ("one more", True)]
    mark = Mark("layer_count", 2.0, 4.0, "partly right", kinds)
    mended = replace(ADA, marks=[mark, *ADA.marks[1:]])
    (line,) = regrade.changes([ADA], [mended])
    assert line.startswith("ada: layer_count: 4 of 4, now 2 of 4")
    assert "a kind wrong, one more right" in line
    assert "other checks or another secret" in line


def test_another_file_is_named_as_the_reason():
    other = replace(ADA, sha256="1" * 64, marks=[replace(ADA.marks[0], score=0.0), *ADA.marks[1:]])
    assert "(another file)" in regrade.changes([ADA], [other])[0]


def test_questions_that_came_or_went_are_told():
    assert regrade.changes([ADA], [replace(ADA, marks=ADA.marks[:1])]) == [
        "ada: stage_macs: no longer asked"
    ]
    assert regrade.changes([replace(ADA, marks=ADA.marks[:1])], [ADA]) == [
        "ada: stage_macs: new, 6 points"
    ]


def test_what_was_written_is_read_again(tmp_path):
    assert results.read(tmp_path) == []
    results.write(tmp_path, school.RESNET, [ADA, BOB])
    assert results.read(tmp_path) == [ADA, BOB]
