"""Grading where bubblewrap cannot run, in what a container is by Docker's defaults.

No Docker or Podman runs here: `docker_like` makes what their defaults come to.
"""

import os

import pytest

from instructor import container as module
from instructor import uids
from instructor.sandbox import INSIDE, Unavailable
from tests.instructor import attacks, docker_like, hall

NAMES = hall.QUESTIONS[:2]
# Those that namespaces and file systems of their own stop elsewhere.
BANK = (
    *("forged frames", "garbage frames", "closed descriptors", "fork bomb", "threads left running"),
    *("memory bomb", "disk fill", "signals", "ignores signals", "leaves", "asks the reference"),
    "asks the nets",
)
OPEN = """
import os
def opens(path):
    try:
        return os.listdir(path) if os.path.isdir(path) else open(path, "rb").read(20)
    except OSError as error:
        return type(error).__name__
"""
ALIVE = "import time\ndef answer():\n    return True"


@pytest.fixture(scope="module")
def container():
    with docker_like.started() as found:
        yield found


@pytest.fixture(autouse=True)
def nothing_is_left(request):
    yield
    if "container" in request.fixturenames:
        living, folders = request.getfixturevalue("container").ask("left")
        assert (living, folders) == ([], [])


def test_the_container_is_the_wall_where_bubblewrap_cannot_run(container):
    assert container.wall == "container"


@pytest.mark.parametrize("attack", BANK)
def test_an_attack_gets_nothing_and_costs_nothing(container, attack):
    answers = {"layer_count": attacks.ATTACKS[attack]}
    shares, broken = container.ask("judge", answers, NAMES)
    assert shares == {**dict.fromkeys(NAMES, 1.0), "layer_count": 0.0}
    assert broken == []


def test_right_answers_get_all_points(container):
    shares, broken = container.ask("judge", {}, hall.QUESTIONS)
    assert (shares, broken) == (dict.fromkeys(hall.QUESTIONS, 1.0), [])


def test_what_the_conductor_holds_cannot_be_read(container):
    numbers, layouts = container.ask("numbers")
    paths = [f"{docker_like.INSIDE}/{name}/file" for name in ("secret", "submissions", "results")]
    paths += [docker_like.INSIDE, f"{docker_like.INSIDE}/course_lib/checks/resnet_counts.py"]
    paths += [f"{layouts}/judge", f"{layouts}/judge/course_lib/checks/resnet_counts.py", layouts]
    paths += [
        f"/proc/{pid}/{name}" for pid in (1, *numbers.values()) for name in ("environ", "mem", "fd")
    ]
    look = OPEN + f"def answer():\n    return [opens(path) for path in {paths!r}]"
    found = dict(zip(paths, container.ask("look", look), strict=True))
    assert sorted(found.pop(layouts)) == ["judge", "pupil"]  # names, and no more
    assert set(found.values()) == {"PermissionError"}


def test_of_the_course_there_are_no_references(container):
    look = """
import os, course_lib
def answer():
    root = os.path.dirname(course_lib.__file__)
    return [os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names]
"""
    shown = container.ask("look", look)
    hidden = container.ask("look", look, hidden=[f"{INSIDE}/course_lib/nets"])
    assert any("/nets/" in name for name in shown)
    assert {name for name in shown if "/nets/" not in name} == set(hidden)
    look = (
        "def answer():\n    import course_lib.checks.resnet_blocks as b\n    return repr(vars(b))"
    )
    assert "convolve" not in str(container.ask("look", look))


def test_nothing_of_the_caller_is_left(container):
    look = "import os\ndef answer():\n    return dict(os.environ), os.getuid(), os.getgroups()"
    environment, uid, groups = container.ask("look", look)
    assert "of the caller" not in environment.values()
    assert uids.FIRST["pupil"] <= uid < uids.FIRST["judge"]
    assert uids.JUDGES not in groups
    assert 0 not in groups


def test_command_lines_hold_paths_only(container):
    look = """
import glob
def answer():
    return [open(path).read() for path in glob.glob("/proc/[0-9]*/cmdline")]
"""
    found = container.ask("look", look)
    assert any("zygote" in line for line in found)
    assert "of the caller" not in str(found)


def test_another_submission_is_out_of_reach(container):
    first = """
import os
open("mine", "w").write("an answer")
def answer():
    return os.getpid(), os.getcwd(), os.getuid()
"""
    second = (
        OPEN
        + """
import signal
def tries(work, *arguments):
    try:
        work(*arguments)
    except OSError as error:
        return type(error).__name__
    return "done"
def answer(pid, folder, uid):
    return [
        opens(folder), opens(folder + "/mine"), opens(f"/proc/{pid}/environ"),
        tries(open, folder + "/yours", "w"), tries(os.kill, pid, signal.SIGKILL),
        tries(os.setuid, uid), tries(os.setpriority, os.PRIO_PROCESS, pid, 19),
        tries(os.kill, -1, signal.SIGKILL), uid == os.getuid(),
    ]
"""
    )
    found, alive = container.ask("neighbours", first, second)
    *refused, everybody, same = found
    assert set(refused) == {"PermissionError"}
    assert everybody == "done"  # what the kernel says where it has signalled nobody
    assert not same
    assert alive[1].startswith(str(uids.ROOT))


def test_processes_meet_nowhere(container):
    look = """
import ctypes, socket
def tries(*arguments, pair=False):
    try:
        socket.socketpair(*arguments) if pair else socket.socket(*arguments)
    except OSError as error:
        return type(error).__name__
    return "done"
def answer():
    libc = ctypes.CDLL(None, use_errno=True)
    made = libc.shmget(4711, 4096, 0o1666), libc.semget(4711, 1, 0o1666), libc.msgget(4711, 0o1666)
    a, _ = socket.socketpair()
    named = ctypes.c_int(libc.bind(a.fileno(), b"\\1\\0\\0name", 7)).value
    return [tries(kind) for kind in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX)], [
        tries(socket.AF_UNIX, socket.SOCK_DGRAM, pair=True),
        tries(socket.AF_UNIX, socket.SOCK_SEQPACKET, pair=True),
    ], made, named
"""
    sockets, pairs, made, named = container.ask("look", look)
    assert set(sockets) == set(pairs) == {"PermissionError"}
    assert (*made, named) == (-1,) * 4


def test_it_writes_to_its_own_folder_and_nowhere_else(container):
    look = (docker_like.TREE / "instructor" / "scout.py").read_text()
    look = look.replace("__name__ ==", "None ==")
    look += "\ndef answer():\n    return sorted(writable('/')), list(writable(os.getcwd()))"
    elsewhere, own = container.ask("look", look)
    assert elsewhere == []  # its own is found by name only
    assert len(own) == 1


@pytest.mark.parametrize(
    "writes",
    [
        "open(str(i), 'wb').write(bytes(4 << 20))",  # 4 MiB each
        "open(str(i), 'wb')",  # empty
        "os.mkdir('x'); os.chdir('x')",  # deeper than a path can be long
    ],
)
def test_many_files_end_it(container, writes):
    look = f"""
import os, time
def answer():
    try:
        for i in range(100_000):
            {writes}
    except OSError:
        pass
    time.sleep(15)
"""
    assert "the process ended" in container.ask("look", look)


def test_a_large_file_is_refused(container):
    look = """
def answer(megabytes):
    try:
        with open("one", "wb") as file:
            for _ in range(megabytes):
                file.write(bytes(1 << 20))
    except OSError as error:
        return error.errno
    return 0
def some():
    return answer(8), answer(64)
"""
    assert container.ask("look", look, call="some") == (0, 27)  # too large


def test_what_runs_on_is_ended_with_its_warm_process(container):
    runs_on = """
import os
if not os.fork():
    os.setsid()
    if not os.fork():
        while True:
            pass
    os._exit(0)
def answer():
    return True
"""
    assert container.ask("look", runs_on) is True
    assert container.ask("left") == ([], [])
    container.ask("lose", "pupil")
    assert container.ask("look", ALIVE) is True


def test_two_commands_would_share_uids(container):
    assert "another `course`" in container.ask("again")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"capabilities": "CHOWN DAC_OVERRIDE FOWNER SETGID SETUID"}, "lacks CAP_KILL"),
        ({"more": ("--ro-bind", docker_like.TREE, "/data")}, "could read /data"),
        ({"more": ("--perms", "1777", "--dir", "/everybody")}, "could write to /everybody"),
    ],
)
def test_a_container_that_would_not_part_them_is_refused(options, reason):
    with docker_like.started(**options) as found:
        assert found.wall.startswith("refused")
        assert reason in found.wall


def test_without_root_it_says_how_to_start(monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    with pytest.raises(Unavailable, match=r"uid 1000.*without --user"):
        module.Container()


def test_it_knows_where_it_is(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "MARKS", (tmp_path / "mark",))
    monkeypatch.delenv(module.OURS, raising=False)
    assert not module.inside()
    (tmp_path / "mark").touch()
    assert module.inside()
    (tmp_path / "mark").unlink()
    monkeypatch.setenv(module.OURS, "1")
    assert module.inside()
