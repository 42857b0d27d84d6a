"""The other way to wall in: the container that the course runs in, and a uid for each process.

A container's defaults forbid the namespaces that bubblewrap needs.  What is outside of it is out of
reach of everything inside; what parts submissions from each other, from the judge and from the
secret is `instructor.uids`.  That holds as long as a stranger's uid can read and write no more than
it should, so a process of such a uid looks before anything is graded (`scout.py`).
"""

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

from instructor import uids
from instructor.sandbox import ENVIRONMENT, HERE, PACKAGE, Unavailable

# What Docker, Podman and the course's image leave behind.
MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))
OURS = "COURSE_CONTAINER"
NEEDED = {"CAP_CHOWN": 0, "CAP_DAC_OVERRIDE": 1, "CAP_KILL": 5, "CAP_SETGID": 6, "CAP_SETUID": 7}
# What is mounted elsewhere are somebody's files.
KERNEL = ("/proc", "/sys", "/dev")
SYSTEM = {
    *("/", "/usr", "/bin", "/sbin", "/lib", "/lib64", "/run/.containerenv"),
    *("/etc", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf"),
    *(sys.prefix, os.path.realpath(sys.base_prefix)),
}
SCOUT = uids.FIRST["judge"] + uids.COUNT - 2
IMAGE = "grade in the course's image (instructor/Containerfile), as its first lines say"


class Container:
    """The wall of a container; only one command at a time may grade in it.

    Raises:
        Unavailable: the container would not part submissions; the message says what to do.
    """

    name = "container"
    about = "the container: a uid for each submission, a filter of system calls, limits"
    patience = 10.0

    def __init__(self) -> None:
        _check_privilege()
        self.lock = _take()
        try:
            _look_around()
        except BaseException:
            self.close()
            raise

    def command(self, role: str, descriptor: int, folder: Path) -> list[str]:
        """Return the command that starts a zygote without anything of the caller's environment."""
        settings = ENVIRONMENT | {
            "HOME": str(folder),
            "KERAS_HOME": f"{folder}/.keras",
            "PATH": f"{sys.prefix}/bin:/usr/bin:/bin",
            "PYTHONPATH": str(folder),
        }
        return [
            *("env", "--ignore-environment", "--chdir=/"),
            *(f"{name}={value}" for name, value in settings.items()),
            *(sys.executable, "-P", "-m", "instructor.zygote", role, str(descriptor)),
            self.name,
        ]

    def guard(self, role: str, folder: Path) -> None:
        """Give the judge's folder, and each part of the pupil's `course_lib`, to a group."""
        if role == "judge":
            closed = {folder: uids.JUDGES}
        else:
            parts = uids.parts_of(folder / "course_lib")
            closed = {path: uids.PARTS + i for i, path in enumerate(parts)}
        for path, group in closed.items():
            os.chown(path, 0, group)
            path.chmod(0o750)

    def close(self) -> None:
        """Let another command grade."""
        self.lock.close()


def inside() -> bool:
    """Tell whether this process runs in a container."""
    if os.environ.get(OURS) == "1" or any(mark.exists() for mark in MARKS):
        return True
    try:
        settings = Path("/proc/1/environ").read_bytes().split(b"\0")
    except OSError:
        return False
    return any(setting.startswith(b"container=") for setting in settings)


def _check_privilege() -> None:
    if os.getuid():
        raise Unavailable(
            f"in this container `course` runs as uid {os.getuid()}, which cannot give each "
            "submission a uid of its own; start the container as root, without --user"
        )
    lines = Path("/proc/self/status").read_text().splitlines()
    held = next(int(line.split()[1], 16) for line in lines if line.startswith("CapEff:"))
    if missing := [name for name, bit in NEEDED.items() if not held >> bit & 1]:
        raise Unavailable(
            f"this container lacks {', '.join(missing)}, which Docker and Podman grant by default; "
            "start it without --cap-drop"
        )


def _take():
    """Make the folder of writable folders, and hold it."""
    root = uids.ROOT
    mounts = [line.split(" - ") for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    kinds = {left.split()[4]: right.split()[0] for left, right in mounts}
    if kinds.get(str(root.parent)) != "tmpfs":
        raise Unavailable(
            f"{root.parent} is no file system in memory here, so what a submission writes could "
            "not be limited; start the container with Docker's or Podman's defaults"
        )
    root.mkdir(mode=0o711, exist_ok=True)
    lock = (root / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise Unavailable(
            "another `course` grades in this container, and two would share uids; wait for it, or "
            "start another container"
        ) from None
    return lock


def _look_around() -> None:
    """Let a process of a stranger's uid look for what it can read or write."""
    kept = [PACKAGE, HERE, Path.cwd(), *_mounts()]
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-", *map(str, kept)],
            input=(HERE / "scout.py").read_text(encoding="utf-8"),
            capture_output=True,
            text=True,
            cwd="/",
            env={},
            user=SCOUT,
            group=SCOUT,
            extra_groups=[],
            check=True,
        )
        found = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        reason = (getattr(error, "stderr", "") or str(error)).strip().splitlines()[-1]
        raise Unavailable(
            f"no process can be started as uid {SCOUT} ({reason}); {IMAGE}"
        ) from error
    if found["readable"]:
        raise Unavailable(f"submissions could read {_few(found['readable'])}; {IMAGE}")
    if found["writable"]:
        names = _few(found["writable"])
        raise Unavailable(
            f"submissions could write to {names}; type: chmod o-w {names}, or {IMAGE}"
        )


def _mounts() -> list[Path]:
    """Return where files from outside are mounted."""
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    points = {line.split()[4].encode().decode("unicode_escape") for line in lines} - SYSTEM
    kernel = tuple(f"{name}/" for name in KERNEL)
    return [Path(point) for point in sorted(points) if not f"{point}/".startswith(kernel)]


def _few(paths: list[str]) -> str:
    return " ".join(paths[:5]) + (f" (and {len(paths) - 5} more)" if len(paths) > 5 else "")
