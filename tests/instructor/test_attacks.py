"""Whoever does not answer gets nothing, and nobody else loses by it."""

import pytest

from tests.instructor import attacks, hall

RIGHT = dict.fromkeys(hall.QUESTIONS, 1.0)


@pytest.mark.parametrize("attack", attacks.ATTACKS.values(), ids=attacks.ATTACKS)
def test_an_attack_gets_nothing_and_costs_nothing(small, attack):
    # Whoever patches Keras must not reach a question about a net; others stop sooner.
    names = hall.QUESTIONS if "keras" in attack else hall.QUESTIONS[:2]
    verdicts = hall.judge(small, {"layer_count": attack}, names=names)
    assert hall.shares(verdicts) == {**dict.fromkeys(names, 1.0), "layer_count": 0.0}
    assert not any(verdict["broken"] for verdict in verdicts.values())


def test_nobody_else_is_touched(small):
    hall.judge(small, {"layer_count": attacks.ATTACKS["fork bomb"]})
    assert hall.shares(hall.judge(small)) == RIGHT
