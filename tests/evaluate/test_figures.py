"""Figures hold the numbers that they are drawn from."""

import numpy as np
import pytest

from course_lib import plots_style
from course_lib.evaluate import confusion_figure, reliability_figure

PROBABILITIES = np.array([[0.6, 0.4], [0.4, 0.6], [0.9, 0.1], [0.1, 0.9]])
MATRIX = np.array([[90, 10], [0, 1]])


def test_reliability_points_are_confidence_and_accuracy():
    above, below = reliability_figure(PROBABILITIES, [0, 0, 0, 1], bins=5).axes
    (line,) = (line for line in above.lines if line.get_label() == "measured")
    np.testing.assert_allclose(line.get_xydata(), [[0.6, 0.5], [0.9, 1.0]])
    heights = [bar.get_height() for bar in below.patches]
    assert heights == [0.0, 0.0, 0.5, 0.0, 0.5]


def test_confusion_shows_shares_of_each_row():
    (ax,) = confusion_figure(MATRIX, ["shirt", "coat"]).axes
    shown = {text.get_position(): text.get_text() for text in ax.texts}
    assert shown == {(0, 0): "90", (1, 0): "10", (1, 1): "100"}
    assert [label.get_text() for label in ax.get_yticklabels()] == ["shirt", "coat"]
    bottom, top = ax.get_ylim()
    assert bottom > top  # the first class stands on top


def test_figures_reach_a_page():
    for figure in (
        reliability_figure(PROBABILITIES, [0, 0, 0, 1]),
        confusion_figure(MATRIX, ["shirt", "coat"]),
    ):
        assert "<svg" in plots_style.to_html(figure, "numbers")


@pytest.mark.parametrize(
    ("matrix", "names", "message"),
    [
        (MATRIX, ["one"], r"got shape \(2, 2\) and 1 names"),
        (np.eye(21), [str(i) for i in range(21)], "1 to 20 names"),
        (np.array([[1, 0], [0, 0]]), ["a", "b"], "each class needs an image"),
        (np.array([[2, -1], [0, 1]]), ["a", "b"], "must not be negative"),
    ],
)
def test_no_confusion_matrix_is_refused(matrix, names, message):
    with pytest.raises(ValueError, match=message):
        confusion_figure(matrix, names)
