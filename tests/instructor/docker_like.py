"""What a container of Docker's defaults is to the processes inside, made with bubblewrap.

Root with the capabilities that Docker keeps, no new namespaces and mounts, a small /dev/shm, the
image's folders, and in the place of volumes files that everybody may read but for their folder.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from multiprocessing.connection import Connection
from pathlib import Path
from socket import socketpair

import pyseccomp
import pytest

from instructor import confine

TREE = Path(__file__).parents[2]
INSIDE = "/course"  # the image's folder of that name
CODE = ("course_lib", "instructor", "tests", "tools", "book", "pyproject.toml")
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc")
CAPABILITIES = """
CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE
SYS_CHROOT KILL AUDIT_WRITE
"""
# Calls that Docker's filter refuses to a process without CAP_SYS_ADMIN and its like.
REFUSED = """
acct add_key bpf clock_settime delete_module fanotify_init finit_module fsconfig fsmount fsopen
fspick init_module io_uring_enter io_uring_register io_uring_setup ioperm iopl kcmp kexec_load
keyctl lookup_dcookie mount mount_setattr move_mount move_pages name_to_handle_at
open_by_handle_at open_tree perf_event_open pivot_root process_vm_readv process_vm_writev ptrace
quotactl reboot request_key setdomainname sethostname setns settimeofday swapoff swapon syslog
umount2 unshare userfaultfd vhangup
"""

ENVIRONMENT = {
    "PATH": f"{sys.prefix}/bin:/usr/bin:/bin",
    "PYTHONPATH": f"{INSIDE}:{INSIDE}/tools",
    "PYTHONDONTWRITEBYTECODE": "1",
    "COURSE_CONTAINER": "1",
    "HOME": "/tmp",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TOKEN": "of the caller",
}


class Container:
    """A conductor in such a container, asked for what it finds there."""

    def __init__(self, folder: Path, capabilities: str = CAPABILITIES, more: tuple = ()):
        ours, theirs = socketpair()
        with (folder / "filter").open("wb") as file:
            _filter().export_bpf(file)
        with theirs, (folder / "filter").open("rb") as rules:
            self.process = subprocess.Popen(
                [
                    *_box(folder, capabilities),
                    *more,
                    *("--seccomp", str(rules.fileno()), "--chdir", INSIDE),
                    *("sh", f"{INSIDE}/instructor/enter.sh"),
                    *(sys.executable, "-m", "tests.instructor.docker_inside", str(theirs.fileno())),
                ],
                pass_fds=[rules.fileno(), theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=ENVIRONMENT,
            )
        self.line = Connection(ours.detach())
        self.wall = self.line.recv()[1]

    def ask(self, name, *arguments, **more):
        """Call a function of `docker_inside`."""
        self.line.send((name, arguments, more))
        worked, found = self.line.recv()
        if not worked:
            pytest.fail(found)
        return found

    def close(self):
        self.line.close()
        self.process.wait(30)


def skip_unless_possible():
    if os.getuid():
        pytest.skip("only root can make what a container is")
    if not shutil.which("bwrap"):
        pytest.skip("bubblewrap is missing; it makes what a container is")


@contextlib.contextmanager
def started(**options):
    """Give such a container, with its volumes."""
    skip_unless_possible()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("submissions", "results", "secret"):
            (folder / part).mkdir()
            (folder / part / "file").write_text("for nobody's eyes")
            (folder / part / "file").chmod(0o666)
            (folder / part).chmod(0o777)
        container = Container(folder, **options)
        try:
            yield container
        finally:
            container.close()


def _box(folder, capabilities):
    """Return the command of bubblewrap that makes the image's folders."""
    python = os.path.realpath(sys.base_prefix)
    between = {str(part) for path in (sys.prefix, python) for part in Path(path).parents[:-1]}
    between -= {part for part in between if part.startswith(SYSTEM)}
    return [
        *("bwrap", "--unshare-pid", "--unshare-ipc", "--unshare-net", "--unshare-uts"),
        *("--die-with-parent", "--new-session", "--cap-drop", "ALL"),
        *(part for name in capabilities.split() for part in ("--cap-add", f"CAP_{name}")),
        *(part for path in SYSTEM if os.path.lexists(path) for part in ("--ro-bind", path, path)),
        # Before Python, which may lie in one of them.
        *("--perms", "1777", "--tmpfs", "/tmp", "--proc", "/proc", "--dev", "/dev"),
        *(part for path in sorted(between) for part in ("--perms", "0711", "--dir", path)),
        *(part for path in (sys.prefix, python) for part in ("--ro-bind", path, path)),
        *("--perms", "1777", "--size", str(64 << 20), "--tmpfs", "/dev/shm"),
        *("--mqueue", "/dev/mqueue", "--perms", "0700", "--dir", INSIDE),
        *(part for name in CODE for part in ("--ro-bind", TREE / name, f"{INSIDE}/{name}")),
        *(
            part
            for name in ("submissions", "results", "secret")
            for part in ("--bind", folder / name, f"{INSIDE}/{name}")
        ),
    ]


def _filter():
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    refuse = pyseccomp.ERRNO(confine.EPERM)
    for name in REFUSED.split():
        rules.add_rule(refuse, name)
    rules.add_rule(pyseccomp.ERRNO(confine.ENOSYS), "clone3")
    for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        rules.add_rule(refuse, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag))
    return rules
