"""Processes of one thread: told before their backend starts, ended with their parent."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from course_lib.experiments.engine import CHOICE
from course_lib.experiments.plan import Run
from course_lib.experiments.workers import ONE_THREAD, Job, WorkerError, processes, train_all
from tests.experiments.test_engine import _wait
from tests.experiments.tiny import EXPERIMENT

ROOT = Path(__file__).parents[2]
JOBS = [Job("good", Run(0.1, seed, 1, 1), CHOICE) for seed in range(5)]


def tell(settings, run, splits):
    """Return what the process was told, and its number."""
    return {"process": os.getpid()} | {name: os.environ.get(name) for name in ONE_THREAD}


def end(settings, run, splits):
    """End the process, as the system does when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)


def test_every_job_is_done_once_in_processes_with_one_thread():
    found = list(train_all(replace(EXPERIMENT, trial=tell), JOBS, workers=2))
    assert sorted(done.job.run.seed for done in found) == [0, 1, 2, 3, 4]
    numbers = {done.measures.pop("process") for done in found}
    assert os.getpid() not in numbers
    assert len(numbers) <= 2
    assert all(done.measures == ONE_THREAD for done in found)


def test_without_processes_everything_happens_here():
    found = list(train_all(replace(EXPERIMENT, trial=tell), JOBS, workers=0))
    assert {done.measures["process"] for done in found} == {os.getpid()}


def test_results_do_not_depend_on_the_number_of_processes():
    both = [list(train_all(EXPERIMENT, JOBS, workers=n)) for n in (0, 1)]
    assert [d.measures for d in both[0]] == [d.measures for d in both[1]]


def test_images_can_be_fewer():
    job = replace(JOBS[0], images=20)
    (done,) = train_all(EXPERIMENT, [job], workers=0)
    assert done.measures["images"] == 20


def test_a_process_that_is_ended_is_named():
    with pytest.raises(WorkerError, match=r"good, learning rate 0.1, seed 0 was ended \(exit code"):
        list(train_all(replace(EXPERIMENT, trial=end), JOBS[:1], workers=1))


def test_processes_end_when_their_parent_is_killed(tmp_path):
    log = tmp_path / "log"
    code = (
        "from tests.experiments.test_workers import *\n"
        "def go(): list(train_all(replace(EXPERIMENT, trial=log_and_wait), JOBS, workers=2))\n"
        "go()"
    )
    environment = os.environ | {"TINY_LOG": str(log), "PYTHONPATH": str(ROOT)}
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment)
    _wait(lambda: log.exists() and len(log.read_text().split()) >= 2)
    children = [int(number) for number in log.read_text().split()]
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    for child in children:
        _wait(lambda child=child: not _alive(child))


def log_and_wait(settings, run, splits):
    """Write this process' number, and take a moment."""
    import time

    with Path(os.environ["TINY_LOG"]).open("a") as file:
        file.write(f"{os.getpid()}\n")
    time.sleep(0.5)
    return {}


def _alive(number):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{number}/stat")
    return not (stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] == "Z")


@pytest.mark.parametrize(("accelerators", "cores", "wanted"), [(1, 16, 0), (0, 2, 2), (0, 64, 8)])
def test_number_of_processes(monkeypatch, accelerators, cores, wanted):
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert processes(accelerators) == wanted
