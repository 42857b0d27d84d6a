"""Run an experiment and write its result, or declare that a result fits today's code."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from course_lib.experiments import results
from course_lib.experiments.engine import Journal, UnfinishedRun, run, write_whole
from course_lib.experiments.plan import Experiment
from course_lib.experiments.provenance import (
    ROOT,
    code_hashes,
    commit,
    data_hash,
    machine,
    own_module,
    today,
)
from course_lib.experiments.workers import processes

RESULTS = ROOT / "book" / "results"
JOURNALS = ROOT / "build" / "experiments"
LEAST_SEEDS = 3
UNCLEAN = (
    "the tree has changes that are not committed, which the result will say; commit them first, or "
    "run in a second clone"
)


def store(
    chosen: Experiment,
    *,
    seeds: int | None = None,
    resume: bool = False,
    folder: Path = RESULTS,
    journals: Path = JOURNALS,
) -> Path:
    """Run an experiment and write its result.

    Args:
        chosen: the experiment.
        seeds: how many to train, at least 3; as many as the experiment plans by default.
        resume: continue an unfinished run, or add seeds to a finished one.
        folder: for the result.
        journals: for the trainings finished so far.

    Returns:
        The path of the result.

    Raises:
        ValueError: fewer than 3 seeds, or the package is not in a checkout of the course.
        UnfinishedRun: see `Journal.open`; or another process runs the experiment, or its code was
            changed in the meantime.
        WorkerError: a training failed.
    """
    count = len(chosen.seeds) if seeds is None else seeds
    if count < LEAST_SEEDS:
        raise ValueError(f"a stored result needs at least {LEAST_SEEDS} seeds, got {count}")
    if not folder.is_dir():
        raise ValueError(f"{folder} does not exist; run this in a checkout of the course")
    with _alone(chosen.name, journals):
        return _store(chosen, count, seeds, resume, folder, journals)


def _store(chosen: Experiment, count: int, seeds: int | None, resume: bool, folder, journals):
    numbers = (*chosen.seeds, *range(max(chosen.seeds) + 1, max(chosen.seeds) + 1 + count))[:count]
    began = time.monotonic()
    code, made_by, source = _code(chosen), machine(), commit()
    if source["clean"] is False:
        print(f"{chosen.name}: {UNCLEAN}", file=sys.stderr)
    key = {"code": code, "data": data_hash(chosen.load()), "versions": made_by["versions"]}
    journal = Journal(journals / f"{chosen.name}.json", key)
    journal.open(resume=resume)
    workers = processes(made_by["accelerators"])
    arms = run(chosen, journal, seeds=numbers, workers=workers, report=_line(chosen.name))
    if _code(chosen) != code:
        raise UnfinishedRun(
            f"the code of {chosen.name} was changed while it ran, so its trainings may differ; "
            f"delete {journal.path} and run it again"
        )
    given = "" if seeds is None else f" --seeds {seeds}"
    provenance = {
        "command": f"python -m course_lib run {chosen.name}{given}",
        **source,
        "date": today(),
        **made_by,
        "processes": workers,
        "trainings": len(journal.trials),
        "seeds": list(numbers),
        "seconds": round(sum(t["seconds"] for t in journal.trials)),
        "wall_seconds_of_last_call": round(time.monotonic() - began),
        "data": key["data"],
        "code": code,
    }
    path = _write(chosen, arms, provenance, folder / f"{chosen.name}.json")
    journal.save(finished=True)
    return path


@contextmanager
def _alone(name: str, journals: Path) -> Iterator[None]:
    """Refuse a second run of an experiment beside the first: each would replace the other's file.

    The system gives the lock back when its process ends, however that happens.
    """
    from filelock import FileLock, Timeout  # with the extra `dev`; nothing else here needs it

    journals.mkdir(parents=True, exist_ok=True)
    lock = FileLock(journals / f"{name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise UnfinishedRun(
            f"another process runs {name} already; wait until it has finished, or end it"
        ) from None
    try:
        yield
    finally:
        lock.release()


def restamp(chosen: Experiment, test: str, *, folder: Path = RESULTS) -> Path:
    """Give a stored result the hashes of today's code; its numbers stay.

    Args:
        chosen: the experiment.
        test: what shows that the change of the code leaves the numbers as they are, as
            `tests/FILE.py::NAME`; it is named in the result.
        folder: of the result.

    Returns:
        The path of the result.

    Raises:
        ValueError: no such test.
        FileNotFoundError: no stored result.
    """
    file, _, function = test.partition("::")
    path = ROOT / file
    if not function or not path.is_file() or f"def {function}(" not in path.read_text("utf-8"):
        raise ValueError(f"expected a test as tests/FILE.py::NAME, got {test!r}")
    result = json.loads((folder / f"{chosen.name}.json").read_text(encoding="utf-8"))
    provenance = result["provenance"]
    provenance["code"] = _code(chosen)
    provenance.setdefault("restamped", []).append({"date": today(), "test": test})
    write_whole(folder / f"{chosen.name}.json", _text(result))
    return folder / f"{chosen.name}.json"


def _code(chosen: Experiment) -> dict[str, str]:
    """Hash the experiment's own module, which may have its `trial` from another one."""
    return code_hashes(own_module(chosen.name) or chosen.trial.__module__)


def _write(chosen: Experiment, arms, provenance, path: Path) -> Path:
    result = results.summary(chosen, arms) | {
        "steps": chosen.steps,
        "batch_size": chosen.batch_size,
        "learning_rates": list(chosen.rates),
        "provenance": provenance,
    }
    write_whole(path, _text(results.rounded(result)))
    return path


def _text(result) -> str:
    return json.dumps(result, indent=1, allow_nan=False) + "\n"


def _line(name: str):
    """Return a function that writes the progress to stderr, in one line on a terminal."""
    end = "\r" if sys.stderr.isatty() else "\n"

    def report(finished: int, total: int, left: float) -> None:
        text = f"{name}: {finished} of {total} trainings, {left / 60:.0f} min left "
        print(text, end=end if finished < total else "\n", file=sys.stderr, flush=True)

    return report
