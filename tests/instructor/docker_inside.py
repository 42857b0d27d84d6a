"""The conductor in the container of `docker_like`: grades, and tells what is left.

python -m tests.instructor.docker_inside DESCRIPTOR
"""

import os
import sys
import time
import traceback
from multiprocessing.connection import Connection

from instructor import bench as benches
from instructor import uids
from instructor.sandbox import Unavailable


def main(descriptor):
    line = Connection(descriptor)
    benches.SECONDS = 2.0  # loops end soon
    try:
        bench = benches.Bench()
    except Unavailable as error:
        line.send((True, f"refused: {error}"))
        return
    line.send((True, bench.wall.name))
    with bench:
        while True:
            try:
                name, arguments, more = line.recv()
            except EOFError:
                return
            try:
                line.send((True, globals()[name](bench, *arguments, **more)))
            except Exception:
                line.send((False, traceback.format_exc()))


def judge(bench, answers, names):
    from tests.instructor import hall

    verdicts = hall.judge(bench, answers, names=names)
    return hall.shares(verdicts), [v["broken"] for v in verdicts.values() if v["broken"]]


def look(bench, *cells, hidden=(), seconds=20.0, call="answer"):
    """Return what a function of a submission returns, or what became of it."""
    from instructor.remote import Stopped
    from tests.instructor import hall

    with hall.Spy(bench, *cells, hidden=hidden, seconds=seconds) as spy:
        try:
            return spy.call(call)
        except Stopped as stopped:
            return f"stopped: {stopped}"


def neighbours(bench, first, second):
    """Return what a submission finds of another that runs, and whether that one still answers."""
    from tests.instructor import hall

    with hall.Spy(bench, first) as one, hall.Spy(bench, second) as other:
        found = other.call("answer", *one.call())
        return found, one.call()


def lose(bench, role):
    """Kill a warm process as the kernel would, short of memory."""
    bench.zygotes[role].process.kill()
    bench.zygotes[role].process.wait()


def again(bench):
    """Start a second bench; return what it says."""
    try:
        benches.Bench()
    except Unavailable as error:
        return str(error)
    return ""


def numbers(bench):
    """Return the processes of the conductor and its warm ones, and where their code lies."""
    warm = {role: zygote.process.pid for role, zygote in bench.zygotes.items()}
    return {"conductor": os.getpid(), **warm}, bench.folder.name


def left(bench, seconds=20.0):
    """Return which uids have processes, and what folders there are, given time to end."""
    end = time.monotonic() + seconds
    while True:
        living = {uid for uid in uids._living() if 20_000 <= uid < 40_000}
        found = sorted(living), sorted({path.name for path in uids.ROOT.iterdir()} - {"lock"})
        if not any(found) or time.monotonic() > end:
            return found


if __name__ == "__main__":
    main(int(sys.argv[1]))
