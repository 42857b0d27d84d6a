"""Finding the system's browser."""

import pytest

import chromium


def test_a_browser_is_found_by_any_of_its_names(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium, "MAC", tmp_path / "Google Chrome")
    assert chromium.executable() is None
    with pytest.raises(chromium.NoBrowser, match="install one"), chromium.launch():
        pass
    program = tmp_path / "google-chrome"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert chromium.executable() == str(program)


def test_the_browser_of_a_mac_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    program = tmp_path / "Google Chrome"
    program.write_text("")
    monkeypatch.setattr(chromium, "MAC", program)
    assert chromium.executable() == str(program)
