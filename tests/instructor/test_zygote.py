"""Forks of a warm process."""

import socket
import time

from instructor import wire
from tests.instructor import hall


def test_a_child_that_is_killed_is_gone_with_all_its_own(bench):
    code = "import os\nchild = os.fork()\nif not child:\n    os.setsid()\n    while True: pass"
    with hall.Spy(bench, code, "def answer():\n    return child") as spy:
        assert spy.call() > 0
        bench.zygotes["pupil"].kill(spy.child)
        spy.sock.settimeout(5)
        assert spy.sock.recv(1) == b""  # every copy of the other end is closed


def test_a_child_that_cannot_serve_ends_and_the_next_one_is_served(bench):
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            bench._fork("pupil", theirs)
        wire.send(ours, {"limits": {"nothing": 1}, "hidden": [], "shown": {}})
        ours.settimeout(10)
        assert ours.recv(1) == b""
    with hall.Spy(bench, "def answer():\n    return 1") as spy:
        assert spy.call() == 1


def test_a_number_that_is_no_child_of_it_is_not_killed(bench):
    for number in (1, 2, 999_999):
        bench.zygotes["pupil"].kill(number)
    time.sleep(0.2)
    with hall.Spy(bench, "def answer():\n    return 1") as spy:
        assert spy.call() == 1
