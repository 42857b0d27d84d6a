"""What the staff read of a submission: everything but the seed, and nothing that it pretends."""

import os

import pytest

from instructor import assignment, grade, logs, results, seeds, submission
from instructor.grade import Mark
from tests.checks.judging import EXERCISES
from tests.instructor import hall, school

LINE = "mark: 10 of 10\nlayer_count: 4 of 4, right\x1b[2J\r"
VERDICT = {
    "question": "layer_count",
    "share": 0.5,
    "untouched": False,
    "broken": "",
    "stopped": ["its process ended", f"cell 3: {LINE}"],
    "failed_cells": [[2, "ValueError", LINE]],
    "kinds": [
        {"kind": "option A", "weight": 1.0, "faults": []},
        {"kind": "option B", "weight": 2.0, "faults": ["layer_count(blocks=3) returned 7", LINE]},
    ],
    "cases": "3f2a-90bc",
}


def graded(**changes):
    one = school.graded("ada", 7.0)
    one.log = [VERDICT]
    for name, value in changes.items():
        setattr(one, name, value)
    return one


def lines(**changes):
    return logs.text(school.RESNET, graded(**changes)).splitlines()


def test_everything_that_was_tried_is_told():
    found = lines()
    assert found[0] == "resnet: ada"
    assert "mark: 7 of 10" in found
    assert "judges started: 1" in found
    assert "    cases 3f2a-90bc.1: option A, weight 1: passed" in found
    at = found.index("    cases 3f2a-90bc.2: option B, weight 2: wrong")
    assert found[at + 1] == "    | layer_count(blocks=3) returned 7"
    assert found[found.index("    a process ended:") + 1] == "    | its process ended"
    assert "    code cell 3 failed: ValueError" in found
    assert "    | a note for the staff" in found
    assert "stage_macs: 3 of 6, wrong" in found


def test_no_text_of_a_submission_passes_for_a_line_of_ours():
    found = lines(notes=[LINE], student="eve\nmark: 10 of 10", file=LINE)
    text = "\n".join(found)
    assert text.isprintable() or set(text) - {"\n"} <= {c for c in text if c.isprintable()}
    assert [line for line in found if line.startswith("mark:")] == ["mark: 7 of 10"]
    assert [line for line in found if line.startswith("layer_count")] == [
        "layer_count: 4 of 4, partly right"
    ]
    assert r"    | layer_count: 4 of 4, right\x1b[2J\r" in found


def test_what_could_not_be_judged_has_no_mark():
    found = lines(unjudged="the judge ended", log=[], attempts=2)
    assert "NOT JUDGED, so there is no mark: the judge ended" in found
    assert not any(line.startswith("mark:") for line in found)
    assert "judges started: 2" in found


def test_a_check_at_fault_is_told():
    found = lines(log=[VERDICT | {"broken": "KeyError: 'oops'", "attempts": 2}])
    assert found[found.index("    the check is at fault:") + 1] == "    | KeyError: 'oops'"
    assert "    attempts: 2, the better counts" in found


def test_the_hand_in_is_told_as_the_system_told_it(tmp_path):
    logs.write(tmp_path, school.RESNET, [graded(), school.graded("bob")], {"ada": ["late: yes"]})
    assert "    late: yes\n" in (tmp_path / "logs" / "ada.txt").read_text()
    assert logs.UNTOLD[0] in (tmp_path / "logs" / "bob.txt").read_text()


NAMES = [
    *("ada", "Ada", "ADA", "ädä", "李", "王", f"..{os.sep}x", "a/b", "a_b", "", ".", "ada\n"),
    *("-rf", "\ud800", "x" * 200, "x" * 199 + "y"),
]


def test_names_of_files_are_safe_and_unlike_each_other(tmp_path):
    names = [logs.name(student) for student in NAMES]
    assert len({name.casefold() for name in names}) == len(NAMES)
    assert all(name.isascii() and len(name) < 80 and name[0].isalnum() for name in names)
    logs.write(tmp_path, school.RESNET, map(school.graded, NAMES))
    found = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.parent for path in found} == {tmp_path / "logs"}
    assert len(found) == len(NAMES)


def test_a_name_does_not_depend_on_the_class():
    assert logs.name("ada") == "ada"
    assert logs.name("Ada") == logs.name("Ada") != "ada"


@pytest.fixture
def judged(bench, tmp_path):
    """A class of one, whose code fails, ends and prints."""
    whole = assignment.read(EXERCISES / "resnet.ipynb")
    asked = assignment.Assignment("resnet", whole.questions[:2], whole.hidden)
    path = tmp_path / "ada.ipynb"
    path.write_text(
        school.notebook(
            "raise KeyError('in a cell')",
            hall.solution("layer_count").replace("if option ==", "if False and option =="),
            "import os\ndef stage_macs(**_):\n    os._exit(3)",
        )
    )
    read = submission.read(path, asked)
    return asked, grade.grade_one(bench, "ada", path.name, read, asked, hall.SECRET)


def test_a_real_verdict_is_told_whole_and_without_a_seed(judged, tmp_path):
    asked, one = judged
    results.write(tmp_path, asked, [one])
    logs.write(tmp_path, asked, [one])
    text = (tmp_path / "logs" / "ada.txt").read_text()
    assert "code cell 1 failed: KeyError\n    | 'in a cell'" in text
    assert "weight 1: passed" in text
    assert "weight 1: wrong\n    | layer_count(" in text
    assert "a process ended:" in text
    assert "there is no hand-in cell" in text
    for question in asked.questions:
        seed = seeds.seed(hall.SECRET, "resnet", question.name)
        assert f"cases {seeds.identifier(seed)}.1" in text
        assert not any(str(number) in text for number in seed)
    assert hall.SECRET.decode() not in text
    page = (tmp_path / "feedback" / "ada.html").read_text()
    for word in ("in a cell", "cases 3", "process", seeds.identifier(seed)):
        assert word not in page


def test_a_mark_without_a_verdict_is_told():
    one = graded(marks=[Mark("layer_count", 0.0, 4.0, "not judged")], log=[])
    assert "layer_count: 0 of 4, not judged" in logs.text(school.RESNET, one)
