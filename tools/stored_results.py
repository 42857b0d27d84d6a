"""Say which experiments have no stored result, and which results are older than their code.

    python tools/stored_results.py            prints a line for each; never fails
    python tools/stored_results.py --release  exits 1 where a result is older than its code

A line is no error: a result grows old whenever the code behind it changes, and running it again, or
showing that nothing changed, may wait until there is time.  A release may not.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from course_lib.experiments import NAMES
from course_lib.experiments.provenance import changed_since

ROOT = Path(__file__).resolve().parent.parent


def missing(root: Path = ROOT) -> Iterator[str]:
    """Yield a line for each planned experiment that nobody has run."""
    for name in NAMES:
        if not _path(root, name).is_file():
            yield f"book/results/{name}.json: missing; run `python -m course_lib run {name}`"


def older(root: Path = ROOT) -> Iterator[str]:
    """Yield a line for each result whose code has changed since."""
    for name in NAMES:
        path = _path(root, name)
        if path.is_file():
            changed = changed_since(json.loads(path.read_text(encoding="utf-8")))
            if changed:
                yield (
                    f"book/results/{name}.json: older than {', '.join(changed)}; run "
                    f"`python -m course_lib run {name}`, or restamp it"
                )


def _path(root: Path, name: str) -> Path:
    return root / "book" / "results" / f"{name}.json"


if __name__ == "__main__":
    stale = list(older())
    print("\n".join([*stale, *missing()]))
    sys.exit(1 if stale and "--release" in sys.argv[1:] else 0)
