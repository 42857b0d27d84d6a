"""Run everything that needs no kernel and no backend: lint, format, types, text, notebooks, locks.

    python tools/check.py [NAME ...]      default: all; the names are the keys of CHECKS

All checks run, two at a time, also after one has failed; the output of a failed one is printed.
"""

import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
CHECKS = {
    "types": [PYTHON, "-m", "mypy"],
    "lint": [PYTHON, "-m", "ruff", "check", "--quiet"],
    "format": [PYTHON, "-m", "ruff", "format", "--check", "--quiet"],
    "spelling": [str(Path(PYTHON).parent / "codespell")],
    "layout": [PYTHON, "tools/layout.py"],
    "prose": [PYTHON, "tools/prose.py"],
    "notebooks": [PYTHON, "tools/normal_form.py"],
    "points": [PYTHON, "tools/hand_in_cell.py"],
    "vendored files": [PYTHON, "tools/vendor.py", "--check"],
    "locks": [PYTHON, "tools/lock.py", "--check"],
    "stored results": [PYTHON, "tools/stored_results.py"],
}
TOLD = ("stored results",)  # what these write is printed also where they pass


def run(name: str) -> tuple[str, int, float, str]:
    """Run one of `CHECKS` at the root of the repository.

    Args:
        name: a key of `CHECKS`.

    Returns:
        The name, the exit status, the seconds it took, and what it wrote.
    """
    start = time.perf_counter()
    result = subprocess.run(
        CHECKS[name],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return name, result.returncode, time.perf_counter() - start, result.stdout


def main(names: Iterable[str]) -> int:
    """Run the named checks, all by default; return 1 if one failed."""
    chosen = list(names) or list(CHECKS)
    unknown = sorted(set(chosen) - set(CHECKS))
    if unknown:
        print(f"unknown check {unknown[0]!r}; choose from {', '.join(CHECKS)}")
        return 2
    failed = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for name, status, seconds, output in pool.map(run, chosen):
            print(f"{'FAILED' if status else 'ok':8}{name:16}{seconds:5.1f} s", flush=True)
            if status:
                failed.append(name)
            if output.strip() and (status or name in TOLD):
                print(output, flush=True)
    if failed:
        print(f"{len(failed)} of {len(chosen)} checks failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
