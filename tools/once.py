"""Run a command unless it has succeeded before on the same files.

    python tools/once.py STAMP MADE INPUT... -- COMMAND [ARGUMENT...]

STAMP holds a hash of the command and of all files at and below each INPUT, from when it last
succeeded.  Where the hash is the same and the path MADE still exists, nothing is run.  The stamp
is taken away before the command starts, so that a run which was cut off counts as none.  With FRESH
or COURSE_CI in the environment the command runs in any case.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

USAGE = "usage: python tools/once.py STAMP MADE INPUT... -- COMMAND [ARGUMENT...]"


def digest(inputs: Iterable[Path], command: Sequence[str]) -> str:
    """Hash a command and the names and contents of all files it works on.

    Raises:
        FileNotFoundError: an input that does not exist.
    """
    total = hashlib.sha256(repr(list(command)).encode())
    for top in inputs:
        if not top.exists():
            raise FileNotFoundError(f"{top} does not exist, so nothing can be made of it")
        files = sorted(path for path in top.rglob("*") if path.is_file()) if top.is_dir() else [top]
        for path in files:
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            total.update(f"{path.as_posix()} {content}\n".encode())
    return total.hexdigest()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command, or tell that nothing has changed; return its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if "--" not in given or given.index("--") < 3 or given[-1] == "--":
        print(USAGE, file=sys.stderr)
        return 2
    paths, command = given[: given.index("--")], given[given.index("--") + 1 :]
    stamp, made, *inputs = map(Path, paths)
    try:
        now = digest(inputs, command)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    always = os.environ.get("FRESH") or os.environ.get("COURSE_CI")
    if not always and made.exists() and stamp.is_file() and stamp.read_text("utf-8") == now:
        print(f"{made} is up to date; to make it again: make FRESH=1 ...")
        return 0
    stamp.unlink(missing_ok=True)
    status = subprocess.run(command, check=False).returncode
    if status == 0:
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(now, "utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main())
