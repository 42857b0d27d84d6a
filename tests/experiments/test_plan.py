"""Every experiment is a plan that can be run, sent to another process, and not changed."""

import pickle
from dataclasses import FrozenInstanceError

import pytest

from course_lib.experiments import NAMES, experiment

pytestmark = pytest.mark.parametrize("name", NAMES)


def test_a_plan_is_complete(name):
    plan = experiment(name)
    assert plan.name == name
    assert all(arm["label"] for arm in plan.arms.values())
    assert len({arm["label"] for arm in plan.arms.values()}) == len(plan.arms)
    assert len(plan.seeds) >= 3
    assert not set(plan.seeds) & set(plan.choice_seeds)
    assert list(plan.rates) == sorted(set(plan.rates))


def test_predictions_compare_arms_of_the_plan(name):
    plan = experiment(name)
    for comparison in plan.comparisons.values():
        assert comparison.a != comparison.b or len(set(comparison.metrics)) == 2
        assert {comparison.a, comparison.b} <= set(plan.arms)
        assert comparison.expected in ("less", "greater")
    assert plan.metric in [c.metric for c in plan.comparisons.values()]


def test_an_arm_has_a_rate_of_its_own_where_none_is_chosen(name):
    plan = experiment(name)
    assert all(("learning_rate" in arm) != bool(plan.rates) for arm in plan.arms.values())


def test_a_plan_can_be_sent_to_another_process(name):
    plan = experiment(name)
    assert pickle.loads(pickle.dumps(plan)) == plan


def test_a_plan_cannot_be_changed(name):
    with pytest.raises(FrozenInstanceError):
        experiment(name).steps = 1
