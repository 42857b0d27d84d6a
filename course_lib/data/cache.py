"""The folder for what the course keeps between sessions, and writing that is whole or not at all.

Two processes may write the same thing at once, without locks: each builds it beside its place under
a name of its own and moves it there in one step, so that others see it whole or not at all.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "COURSE_CACHE"  # names another folder


def cache_folder() -> Path:
    """Return the one folder in which the course keeps what it writes; made if it does not exist.

    It is $COURSE_CACHE, or `course_lib` in the place where the operating system keeps caches.
    Where that place cannot be written, as in a home that is read-only, it is a folder for temporary
    files, one for each user, which may be emptied when the computer starts.

    Raises:
        OSError: $COURSE_CACHE cannot be made or is no folder, or nothing can be written at all.
    """
    named = os.environ.get(VARIABLE)
    if named:
        folder = Path(named).expanduser()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OSError(
                f"{VARIABLE} is {named!r}, where no folder can be made ({error}); let it name a "
                "folder that you may write to, or unset it"
            ) from error
        return folder
    for folder in (_usual_place(), _temporary_place()):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=folder).close()  # os.access is wrong on some network disks
        except OSError:
            continue
        return folder
    raise OSError(
        f"neither {_usual_place()} nor {_temporary_place()} can be written; set {VARIABLE} to a "
        "folder that you may write to"
    )


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """Build a folder beside its place, and move it there when the block ends without an error.

    Args:
        target: where the folder shall lie; folders above it are made.  If another process has put
            one there meanwhile, that one stays and ours is dropped.

    Yields:
        An empty folder to write into.

    Raises:
        OSError: the disk is full or may not be written; nothing is left behind.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{target.name}.", dir=target.parent) as scratch:
        built = Path(scratch) / target.name  # one level down, so that its mode is the usual one
        built.mkdir()
        yield built
        try:
            built.rename(target)
        except OSError:
            if not (target.is_dir() and any(target.iterdir())):
                raise


def _usual_place() -> Path:
    if sys.platform == "win32":
        place = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        place = Path.home() / "Library" / "Caches"
    else:
        place = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(place) / "course_lib"


def _temporary_place() -> Path:
    user = f"-{os.getuid()}" if hasattr(os, "getuid") else ""  # Windows has a folder for each user
    return Path(tempfile.gettempdir()) / f"course_lib{user}"
