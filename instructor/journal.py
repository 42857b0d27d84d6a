"""The journal of a grading run: a line for each submission that is done, so that a run can go on.

A line is written whole, flushed to the disk, and never changed.  A run that was killed leaves at
most one torn line, which is dropped.
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
        kept, _, torn = whole.rpartition(b"\n")
        if torn:
            path.write_bytes(kept + b"\n" if kept else b"")
        lines = map(json.loads, kept.splitlines())
        self.entries: dict[str, Any] = {line["key"]: line["entry"] for line in lines}

    def add(self, key: str, entry: Any) -> None:
        """Write one verdict, whole or not at all."""
        line = json.dumps({"key": key, "entry": entry}) + "\n"
        with self.path.open("ab") as file:
            file.write(line.encode())
            file.flush()
            os.fsync(file.fileno())
        self.entries[key] = entry
