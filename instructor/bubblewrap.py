"""One way to wall in: bubblewrap, which needs no privilege and a kernel that grants namespaces.

Inside there is no network, nothing of the system can be written, home and temporary folders are
empty, small and in memory, and nothing of the caller's environment is left.
"""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from instructor.sandbox import ENVIRONMENT, INSIDE, Unavailable

NOBODY = 65534
READABLE = ("/usr", "/lib", "/lib64", "/bin", "/sbin", "/etc/ld.so.cache", "/etc/alternatives")
TRIAL = ("bwrap", "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "true")
MISSING = "bubblewrap is missing; on Debian and Ubuntu: apt-get install bubblewrap"


class Bubblewrap:
    """The wall of a machine of one's own; `instructor.confine` parts its forks by namespaces."""

    name = "bubblewrap"
    about = "bubblewrap: namespaces, a filter of system calls, limits"
    patience = 0.0

    def __init__(self) -> None:
        if reason := refusal():
            raise Unavailable(reason)

    def command(self, role: str, descriptor: int, folder: Path) -> list[str]:
        """Return the command that starts a zygote inside bubblewrap."""
        binds = [part for path in _readable() for part in ("--ro-bind", path, path)]
        return [
            *([] if os.getuid() else _as_nobody()),
            *("bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv"),
            *(part for pair in ENVIRONMENT.items() for part in ("--setenv", *pair)),
            *("--setenv", "PATH", f"{sys.prefix}/bin:/usr/bin:/bin"),
            *("--tmpfs", "/tmp", "--tmpfs", "/home", "--dev", "/dev", "--proc", "/proc"),
            *binds,  # after those, since Python may lie in one of them
            *("--ro-bind", str(folder), INSIDE),
            *("--remount-ro", "/", "--chdir", "/tmp"),
            *(f"{sys.prefix}/bin/python", "-m", "instructor.zygote", role, str(descriptor)),
            self.name,
        ]

    def guard(self, role: str, folder: Path) -> None:
        """Do nothing: each process is shown its own folder only."""

    def close(self) -> None:
        """Do nothing: nothing is held."""


def refusal() -> str:
    """Return why bubblewrap cannot run here; empty where it can."""
    if not shutil.which("bwrap"):
        return MISSING
    done = subprocess.run(TRIAL, check=False, capture_output=True, text=True)
    lines = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
    return f"bubblewrap cannot run here ({lines[0]})" if done.returncode else ""


def _readable() -> Iterator[str]:
    """Yield the system's folders, and those of Python and its packages."""
    for path in (*READABLE, sys.prefix, os.path.realpath(sys.base_prefix)):
        if os.path.lexists(path):
            yield path


def _as_nobody() -> list[str]:
    """Return what root puts in front: the kernel does not limit the processes of root.

    Folders that only root may enter are covered, and what is needed of them is shown in the cover.
    """
    cover = []
    for path in map(Path, (sys.prefix, os.path.realpath(sys.base_prefix))):
        closed = [p for p in reversed(path.parents) if not p.stat().st_mode & stat.S_IXOTH]
        if closed:
            between = [p for p in reversed(path.parents) if closed[0] in p.parents]
            cover += ["--tmpfs", str(closed[0])]
            cover += [part for folder in between for part in ("--dir", str(folder))]
            cover += ["--ro-bind", str(path), str(path)]
    namespace = ["bwrap", "--die-with-parent", "--dev-bind", "/", "/", *cover] if cover else []
    user = ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups"]
    return [*namespace, *user]
