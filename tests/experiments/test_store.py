"""A result is written whole with its provenance; a failure leaves the stored one alone."""

import json
import re
import subprocess
import sys
from subprocess import PIPE

import pytest

from course_lib.experiments import provenance_line
from course_lib.experiments import store as storing
from course_lib.experiments.engine import UnfinishedRun
from course_lib.experiments.store import restamp, store
from course_lib.experiments.workers import WorkerError
from tests.experiments.tiny import EXPERIMENT, FAILING, OWN_RATES


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Folders for a result and its journal; trainings happen in this process."""
    monkeypatch.setattr(storing, "processes", lambda accelerators: 0)
    (tmp_path / "results").mkdir()
    return {"folder": tmp_path / "results", "journals": tmp_path / "journals"}


def test_a_result_is_written_with_its_provenance(folders, capsys):
    path = store(EXPERIMENT, **folders)
    assert path == folders["folder"] / "tiny.json"
    result = json.loads(path.read_text())
    assert result["arms"]["good"]["train_error"]["mean"] == 0.101
    assert result["comparisons"]["good_against_bad"]["verdict"] == "visible"
    found = result["provenance"]
    assert found["command"] == "python -m course_lib run tiny"
    assert found["seeds"] == [0, 1, 2]
    assert found["trainings"] == 12
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", found["date"])
    assert re.fullmatch("[0-9a-f]{64}", found["data"])
    assert "tests.experiments.tiny" in found["code"]
    progress = capsys.readouterr().err.splitlines()
    assert progress[-1] == "tiny: 12 of 12 trainings, 0 min left "
    assert [p.name for p in folders["folder"].iterdir()] == ["tiny.json"]


def test_processes_give_the_same_result(folders, monkeypatch):
    here = json.loads(store(EXPERIMENT, **folders).read_text())
    monkeypatch.setattr(storing, "processes", lambda accelerators: 2)
    there = json.loads(store(EXPERIMENT, **folders).read_text())
    assert there.pop("provenance")["processes"] == 2
    assert here.pop("provenance")["processes"] == 0
    assert here == there


def test_more_seeds_than_planned_continue_the_numbers(folders):
    store(EXPERIMENT, **folders)
    path = store(EXPERIMENT, seeds=5, resume=True, **folders)
    result = json.loads(path.read_text())
    assert result["provenance"]["seeds"] == [0, 1, 2, 3, 4]
    assert result["provenance"]["command"].endswith("run tiny --seeds 5")
    assert len(result["arms"]["bad"]["test_error"]["values"]) == 5


def test_code_that_changes_during_a_run_stops_it(folders, monkeypatch):
    found = iter(({"course_lib.train": "1"}, {"course_lib.train": "2"}))
    monkeypatch.setattr(storing, "_code", lambda chosen: next(found))
    with pytest.raises(UnfinishedRun, match="the code of tiny was changed while it ran"):
        store(EXPERIMENT, **folders)
    assert not list(folders["folder"].iterdir())


def test_a_result_that_cannot_be_written_loses_no_training(folders, monkeypatch):
    def refuse(*arguments):
        raise ValueError("values must be finite")

    with monkeypatch.context() as patch:
        patch.setattr(storing, "_write", refuse)
        with pytest.raises(ValueError, match="finite"):
            store(EXPERIMENT, **folders)
    with pytest.raises(UnfinishedRun, match="unfinished run of 12 trainings; add --resume"):
        store(EXPERIMENT, **folders)
    assert store(EXPERIMENT, resume=True, **folders).exists()


def test_changes_that_are_not_committed_are_told_at_the_start(folders, monkeypatch, capsys):
    monkeypatch.setattr(storing, "commit", lambda: {"commit": "0" * 40, "clean": False})
    store(EXPERIMENT, **folders)
    assert capsys.readouterr().err.startswith("tiny: the tree has changes that are not committed")


def test_a_second_process_is_refused_while_one_runs(folders):
    folders["journals"].mkdir()
    code = (
        "import sys; from filelock import FileLock\n"
        f"with FileLock({str(folders['journals'] / 'tiny.lock')!r}):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=PIPE, stdout=PIPE) as other:
        assert other.stdout
        assert other.stdout.readline().strip() == b"held"
        with pytest.raises(UnfinishedRun, match="another process runs tiny already; wait"):
            store(EXPERIMENT, **folders)
        other.kill()  # a lock outlives nobody
    assert not (folders["folder"] / "tiny.json").exists()
    assert store(EXPERIMENT, **folders).exists()


def test_a_failure_leaves_the_stored_result_alone(folders):
    path = store(EXPERIMENT, **folders)
    before = path.read_text()
    with pytest.raises(WorkerError, match="seed 1 is not to be trained"):
        store(FAILING, **folders)
    assert path.read_text() == before
    with pytest.raises(UnfinishedRun, match="add --resume"):
        store(EXPERIMENT, **folders)


def test_results_are_written_in_a_checkout_only(tmp_path):
    with pytest.raises(ValueError, match="run this in a checkout of the course"):
        store(EXPERIMENT, folder=tmp_path / "none", journals=tmp_path)


def test_provenance_in_a_sentence(folders):
    result = json.loads(store(EXPERIMENT, **folders).read_text())
    result["provenance"] |= {"commit": "0123456789abcdef", "clean": True}
    line = provenance_line(result)
    assert line.startswith("`python -m course_lib run tiny`: 12 trainings, seeds 0, 1, 2; ")
    assert "; commit 0123456, " in line


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({"commit": None, "clean": None}, "; no commit: computed outside git, "),
        (
            {"commit": "0123456789abcdef", "clean": False},
            "; commit 0123456 with changes that were not committed, ",
        ),
    ],
)
def test_a_sentence_says_where_the_code_is_not_all_in_a_commit(folders, found, words):
    result = json.loads(store(EXPERIMENT, **folders).read_text())
    result["provenance"] |= found
    assert words in provenance_line(result)


def test_restamp_changes_hashes_and_names_the_test(folders):
    path = store(EXPERIMENT, **folders)
    before = json.loads(path.read_text())
    stale = before | {"provenance": before["provenance"] | {"code": {"tests.x": "0"}}}
    path.write_text(json.dumps(stale))
    test = "tests/book/test_replay.py::test_a_stored_training_repeats"
    restamp(EXPERIMENT, test, folder=folders["folder"])
    after = json.loads(path.read_text())
    assert after["provenance"].pop("restamped")[0]["test"] == test
    assert after == before


@pytest.mark.parametrize("test", ["", "nothing", "tests/test_main.py", "tests/test_main.py::no"])
def test_restamp_needs_a_test(folders, test):
    with pytest.raises(ValueError, match=r"expected a test as tests/FILE\.py::NAME"):
        restamp(EXPERIMENT, test, folder=folders["folder"])


def test_arms_with_their_own_rates_choose_nothing(folders):
    result = json.loads(store(OWN_RATES, **folders).read_text())
    assert result["provenance"]["trainings"] == 6
    assert result["learning_rates"] == []
    assert {name: arm["learning_rate"] for name, arm in result["arms"].items()} == {
        "good": 0.1,
        "bad": 0.02,
    }
    assert "grid" not in result["arms"]["bad"]
    assert result["arms"]["bad"]["train_error"]["mean"] == pytest.approx(0.311)
