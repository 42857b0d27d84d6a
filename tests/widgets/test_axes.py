"""Axes of static figures: round numbers in both languages, and where values lie."""

import numpy as np
import pytest

from course_lib.widgets.axes import Axes, ticks
from course_lib.widgets.lab import FOLDER
from tests.widgets.conftest import CALL_EACH


def test_both_languages_choose_the_same_numbers(page):
    rng = np.random.default_rng(0)
    low = rng.uniform(-100, 100, 3000)
    high = low + 10 ** rng.uniform(-2, 4, 3000)
    most = rng.integers(2, 9, 3000)
    given = [[a, b, n] for a, b, n in zip(low.tolist(), high.tolist(), most.tolist(), strict=True)]
    kit = (FOLDER / "kit.js").read_text(encoding="utf-8")
    for (a, b, n), theirs in zip(
        given, page.evaluate(CALL_EACH, [kit, "ticks", given]), strict=True
    ):
        ours = ticks(a, b, n)
        assert theirs == pytest.approx(ours, rel=1e-9, abs=1e-9)
        assert all(a - 1e-6 <= at <= b + 1e-6 for at in ours)
        assert len(ours) <= n + 1


@pytest.mark.parametrize(
    ("ends", "most", "expected"),
    [
        ((0, 10), 5, [0, 2, 4, 6, 8, 10]),
        ((0, 0.3), 3, [0, 0.1, 0.2, 0.3]),
        ((-1, 1), 4, [-1, -0.5, 0, 0.5, 1]),
        ((0, 1000), 6, [0, 200, 400, 600, 800, 1000]),
    ],
)
def test_numbers_are_round(ends, most, expected):
    assert ticks(*ends, most) == pytest.approx(expected)


def test_values_lie_in_the_box():
    axes = Axes((-1, 1), (0, 4), (10, 20, 200, 100))
    assert (axes.across(-1), axes.across(0), axes.across(1)) == (10, 110, 210)
    assert (axes.up(0), axes.up(1), axes.up(4)) == (120, 95, 20)


def test_frame_names_its_numbers():
    drawing = Axes((-1, 1), (0, 0.5), (10, 20, 200, 100)).frame("Share", "{:.0%}".format)
    assert ">Share</text>" in drawing
    assert ">\N{MINUS SIGN}1</text>" in drawing
    assert ">40%</text>" in drawing
