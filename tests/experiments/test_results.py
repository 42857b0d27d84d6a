"""Summaries and verdicts by hand, and a message for a result that is not there."""

from dataclasses import replace

import pytest

from course_lib.experiments import results, same_direction
from course_lib.experiments.plan import Comparison
from course_lib.experiments.results import compare, rounded, stored, summarise
from tests.experiments.tiny import EXPERIMENT


def test_summary_of_numbers_and_lists():
    found = summarise([{"error": 0.1, "curve": [1.0, 2.0]}, {"error": 0.3, "curve": [3.0, 2.0]}])
    assert found["error"] == {
        "mean": pytest.approx(0.2),
        "sd": pytest.approx(0.141421, rel=1e-4),
        "values": [0.1, 0.3],
    }
    assert found["curve"] == {"mean": [2.0, 2.0], "sd": [pytest.approx(2**0.5), 0.0]}


def test_one_seed_has_no_spread():
    found = summarise([{"error": 0.1, "curve": [1.0]}])
    assert found["error"] == {"mean": 0.1, "sd": None, "values": [0.1]}
    assert found["curve"] == {"mean": [1.0], "sd": [None]}


def _table(good, bad):
    rows = {"good": good, "bad": bad}
    return {
        arm: {m: {"values": values} for m in ("train_error", "test_error")}
        for arm, values in rows.items()
    }


def test_comparisons_give_interval_and_verdict():
    found = compare(EXPERIMENT, _table([0.1, 0.11, 0.12], [0.3, 0.32, 0.31]))
    assert found["good_against_bad"]["mean"] == pytest.approx(-0.2)
    assert found["good_against_bad"]["verdict"] == "visible"
    assert found["bad_against_good"]["verdict"] == "opposite"
    assert found["good_against_bad"]["low"] < -0.2 < found["good_against_bad"]["high"]


def test_comparisons_leave_out_what_was_not_measured():
    table = _table([0.1], [0.3])
    del table["bad"]["test_error"]
    found = compare(EXPERIMENT, table)
    assert list(found) == ["good_against_bad"]
    assert found["good_against_bad"]["verdict"] == "within noise"
    assert found["good_against_bad"]["low"] is None


def test_a_comparison_may_read_two_measures_of_one_arm():
    twice = {"gap": Comparison("good", "good", "less", "train_error", "test_error")}
    table = {"good": {"train_error": {"values": [0.1, 0.2]}, "test_error": {"values": [0.3, 0.4]}}}
    found = compare(replace(EXPERIMENT, comparisons=twice), table)["gap"]
    assert found["mean"] == pytest.approx(-0.2)
    assert (found["metric"], found["metric_b"]) == ("train_error", "test_error")


def test_direction_of_a_small_run():
    sides = {
        "seen": ("x", "y", -0.2, "visible"),
        "against": ("y", "x", 0.2, "opposite"),
        "noise": ("x", "y", -0.2, "within noise"),
        "absent": ("x", "z", -0.2, "visible"),
    }
    large = {
        "comparisons": {
            name: {"a": a, "b": b, "metric": "test_e", "mean": mean, "verdict": verdict}
            for name, (a, b, mean, verdict) in sides.items()
        }
    }
    small = {"arms": {"x": {"e": {"mean": 0.1}}, "y": {"e": {"mean": 0.3}}}}
    assert same_direction(small, large, "e") == {"seen": True, "against": True}
    small["arms"]["x"]["e"]["mean"] = 0.4
    assert same_direction(small, large, "e") == {"seen": False, "against": False}


def test_a_small_run_is_read_on_validation_images():
    seen = {"a": "x", "b": "y", "metric": "test_e", "mean": 0.2, "verdict": "visible"}
    other = seen | {"metric_b": "train_e"}
    small = {
        "arms": {
            "x": {"validation_e": {"mean": 0.3}},
            "y": {"validation_e": {"mean": 0.2}, "train_e": {"mean": 0.4}},
        }
    }
    large = {"comparisons": {"seen": seen, "other": other}}
    assert same_direction(small, large) == {"seen": True, "other": False}


def test_missing_result_says_how_to_make_it():
    with pytest.raises(FileNotFoundError, match="python -m course_lib run nothing"):
        stored("nothing")


def test_results_travel_with_a_wheel(tmp_path, monkeypatch):
    """Where there is no checkout, the copy inside the package is read."""
    (tmp_path / "resnet.json").write_text('{"name": "resnet"}')
    monkeypatch.setattr(results, "FOLDERS", (tmp_path / "absent", tmp_path))
    assert stored("resnet") == {"name": "resnet"}


def test_rounding():
    assert rounded({"a": [0.12345678, 3, 1.23456789e-8], "b": "x", "c": None}) == {
        "a": [0.123457, 3, 1.23457e-8],
        "b": "x",
        "c": None,
    }
