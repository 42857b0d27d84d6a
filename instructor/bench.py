"""The processes that grade: one warm pair, and a fork of each for every submission."""

import contextlib
import socket
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from instructor import walls, wire
from instructor.confine import Limits
from instructor.sandbox import INSIDE, Zygote, lay_out, shown

ROLES = ("pupil", "judge")
SECONDS = 10.0  # for one answer of a submission
PATIENCE = 240.0  # seconds for a whole submission
# What arrives decides how much a judge computes, so it is limited, too.
JUDGE = Limits(memory=4 << 30, cpu=240)


class Lost(RuntimeError):
    """The judge of a submission ended without a verdict."""


class Bench:
    """Grades submissions, in as many threads as call `grade`.

    Raises:
        Unavailable: this machine has no sandbox.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.wall = walls.choose()
        self.folder = tempfile.TemporaryDirectory(prefix="course-")
        root = Path(self.folder.name)
        root.chmod(0o755)
        for role in ROLES:
            (root / role).mkdir()
            self.wall.guard(role, lay_out(root / role, role))
        self.zygotes = {role: Zygote(role, root / role, self.wall) for role in ROLES}
        try:
            for zygote in self.zygotes.values():
                zygote.wait()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Bench":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        """End all processes."""
        for zygote in self.zygotes.values():
            zygote.close()
        self.folder.cleanup()
        self.wall.close()

    def grade(
        self,
        cells: list[str],
        answers: list[int],
        questions: list[dict],
        hidden: Sequence[str] = (),
        modules: Mapping[str, str] | None = None,
    ) -> list[dict]:
        """Return the verdict on each question of one submission.

        Args:
            cells: its code.
            answers: the numbers of the cells that answer questions.
            questions: as `question` makes them.
            hidden: parts of `course_lib` that the submission does not find, such as "nets".
            modules: checks of the instructor's own, which the judge alone gets.

        Raises:
            Lost: the judge ended, or took longer than `PATIENCE`.
        """
        job = {
            "cells": cells,
            "answers": answers,
            "questions": questions,
            "limits": asdict(Limits()),
            "judge_limits": asdict(JUDGE),
            "hidden": [f"{INSIDE}/course_lib/{part}" for part in hidden],
            "modules": dict(modules or {}),
            "shown": shown(modules or {}),
            "seconds": SECONDS,
        }
        ours, theirs = socket.socketpair()
        ours.settimeout(PATIENCE)
        with ours:
            with theirs:
                judge = self._fork("judge", theirs)
            try:
                return self._attend(ours, job)
            finally:
                self._kill("judge", judge)

    def _attend(self, sock: socket.socket, job: dict) -> list[dict]:
        """Give the judge what it asks for, until it has judged."""
        end = time.monotonic() + PATIENCE
        pupils: set[int] = set()
        try:
            wire.send(sock, job)
            while True:
                sock.settimeout(max(0.001, end - time.monotonic()))
                message = wire.receive(sock)
                if "done" in message:
                    return message["done"]
                if "need" in message:
                    pupils.add(self._pupil(sock))
                elif message.get("end") in pupils:
                    self._kill("pupil", message["end"])
                    pupils.remove(message["end"])
        except TimeoutError as error:
            raise Lost(f"no verdict within {PATIENCE:g} seconds") from error
        except (EOFError, OSError, wire.BadFrame) as error:
            raise Lost(f"the judge ended: {error}") from error
        finally:
            for pupil in pupils:
                self._kill("pupil", pupil)

    def _pupil(self, sock: socket.socket) -> int:
        _, descriptors, _, _ = socket.recv_fds(sock, 1, 1)
        with socket.socket(fileno=descriptors[0]) as inside:
            child = self._fork("pupil", inside)
        wire.send(sock, {"pupil": child})
        return child

    def _fork(self, role: str, sock: socket.socket) -> int:
        with self.lock:
            try:
                return self.zygotes[role].fork(sock)
            except (OSError, ValueError):  # it is gone; children of before are gone with it
                self.zygotes[role].close()
                self.zygotes[role] = Zygote(role, Path(self.folder.name) / role, self.wall)
                self.zygotes[role].wait()
                return self.zygotes[role].fork(sock)

    def _kill(self, role: str, child: int) -> None:
        with self.lock, contextlib.suppress(OSError):  # where it is gone, its children are
            self.zygotes[role].kill(child)


def question(
    name: str, cells: list[int], check: str, seed: list[int], variant: str = ""
) -> dict[str, Any]:
    """Return one question of a job.

    Args:
        name: of the function that it asks for.
        cells: where it is answered.
        check: as a question of an assignment names it.
        seed: of the cases.
        variant: of the question; empty where it has none.
    """
    return {"name": name, "cells": cells, "check": check, "seed": seed, "variant": variant}
