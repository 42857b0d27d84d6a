"""Grade on a Dask cluster: the same work, on more machines.

Each worker process keeps a warm pair of its own.  Tasks carry what students handed in, and the
path of the secret, never the secret: a worker reads it from a file that only its user can read.
"""

import threading
from collections.abc import Iterator
from pathlib import Path

from instructor import seeds
from instructor.assignment import Assignment
from instructor.bench import Bench
from instructor.grade import Graded, Job, grade_one, settled

RETRIES = 1  # of a task whose worker died
_LOCK = threading.Lock()
_BENCH: list[Bench] = []  # of this worker process


def grade_there(
    address: str, assignment: Assignment, secret: Path, jobs: list[Job]
) -> Iterator[Graded]:
    """Grade on the workers of a scheduler; yield each submission as it is done.

    Args:
        address: of the scheduler, such as "tcp://host:8786".
        assignment: what was answered.
        secret: path of the file, the same on every worker's machine.
        jobs: what was handed in.

    A worker that ends gives its work to the others, also what it had done and not yet sent.  A
    submission at which several workers have ended is not judged, and the others are.

    Raises:
        OSError: there is no scheduler at that address.
        Unavailable: a worker's machine has no sandbox.
        seeds.Refused: a worker's machine has no secret.
    """
    from distributed import Client, as_completed  # not needed to grade on one machine

    with Client(address) as client:
        tasks = {
            client.submit(_grade, job, assignment, secret, retries=RETRIES, pure=False): job
            for job in jobs
        }
        for task in as_completed(list(tasks)):
            yield settled(task.result, tasks.pop(task), assignment)


def _grade(job: Job, assignment: Assignment, secret: Path) -> Graded:
    student, file, read = job
    return grade_one(_bench(), student, file, read, assignment, seeds.read(secret))


def _bench() -> Bench:
    """Return the warm pair of this process, made when it is first needed."""
    with _LOCK:
        if not _BENCH:
            _BENCH.append(Bench())
        return _BENCH[0]
