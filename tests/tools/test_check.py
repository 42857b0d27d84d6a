"""`make check` runs every check and says which failed."""

import sys

import pytest

import check


def commands(**texts):
    return {name: [sys.executable, "-c", text] for name, text in texts.items()}


def test_all_pass(monkeypatch, capsys):
    monkeypatch.setattr(check, "CHECKS", commands(first="pass", second="pass"))
    assert check.main([]) == 0
    assert capsys.readouterr().out.count("ok ") == 2


def test_a_failure_is_printed_and_the_others_still_run(monkeypatch, capsys):
    failing = "print('the reason'); raise SystemExit(3)"
    monkeypatch.setattr(check, "CHECKS", commands(first=failing, second="pass"))
    assert check.main([]) == 1
    out = capsys.readouterr().out
    assert "the reason" in out
    assert "FAILED  first" in out
    assert "ok      second" in out


def test_what_a_check_tells_is_printed_although_it_passes(monkeypatch, capsys):
    told = commands(first="print('nobody asked')", second="print('listen')")
    monkeypatch.setattr(check, "CHECKS", told)
    monkeypatch.setattr(check, "TOLD", ("second",))
    assert check.main([]) == 0
    out = capsys.readouterr().out
    assert "listen" in out
    assert "nobody asked" not in out


def test_one_check_by_name(monkeypatch):
    monkeypatch.setattr(check, "CHECKS", commands(first="raise SystemExit(1)", second="pass"))
    assert check.main(["second"]) == 0


def test_an_unknown_name(capsys):
    assert check.main(["lints"]) == 2
    assert "unknown check 'lints'" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["types", "lint", "layout", "prose", "notebooks", "locks"])
def test_what_the_book_needs_is_checked(name):
    assert name in check.CHECKS
