"""Rates are chosen without test images, every seed is trained once, and a kill loses none."""

import json
import math
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from course_lib.experiments import engine
from course_lib.experiments.engine import Journal, UnfinishedRun, choose, run
from course_lib.experiments.plan import Run
from course_lib.experiments.workers import Job, WorkerError, train_all
from tests.experiments.tiny import EXPERIMENT, FAILING

ROOT = Path(__file__).parents[2]
CHOICES = 6  # 2 arms x 3 rates
KEY = {"code": "one", "data": "two"}


def start(path, *, resume=False, key=KEY):
    journal = Journal(path, key)
    journal.open(resume=resume)
    return journal


@pytest.fixture
def log(tmp_path, monkeypatch):
    path = tmp_path / "log"
    path.touch()
    monkeypatch.setenv("TINY_LOG", str(path))
    return lambda: [line.split() for line in path.read_text().splitlines()]


def test_each_arm_gets_its_best_rate(tmp_path):
    arms = run(EXPERIMENT, start(tmp_path / "j"), seeds=(0, 1, 2), workers=0)
    assert {arm: entry["learning_rate"] for arm, entry in arms.items()} == {
        "good": 0.1,
        "bad": 0.01,
    }
    assert arms["good"]["at_edge"]
    grid = [row["validation_error"] for row in arms["good"]["grid"]]
    assert grid == [pytest.approx(0.3), pytest.approx(0.28), pytest.approx(0.21)]
    errors = [m["test_error"] for m in arms["bad"]["measures"]]
    assert errors == [pytest.approx(0.32), pytest.approx(0.321), pytest.approx(0.322)]


def test_choosing_sees_no_test_images_and_no_seed_twice(tmp_path, log):
    run(EXPERIMENT, start(tmp_path / "j"), seeds=(0, 1, 2), workers=0)
    choosing, storing = log()[:CHOICES], log()[CHOICES:]
    assert {(seed, splits) for _, _, seed, splits in choosing} == {("100", "2")}
    assert {splits for _, _, _, splits in storing} == {"3"}
    assert sorted((arm, seed) for arm, _, seed, _ in storing) == [
        (arm, seed) for arm in ("bad", "good") for seed in "012"
    ]


def _trial(rate, *errors):
    return [
        (Job("a", Run(rate, seed, 1, 1), engine.CHOICE), {"measures": {"validation_error": error}})
        for seed, error in enumerate(errors)
    ]


def test_choice_is_by_the_mean_and_the_smaller_rate_wins_a_tie():
    assert choose(_trial(0.3, 0.1, 0.5) + _trial(0.1, 0.2, 0.2))["learning_rate"] == 0.1
    assert choose(_trial(0.3, 0.2) + _trial(0.1, 0.2))["learning_rate"] == 0.1
    middle = choose(_trial(0.1, 0.3) + _trial(0.2, 0.2) + _trial(0.3, 0.4))
    assert (middle["learning_rate"], middle["at_edge"]) == (0.2, False)


def test_a_training_that_diverged_is_never_chosen():
    assert choose(_trial(0.1, math.nan) + _trial(0.3, 0.9))["learning_rate"] == 0.3


def test_choice_needs_every_training():
    missing = [(Job("a", Run(0.1, 0, 1, 1), engine.CHOICE), None)]
    with pytest.raises(ValueError, match=r"no training of a at learning rate 0\.1"):
        choose(missing)


def test_progress_counts_and_estimates(tmp_path):
    seen = []
    run(
        EXPERIMENT,
        start(tmp_path / "j"),
        seeds=(0, 1, 2),
        workers=0,
        report=lambda *line: seen.append(line),
    )
    assert [(finished, total) for finished, total, _ in seen] == [(i + 1, 12) for i in range(12)]
    assert seen[-1][2] == 0.0


def test_seeds_can_be_added_to_a_finished_run(tmp_path, log):
    run(EXPERIMENT, start(tmp_path / "j"), seeds=(0, 1, 2), workers=0)
    before = len(log())
    arms = run(EXPERIMENT, start(tmp_path / "j", resume=True), seeds=range(5), workers=0)
    assert [seed for _, _, seed, _ in log()[before:]] == ["3", "3", "4", "4"]
    assert len(arms["good"]["measures"]) == 5


def test_an_unfinished_run_is_not_thrown_away(tmp_path):
    with pytest.raises(WorkerError, match="seed 1 is not to be trained"):
        run(FAILING, start(tmp_path / "j"), seeds=(0, 1, 2), workers=0)
    with pytest.raises(UnfinishedRun, match=r"unfinished run of 8 trainings; add --resume"):
        start(tmp_path / "j")
    assert len(start(tmp_path / "j", resume=True).trials) == 8


def test_a_finished_run_is_begun_anew_without_resume(tmp_path):
    journal = start(tmp_path / "j")
    run(EXPERIMENT, journal, seeds=(0, 1, 2), workers=0)
    journal.save(finished=True)
    assert start(tmp_path / "j").trials == []


def test_a_run_of_other_code_is_not_continued(tmp_path):
    journal = start(tmp_path / "j")
    run(EXPERIMENT, journal, seeds=(0, 1, 2), workers=0)
    with pytest.raises(UnfinishedRun, match="begun with another code; delete the file"):
        start(tmp_path / "j", resume=True, key=KEY | {"code": "other"})
    journal.save(finished=True)  # then it is no obstacle to a run of the new code
    assert start(tmp_path / "j", resume=True, key=KEY | {"code": "other"}).trials == []
    assert len(start(tmp_path / "j", resume=True).trials) == CHOICES + 6


def test_arms_that_measure_time_train_alone_and_last(tmp_path, monkeypatch):
    calls = []

    def watched(experiment, jobs, *, workers):
        calls.append(({job.arm for job in jobs}, workers))
        return train_all(experiment, jobs, workers=0)

    monkeypatch.setattr(engine, "train_all", watched)
    timed = {"bad": EXPERIMENT.arms["bad"], "good": EXPERIMENT.arms["good"] | {"timed": True}}
    experiment = replace(EXPERIMENT, arms=timed)
    arms = run(experiment, start(tmp_path / "j"), seeds=(0, 1, 2), workers=2)
    assert calls == 2 * [({"bad"}, 2), ({"good"}, 1)]
    assert [len(entry["measures"]) for entry in arms.values()] == [3, 3]


KILLED = """
import sys
from pathlib import Path
from course_lib.experiments.engine import Journal, run
from tests.experiments.tiny import EXPERIMENT
if __name__ == "__main__":
    journal = Journal(Path(sys.argv[1]), {})
    journal.open(resume="resume" in sys.argv)
    arms = run(EXPERIMENT, journal, seeds=(0, 1, 2), workers=2)
    print([m["test_error"] for m in arms["bad"]["measures"]])
"""


def _process(path, log, *words, sleep):
    environment = os.environ | {"TINY_LOG": str(log), "TINY_SLEEP": str(sleep)}
    return subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path), *words],
        cwd=ROOT,
        env=environment | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def _wait(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing happened in time"
        time.sleep(0.02)


def test_killed_in_the_middle_it_resumes_without_repeating_or_losing(tmp_path):
    path, first, second = tmp_path / "j", tmp_path / "first", tmp_path / "second"
    killed = _process(path, first, sleep=0.15)

    def enough():
        return path.exists() and len(json.loads(path.read_text())["trials"]) >= 7

    _wait(enough)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    kept = json.loads(path.read_text())["trials"]
    assert 7 <= len(kept) < 12

    resumed = _process(path, second, "resume", sleep=0)
    out, _ = resumed.communicate(timeout=60)
    assert resumed.returncode == 0
    assert out.strip() == "[0.32, 0.321, 0.322]"
    trained = [line.split()[:3] for line in second.read_text().splitlines()]
    assert len(trained) == 12 - len(kept)
    already = [
        [trial["arm"], str(trial["run"]["learning_rate"]), str(trial["run"]["seed"])]
        for trial in kept
    ]
    assert not [line for line in trained if line in already]
    assert not list(tmp_path.glob("*.part"))


def test_a_failed_training_keeps_the_others(tmp_path):
    with pytest.raises(WorkerError, match=r"bad, learning rate 0.01, seed 1 failed"):
        run(FAILING, start(tmp_path / "j"), seeds=(0, 1, 2), workers=1)
    journal = start(tmp_path / "j", resume=True)
    arms = run(EXPERIMENT, journal, seeds=(0, 1, 2), workers=0)
    assert len(arms["bad"]["measures"]) == 3


def test_files_are_written_whole(tmp_path, monkeypatch):
    path = tmp_path / "file"
    engine.write_whole(path, "old")

    def fail(source, target):
        raise OSError("no space left")

    monkeypatch.setattr(engine.os, "replace", fail)
    with pytest.raises(OSError, match="no space left"):
        engine.write_whole(path, "new")
    assert path.read_text() == "old"
