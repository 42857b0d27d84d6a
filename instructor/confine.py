"""What a process gives up before it runs a stranger's code.

That is: namespaces, capabilities, system calls, and more memory or time than it is given.  Called
in a fork of a warm process; the outer wall stands already.  The steps here part one submission
from the next, and from the process that forks them: `alone` inside bubblewrap, `instructor.uids`
inside a container.  All of it is Linux.
"""

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import pyseccomp

NEWNS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 24, 38
CAPABILITIES = 64
CAPABILITY_HEADER = 0x20080522
AF_UNIX = 1
READ_ONLY, BIND = 1, 4096 | 16384  # with all that is mounted in it
WRITABLE = ("/tmp", "/dev/shm", "/home")

# Calls that no answer needs: other namespaces and mounts, other processes' memory, the kernel's
# keys, modules, clocks and tracing, and rings of calls that a filter does not see.
REFUSED = """
_sysctl acct add_key adjtimex bpf chroot clock_adjtime clock_settime create_module delete_module
fanotify_init finit_module fsconfig fsmount fsopen fspick get_kernel_syms init_module io_uring_enter
io_uring_register io_uring_setup ioperm iopl kcmp kexec_file_load kexec_load keyctl lookup_dcookie
mbind migrate_pages mount mount_setattr move_mount move_pages name_to_handle_at nfsservctl
open_by_handle_at open_tree perf_event_open pidfd_getfd pivot_root process_madvise process_vm_readv
process_vm_writev ptrace query_module quotactl reboot request_key set_mempolicy setdomainname
sethostname setns settimeofday stime swapoff swapon sysfs syslog umount umount2 unshare uselib
userfaultfd ustat vhangup vserver
"""
# Calls that meet a stranger's processes where these share its namespaces: what they make has a
# name that everybody can find, and some of it outlives its maker.
MEETING = "socket bind connect listen accept accept4 shmget semget msgget mq_open mq_unlink"
SOCK_STREAM, SOCK_KINDS = 1, 16
ENOSYS = 38
EPERM = 1


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes:
        memory: bytes of address space beyond those of the process that forks it.
        cpu: seconds of processor time.
        processes: processes and threads.
        file: bytes of one file.
        disk: bytes of all files in each writable folder; they lie in memory.
        descriptors: open files.
    """

    memory: int = 3 << 30
    cpu: int = 120
    processes: int = 200
    file: int = 64 << 20
    disk: int = 64 << 20
    descriptors: int = 256


def alone(limits: Limits, hidden: Sequence[str] = ()) -> None:
    """Continue in a child with namespaces of its own and no capability; the caller's fork waits.

    The parent stays behind as the only process that the outside knows; where it is killed, all
    processes of the new namespace die with it.

    Args:
        limits: of the folders that can be written.
        hidden: folders that are empty from here on.

    Raises:
        OSError: the kernel refuses; nothing has been run.
    """
    uid, gid = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    done(libc.unshare(NEWUSER | NEWPID | NEWNS | NEWIPC | NEWNET), "unshare")
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{uid} {uid} 1")
    _write("/proc/self/gid_map", f"{gid} {gid} 1")
    child = os.fork()
    if child:
        _wait(child)
    os.setsid()  # a signal to its process group reaches nobody outside
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    for folder in WRITABLE:
        if os.path.isdir(folder):
            _empty(libc, folder, limits.disk)
    for folder in hidden:
        done(libc.mount(b"tmpfs", folder.encode(), b"tmpfs", READ_ONLY, b"size=0"), folder)
    done(libc.mount(b"proc", b"/proc", b"proc", 0, None), "mount /proc")
    os.chdir("/tmp")
    _write("/proc/sys/user/max_user_namespaces", "0")
    drop_bounding(libc)
    drop_capabilities(libc)


def _empty(libc, folder: str, size: int) -> None:
    """Put an empty folder over one; what Python needs of the old one is shown in it."""
    needed = [p for p in {sys.prefix, os.path.realpath(sys.base_prefix)} if _inside(p, folder)]
    kept = [(path, os.open(path, os.O_PATH)) for path in needed]
    data = f"size={size},mode=777".encode()
    done(libc.mount(b"tmpfs", folder.encode(), b"tmpfs", 0, data), f"mount {folder}")
    for path, descriptor in kept:
        os.makedirs(path)
        source = f"/proc/self/fd/{descriptor}".encode()
        done(libc.mount(source, path.encode(), None, BIND, None), f"mount {path}")
        os.close(descriptor)


def _inside(path: str, folder: str) -> bool:
    return os.path.commonpath([path, folder]) == folder


class Parting:
    """Parts forks by namespaces: whatever one leaves behind ends with it."""

    def __init__(self, role: str):
        del role  # each has namespaces of its own

    def place(self) -> "Parting":
        """Return where the next fork lives."""
        return self

    def shut(self, limits: Limits, hidden: Sequence[str] = ()) -> None:
        """Give up everything, in a fork."""
        alone(limits, hidden)
        restrict(limits)

    def end(self, child: int) -> None:
        """End a fork with all that it has started."""
        os.kill(child, signal.SIGKILL)

    def full(self) -> bool:
        """Tell whether it has written more than it may; here the kernel refuses that."""
        return False

    def clear(self) -> None:
        """Do nothing: nothing is left."""


def restrict(limits: Limits, shared: bool = False) -> None:
    """Set the limits and the filter of system calls; both stay for good.

    Args:
        limits: of this process and those that it starts.
        shared: strangers' processes are in the same namespaces.

    Raises:
        OSError: the kernel refuses.
    """
    with open("/proc/self/statm") as file:
        size = int(file.read().split()[0]) * resource.getpagesize()
    for kind, value in (
        (resource.RLIMIT_AS, size + limits.memory),
        (resource.RLIMIT_CPU, limits.cpu),
        (resource.RLIMIT_NPROC, limits.processes),
        (resource.RLIMIT_FSIZE, limits.file),
        (resource.RLIMIT_NOFILE, limits.descriptors),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (value, value))
    _filter(shared)


def _filter(shared: bool) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    done(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    refuse = pyseccomp.ERRNO(EPERM)
    for name in REFUSED.split():
        try:
            rules.add_rule(refuse, name)
        except ValueError:  # a call that this processor does not have
            continue
    # Flags of clone3 lie in memory, where a filter cannot look; without it, clone is used.
    rules.add_rule(pyseccomp.ERRNO(ENOSYS), "clone3")
    for flag in (NEWNS, NEWIPC, NEWUSER, NEWPID, NEWNET):
        rules.add_rule(refuse, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag))
    # A process that would outlive the one that forked it could not be ended any more.
    rules.add_rule(refuse, "prctl", pyseccomp.Arg(0, pyseccomp.EQ, PR_SET_PDEATHSIG))
    rules.add_rule(refuse, "socketpair", pyseccomp.Arg(0, pyseccomp.NE, AF_UNIX))
    if shared:
        _meet_nobody(rules, refuse)
    else:
        rules.add_rule(refuse, "socket", pyseccomp.Arg(0, pyseccomp.NE, AF_UNIX))
    rules.load()


def _meet_nobody(rules, refuse) -> None:
    """Leave of sockets the pair of streams, which has no name."""
    for name in MEETING.split():
        rules.add_rule(refuse, name)
    for kind in set(range(SOCK_KINDS)) - {SOCK_STREAM}:
        other = pyseccomp.Arg(1, pyseccomp.MASKED_EQ, SOCK_KINDS - 1, kind)
        rules.add_rule(refuse, "socketpair", other)


def drop_bounding(libc) -> None:
    """Let no program that is started later gain a capability."""
    for capability in range(CAPABILITIES):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def drop_capabilities(libc) -> None:
    """Give up all capabilities.

    Raises:
        OSError: the kernel refuses.
    """
    header = (ctypes.c_uint32 * 2)(CAPABILITY_HEADER, 0)
    done(libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")


def _wait(child: int) -> None:
    """Hold on to nothing, and end when the child does."""
    os.closerange(3, 4096)
    _, status = os.waitpid(child, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def done(result: int, what: str) -> None:
    """Raise an OSError where a call of the C library has failed."""
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
