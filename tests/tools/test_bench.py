"""Timing in turn, the interval of a ratio, and what is timed."""

import numpy as np
import pytest

import bench


def test_functions_run_in_turn_and_the_first_changes(monkeypatch):
    monkeypatch.setattr(bench, "MOST", 6)
    calls = []
    ours, theirs = bench.in_turn(lambda: calls.append("o"), lambda: calls.append("t"))
    assert sorted(calls[:2]) == ["o", "t"]  # compiling, both at once
    assert "".join(calls[2:]) == "toot" * 3
    assert ours.shape == theirs.shape == (6,)
    assert min(ours.min(), theirs.min()) > 0


@pytest.mark.parametrize(("seconds", "rounds"), [(0.0, bench.LEAST), (60.0, bench.MOST)])
def test_slow_work_gets_fewer_rounds(seconds, rounds):
    ours, _ = bench.in_turn(int, int, seconds)
    assert len(ours) == rounds


def test_interval_holds_the_ratio_and_narrows_with_the_spread():
    rng = np.random.default_rng(0)
    calm, wild = (2 + spread * rng.standard_normal(25) for spread in (0.01, 0.3))
    theirs = np.ones(25)
    for seconds in (calm, wild):
        ratio, low, high = bench.interval(seconds, theirs)
        assert low <= ratio <= high
        assert ratio == pytest.approx(2, abs=0.3)
    widths = [np.diff(bench.interval(s, theirs)[1:])[0] for s in (calm, wild)]
    assert widths[0] < widths[1] / 5


def test_a_slower_net_is_marked():
    theirs = np.ones(5)
    assert bench.line("net", "build", theirs * 2, theirs).endswith("2.00 [2.00, 2.00]  slower")
    assert not bench.line("net", "build", theirs / 2, theirs).endswith("slower")


def test_an_unknown_pair_is_refused(capsys):
    with pytest.raises(SystemExit):
        bench.main(["resnet51"])
    assert "no pair 'resnet51'; the pairs are vgg16, " in capsys.readouterr().err


def test_what_is_timed_runs():
    work = bench.jobs("mobilenet")
    assert len(work) == 4
    for ours, theirs in list(work.values())[2:]:
        assert type(ours()) is type(theirs())
