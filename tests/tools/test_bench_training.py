"""The bench of trainings: every way trains, and a line says how it does beside the engine's."""

from dataclasses import replace

import pytest

import bench_training
from bench_training import ENGINE, WAYS


@pytest.mark.parametrize("name", [ENGINE, "fit, 10 updates a call", "tf.data"])
def test_a_way_trains(name):
    assert bench_training.work(replace(WAYS[name], batch=2), "lenet", updates=20, warm=10) > 0.0


@pytest.mark.parametrize("net", bench_training.NETS)
def test_nets_are_those_of_the_experiments(net):
    assert bench_training.build(net).output_shape == (None, 10)


def test_speeds_stand_beside_the_engine():
    text = bench_training.line("fit", {"a": 500.0, "b": None}, {"a": 1000.0, "b": 1000.0})
    assert text.split() == ["fit", "500", "0.50", "-"]


def test_a_way_that_fails_has_no_speed(monkeypatch):
    monkeypatch.setitem(WAYS, "broken", replace(WAYS[ENGINE], processes=1))
    assert bench_training.images_per_second("broken", "no net") is None
