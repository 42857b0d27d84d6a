"""Figures of measurements in the style of the book, which light and dark pages can show.

matplotlib is imported when a figure is drawn, so that measuring needs none.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from course_lib.evaluate.calibration import reliability_bins

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_CLASSES = 20  # a table of more has cells too small for their numbers


def reliability_figure(probabilities, labels, *, bins: int = 15) -> "Figure":
    """Draw accuracy against confidence, and how many answers each bin holds.

    Guo et al. 2017, figure 1.  Points under the diagonal: the net was too sure.  See
    `reliability_bins` for the arguments and errors.

    Returns:
        The figure; show it with `course_lib.plots.show`.
    """
    from course_lib.plots_style import COLOURS, MARKERS, figure

    found = reliability_bins(probabilities, labels, bins=bins)
    filled = found.answers > 0
    fig, (above, below) = figure(2, 1, height=5.0)
    above.plot([0, 1], [0, 1], color=COLOURS[5], linestyle="--", label="calibrated")
    above.plot(
        found.confidence[filled],
        found.accuracy[filled],
        color=COLOURS[0],
        marker=MARKERS[0],
        label="measured",
    )
    above.set_ylabel("share that is right")
    above.set_ylim(0, 1)
    above.legend()
    middles = (found.edges[1:] + found.edges[:-1]) / 2
    below.bar(middles, found.answers / found.answers.sum(), width=0.9 / bins, color=COLOURS[0])
    below.set_ylabel("share of the answers")
    below.set_xlabel("confidence")
    for ax in (above, below):
        ax.set_xlim(0, 1)
        ax.grid(axis="y")
    return fig


def confusion_figure(matrix, class_names: Sequence[str]) -> "Figure":
    """Draw a confusion matrix: rows are true classes, numbers and areas are shares of their row.

    Against `sklearn.metrics.ConfusionMatrixDisplay`, it tells shares by area and not by colours
    that a dark page or a colour-blind reader loses, and rare classes look like common ones.

    Args:
        matrix: (classes, classes), counts, from `sklearn.metrics.confusion_matrix`.
        class_names: in the order of the rows.

    Returns:
        The figure; show it with `course_lib.plots.show`.

    Raises:
        ValueError: no square matrix of counts, another number of names, a class without images,
            or more than 20 classes.
    """
    from course_lib.plots_style import COLOURS, figure

    matrix = np.asarray(matrix)
    size = len(class_names)
    if matrix.shape != (size, size) or not 1 <= size <= MOST_CLASSES:
        raise ValueError(
            f"a row and a column for each of 1 to {MOST_CLASSES} names are needed, got shape "
            f"{matrix.shape} and {size} names; draw the classes that are confused most"
        )
    if (matrix < 0).any() or not matrix.sum(axis=1).all():
        raise ValueError("counts must not be negative, and each class needs an image")
    shares = matrix / matrix.sum(axis=1, keepdims=True)
    rows, columns = np.nonzero(matrix)
    side = 0.32
    fig, ax = figure(width=2.2 + side * size, height=1.6 + side * size)
    colors = [COLOURS[0] if r == c else COLOURS[1] for r, c in zip(rows, columns, strict=True)]
    ax.scatter(columns, rows, s=380 * shares[rows, columns], c=colors, alpha=0.35, marker="s")
    for r, c in zip(rows, columns, strict=True):
        if (percent := round(100 * shares[r, c])) > 0:
            ax.text(c, r, percent, ha="center", va="center", fontsize=7)
    ax.set_xticks(range(size), class_names, rotation=90)
    ax.set_yticks(range(size), class_names)
    ax.set_xlim(-0.6, size - 0.4)
    ax.set_ylim(size - 0.4, -0.6)  # the first class on top
    ax.set_xlabel("answer of the net, % of the row")
    ax.set_ylabel("true class")
    return fig
