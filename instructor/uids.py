"""How forks are parted inside a container, where no namespace can be had: each has its own uid.

Signals, memory, files and what /proc tells of others are thereby out of reach.  Runs as root in a
warm process that `instructor.container` has started; what it forks gives root up.  Uids from 20,000
to 40,000 are taken for this alone.
"""

import ctypes
import itertools
import os
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import course_lib
from instructor import confine

FIRST = {"pupil": 20_000, "judge": 30_000}
COUNT = 10_000
JUDGES = 40_000  # the group that may read the references
PARTS = 40_001  # from here on one group for each folder of `course_lib`, in alphabetical order
# A file system in memory: what is written ends there, and its size is the kernel's limit for all.
ROOT = Path("/dev/shm/course")
SHARE = 4  # each fork may fill a part of it
FILES = 4000  # files of one fork
PR_SET_CHILD_SUBREAPER = 36
OLD = "old-"  # what a folder is called that is about to be removed


class Parting:
    """Gives each fork a uid and a folder.

    Args:
        role: "pupil" or "judge".

    Raises:
        OSError: there is no folder for their folders.
    """

    def __init__(self, role: str):
        self.role, self.killer = role, FIRST[role] + COUNT - 1
        self.free = itertools.cycle(range(FIRST[role], self.killer))
        room = os.statvfs(ROOT)
        self.share = min(confine.Limits().disk, room.f_blocks * room.f_frsize // SHARE)
        libc = ctypes.CDLL(None, use_errno=True)
        confine.done(libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "subreaper")
        for uid in _living() | _left():  # of a warm process before this one
            if FIRST[role] <= uid < self.killer:
                Place(uid, self).clear()

    def place(self) -> "Place":
        """Return where the next fork lives: a uid that nothing has, and an empty folder."""
        place = Place(next(self.free), self)
        place.folder.mkdir(mode=0o700)
        os.chown(place.folder, place.uid, place.uid)
        return place


class Place:
    """A uid and the folder that only it may enter."""

    def __init__(self, uid: int, parting: Parting):
        self.uid, self.parting, self.folder = uid, parting, ROOT / str(uid)

    def shut(self, limits: confine.Limits, hidden: Sequence[str] = ()) -> None:
        """Give up root and everything else, in a fork.

        Args:
            limits: of what it may use.
            hidden: folders of `course_lib` that it may not enter.

        Raises:
            OSError: the kernel refuses; nothing has been run.
        """
        libc = ctypes.CDLL(None, use_errno=True)
        os.setsid()
        Path("/proc/self/oom_score_adj").write_text("1000")  # it ends before anybody else
        confine.drop_bounding(libc)
        os.setgroups(self._groups(hidden))
        os.setresgid(self.uid, self.uid, self.uid)
        os.setresuid(self.uid, self.uid, self.uid)
        confine.drop_capabilities(libc)
        confine.done(libc.prctl(confine.PR_SET_PDEATHSIG, signal.SIGKILL), "parent's death")
        os.chdir(self.folder)
        tempfile.tempdir = os.environ["HOME"] = os.environ["TMPDIR"] = str(self.folder)
        confine.restrict(replace(limits, file=min(limits.file, self.parting.share)), shared=True)

    def end(self, child: int) -> None:
        """End a fork with all that it has started."""
        os.kill(child, signal.SIGKILL)
        _kill_all(self.uid, self.parting.killer)

    def full(self) -> bool:
        """Tell whether it has written more than its share, or what cannot be measured."""
        used = files = 0
        try:
            for status in _inside(str(self.folder)):
                used, files = used + 512 * status.st_blocks, files + 1
                if used > self.parting.share or files > FILES:
                    return True
        except FileNotFoundError:  # removed meanwhile
            return False
        except OSError:  # nested deeper than a path can be long
            return True
        return False

    def clear(self) -> None:
        """End what a fork has left running and remove what it has written."""
        _kill_all(self.uid, self.parting.killer)
        if self.folder.exists():
            self.folder.rename(self.folder.with_name(f"{OLD}{time.monotonic_ns()}-{self.uid}"))
        # Removed by another process, which may take its time: folders can be nested deeply.  Again
        # where one was not empty, since a process that is ending may still write.
        if old := [str(path) for path in ROOT.glob(f"{OLD}*")]:
            os.posix_spawnp("rm", ["rm", "-rf", "--", *old], os.environ)

    def _groups(self, hidden: Sequence[str]) -> list[int]:
        """Return the groups whose folders it may enter."""
        if self.parting.role == "judge":
            return [JUDGES]
        parts = {
            path.name: path.stat().st_gid for path in parts_of(Path(course_lib.__file__).parent)
        }
        for name in hidden:
            del parts[Path(name).name]
        return sorted(parts.values())


def parts_of(package: Path) -> list[Path]:
    """Return the folders of a laid-out `course_lib`, each of which has a group of its own."""
    return sorted(path for path in package.iterdir() if path.is_dir())


def _inside(folder: str) -> Iterator[os.stat_result]:
    """Yield the status of everything in a folder."""
    folders = [folder]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                yield entry.stat(follow_symlinks=False)


def _kill_all(uid: int, killer: int) -> None:
    """End all processes of a uid, at one stroke, so that none can fork away.

    The one that does so acts as that uid and is another, whom the uid cannot signal.
    """
    child = os.fork()
    if not child:
        try:
            os.setresgid(killer, killer, killer)
            os.setresuid(killer, uid, killer)
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:  # there are none
            os._exit(0)
        except BaseException:
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        raise OSError(f"the processes of uid {uid} cannot be ended")


def _living() -> set[int]:
    """Return the uids of all processes."""
    found = set()
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            lines = Path("/proc", number, "status").read_text().splitlines()
        except OSError:  # it has ended
            continue
        found |= {int(line.split()[1]) for line in lines if line.startswith("Uid:")}
    return found


def _left() -> set[int]:
    return {int(path.name) for path in ROOT.iterdir() if path.name.isdigit()}
