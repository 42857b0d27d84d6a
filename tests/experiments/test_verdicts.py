"""Sentences follow from the numbers of a result, and every stored one has them."""

import re
from pathlib import Path

import pytest

from course_lib.experiments import NAMES, sentences, stored
from course_lib.experiments.results import compare
from tests.experiments.tiny import EXPERIMENT

FOLDER = Path(__file__).parents[2] / "book" / "results"


def _result(good, bad):
    arms = {
        arm: {m: {"values": values} for m in ("train_error", "test_error")} | {"label": arm}
        for arm, values in {"good": good, "bad": bad}.items()
    }
    return {"arms": arms, "comparisons": compare(EXPERIMENT, arms)}


def test_a_sentence_by_hand():
    first, second = sentences(_result([0.10, 0.11, 0.12], [0.30, 0.32, 0.31]))
    assert first == (
        "Train error of \u201cgood\u201d against \u201cbad\u201d: \u221220 points (95 % interval "
        "\u221222.5 to \u221217.5, 3 seeds); lower was predicted: visible."
    )
    assert second.endswith("lower was predicted: opposite.")


def test_one_seed_has_no_interval():
    assert "(no interval from one seed, 1 seeds)" in sentences(_result([0.1], [0.2]))[0]


def test_two_measures_of_one_arm():
    result = _result([0.1, 0.1, 0.2], [0.3, 0.3, 0.3])
    c = result["comparisons"]["good_against_bad"]
    c |= {"b": "good", "metric_b": "test_error"}
    assert sentences(result)[0].startswith(
        "Train error of \u201cgood\u201d against its test error: "
    )


def test_two_measures_of_two_arms():
    result = _result([0.1, 0.1, 0.2], [0.3, 0.3, 0.3])
    result["comparisons"]["good_against_bad"]["metric_b"] = "test_error"
    assert sentences(result)[0].startswith(
        "Train error of \u201cgood\u201d against the test error of \u201cbad\u201d: "
    )


@pytest.mark.parametrize("name", [n for n in NAMES if (FOLDER / f"{n}.json").is_file()])
def test_every_stored_result_has_a_sentence_for_each_prediction(name):
    result = stored(name)
    found = sentences(result)
    for c, sentence in zip(result["comparisons"].values(), found, strict=True):
        assert sentence.endswith(f": {c['verdict']}.")
        (mean,) = re.findall(r": ([+\u2212][\d.e+-]+)", sentence)[:1]
        assert (mean[0] == "+") == (c["mean"] >= 0.0)
