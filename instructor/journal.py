"""The journal of a grading run: a line for each submission that is done, so that a run can go on.

A line is written whole, flushed to the disk, and never changed: what one costs does not grow with
their number.  A line that was torn, by a kill or a failing disk, is dropped, and its submission is
judged again.
"""

import json
import os
from pathlib import Path
from typing import Any


class Journal:
    """Verdicts by key, in a file.

    Args:
        path: of the file; made where it is missing.
    """

    def __init__(self, path: Path):
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = path.read_bytes() if path.exists() else b""
        kept, end, torn = whole.rpartition(b"\n")
        if torn:
            os.truncate(path, len(kept + end))  # nothing that is whole is written a second time
        self.entries: dict[str, Any] = dict(filter(None, map(_entry, kept.split(b"\n"))))

    def add(self, key: str, entry: Any) -> None:
        """Write one verdict, whole or not at all."""
        line = json.dumps({"key": key, "entry": entry}) + "\n"
        with self.path.open("ab") as file:
            file.write(line.encode())
            file.flush()
            os.fsync(file.fileno())
        self.entries[key] = entry


def _entry(line: bytes) -> tuple[str, Any] | None:
    """Return the key and the verdict of a line; nothing where it is damaged."""
    try:
        whole = json.loads(line)
        return str(whole["key"]), whole["entry"]
    except (ValueError, TypeError, KeyError):
        return None
