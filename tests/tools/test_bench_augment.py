"""The bench of the augmentations: its arithmetic, its jobs, and libraries that are not there."""

import time

import numpy as np
import pytest

import bench_augment


def test_rates_are_medians(monkeypatch):
    clock = iter(np.cumsum([0.0, 1.0, 7.0, 5.0, 7.0, 2.0]).tolist())
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
    found = bench_augment.rates({"ours": lambda: None}, rounds=3, count=10)
    assert found == {"ours": 5.0}  # 10 images in 2 seconds, the median of 1, 5 and 2


def test_libraries_take_turns_and_each_is_called_twice():
    calls = []
    jobs = {name: lambda name=name: calls.append(name) for name in ("ours", "keras")}
    bench_augment.rates(jobs, rounds=2)
    assert calls == ["keras"] * 2 + ["ours"] * 4 + ["keras"] * 2


def test_a_line_gives_ours_over_theirs():
    text = bench_augment.line("mirror", {"ours": 300.0, "keras": 200.0, "torchvision": 600.0})
    assert text.split() == ["mirror", "300", "200", "x", "1.50", "600", "x", "0.50", "-"]


def test_a_library_that_is_not_installed_is_named(monkeypatch):
    def absent(name):
        raise ImportError(name)

    monkeypatch.setattr(bench_augment, "import_module", absent)
    assert bench_augment.others("torchvision") == {}

    def unknown(name):
        raise bench_augment.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(bench_augment.metadata, "version", unknown)
    assert "torchvision not installed" in bench_augment.versions()


def test_each_operation_of_ours_changes_a_batch():
    jobs = bench_augment.ours(side=28, count=4)
    assert tuple(jobs) == bench_augment.OPERATIONS
    for job in jobs.values():
        images, labels = job()
        assert images.shape[0] == len(labels) == 4
        assert images.dtype == np.float32


def test_the_layers_of_keras_do_the_same_to_a_batch():
    jobs = bench_augment.others("keras", side=28, count=4)
    ours = bench_augment.ours(side=28, count=4)
    for name in ("mirror", "crop"):
        assert jobs[name]().shape == ours[name]()[0].shape
    assert set(jobs) < set(bench_augment.OPERATIONS)


def test_the_command_prints_a_line_for_each_operation(monkeypatch, capsys):
    monkeypatch.setattr(bench_augment, "others", lambda name: {})
    monkeypatch.setattr(bench_augment, "ROUNDS", 1)
    assert bench_augment.main(["crop", "mirror"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row.split()[0] for row in rows[2:]] == ["crop", "mirror"]


def test_an_unknown_operation_is_refused(capsys):
    with pytest.raises(SystemExit):
        bench_augment.main(["mirrors"])
    assert "no operation 'mirrors'; there are mirror, crop" in capsys.readouterr().err
