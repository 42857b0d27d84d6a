"""The page on performance: goals that are met and missed, from the stored file."""

import json
import re

import pytest

from booksite import performance
from booksite.performance import GOALS, NOT_MEASURED
from tests.site import sample

NBSP = "\N{NO-BREAK SPACE}"


def test_a_goal_is_met_or_missed_or_was_not_measured():
    measures = {
        "text_page": {"book": 119_960.0, "sample": 100_000.0, "stock": 150_000.0},
        "lab_page": {"book": 450_100.0, "sample": None, "stock": None},
        "layout_shift": {"book": 0.0004, "sample": 0.1, "stock": None},
    }
    rows = dict(zip([goal.key for goal in GOALS], performance.rows(measures), strict=True))
    assert rows["text_page"][1:] == [
        *(f"120.0{NBSP}KB", f"120.0{NBSP}KB", "met", f"100.0{NBSP}KB", f"150.0{NBSP}KB")
    ]
    assert rows["lab_page"][2:5] == [f"450.1{NBSP}KB", "missed", NOT_MEASURED]
    assert rows["layout_shift"][1:5] == ["none", "0.000", "met", "0.100"]
    assert rows["build"][1:] == [f"20.0{NBSP}s", *[NOT_MEASURED] * 4]


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: goal.key)
def test_what_is_more_than_the_goal_misses_it(goal):
    assert goal.is_met(goal.most * goal.scale)
    assert not goal.is_met((goal.most + 2 * 10.0**-goal.digits) * goal.scale)


def test_the_page_prints_the_stored_file(sample_site):
    text = re.sub(r"<[^>]+>", "", (sample_site / "book/appendix/performance.html").read_text())
    text = text.replace(NBSP, " ")
    for shown in ("118.0 KB", "met", "missed", "make performance", "versions: chromium", "1.70 s"):
        assert shown in text


def test_the_file_of_the_book_holds_every_goal():
    stored = json.loads((sample.ROOT / performance.FILE).read_text(encoding="utf-8"))
    assert stored["measures"].keys() == {goal.key for goal in GOALS}
    for found in stored["measures"].values():
        assert found.keys() == {"book", "sample", "stock"}
        assert found["book"] is None or found["book"] >= 0
