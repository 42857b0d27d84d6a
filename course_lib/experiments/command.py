"""`python -m course_lib run NAME`: run one experiment, or all, and store what comes out."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from course_lib.experiments import NAMES, experiment, smoke
from course_lib.experiments.engine import UnfinishedRun, write_whole
from course_lib.experiments.small import NoSmallVersion
from course_lib.experiments.store import JOURNALS, restamp, store
from course_lib.experiments.workers import WorkerError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("name", nargs="?", help="one of " + ", ".join(NAMES))
    parser.add_argument("--list", action="store_true", help="print the experiments and stop")
    parser.add_argument("--all", action="store_true", help="run every experiment, in that order")
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
    alone = {"--smoke": options.smoke, "--restamp": options.restamp}
    given = [flag for flag, value in alone.items() if value]
    if given and (len(given) > 1 or options.seeds is not None or options.resume):
        print(
            f"{given[0]} stores no training: leave out the other options, or leave out {given[0]}",
            file=sys.stderr,
        )
        return 2
    if options.all == bool(options.name):
        print(f"name an experiment: {', '.join(NAMES)}; or --all, or --list", file=sys.stderr)
        return 2
    try:
        names = [options.name] if options.name else NAMES
        for name in names:
            experiment(name)  # an unknown name is refused before anything runs
        if options.smoke:
            for name in names:
                print(_small(name, known_only=options.all))
        elif options.restamp:
            for name in names:
                print(f"restamped {restamp(experiment(name), options.restamp)}")
        elif options.all:
            return store_all(names, seeds=options.seeds, resume=options.resume)
        else:
            path = store(experiment(options.name), seeds=options.seeds, resume=options.resume)
            print(f"wrote {path}")
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except (UnfinishedRun, WorkerError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _small(name: str, *, known_only: bool) -> str:
    """Return the small result as JSON, or why there is none where all are asked for."""
    try:
        return json.dumps(smoke(name), indent=1)
    except (NoSmallVersion, FileNotFoundError) as error:
        if not known_only:
            raise
        return f"{name}: {error}"


def listing() -> str:
    """Return one line an experiment: its name, its size, its question."""
    rows = []
    for name in NAMES:
        e = experiment(name)
        size = f"{len(e.arms)} arms, {len(e.rates)} learning rates, {len(e.seeds)} seeds"
        rows.append(f"{name:<{max(map(len, NAMES))}}  {size:<38}  {e.question}")
    return "\n".join(rows)


def store_all(
    names: Sequence[str], *, seeds: int | None, resume: bool, journals: Path = JOURNALS
) -> int:
    """Run several experiments one after the other; a kill loses at most the trainings under way.

    An experiment that fails is reported, and the others run all the same.

    Args:
        names: in the order in which they run.
        seeds: see `store`.
        resume: continue a call that was interrupted: what it had finished is not repeated.
        journals: for what is left to do.

    Returns:
        0, or 1 where an experiment failed.

    Raises:
        UnfinishedRun: an earlier call was interrupted and `resume` is false.
    """
    left_file = journals / "all.json"
    left = list(names)
    if left_file.exists():
        if not resume:
            raise UnfinishedRun(
                f"{left_file} holds an interrupted run of all experiments; add --resume to "
                "continue it, or delete the file to start again"
            )
        left = json.loads(left_file.read_text())
    failed = False
    journals.mkdir(parents=True, exist_ok=True)
    for name in tuple(left):
        write_whole(left_file, json.dumps(left))
        try:
            print(f"wrote {store(experiment(name), seeds=seeds, resume=resume)}", flush=True)
        except (OSError, ValueError, UnfinishedRun, WorkerError) as error:
            print(f"{name}: {error}", file=sys.stderr)
            failed = True
        left.remove(name)
    left_file.unlink()
    return int(failed)
