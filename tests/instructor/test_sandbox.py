"""What a submission finds in the sandbox, and what it does not."""

from instructor.sandbox import INSIDE
from tests.instructor import hall

LOOK = """
import os, socket
def files(root):
    found = []
    for folder, _, names in os.walk(root):
        found += [os.path.join(folder, name) for name in names]
    return found
def try_(work, *args):
    try:
        work(*args)
        return "done"
    except Exception as error:
        return type(error).__name__
"""


def test_there_is_no_network(bench):
    look = LOOK + "def answer():\n    return try_(socket.create_connection, ('127.0.0.1', 22), 2)"
    with hall.Spy(bench, look) as spy:
        assert spy.call() == "PermissionError"
    look = LOOK + "def answer():\n    return os.listdir('/sys/class/net')"
    with hall.Spy(bench, look) as spy:
        assert "raised" in spy.call()  # there is no /sys


def test_nothing_of_the_caller_is_left(bench, monkeypatch):
    look = "import os\ndef answer():\n    return dict(os.environ)"
    with hall.Spy(bench, look) as spy:
        assert not set(spy.call()) & {"USER", "LOGNAME", "SSH_AUTH_SOCK", "COURSE_CI", "PWD_SECRET"}
    look = (
        LOOK
        + """
import sys
def answer():
    found = [path for folder in ("/tmp", "/home", "/root") for path in files(folder)]
    return [path for path in found if not path.startswith((sys.prefix, sys.base_prefix))]
"""
    )
    with hall.Spy(bench, look) as spy:
        assert spy.call() == []


def test_of_the_course_there_are_no_references(bench):
    look = LOOK + f"def answer():\n    return files({INSIDE!r})"
    with hall.Spy(bench, look, hidden=[f"{INSIDE}/course_lib/nets"]) as spy:
        names = spy.call()
    assert not [name for name in names if "/nets/" in name]
    assert not [name for name in names if "solution" in name or "/tests/" in name]
    look = (
        "def answer():\n    import course_lib.checks.resnet_blocks as b\n    return repr(vars(b))"
    )
    with hall.Spy(bench, look) as spy:
        assert "convolve" not in str(spy.call())


def test_nothing_can_be_written_but_a_little(bench):
    look = (
        LOOK
        + """
def answer():
    places = ("/usr/x", "/course/x", "/etc/x", "/x", "/proc/sys/kernel/hostname")
    return [try_(open, place, "w") for place in places]
"""
    )
    with hall.Spy(bench, look) as spy:
        assert "done" not in spy.call()


def test_other_processes_are_out_of_sight(bench):
    look = "import os\ndef answer():\n    return [n for n in os.listdir('/proc') if n.isdigit()]"
    with hall.Spy(bench, look) as spy:
        assert spy.call() == ["1"]


def test_it_runs_as_nobody_in_particular(bench):
    look = """
import os
def answer():
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    return os.getuid(), [status[key].strip() for key in ("CapEff", "CapBnd", "Seccomp")]
"""
    with hall.Spy(bench, look) as spy:
        uid, (effective, bounding, filtered) = spy.call()
    assert uid != 0
    assert int(effective, 16) == int(bounding, 16) == 0
    assert filtered == "2"
