"""A command that runs again only where its files have changed."""

import sys

import pytest

import once

WRITE = "import sys; open(sys.argv[1], 'a').write('x'); sys.exit(int(sys.argv[2]))"


@pytest.fixture(autouse=True)
def nothing_asks_for_all(monkeypatch):
    monkeypatch.delenv("FRESH", raising=False)
    monkeypatch.delenv("COURSE_CI", raising=False)


@pytest.fixture
def run(tmp_path):
    """Return a function that runs and gives the exit status and how often the command ran."""
    source, made = tmp_path / "source", tmp_path / "made"
    (source / "pages").mkdir(parents=True)
    (source / "pages" / "one.md").write_text("one")

    def run(status=0):
        paths = [tmp_path / "stamp", made, source]
        command = [sys.executable, "-c", WRITE, str(made), str(status)]
        found = once.main([*map(str, paths), "--", *command])
        return found, len(made.read_text()) if made.exists() else 0

    return run


def test_it_runs_once(run, capfd):
    assert run() == (0, 1)
    assert run() == (0, 1)
    assert "is up to date" in capfd.readouterr().out


@pytest.mark.parametrize("change", ["content", "name", "new", "gone"])
def test_it_runs_again_where_a_file_has_changed(run, tmp_path, change):
    page = tmp_path / "source" / "pages" / "one.md"
    run()
    if change == "content":
        page.write_text("two")
    elif change == "name":
        page.rename(page.with_name("two.md"))
    elif change == "new":
        page.with_name("two.md").write_text("")
    else:
        page.unlink()
    assert run() == (0, 2)
    assert run() == (0, 2)


def test_another_command_is_run(run):
    run()
    assert run(status=3) == (3, 2)


def test_what_failed_is_run_again(run):
    assert run(status=3) == (3, 1)
    assert run(status=3) == (3, 2)


def test_what_was_made_and_taken_away_is_made_again(run, tmp_path):
    run()
    (tmp_path / "made").unlink()
    assert run() == (0, 1)


@pytest.mark.parametrize("name", ["FRESH", "COURSE_CI"])
def test_it_runs_where_all_is_asked_for(run, monkeypatch, name):
    run()
    monkeypatch.setenv(name, "1")
    assert run() == (0, 2)


def test_a_missing_input_is_told(tmp_path, capsys):
    assert once.main([str(tmp_path / "s"), "made", str(tmp_path / "no"), "--", "true"]) == 1
    assert "does not exist" in capsys.readouterr().err


@pytest.mark.parametrize(
    "given", [[], ["a", "b", "--", "c"], ["a", "b", "c"], ["a", "b", "c", "--"]]
)
def test_too_little_is_told(given, capsys):
    assert once.main(given) == 2
    assert "usage" in capsys.readouterr().err
