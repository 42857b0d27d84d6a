"""Bubblewrap where it can run, else the container, else nothing."""

import pytest

from instructor import bubblewrap, container, walls
from instructor.sandbox import Unavailable


def test_bubblewrap_is_chosen_where_it_can_run(monkeypatch):
    if reason := bubblewrap.refusal():
        pytest.skip(reason)
    monkeypatch.setenv(container.OURS, "1")
    assert walls.choose().name == "bubblewrap"


def test_without_both_nothing_is_graded(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(container, "inside", lambda: False)
    with pytest.raises(Unavailable, match=r"apt-get install bubblewrap.*Containerfile"):
        walls.choose()


def test_in_a_container_bubblewrap_is_not_asked_for(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv(container.OURS, "1")
    monkeypatch.setattr(container.os, "getuid", lambda: 1000)
    with pytest.raises(Unavailable, match=r"uid 1000(?s:.*)apt-get install bubblewrap"):
        walls.choose()
