"""Run notebooks from a fresh kernel and store their outputs in normal form.

    python tools/execute.py [NOTEBOOK ...]      default: every notebook under book/

Each notebook runs from top to bottom in its own folder, chapters and exercises (with their
solutions) alike, after its set-up cell was written anew.  A notebook is written only if all its
cells ran; one that takes over 60 s is written and reported.  Stored experiments are never run
again: a notebook that changes a file of book/results/ fails, and the file gets its bytes back.

How long each took goes into book/run_seconds.json, which the site prints under the page's title.
"""

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import nbclient
import nbformat

import setup_cell
from course_lib.experiments.engine import write_whole
from nbfile import Notebook, is_exercise, notebooks, read, source, tags, write
from normal_form import normalise

ROOT = Path(__file__).resolve().parents[1]
MAX_SECONDS = 60.0  # wall time of one notebook
CELL_TIMEOUT = 300  # seconds after which a cell counts as hanging
RUNS = ROOT / "book" / "run_seconds.json"
STEP = 5  # seconds to which a run is rounded up
# What the Makefile exports, for a run by hand: quiet, and the same sums on every machine; and no
# GPU, so that the seconds are those of a CPU.
ENVIRONMENT = {
    "KERAS_BACKEND": "tensorflow",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "CUDA_VISIBLE_DEVICES": "-1",
}


class FailedNotebook(Exception):
    """A notebook that could not be run to its end; the message names it and the cell."""


def execute(path: Path, *, results: Path | None = None) -> float:
    """Run the notebook at `path` and replace it by its executed normal form.

    Args:
        path: the notebook.
        results: folder of the stored experiments, which must not change; default the book's.

    Returns:
        Seconds of wall time, the start of the kernel included.

    Raises:
        FailedNotebook: a cell raised, hung or killed the kernel, or a stored result changed.
            The file is as it was.
    """
    notebook = normalise(read(path), exercise=is_exercise(path))
    set_up(notebook)
    results = ROOT / "book" / "results" if results is None else results
    before = _stored(results)
    start = time.monotonic()
    executed = _run(notebook, path)
    seconds = time.monotonic() - start
    if changed := _restore(results, before):
        raise FailedNotebook(
            f"{path}: running it changed {', '.join(changed)}; a stored experiment is run by "
            "`python -m course_lib run NAME`, in a notebook only its small version"
        )
    write(path, normalise(executed, exercise=is_exercise(path)))
    return seconds


def set_up(notebook: Notebook) -> None:
    """Write the generated set-up cell, without an address, into the cell tagged `setup`."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and "setup" in tags(cell):
            cell["source"] = setup_cell.render("", "").rstrip("\n").splitlines(keepends=True)


def _run(notebook: Notebook, path: Path) -> Notebook:
    live = nbformat.from_dict(
        notebook | {"cells": [cell | {"source": source(cell)} for cell in notebook["cells"]]}
    )
    for cell in live.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = nbclient.NotebookClient(
        live,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.resolve().parent)}},
        record_timing=False,
        store_widget_state=False,
    )
    try:
        client.execute()
    except nbclient.exceptions.CellExecutionError as error:
        what = f"{error.ename}: {error.evalue}".strip().splitlines()[0]
        raise FailedNotebook(f"{path}: cell {_last_run(live)}: {what}") from error
    except nbclient.exceptions.CellTimeoutError as error:
        number = _last_run(live)
        raise FailedNotebook(f"{path}: cell {number}: no end after {CELL_TIMEOUT} s") from error
    except nbclient.exceptions.DeadKernelError as error:
        raise FailedNotebook(f"{path}: cell {_last_run(live)}: the kernel died") from error
    return live


def _last_run(live: nbformat.NotebookNode) -> int:
    """Return the number, from 1, of the cell that was running when the run stopped."""
    numbered = [(n, c) for n, c in enumerate(live.cells, start=1) if c.cell_type == "code"]
    failed = [n for n, c in numbered if any(o.output_type == "error" for o in c.outputs)]
    pending = [n for n, c in numbered if c.execution_count is None and source(c).strip()]
    return (failed or pending or [len(live.cells)])[0]


def _stored(results: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(results.rglob("*")) if path.is_file()}


def _restore(results: Path, before: dict[Path, bytes]) -> list[str]:
    """Give changed or removed files their bytes back; return the names of all that differ."""
    after = _stored(results)
    for path, content in before.items():
        if after.get(path) != content:
            path.write_bytes(content)
    return [str(p) for p in sorted(before.keys() | after.keys()) if before.get(p) != after.get(p)]


def record(path: Path, seconds: float, file: Path = RUNS) -> None:
    """Store how long a notebook of the book took.

    A run that differs from the stored one by one step or less leaves it, so that running a notebook
    again changes nothing. Notebooks that are gone leave the file.

    Args:
        path: of the notebook; one outside of the tree of `file` is not stored.
        seconds: of wall time.
        file: in the folder `book` of the tree.
    """
    root = file.resolve().parents[1]
    if not path.resolve().is_relative_to(root):
        return
    name = path.resolve().relative_to(root).as_posix()
    stored = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    runs = {key: run for key, run in stored.items() if (root / key).exists()}
    run = {"cores": os.cpu_count() or 1, "seconds": max(STEP, STEP * math.ceil(seconds / STEP))}
    old = runs.get(name, {"cores": 0, "seconds": 0})
    if old["cores"] != run["cores"] or abs(old["seconds"] - run["seconds"]) > STEP:
        runs[name] = run
    if runs != stored:
        write_whole(file, json.dumps(runs, indent=1, sort_keys=True) + "\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the notebooks named and report seconds; return the exit status."""
    parser = argparse.ArgumentParser(prog="python tools/execute.py", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("notebooks", nargs="*", type=Path, metavar="NOTEBOOK")
    options = parser.parse_args(arguments)
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    status = 0
    for path in options.notebooks or notebooks(Path(os.path.relpath(ROOT))):
        try:
            seconds = execute(path)
        except (FailedNotebook, ValueError, OSError) as error:
            print(error, file=sys.stderr)
            status = 1
            continue
        record(path, seconds)
        print(f"{seconds:6.1f} s  {path}", flush=True)
        if seconds > MAX_SECONDS:
            print(f"{path}: {seconds:.0f} s, at most {MAX_SECONDS:.0f} s", file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
