"""Judges a submission, in a sandbox of its own: runs the checks, and none of the submission's code.

The job comes in one frame: the code cells, which of them answer questions, the questions with the
seeds of their cases, and limits.  The judge makes a socket pair for each process of the submission
that it needs and hands one end to the conductor, which has the process forked.  What it sends back
is, for each question, the share of each kind of case.
"""

import contextlib
import importlib
import io
import pkgutil
import socket
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import keras

from course_lib import checks
from course_lib.checks import cases
from course_lib.checks.verdict import drawn_from
from instructor import confine, private_modules, wire
from instructor.remote import Channel, Late, RemoteAnswer, Stopped

COURSE = "course_lib.checks"  # where checks are that no instructor has written
for _found in pkgutil.iter_modules(checks.__path__):  # once, before the forks of this process
    importlib.import_module(f"{checks.__name__}.{_found.name}")

WHOLE = "the answer as a whole"  # the kind of a fault outside of all cases
DEATHS = 2  # processes that one attempt at a question may lose, one of them by giving no answer
PATIENCE = 2  # times the seconds for one answer, in the second attempt
LETTERS = 1000  # of what is noted for the staff


def serve(sock: socket.socket, shut: Callable) -> None:
    """Judge one submission and send the verdicts.

    Args:
        sock: to the conductor.
        shut: gives up what a judge does not need; takes limits.
    """
    job = wire.receive(sock)
    shut(confine.Limits(**job["judge_limits"]))
    private_modules.install(job["modules"])
    keras.utils.set_random_seed(0)
    with contextlib.redirect_stdout(io.StringIO()):
        whole = Submission(sock, job)
        found = [judge(question, whole) for question in job["questions"]]
        whole.close()
    wire.send(sock, {"done": found})


def judge(question: dict, whole: "Submission") -> dict:
    """Return the verdict on one question: the better of two attempts.

    The first is made in a process that has run all code cells, since an answer may use another
    cell.  Where it fails, the answer is tried once more in a process without the other answers,
    one of which may have broken something, and with more time, since this machine may be busy.
    """
    attempts = [_attempt(question, whole)]
    others = {i for i in whole.job["answers"] if i not in question["cells"]}
    if attempts[0]["share"] < 1 and others:
        alone = Submission(whole.sock, whole.job, without=others, patience=PATIENCE)
        attempts.append(_attempt(question, alone))
        alone.close()
    best = max(attempts, key=lambda attempt: attempt["share"])
    return best | {"attempts": len(attempts)}


def _attempt(question: dict, submission: "Submission") -> dict:
    answer, broken = RemoteAnswer(question["name"], submission), ""
    submission.begin()
    with cases.recorded() as record, drawn_from(*question["seed"]):
        try:
            with cases.case(WHOLE):
                _check(question)(answer)
        except Exception as error:  # the check is at fault, and a person has to look
            broken = f"{type(error).__name__}: {error}"[:LETTERS]
    whole = record.kinds.pop(WHOLE)  # a fault outside of all cases leaves nothing to count
    if whole.faults or not record.kinds:
        record.kinds = {WHOLE: whole}
    return {
        "question": question["name"],
        "share": 0.0 if record.untouched or broken else record.share,
        "untouched": record.untouched,
        "broken": broken,
        "stopped": submission.stopped,
        "failed_cells": submission.failed,
        "kinds": [
            {"kind": k.name, "weight": k.weight, "faults": [f[:LETTERS] for f in k.faults[:3]]}
            for k in record.kinds.values()
        ],
    }


def _check(question: dict) -> Callable:
    module, _, function = question["check"].rpartition(".")
    own = module.startswith(f"{private_modules.PACKAGE}.")
    check = getattr(importlib.import_module(module if own else f"{COURSE}.{module}"), function)
    return partial(check, variant=question["variant"]) if question["variant"] else check


class Submission:
    """The processes of one submission, one at a time.

    Attributes:
        stopped: why processes ended, in the question that is being judged, for the staff.
        failed: what cells raised, as [number, type, text].
    """

    def __init__(
        self, sock: socket.socket, job: dict, without: Iterable[int] = (), patience: float = 1
    ):
        self.sock, self.job = sock, job
        self.seconds = job["seconds"] * patience
        self.skipped = set(without)
        self.channel: Channel | None = None
        self.child = 0  # its number, for whoever can end it
        self.failed: list[list] = []
        self.begin()

    def begin(self) -> None:
        """Begin with a question: nothing of it has been lost yet."""
        self.left = DEATHS
        self.stopped: list[str] = []

    def ask(self, what: str, **details: Any) -> dict:
        """Ask the process of the submission, a new one where it died.

        Raises:
            Stopped: it gave no answer, or too many have died.
        """
        try:
            if self.channel is None:
                self._start()
            return self._ask({"do": what, "with": details})
        except Stopped as stopped:
            self._lost(stopped)
            raise

    def close(self) -> None:
        """End the process."""
        if self.channel:
            self.channel.sock.close()
            self.channel = None
            self._tell({"end": self.child})

    def _start(self) -> None:
        """Start a process and run the cells; one that ends the process is left out of the next."""
        while self.left > 0:
            self._fork()
            self.failed = []
            wanted = [i for i in range(len(self.job["cells"])) if i not in self.skipped]
            if all(self._runs(number) for number in wanted):
                return
        raise Stopped("its processes ended too often")

    def _runs(self, number: int) -> bool:
        """Run a cell; tell whether the process is still there."""
        details = {"number": number, "source": self.job["cells"][number]}
        question = {"do": "run", "with": details}
        try:
            failed = self._ask(question).get("failed")
        except Stopped as stopped:
            self.skipped.add(number)
            self._lost(stopped, f"cell {number}: ")
            return False
        if failed:
            self.failed.append([number, *map(str, failed)])
        return True

    def _ask(self, question: dict) -> dict:
        if self.channel is None:
            raise Stopped("its process ended")
        return self.channel.ask(question)

    def _lost(self, why: Stopped, where: str = "") -> None:
        self.stopped.append(f"{where}{why}"[:LETTERS])
        self.left -= DEATHS if isinstance(why, Late) else 1
        self.close()

    def _fork(self) -> None:
        ours, theirs = socket.socketpair()
        self._tell({"need": "pupil"})
        socket.send_fds(self.sock, [b"!"], [theirs.fileno()])
        theirs.close()
        self.child = wire.receive(self.sock)["pupil"]
        self.channel = Channel(ours, self.seconds)
        wire.send(ours, {name: self.job[name] for name in ("limits", "hidden", "shown")})

    def _tell(self, message: dict) -> None:
        wire.send(self.sock, message)
