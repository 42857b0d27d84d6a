"""The table of marks and the page of a student."""

import csv
import io
import json

import pytest

from instructor import results
from instructor.assignment import Assignment, Question
from instructor.grade import Graded, Mark, load

ASKED = Assignment(
    "resnet",
    (
        Question("layer_count", "Count <the> layers", "check-a", "resnet.layer_count", 1.0),
        Question("shortcut", "Three ways", "check-b", "resnet.shortcut", 2.0),
    ),
)
KINDS = [("option A", True), ("option <B>", False)]


def graded(student="ada", state="partly right", unjudged=""):
    marks = [
        Mark("layer_count", 1.0, 1.0, "right", [("all", True)]),
        Mark("shortcut", 0.5, 2.0, state, KINDS),
    ]
    log = [{"question": "shortcut", "kinds": [{"faults": ["shortcut(secret=42) said <b>boo</b>"]}]}]
    return Graded(student, "a.ipynb", "0" * 64, "0.1.0", "1-2-3", marks, ["a note"], log, unjudged)


def test_the_table_has_a_row_for_each_student():
    rows = list(csv.DictReader(io.StringIO(results.table(ASKED, [graded(), graded("bob")]))))
    assert [row["student"] for row in rows] == ["ada", "bob"]
    assert rows[0]["layer_count"] == "1"
    assert rows[0]["shortcut"] == "0.5"
    assert (rows[0]["total"], rows[0]["of"]) == ("1.5", "3")
    assert rows[0]["notes"] == "a note"


def test_no_name_is_a_formula():
    rows = list(csv.DictReader(io.StringIO(results.table(ASKED, [graded("=1+1")]))))
    assert rows[0]["student"] == "'=1+1"


def test_the_page_tells_kinds_and_nothing_of_a_case():
    page = results.page(ASKED, graded())
    assert "Count &lt;the&gt; layers" in page
    assert "not right: option &lt;B&gt;" in page
    assert "0.5 of 2 points" in page
    assert "secret" not in page
    assert "boo" not in page
    assert "a note" not in page


@pytest.mark.parametrize("state", results.WORDS)
def test_every_state_has_words(state):
    assert results.WORDS[state] in results.page(ASKED, graded(state=state))


def test_files_are_written_whole(tmp_path):
    results.write(tmp_path, ASKED, [graded(), graded("bob", unjudged="the judge ended")])
    names = {
        path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()
    }
    assert names == {"results.json", "marks.csv", "feedback/ada.html", "feedback/bob.html"}
    entries = json.loads((tmp_path / "results.json").read_text())
    assert load(entries[0]) == graded()
    assert "the judge ended" in (tmp_path / "marks.csv").read_text()


def test_what_utf8_cannot_hold_does_not_keep_the_class_from_its_marks(tmp_path):
    odd = graded("bob", unjudged="ValueError: \ud800")
    odd.notes.append("layer_count: raised \udfff")
    odd.log[0]["stopped"] = ["\ud800"]
    results.write(tmp_path, ASKED, [graded(), odd])
    assert results.read(tmp_path)[1] == odd
    marks = (tmp_path / "marks.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(marks.splitlines()))
    assert [row["student"] for row in rows] == ["ada", "bob"]
