"""Calls that are refused and limits that bite."""

import pytest

from instructor import confine
from instructor.remote import Stopped
from tests.instructor import hall

CALLS = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def answer(number, *arguments):
    ctypes.set_errno(0)
    done = libc.syscall(number, *arguments)
    return done, ctypes.get_errno()
"""


@pytest.mark.parametrize(
    "name", ["unshare", "mount", "ptrace", "bpf", "keyctl", "io_uring_setup", "userfaultfd"]
)
def test_calls_that_no_answer_needs_are_refused(bench, name):
    import pyseccomp

    number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
    with hall.Spy(bench, CALLS) as spy:
        assert list(spy.call("answer", number, 0, 0, 0, 0)) == [-1, confine.EPERM]
        number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, "getpid")
        assert spy.call("answer", number)[0] == 1  # the filter lets others through


class TestLimits:
    """Each limit is first shown to bite: what it forbids is refused, a little less is not."""

    def test_memory(self, bench):
        take = "def answer(size):\n    return len(bytearray(size))"
        limits = confine.Limits(memory=1 << 30)
        with hall.Spy(bench, take, limits=limits) as spy:
            assert spy.call("answer", 1 << 28) == 1 << 28
            assert spy.call("answer", 2 << 30)["raised"][0] == "MemoryError"

    def test_processes(self, bench):
        fork = """
import os, signal
def answer(count):
    children = []
    try:
        for _ in range(count):
            child = os.fork()
            if not child:
                signal.pause()
            children.append(child)
    except OSError as error:
        return type(error).__name__, len(children)
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    return "done", count
"""
        with hall.Spy(bench, fork, limits=confine.Limits(processes=60)) as spy:
            assert spy.call("answer", 5) == ("done", 5)
            error, count = spy.call("answer", 200)
            assert error == "BlockingIOError"
            assert count < 60

    def test_disk(self, bench):
        write = """
def answer(count):
    try:
        for i in range(count):
            with open(f"/tmp/{i}", "wb") as file:
                file.write(bytes(1 << 20))
    except OSError as error:
        return error.errno
    return 0
"""
        with hall.Spy(bench, write, limits=confine.Limits(disk=8 << 20)) as spy:
            assert spy.call("answer", 4) == 0
            assert spy.call("answer", 20) == 28  # no space left

    def test_processor_time(self, bench):
        spin = "def answer():\n    while True:\n        pass"
        limits = confine.Limits(cpu=2)
        with hall.Spy(bench, spin, limits=limits) as spy, pytest.raises(Stopped, match="ended"):
            spy.call()

    def test_descriptors(self, bench):
        opens = "def answer(n):\n    return len([open('/dev/null') for _ in range(n)])"
        with hall.Spy(bench, opens, limits=confine.Limits(descriptors=64)) as spy:
            assert spy.call("answer", 20) == 20
            assert spy.call("answer", 100)["raised"][0] == "OSError"
