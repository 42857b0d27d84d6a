"""Train in several processes of one thread each, which stop by themselves if their parent dies.

On two cores, two such processes finish sooner than one with two threads: nets on images of 14x14
pixels gain nothing from a second thread.  oneDNN's kernels are switched on, which halves the time
of these nets and more.  This module imports no backend, so a process can be told about threads
before its backend starts.
"""

import multiprocessing
import os
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import Any

from course_lib.experiments.plan import STORED, Experiment, Measures, Run

ONE_THREAD = {
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
    "TF_ENABLE_ONEDNN_OPTS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
MOST = 8  # processes


@dataclass(frozen=True)
class Job:
    """One training to do: which arm, with which settings, measured on which splits."""

    arm: str
    run: Run
    splits: tuple[str, ...]
    images: int | None = None  # of the training images, all by default


@dataclass(frozen=True)
class Done:
    """A finished training: what it measured, and what it took in seconds of its process."""

    job: Job
    measures: Measures
    seconds: float


class WorkerError(RuntimeError):
    """A training failed, or its process was ended; the message says which and how."""


def processes(accelerators: int) -> int:
    """Return how many processes to train in: none beside this one where it has an accelerator.

    Backends take all of an accelerator's memory, so a second process would find none.
    """
    return 0 if accelerators else min(os.cpu_count() or 1, MOST)


def train_all(experiment: Experiment, jobs: list[Job], *, workers: int) -> Iterator[Done]:
    """Train every job and yield each result when it is there.

    Args:
        experiment: whose `load` and `trial` are called.
        jobs: in the order in which they are started.
        workers: number of processes; 0 trains in this one.

    Yields:
        Finished jobs, in the order in which they finish.

    Raises:
        WorkerError: a training failed, or its process was ended.
    """
    if workers == 0:
        yield from _here(experiment, jobs)
        return
    context = multiprocessing.get_context("spawn")
    waiting = list(jobs)
    busy: dict[Any, tuple[Any, Job]] = {}
    try:
        for _ in range(min(workers, len(jobs))):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs,), daemon=True)
            process.start()
            theirs.close()
            ours.send(ONE_THREAD)
            ours.send(experiment)
            busy[ours] = (process, _next(ours, waiting))
        while busy:
            ready: list[Any] = wait(list(busy))
            failed: WorkerError | None = None
            for ours in ready:
                process, job = busy[ours]
                try:
                    done = _receive(ours, process, job)
                except WorkerError as error:  # raised when the others' results are handed out
                    failed = error
                    continue
                if waiting:
                    busy[ours] = (process, _next(ours, waiting))
                else:
                    del busy[ours]
                    ours.close()
                yield done
            if failed:
                raise failed
    finally:
        for ours, (process, _) in busy.items():
            ours.close()
            process.terminate()


def _here(experiment: Experiment, jobs: list[Job]) -> Iterator[Done]:
    splits = experiment.load()
    for job in jobs:
        try:
            done = _one(experiment, splits, job)
        except Exception as error:
            raise WorkerError(f"training {_what(job)} failed: {error!r}") from error
        yield done


def _next(connection, waiting: list[Job]) -> Job:
    job = waiting.pop(0)
    connection.send(job)
    return job


def _what(job: Job) -> str:
    return f"{job.arm}, learning rate {job.run.learning_rate}, seed {job.run.seed}"


def _receive(connection, process, job: Job) -> Done:
    what = _what(job)
    try:
        answer = connection.recv()
    except EOFError:
        process.join()
        raise WorkerError(
            f"the process training {what} was ended (exit code {process.exitcode}); "
            "what was finished is kept"
        ) from None
    if isinstance(answer, str):
        raise WorkerError(f"training {what} failed; what was finished is kept\n{answer}")
    return answer


def _serve(connection) -> None:
    """Train what arrives until the parent closes the connection or dies."""
    os.environ.update(connection.recv())
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 2)  # a backend's greetings; errors travel through the connection
    try:
        experiment = connection.recv()
        splits = experiment.load()
        while True:
            connection.send(_one(experiment, splits, connection.recv()))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    except Exception:
        connection.send(traceback.format_exc())


def _one(experiment: Experiment, splits, job: Job) -> Done:
    began = time.process_time()
    given = {n: split for n, split in splits.items() if n in job.splits or n not in STORED}
    if job.images is not None:
        given["train"] = given["train"].take(job.images)
    measures = experiment.trial(experiment.arms[job.arm], job.run, given)
    return Done(job, measures, round(time.process_time() - began, 2))
