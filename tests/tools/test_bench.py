"""Timing in turn, the interval of a ratio, and what is timed."""

import numpy as np
import pytest

import bench


def test_functions_run_in_turn_and_the_first_changes():
    calls = []
    ours, theirs = bench.in_turn(lambda: calls.append("o"), lambda: calls.append("t"), rounds=2)
    assert "".join(calls) == "tootto"
    assert ours.shape == theirs.shape == (2,)
    assert min(ours.min(), theirs.min()) > 0


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
    assert list(work) == list(bench.ROUNDS)
    for ours, theirs in (work[f"{bench.SMALL} px, batch {bench.BATCH}"], work["training step"]):
        assert type(ours()) is type(theirs())
