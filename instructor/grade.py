"""Grade a class: every submission once, on all cores, with nothing lost to a crash."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from rich.progress import Progress

import course_lib
from instructor import seeds, submission
from instructor.assignment import Assignment
from instructor.bench import Bench, Lost, question
from instructor.journal import Journal
from instructor.sandbox import Unavailable

Job = tuple[str, str, submission.Submission]  # student, name of the file, what is in it
TRIES = 2  # a judge that was lost is started once more


@dataclass
class Mark:
    """What a student gets for one question.

    Attributes:
        question: name of the function.
        score: of `points`.
        state: "right", "partly right", "wrong", "untouched" or "not judged".
        kinds: for each kind of case its name and whether it was right.
    """

    question: str
    score: float
    points: float
    state: str
    kinds: list[tuple[str, bool]] = field(default_factory=list)


@dataclass
class Graded:
    """One graded submission.

    Attributes:
        student: as the folder or file is named.
        release: of the course, whose checks judged.
        receipt: that the hand-in cell shows for these answers.
        marks: one for each question.
        notes: for the staff: what is odd about the file, and what stopped.
        log: what each question's cases said, for the staff; no seed and no drawn case.
        unjudged: the grader's own fault, if any; a person has to look.
        attempts: how often a judge was started.
    """

    student: str
    file: str
    sha256: str
    release: str
    receipt: str
    marks: list[Mark]
    notes: list[str]
    log: list[dict]
    unjudged: str = ""
    attempts: int = 1

    @property
    def score(self) -> float:
        """The sum of the scores."""
        return sum(mark.score for mark in self.marks)


def grade_class(
    files: dict[str, Path],
    assignment: Assignment,
    secret: bytes,
    folder: Path,
    spread: Callable[[list[Job]], Iterator[Graded]] | None = None,
) -> list[Graded]:
    """Grade the submissions of a class; those that the journal has are not graded again.

    Args:
        files: the notebook of each student.
        assignment: what they answered.
        secret: of the course.
        folder: of results; holds the journal.
        spread: grades jobs somewhere and yields them as they are done; by default here, as many
            at a time as there are cores.

    Returns:
        All graded submissions, sorted by student.
    """
    journal = Journal(folder / "journal.jsonl")
    read = {student: submission.read(path, assignment) for student, path in files.items()}
    keys = {student: key(student, read[student], assignment, secret) for student in files}
    missing = [student for student in files if keys[student] not in journal.entries]
    jobs = {student: (student, files[student].name, read[student]) for student in missing}
    lost: dict[str, Graded] = {}
    if jobs:
        lost = {one: not_judged(job, assignment, "no verdict came") for one, job in jobs.items()}
        spread = spread or partial(grade_here, assignment=assignment, secret=secret)
        for done in _shown(spread(list(jobs.values())), assignment.name, len(jobs)):
            if not done.unjudged:
                journal.add(keys[done.student], asdict(done))
                lost.pop(done.student, None)
            else:
                lost[done.student] = done
    found = [lost.get(student) or load(journal.entries[keys[student]]) for student in files]
    return sorted(found, key=lambda graded: graded.student)


def key(student: str, read: submission.Submission, assignment: Assignment, secret: bytes) -> str:
    """Return what a verdict holds for: this file, these questions and checks, this secret."""
    parts = [student, read.sha256, repr(assignment), course_lib.__version__, _checks()]
    seed = seeds.seed(secret, "journal")
    return hashlib.sha256(json.dumps([*parts, seed]).encode()).hexdigest()


@cache
def _checks() -> str:
    """Return the hash of all checks: where one is mended, a class is judged again."""
    digest = hashlib.sha256()
    for path in sorted((Path(course_lib.__file__).parent / "checks").glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def load(entry: dict[str, Any]) -> Graded:
    """Return the graded submission of a journal's entry."""
    marks = [
        Mark(**{**mark, "kinds": [tuple(k) for k in mark["kinds"]]}) for mark in entry["marks"]
    ]
    return Graded(**{**entry, "marks": marks})


def _shown(graded: Iterator[Graded], name: str, total: int) -> Iterator[Graded]:
    """Show how far a run is and how long it will take."""
    with Progress() as progress:
        bar = progress.add_task(name, total=total)
        for one in graded:
            progress.advance(bar)
            yield one


def grade_here(jobs: list[Job], assignment, secret, workers: int = 0) -> Iterator[Graded]:
    """Grade on this machine; `workers` at a time, or as many as it has cores."""
    with Bench() as bench, ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        one = partial(grade_one, bench, assignment=assignment, secret=secret)
        waiting = {pool.submit(one, *job): job for job in jobs}
        try:
            for future in as_completed(waiting):
                yield settled(future.result, waiting.pop(future), assignment)
        finally:  # nobody would keep the verdicts on the others
            pool.shutdown(cancel_futures=True)


def settled(result: Callable[[], Graded], job: Job, assignment: Assignment) -> Graded:
    """Return a verdict; where the grader failed over one submission, the class goes on without it.

    Raises:
        Unavailable: there is no sandbox, or the sandbox is lost.
        seeds.Refused: there is no secret.
    """
    try:
        return result()
    except (Unavailable, seeds.Refused):
        raise
    except Exception as error:
        return not_judged(job, assignment, f"{type(error).__name__}: {error}")


def not_judged(job: Job, assignment: Assignment, why: str) -> Graded:
    """Return what stands for a verdict where there is none."""
    student, file, read = job
    marks = [Mark(q.name, 0.0, q.points, "not judged") for q in assignment.questions]
    release, notes = course_lib.__version__, list(read.notes)
    return Graded(student, file, read.sha256, release, read.receipt, marks, notes, [], why)


def grade_one(bench: Bench, student: str, file: str, read, assignment, secret) -> Graded:
    """Grade one submission, once more where the judge was lost."""
    questions = []
    for q in assignment.questions:
        seed = seeds.seed(secret, assignment.name, q.name)
        questions.append(question(q.name, read.answers[q.name], q.check, seed, q.variant))
    answers = sorted({cell for cells in read.answers.values() for cell in cells})
    verdicts, lost, attempts = [], "", 0
    while attempts < TRIES:
        attempts += 1
        try:
            own = dict(assignment.modules)
            verdicts = bench.grade(read.cells, answers, questions, assignment.hidden, own)
            lost = ""
            break
        except Lost as error:
            lost = str(error)
    if lost:
        return replace(not_judged((student, file, read), assignment, lost), attempts=attempts)
    marks = [_mark(q, v) for q, v in zip(assignment.questions, verdicts, strict=True)]
    broken = [f"{v['question']}: {v['broken']}" for v in verdicts if v["broken"]]
    return Graded(
        student=student,
        file=file,
        sha256=read.sha256,
        release=course_lib.__version__,
        receipt=read.receipt,
        marks=marks,
        notes=[*read.notes, *_stops(verdicts)],
        log=[
            verdict | {"cases": seeds.identifier(asked["seed"])}
            for verdict, asked in zip(verdicts, questions, strict=True)
        ],
        unjudged="; ".join(broken),
        attempts=attempts,
    )


def _mark(question, verdict: dict) -> Mark:
    share = verdict["share"]
    state = "right" if share == 1 else "partly right" if share else "wrong"
    state = "untouched" if verdict["untouched"] else state
    state = "not judged" if verdict["broken"] else state
    told = verdict["kinds"] if state not in ("untouched", "not judged") else ()
    kinds = [(kind["kind"], not kind["faults"]) for kind in told]
    return Mark(question.name, round(share * question.points, 4), question.points, state, kinds)


def _stops(verdicts: Iterable[dict]) -> list[str]:
    """Return what stopped in each question, once."""
    notes = (f"{v['question']}: {text}" for v in verdicts for text in v["stopped"])
    return list(dict.fromkeys(notes))
