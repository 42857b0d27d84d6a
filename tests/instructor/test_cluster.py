"""The same class, graded on a cluster."""

import socket

import nbformat
import pytest
from distributed import Client, LocalCluster

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
    with pytest.raises(OSError, match="Timed out"):
        list(cluster.grade_there(address, ASKED, tmp_path / "secret", []))


def test_a_worker_without_a_sandbox_says_so(monkeypatch):
    def none():
        raise Unavailable("bubblewrap is missing")

    monkeypatch.setattr(cluster, "_BENCH", [])
    monkeypatch.setattr(cluster, "Bench", none)
    with pytest.raises(Unavailable):
        cluster._bench()
