"""Every experiment has a figure, which names its arms and shows their means."""

import json
from pathlib import Path

import numpy as np
import pytest

from course_lib.experiments import NAMES
from course_lib.experiments.figures import FIGURES, figure
from course_lib.plots_style import to_html

STORED = sorted((Path(__file__).parents[2] / "book" / "results").glob("*.json"))


def test_every_experiment_has_a_figure():
    assert set(FIGURES) == set(NAMES)


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_stored_results_are_drawn_with_all_their_arms(path):
    result = json.loads(path.read_text())
    drawn = figure(result)
    to_html(drawn, "x")
    axes = drawn.axes[0]
    words = [text.get_text() for text in axes.get_yticklabels()]
    words += [text.get_text() for text in axes.get_legend().get_texts()] if axes.legend_ else []
    for arm in result["arms"].values():
        assert {arm["label"], arm["settings"].get("kind")} & set(words), arm["label"]


def test_published_shares_stand_beside_the_measured():
    arm = {"label": "ours", "test_error": {"mean": 0.1, "sd": 0.01, "values": [0.09, 0.11]}}
    axes = figure({"name": "transfer_solar", "arms": {"ours": arm}}).axes[0]
    assert {text.get_text() for text in axes.texts} == {"SVM by hand", "VGG-19"}
    dotted = [line.get_xdata()[0] for line in axes.lines if line.get_linestyle() == ":"]
    assert np.allclose(sorted(dotted), [11.58, 17.56])


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="no figure for 'tiny'; there is one for lenet, alexnet, "):
        figure({"name": "tiny", "arms": {}})
    arms = {"modern": {"label": "modern", "validation_error": {}}}
    with pytest.raises(ValueError, match="this result of lenet lacks 'test_error', which its fig"):
        figure({"name": "lenet", "arms": arms})
