"""Grading with a warm pair of processes, in several threads, and what a lost judge means."""

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from instructor import bench as module
from tests.instructor import hall


def test_submissions_are_graded_side_by_side(bench):
    with ThreadPoolExecutor(3) as pool:
        answers = [None, {"layer_count": "def layer_count(*_, **__):\n    return 0"}, None]
        names = ("layer_count", "stage_macs")
        found = list(pool.map(lambda a: hall.judge(bench, a, names=names), answers))
    shares = [hall.shares(one) for one in found]
    assert shares[0] == shares[2] == {"layer_count": 1.0, "stage_macs": 1.0}
    assert shares[1] == {"layer_count": 0.0, "stage_macs": 1.0}


def test_a_judge_that_is_killed_is_lost_and_the_next_one_judges(bench, monkeypatch):
    forked = []
    fork = bench._fork

    def note(role, sock):
        forked.append((role, fork(role, sock)))
        return forked[-1][1]

    monkeypatch.setattr(bench, "_fork", note)

    def kill():
        while not any(role == "pupil" for role, _ in forked):
            time.sleep(0.01)
        bench._kill("judge", next(child for role, child in forked if role == "judge"))

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(module.Lost, match="the judge ended"):
        hall.judge(bench)
    killer.join()
    assert hall.shares(hall.judge(bench, names=("layer_count",))) == {"layer_count": 1.0}


def test_a_submission_that_takes_for_ever_is_lost(bench, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 1.0)
    slow = "import time\ndef layer_count(*_, **__):\n    time.sleep(30)"
    with pytest.raises(module.Lost, match=re.escape("within 1 seconds")):
        hall.judge(bench, {"layer_count": slow})


def test_no_process_of_a_submission_is_left_when_it_is_graded(bench, monkeypatch):
    forked, killed = [], []
    fork, kill = bench._fork, bench._kill
    monkeypatch.setattr(bench, "_fork", lambda role, sock: note(forked, role, fork(role, sock)))
    monkeypatch.setattr(bench, "_kill", lambda role, child: kill(role, note(killed, role, child)))
    wrong = {"layer_count": "def layer_count(*_, **__):\n    return 0"}
    hall.judge(bench, wrong, names=("layer_count", "stage_macs"))
    assert len(forked) == 3  # a judge, a process with all cells, one with this answer alone
    assert sorted(forked) == sorted(killed)


def note(book, role, child):
    book.append((role, child))
    return child


def test_a_check_that_is_at_fault_is_told_apart_from_the_answer(bench):
    asked = [
        module.question("layer_count", [0], "resnet.no_such_check", [1]),
        module.question("layer_count", [0], "resnet.layer_count", [1]),
    ]
    broken, judged = bench.grade([hall.solution("layer_count")], [0], asked)
    assert "no_such_check" in broken["broken"]
    assert broken["share"] == 0
    assert (judged["broken"], judged["share"]) == ("", 1.0)


@pytest.mark.parametrize("role", module.ROLES)
def test_a_warm_process_that_is_gone_is_started_again(bench, role):
    bench.zygotes[role].process.kill()
    bench.zygotes[role].process.wait()
    assert hall.shares(hall.judge(bench, names=("layer_count",))) == {"layer_count": 1.0}
