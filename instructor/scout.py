"""What can a stranger's uid read and write?  Runs as such a uid, from standard input.

    python -I - PLACE...

It prints, as JSON, which of the places it can read and which files and folders it can write.  It
imports nothing of this repository, which it must not be able to read.
"""

import json
import os
import stat
import sys
from collections.abc import Iterator

UNSEARCHED = ("/proc", "/sys")  # what is there the kernel guards by itself
DEVICES = "/dev"
STORES = (stat.S_IFREG, stat.S_IFDIR, stat.S_IFBLK)  # what keeps what is written


def main(places: list[str]) -> None:
    """Look, and print what was found."""
    readable = [place for place in places if os.access(place, os.R_OK)]
    json.dump({"readable": readable, "writable": sorted(writable("/"))}, sys.stdout)


def writable(root: str) -> Iterator[str]:
    """Yield what can be written below a folder; a link is nothing of its own.

    Args:
        root: where to begin.
    """
    folders = [root]
    while folders:
        folder = folders.pop()
        if os.access(folder, os.W_OK):
            yield folder
        try:
            entries = list(os.scandir(folder))
        except OSError:  # closed
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.path not in UNSEARCHED:
                    folders.append(entry.path)
            elif not entry.is_symlink() and _takes(entry):
                yield entry.path


def _takes(entry: os.DirEntry) -> bool:
    """Tell whether something that is no folder can be written, and keeps what is."""
    if not os.access(entry.path, os.W_OK):
        return False
    if not entry.path.startswith(f"{DEVICES}/"):
        return True
    return stat.S_IFMT(entry.stat().st_mode) in STORES


if __name__ == "__main__":
    main(sys.argv[1:])
