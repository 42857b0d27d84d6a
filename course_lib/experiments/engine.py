"""Run an experiment: choose each arm's learning rate, train every seed, keep what is finished."""

import json
import math
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from course_lib.experiments.plan import STORED, Experiment, Measures, Run
from course_lib.experiments.workers import Done, Job, train_all

CHOICE = ("train", "validation")  # splits that a learning rate is chosen on
CHOOSE_BY = "validation_error"

Report = Callable[[int, int, float], None]  # finished, of how many, seconds left


class UnfinishedRun(RuntimeError):
    """There is an unfinished run, or one that this code cannot continue; the message says which."""


class Journal:
    """The finished trainings of one run, in a file that is rewritten whole after each.

    Args:
        path: the file.
        key: what must be equal for the file to be continued, such as hashes of code and data.
    """

    def __init__(self, path: Path, key: dict[str, Any]):
        self.path = path
        self.key = key
        self.trials: list[dict[str, Any]] = []
        self.finished = False

    def open(self, *, resume: bool) -> None:
        """Read the file if it exists.

        Raises:
            UnfinishedRun: an unfinished run lies there and `resume` is false, or the code, the
                data or the settings have changed since it was begun.
        """
        if not self.path.exists():
            return
        kept = json.loads(self.path.read_text())
        if not resume:
            if not kept["finished"]:
                raise UnfinishedRun(
                    f"{self.path} holds an unfinished run of {len(kept['trials'])} trainings; add "
                    "--resume to continue it, or delete the file to start again"
                )
            return
        changed = [name for name, value in self.key.items() if kept["key"].get(name) != value]
        if changed and kept["finished"]:
            return  # its result is written, so there is nothing to continue
        if changed:
            raise UnfinishedRun(
                f"{self.path} was begun with another {' and '.join(changed)}; delete the file to "
                "start again"
            )
        self.trials = kept["trials"]

    def add(self, done: Done) -> None:
        """Keep one finished training."""
        self.trials.append(
            {
                "arm": done.job.arm,
                "run": asdict(done.job.run),
                "splits": list(done.job.splits),
                "measures": done.measures,
                "seconds": done.seconds,
            }
        )
        self.save()

    def save(self, *, finished: bool = False) -> None:
        """Write the file in one step."""
        self.finished = finished
        self.path.parent.mkdir(parents=True, exist_ok=True)
        content = {"key": self.key, "finished": finished, "trials": self.trials}
        write_whole(self.path, json.dumps(content))

    def find(self, job: Job) -> dict[str, Any] | None:
        """Return the finished training of a job."""
        wanted = (job.arm, asdict(job.run), list(job.splits))
        return next((t for t in self.trials if (t["arm"], t["run"], t["splits"]) == wanted), None)


def run(
    experiment: Experiment,
    journal: Journal,
    *,
    seeds: Iterable[int],
    workers: int,
    report: Report | None = None,
) -> dict[str, Any]:
    """Train what the journal does not hold, and summarise all.

    Args:
        experiment: what to run.
        journal: opened; each finished training is added to it at once.
        seeds: of the stored trainings.
        workers: number of processes; 0 trains in this one.
        report: called after each training.

    Returns:
        For each arm, the chosen rate, the errors it was chosen by, and the measures of each seed.
        The journal is finished when its result is written: call its `save(finished=True)` then.
    """
    choices = [
        Job(arm, Run(rate, seed, experiment.steps, experiment.batch_size), CHOICE)
        for seed in experiment.choice_seeds
        for rate in experiment.rates
        for arm in reversed(experiment.arms)  # the costliest arms are listed last
    ]
    seeds = tuple(seeds)
    progress = _Progress(len(choices) + len(experiment.arms) * len(seeds), workers, report)
    _train(experiment, choices, journal, progress)
    arms = {
        arm: choose([(job, journal.find(job)) for job in choices if job.arm == arm])
        if choices
        else {"learning_rate": settings["learning_rate"]}
        for arm, settings in experiment.arms.items()
    }
    final = [
        Job(
            arm,
            Run(arms[arm]["learning_rate"], seed, experiment.steps, experiment.batch_size),
            STORED,
        )
        for seed in seeds
        for arm in reversed(experiment.arms)
    ]
    _train(experiment, final, journal, progress)
    for arm, entry in arms.items():
        found = [journal.find(job) for job in final if job.arm == arm]
        entry["measures"] = [trial["measures"] for trial in found if trial]
    return arms


def choose(trials: list[tuple[Job, dict[str, Any] | None]]) -> dict[str, Any]:
    """Return the learning rate with the lowest mean validation error; the smaller one of equals.

    Args:
        trials: the jobs of one arm with their finished trainings.
    """
    errors: dict[float, list[float]] = {}
    for job, trial in trials:
        if trial is None:
            raise ValueError(f"no training of {job.arm} at learning rate {job.run.learning_rate}")
        errors.setdefault(job.run.learning_rate, []).append(trial["measures"][CHOOSE_BY])
    grid = [
        {"learning_rate": rate, CHOOSE_BY: sum(values) / len(values)}
        for rate, values in sorted(errors.items())
    ]
    best = min(grid, key=lambda row: (math.isnan(row[CHOOSE_BY]), row[CHOOSE_BY]))
    return {
        "learning_rate": best["learning_rate"],
        "at_edge": best in (grid[0], grid[-1]),
        "grid": grid,
    }


def small(experiment: Experiment, *, jobs: list[Job], workers: int) -> dict[str, list[Measures]]:
    """Train the given jobs and return their measures by arm, in the order of the jobs."""
    found = {done.job: done.measures for done in train_all(experiment, jobs, workers=workers)}
    arms: dict[str, list[Measures]] = {}
    for job in jobs:
        arms.setdefault(job.arm, []).append(found[job])
    return arms


def write_whole(path: Path, text: str) -> None:
    """Write a file next to its place and move it there, so that nobody ever sees half of it."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, path)


def _train(experiment, jobs: list[Job], journal: Journal, progress: "_Progress") -> None:
    waiting = [job for job in jobs if journal.find(job) is None]
    progress.skip(len(jobs) - len(waiting))
    for timed in (False, True):
        own = [job for job in waiting if experiment.arms[job.arm].get("timed", False) == timed]
        # Beside another training a time would be that of sharing caches and memory with it.
        workers = min(progress.workers, 1) if timed else progress.workers
        for done in _started(experiment, own, workers):
            journal.add(done)
            progress.step()


def _started(experiment, jobs: list[Job], workers: int) -> Iterator[Done]:
    return train_all(experiment, jobs, workers=workers) if jobs else iter(())


class _Progress:
    """Counts trainings and estimates the time left from the mean of those done in this call."""

    def __init__(self, total: int, workers: int, report: Report | None):
        self.total = total
        self.workers = workers
        self.report = report
        self.finished = 0
        self.here = 0
        self.began = time.monotonic()

    def skip(self, count: int) -> None:
        self.finished += count

    def step(self) -> None:
        self.finished += 1
        self.here += 1
        if self.report:
            mean = (time.monotonic() - self.began) / self.here
            self.report(self.finished, self.total, mean * (self.total - self.finished))
