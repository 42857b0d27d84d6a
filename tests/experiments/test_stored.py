"""Stored results are what the plan says, follow from their own numbers, and fit today's code."""

import json
import math
import re
from pathlib import Path

import pytest

from course_lib.evaluate import paired_difference, verdict
from course_lib.experiments import NAMES, experiment, stored
from course_lib.experiments.engine import CHOOSE_BY
from course_lib.experiments.provenance import changed_since, data_hash

ROOT = Path(__file__).parents[2]
PLAN = (ROOT / "book" / "results" / "README.md").read_text()

RUN = [name for name in NAMES if (ROOT / "book" / "results" / f"{name}.json").is_file()]
ON_REQUEST = ("transfer_solar",)  # whose data set is installed on request
stored_ones = pytest.mark.parametrize("name", RUN)


def test_every_file_belongs_to_an_experiment(record_property):
    files = {path.stem for path in (ROOT / "book" / "results").glob("*.json")}
    assert files == set(RUN)
    line = f"experiments: {len(RUN)} of {len(NAMES)} have a stored result"
    record_property("summary", line)


@pytest.mark.parametrize("name", NAMES)
def test_plan_names_arms_rates_and_budget(name):
    section = PLAN.split(f"### {name},")[1].split("###")[0]
    planned = experiment(name)
    assert f"`{planned.chapter}`" in section
    assert planned.question.lower()[1:] in section.lower()
    assert ", ".join(str(rate) for rate in planned.rates) in section
    assert f"{planned.steps} steps of {planned.batch_size} images" in section
    assert planned.metric.replace("train_", "training_").replace("_", " ") in section
    if name != "resnet":  # whose arms are given by their two settings
        assert all(f"`{arm}`" in section for arm in planned.arms)


@stored_ones
def test_result_has_the_planned_arms_rates_and_budget(name):
    result, planned = stored(name), experiment(name)
    assert set(result["arms"]) == set(planned.arms)
    assert set(result["comparisons"]) == set(planned.comparisons)
    assert result["learning_rates"] == list(planned.rates)
    assert (result["steps"], result["batch_size"]) == (planned.steps, planned.batch_size)
    for name, arm in result["arms"].items():
        if not planned.rates:
            assert arm["learning_rate"] == planned.arms[name]["learning_rate"]
            continue
        best = min(arm["grid"], key=lambda row: row[CHOOSE_BY])
        assert arm["learning_rate"] == best["learning_rate"]
        assert [row["learning_rate"] for row in arm["grid"]] == list(planned.rates)


@stored_ones
def test_means_spreads_and_verdicts_follow_from_the_seeds(name):
    result = stored(name)
    seeds = result["provenance"]["seeds"]
    assert len(seeds) >= 3
    for c in result["comparisons"].values():
        metrics = c["metric"], c.get("metric_b", c["metric"])
        sides = zip((c["a"], c["b"]), metrics, strict=True)
        a, b = (result["arms"][arm][metric]["values"] for arm, metric in sides)
        assert len(a) == len(b) == len(seeds)
        found = paired_difference(a, b, overlap=experiment(name).overlap)
        scale = max(1.0, *map(abs, a + b))  # values are stored with six digits
        assert found.mean == pytest.approx(c["mean"], rel=2e-6, abs=2e-6 * scale)
        assert found.low == pytest.approx(c["low"], rel=1e-5, abs=1e-5 * scale)
        assert verdict(found, c["expected"]) == c["verdict"]


@stored_ones
def test_provenance_is_complete_and_names_nobody(name):
    found = stored(name)["provenance"]
    assert found["clean"] is True
    assert re.fullmatch("[0-9a-f]{40}", found["commit"])
    assert found["command"].startswith(f"python -m course_lib run {name}")
    assert re.fullmatch("[0-9a-f]{64}", found["data"])
    assert not re.search(r"/(home|root|work|tmp|Users)\b", json.dumps(found))
    assert math.isfinite(found["seconds"])


@pytest.mark.parametrize("name", [name for name in RUN if name not in ON_REQUEST])
def test_the_data_are_those_of_today(name):
    assert stored(name)["provenance"]["data"] == data_hash(experiment(name).load())


@stored_ones
def test_result_is_not_older_than_its_code(name):
    assert changed_since(stored(name)) == []
