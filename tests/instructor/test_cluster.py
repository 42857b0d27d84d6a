"""The same class, graded on a cluster."""

import contextlib
import json
import os
import signal
import socket
import time
from pathlib import Path

import dask
import nbformat
import pytest
from distributed import Client, KilledWorker, LocalCluster

from instructor import assignment, cluster, grade, seeds, submission
from instructor.sandbox import Unavailable
from tests.checks.judging import EXERCISES
from tests.instructor import hall

WHOLE = assignment.read(EXERCISES / "resnet.ipynb")
ASKED = assignment.Assignment("resnet", WHOLE.questions[:1], WHOLE.hidden)


def job(tmp_path, student, source):
    cells = [nbformat.v4.new_code_cell(text) for text in (hall.SETUP, source)]
    path = tmp_path / f"{student}.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return student, path.name, submission.read(path, ASKED)


@pytest.fixture
def local(bench, monkeypatch):
    """A cluster in this process, whose worker has the bench of the tests."""
    monkeypatch.setattr(cluster, "_BENCH", [bench])
    with LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
    ) as found:
        yield found


def test_a_cluster_gives_the_marks_of_one_machine(local, bench, tmp_path):
    secret = tmp_path / "secret"
    seeds.make(secret)
    jobs = [
        job(tmp_path, "ada", hall.solution("layer_count")),
        job(tmp_path, "bob", "def layer_count(*_, **__):\n    return 0"),
    ]
    there = list(cluster.grade_there(local.scheduler_address, ASKED, secret, jobs))
    here = [
        grade.grade_one(bench, *one, assignment=ASKED, secret=seeds.read(secret)) for one in jobs
    ]
    assert sorted(there, key=lambda one: one.student) == here
    assert [one.score for one in here] == [1.0, 0.0]


def test_no_task_carries_the_secret(local, tmp_path, monkeypatch):
    secret = tmp_path / "secret"
    seeds.make(secret)
    content = seeds.read(secret).decode()
    sent = []
    submit = Client.submit
    monkeypatch.setattr(
        Client, "submit", lambda self, *a, **k: sent.append((a, k)) or submit(self, *a, **k)
    )
    jobs = [job(tmp_path, "ada", "x = 1")]
    list(cluster.grade_there(local.scheduler_address, ASKED, secret, jobs))
    assert sent
    assert content not in repr(sent)
    logs = repr(local.get_logs())
    assert content not in logs


def test_a_scheduler_that_is_not_there_is_told(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    soon = dask.config.set({"distributed.comm.timeouts.connect": "1s"})
    with soon, pytest.raises(OSError, match="Timed out"):
        list(cluster.grade_there(address, ASKED, tmp_path / "secret", []))


def test_a_worker_without_a_sandbox_says_so(monkeypatch):
    def none():
        raise Unavailable("bubblewrap is missing")

    monkeypatch.setattr(cluster, "_BENCH", [])
    monkeypatch.setattr(cluster, "Bench", none)
    with pytest.raises(Unavailable):
        cluster._bench()


STUDENTS = ("ada", "bob", "cy", "dee", "eve", "fay")


def descendants(pid):
    """Return the processes below one."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            name, parent = path.parent.name, path.read_text().rpartition(")")[2].split()[1]
            parents.setdefault(int(parent), []).append(int(name))
    found, left = [], [pid]
    while left:
        children = parents.get(left.pop(), [])
        found += children
        left += children
    return found


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def processes(bench):
    """A cluster of two worker processes, each with a warm pair of its own."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as found:
        yield found


def killed_at_the_first_mark(address, secret, killed):
    """Return a way to grade on a cluster that loses a worker which has work left."""

    def spread(jobs):
        with Client(address) as client:
            pids = client.run(os.getpid)
            for one in cluster.grade_there(address, ASKED, secret, jobs):
                if not killed:
                    busy = max(client.processing().items(), key=lambda item: len(item[1]))
                    assert busy[1]  # it has work to lose
                    killed[pids[busy[0]]] = descendants(pids[busy[0]])
                    os.kill(pids[busy[0]], signal.SIGKILL)
                yield one

    return spread


def test_a_worker_that_is_killed_costs_no_mark(processes, tmp_path):
    secret, killed, handed = tmp_path / "secret", {}, tmp_path / "in"
    seeds.make(secret)
    handed.mkdir()
    right, wrong = hall.solution("layer_count"), "def layer_count(*_, **__):\n    return 0"
    files = {}
    for number, student in enumerate(STUDENTS):
        _, name, _ = job(handed, student, wrong if number % 3 == 1 else right)
        files[student] = handed / name
    spread = killed_at_the_first_mark(processes.scheduler_address, secret, killed)
    found = grade.grade_class(files, ASKED, seeds.read(secret), tmp_path / "out", spread)
    assert [one.student for one in found] == list(STUDENTS)
    assert [one.score for one in found] == [1.0, 0.0, 1.0, 1.0, 0.0, 1.0]
    assert not any(one.unjudged for one in found)
    lines = (tmp_path / "out" / "journal.jsonl").read_text().splitlines()
    told = [json.loads(line)["entry"]["student"] for line in lines]
    assert sorted(told) == sorted(STUDENTS)  # each once
    ((pid, below),) = killed.items()
    assert below  # its warm pair, which ends with it
    end = time.monotonic() + 10
    while any(map(alive, (pid, *below))) and time.monotonic() < end:
        time.sleep(0.1)
    assert not [process for process in (pid, *below) if alive(process)]


def test_a_submission_that_ends_its_workers_is_not_judged_and_the_others_are(local, tmp_path):
    def ends(job, *_):
        if job[0] == "eve":
            raise KilledWorker("eve", None, 4)
        return grade.not_judged(job, ASKED, "")

    secret = tmp_path / "secret"
    jobs = [job(tmp_path, student, "x = 1") for student in ("ada", "eve", "fay")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster, "_grade", ends)
        found = list(cluster.grade_there(local.scheduler_address, ASKED, secret, jobs))
    assert {one.student: bool(one.unjudged) for one in found} == {
        "ada": False,
        "eve": True,
        "fay": False,
    }


def test_a_machine_without_the_secret_ends_the_run(local, tmp_path):
    jobs = [job(tmp_path, "ada", "x = 1")]
    with pytest.raises(seeds.Refused, match="course secret"):
        list(cluster.grade_there(local.scheduler_address, ASKED, tmp_path / "nowhere", jobs))
