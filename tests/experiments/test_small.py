"""The version for a page: training and validation images, the stored learning rates, one seed."""

import pytest

from course_lib.experiments import NAMES, experiment, small, smoke
from course_lib.experiments.small import SMOKE, Smoke, run_small
from tests.experiments.tiny import EXPERIMENT

PLAN = Smoke(arms=("good",), steps=5, images=20)
LARGE = {"arms": {"good": {"learning_rate": 0.03}, "bad": {"learning_rate": 0.01}}}


@pytest.fixture(autouse=True)
def here(monkeypatch):
    monkeypatch.setattr(small, "processes", lambda accelerators: 0)


def test_small_run_takes_stored_rates_and_few_images():
    found = run_small(EXPERIMENT, PLAN, LARGE)
    assert list(found["arms"]) == ["good"]
    good = found["arms"]["good"]
    assert good["learning_rate"] == 0.03
    assert good["train_error"] == {"mean": 0.17, "sd": None, "values": [0.17]}
    assert good["images"]["mean"] == 20
    assert (found["steps"], found["seeds"], found["comparisons"]) == (5, [0], {})


def test_small_run_never_sees_test_images():
    assert "test_error" not in run_small(EXPERIMENT, PLAN, LARGE)["arms"]["good"]


def test_small_run_starts_no_process(monkeypatch):
    monkeypatch.setattr(small, "processes", lambda accelerators: pytest.fail("asked for processes"))
    run_small(EXPERIMENT, PLAN, LARGE)


def test_full_profile_trains_every_arm_as_long_as_the_stored_run():
    found = run_small(EXPERIMENT, PLAN, LARGE, full=True)
    assert list(found["arms"]) == ["good", "bad"]
    assert found["steps"] == EXPERIMENT.steps
    assert found["arms"]["bad"]["images"]["mean"] == 40
    assert "test_error" not in found["arms"]["bad"]


@pytest.mark.parametrize("name", NAMES)
def test_every_experiment_has_a_small_version_or_says_why_not(name):
    plan, chosen = SMOKE[name], experiment(name)
    if isinstance(plan, str):
        with pytest.raises(ValueError, match=f"{name} has no small version: {plan}"):
            smoke(name)
        return
    assert set(plan.arms) <= set(chosen.arms)
    assert plan.steps < chosen.steps
    assert plan.images >= chosen.batch_size
