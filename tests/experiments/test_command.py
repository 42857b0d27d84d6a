"""`python -m course_lib run`: what it prints, what it refuses, what it runs."""

import json

import pytest

from course_lib.__main__ import main
from course_lib.experiments import NAMES, command
from course_lib.experiments.engine import UnfinishedRun
from course_lib.experiments.small import NoSmallVersion
from course_lib.experiments.workers import WorkerError


def test_list_names_every_experiment(capsys):
    assert main(["run", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(NAMES)
    assert all(line.endswith("?") for line in lines)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name an experiment: lenet, "),
        (["lenet", "--all"], "or --all, or --list"),
        (["vgg11"], "no experiment 'vgg11'; the experiments are lenet, "),
        (["resnet", "--seeds", "2"], "at least 3 seeds, got 2"),
        (["lenet", "--smoke", "--seeds", "3"], "--smoke stores no training: leave out the other"),
        (["lenet", "--smoke", "--resume"], "--smoke stores no training: leave out the other"),
        (["lenet", "--restamp", "x", "--resume"], "--restamp stores no training: leave out the"),
        (["lenet", "--smoke", "--restamp", "x"], "--smoke stores no training: leave out the other"),
    ],
)
def test_wrong_use_is_refused(capsys, arguments, message):
    assert main(["run", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_an_unfinished_run_is_a_message_of_the_command(monkeypatch, capsys):
    def unfinished(*arguments, **settings):
        raise UnfinishedRun("add --resume")

    monkeypatch.setattr(command, "store", unfinished)
    assert main(["run", "lenet"]) == 1
    assert capsys.readouterr().err == "add --resume\n"


def test_all_small_versions_pass_over_what_has_none(monkeypatch, capsys):
    def small(name):
        if name == "lenet":
            return {"name": name}
        raise NoSmallVersion(f"{name} has no small version")

    monkeypatch.setattr(command, "smoke", small)
    assert main(["run", "--all", "--smoke"]) == 0
    printed = capsys.readouterr().out
    assert '"name": "lenet"' in printed
    assert printed.rstrip().endswith(f"{NAMES[-1]} has no small version")
    assert main(["run", NAMES[-1], "--smoke"]) == 2


def test_a_small_version_that_fails_is_not_passed_over(monkeypatch, capsys):
    def broken(name):
        raise ValueError("images must be in [0, 1]")

    monkeypatch.setattr(command, "smoke", broken)
    assert main(["run", "--all", "--smoke"]) == 2
    assert capsys.readouterr().err == "images must be in [0, 1]\n"


@pytest.fixture
def run_all(tmp_path, monkeypatch):
    """Return a function that runs two made-up experiments, and the names it stored."""
    stored = []

    def store(name, **settings):
        if name == "broken" and not stored.count("mended"):
            raise WorkerError("training failed")
        if name == "killed" and not settings["resume"]:
            raise KeyboardInterrupt
        stored.append(name)
        return f"{name}.json"

    monkeypatch.setattr(command, "experiment", lambda name: name)
    monkeypatch.setattr(command, "store", store)

    def call(*names, resume=False):
        return command.store_all(names, seeds=None, resume=resume, journals=tmp_path)

    return call, stored


def test_all_goes_on_after_a_failure_and_says_so(run_all, capsys):
    call, stored = run_all
    assert call("one", "broken", "two") == 1
    assert stored == ["one", "two"]
    assert capsys.readouterr().err == "broken: training failed\n"
    assert call("one") == 0  # nothing was left to do


def test_all_continues_where_it_was_interrupted(run_all, tmp_path):
    call, stored = run_all
    with pytest.raises(KeyboardInterrupt):
        call("one", "killed", "two")
    assert json.loads((tmp_path / "all.json").read_text()) == ["killed", "two"]
    with pytest.raises(UnfinishedRun, match="add --resume"):
        call("one", "killed", "two")
    assert call("one", "killed", "two", resume=True) == 0
    assert stored == ["one", "killed", "two"]
