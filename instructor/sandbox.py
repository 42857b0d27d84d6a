"""A warm process that forks (`instructor.zygote`), behind a wall that `instructor.walls` chooses.

Behind it, of this repository only `course_lib` and `instructor` can be read, and of those no
checks where submissions run; nothing of the caller's environment is left.
"""

import contextlib
import json
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import course_lib
from instructor.private_modules import PROBES

PACKAGE = Path(course_lib.__file__).parent
HERE = Path(__file__).parent
INSIDE = "/course"  # where the packages lie
# One thread before the fork, one device, and no greetings.
ENVIRONMENT = {
    "KERAS_BACKEND": "tensorflow",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "",
    "HOME": "/tmp",
    "KERAS_HOME": "/tmp/.keras",
    "PYTHONPATH": INSIDE,
    "PYTHONDONTWRITEBYTECODE": "1",
    "LANG": "C.UTF-8",
}
# What a submission may import of the checks: what probes it needs, and no reference.
KEPT = ("__init__", "model", "verdict", "weights")
# Modules of this package: what each role needs, and what one alone does.
PARTS = ("__init__", "zygote", "confine", "uids", "wire", "private_modules")
MORE = {"judge": ("remote",), "pupil": ()}
# A notebook imports its checks by name; here the names do nothing.
EMPTY = (
    '"""Checks run elsewhere."""\n\n\ndef __getattr__(name):\n    return lambda *_, **__: None\n'
)


class Unavailable(RuntimeError):
    """A sandbox cannot be had on this machine; the message says what to do."""


class Wall(Protocol):
    """What stands around a warm process, and parts its forks from each other.

    Attributes:
        name: of how the forks are parted, in `instructor.zygote`.
        about: what it is made of, for a person.
        patience: seconds in which a warm process clears up after its forks.
    """

    name: str
    about: str
    patience: float

    def command(self, role: str, descriptor: int, folder: Path) -> list[str]:
        """Return the command that starts a zygote behind the wall.

        Args:
            role: "pupil" or "judge".
            descriptor: of the control socket.
            folder: holds `course_lib` as that role sees it.
        """

    def guard(self, role: str, folder: Path) -> None:
        """Keep from the other role what `lay_out` wrote for this one."""

    def close(self) -> None:
        """Let go of what only one command may have at a time."""


def lay_out(folder: Path, role: str) -> Path:
    """Write what a role sees of this repository; return the folder.

    Args:
        folder: empty, readable by everybody.
        role: a judge has all of `course_lib`; a pupil has no checks.
    """
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, folder / "course_lib", ignore=ignore)
    parts = folder / "instructor"
    parts.mkdir()
    for name in (*PARTS, role, *MORE[role]):
        shutil.copy(HERE / f"{name}.py", parts)
    if role == "pupil":
        for path in (folder / "course_lib" / "checks").glob("*.py"):
            if path.stem not in KEPT and not path.stem.endswith(PROBES):
                path.write_text(EMPTY, encoding="utf-8")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def shown(modules: Mapping[str, str]) -> dict[str, str]:
    """Return what a submission finds in place of an instructor's own checks: probes alone.

    Args:
        modules: their text by name, as the judge gets them.
    """
    return {name: text if name.endswith(PROBES) else EMPTY for name, text in modules.items()}


class Zygote:
    """A warm process in a sandbox, which forks on request.

    Args:
        role: "pupil" or "judge".
        folder: that `lay_out` wrote.
        wall: to start it behind.
    """

    def __init__(self, role: str, folder: Path, wall: Wall):
        self.patience = wall.patience
        self.control, inside = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 - as long-lived as the process
        with inside:
            self.process = subprocess.Popen(
                wall.command(role, inside.fileno(), folder),
                pass_fds=[inside.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self.errors,
            )

    def wait(self) -> None:
        """Wait until it is warm.

        Raises:
            Unavailable: it did not start.
        """
        greeting = self.control.recv(4096)
        if not greeting:
            self.process.wait()
            self.errors.seek(0)
            lines = self.errors.read().decode(errors="replace").strip().splitlines()
            raise Unavailable("the sandbox did not start:\n" + "\n".join(lines[-5:]))
        if (threads := json.loads(greeting)["threads"]) != 1:
            raise Unavailable(f"the warm process has {threads} threads; a fork of it would hang")

    def fork(self, sock: socket.socket) -> int:
        """Fork a child that serves on a socket; return its number."""
        socket.send_fds(self.control, [b"fork"], [sock.fileno()])
        return int(self.control.recv(64))

    def kill(self, child: int) -> None:
        """End a child, if it is still there."""
        self.control.send(f"kill {child}".encode())

    def close(self) -> None:
        """End the process and all its children."""
        self.control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(self.patience)
        self.process.kill()
        self.process.wait()
        self.errors.close()
