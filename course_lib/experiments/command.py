"""`python -m course_lib run NAME`: run an experiment and store its result."""

import argparse
import json
import sys
import time
from pathlib import Path

from course_lib.experiments import NAMES, experiment, results, smoke
from course_lib.experiments.engine import Journal, UnfinishedRun, run, write_whole
from course_lib.experiments.plan import Experiment
from course_lib.experiments.provenance import ROOT, code_hashes, commit, data_hash, machine, today
from course_lib.experiments.workers import WorkerError, processes

RESULTS = ROOT / "book" / "results"
JOURNALS = ROOT / "build" / "experiments"
LEAST_SEEDS = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("name", nargs="?", help="one of " + ", ".join(NAMES))
    parser.add_argument("--list", action="store_true", help="print the experiments and stop")
    parser.add_argument("--seeds", type=int, metavar="N", help="seeds of the stored trainings")
    parser.add_argument(
        "--smoke", action="store_true", help="run the page's version; store nothing"
    )
    parser.add_argument("--resume", action="store_true", help="continue an unfinished run")
    parser.add_argument(
        "--restamp",
        metavar="TEST",
        help="declare that the code changed and the stored result did not, as TEST shows",
    )


def main(options: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    if options.list:
        print(listing())
        return 0
    if options.name is None:
        print(f"name an experiment: {', '.join(NAMES)}; or --list", file=sys.stderr)
        return 2
    try:
        chosen = experiment(options.name)
        if options.smoke:
            print(json.dumps(smoke(options.name), indent=1))
            return 0
        if options.restamp:
            print(f"restamped {restamp(chosen, options.restamp)}")
            return 0
        path = store(chosen, seeds=options.seeds, resume=options.resume)
    except (ValueError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 2
    except (UnfinishedRun, WorkerError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"wrote {path}")
    return 0


def listing() -> str:
    """Return one line an experiment: its name, its size, its question."""
    rows = []
    for name in NAMES:
        e = experiment(name)
        size = f"{len(e.arms)} arms, {len(e.rates)} learning rates, {len(e.seeds)} seeds"
        rows.append(f"{name:<8} {size:<40} {e.question}")
    return "\n".join(rows)


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
        UnfinishedRun: see `Journal.open`.
        WorkerError: a training failed.
    """
    count = len(chosen.seeds) if seeds is None else seeds
    if count < LEAST_SEEDS:
        raise ValueError(f"a stored result needs at least {LEAST_SEEDS} seeds, got {count}")
    if not folder.is_dir():
        raise ValueError(f"{folder} does not exist; run this in a checkout of the course")
    numbers = (*chosen.seeds, *range(max(chosen.seeds) + 1, max(chosen.seeds) + 1 + count))[:count]
    began = time.monotonic()
    code, made_by, source = code_hashes(chosen.trial.__module__), machine(), commit()
    key = {"code": code, "data": data_hash(chosen.load()), "versions": made_by["versions"]}
    journal = Journal(journals / f"{chosen.name}.json", key)
    journal.open(resume=resume)
    workers = processes(made_by["accelerators"])
    arms = run(chosen, journal, seeds=numbers, workers=workers, report=_line(chosen.name))
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
    return _write(chosen, arms, provenance, folder / f"{chosen.name}.json")


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
    provenance["code"] = code_hashes(chosen.trial.__module__)
    provenance.setdefault("restamped", []).append({"date": today(), "test": test})
    write_whole(folder / f"{chosen.name}.json", _text(result))
    return folder / f"{chosen.name}.json"


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
