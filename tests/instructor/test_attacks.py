"""Whoever does not answer gets nothing, and nobody else loses by it."""

from functools import partial

import pytest

from instructor.confine import Limits
from tests.instructor import attacks, hall

RIGHT = dict.fromkeys(hall.QUESTIONS, 1.0)


@pytest.fixture(scope="module")
def tight(bench):
    """The bench with less time and memory for an answer, so that who takes all ends soon."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("instructor.bench.SECONDS", 2.0)
        patch.setattr("instructor.bench.Limits", partial(Limits, memory=1 << 30))
        yield bench


@pytest.mark.parametrize("attack", attacks.ATTACKS.values(), ids=attacks.ATTACKS)
def test_an_attack_gets_nothing_and_costs_nothing(tight, attack):
    # Whoever patches Keras must not reach a question about a net; others stop sooner.
    names = hall.QUESTIONS if "keras" in attack else hall.QUESTIONS[:2]
    verdicts = hall.judge(tight, {"layer_count": attack}, names=names)
    assert hall.shares(verdicts) == {**dict.fromkeys(names, 1.0), "layer_count": 0.0}
    assert not any(verdict["broken"] for verdict in verdicts.values())


def test_nobody_else_is_touched(small):
    hall.judge(small, {"layer_count": attacks.ATTACKS["fork bomb"]})
    assert hall.shares(hall.judge(small)) == RIGHT
