"""A submission's function as the checks see it: they call it, and it is asked in its sandbox.

`RemoteAnswer` has what `course_lib.checks` looks for in an answer that is not in its process: a
call with plain values, `as_model` and `observe`.
"""

import re
import socket
import time
from typing import Any, Protocol

import numpy as np

from course_lib.checks.verdict import STUB, NotAnswered, WrongAnswer
from instructor import wire

WORD = re.compile(r"[A-Za-z_]\w{0,60}")


class Stopped(WrongAnswer):
    """The submission's process is gone, or gave no answer in time."""


class Late(Stopped):
    """No answer came in time."""


class Box(Protocol):
    """The process of a submission, started anew where it died."""

    def ask(self, what: str, **details: Any) -> dict:
        """Send a question and return its answer."""


class Channel:
    """A socket to one process of a submission.

    Args:
        sock: connected to `instructor.pupil`.
        seconds: in which each answer has to arrive.
    """

    def __init__(self, sock: socket.socket, seconds: float):
        self.sock, self.seconds = sock, seconds

    def ask(self, question: dict) -> dict:
        """Send a question and return the answer.

        Raises:
            Stopped: nothing came in time, or the process ended, or sent what is no answer.
        """
        began = time.monotonic()
        try:
            self.sock.settimeout(self.seconds)
            wire.send(self.sock, question)
            found = wire.receive(_Deadline(self.sock, began + self.seconds))
        except TimeoutError:
            raise Late(f"there was no answer within {self.seconds:g} seconds") from None
        except (EOFError, OSError):
            raise Stopped("the process ended: it left, crashed, or used too much memory") from None
        except wire.BadFrame as error:
            raise Stopped(f"what it returned is too large or damaged ({error})") from None
        if not isinstance(found, dict):
            raise Stopped("what it returned is no answer")
        return found


class _Deadline:
    """A socket whose reads together end at a time."""

    def __init__(self, sock, end):
        self.sock, self.end = sock, end

    def recv(self, count: int) -> bytes:
        """Read, with the time that is left."""
        self.sock.settimeout(max(0.001, self.end - time.monotonic()))
        return self.sock.recv(count)


class RemoteAnswer:
    """Stands for a submission's function.

    Args:
        name: of the function.
        box: where it runs.
    """

    def __init__(self, name: str, box: Box):
        self.__name__, self.box = name, box

    def __call__(self, *first, **arguments):
        """Call it with plain values.

        Raises:
            Exception: of the name and with the text of what it raised.
        """
        details = {"name": self.__name__, "first": list(first), "arguments": arguments}
        return self._value(self.box.ask("call", **details))

    def observe(self, probe: str, data: list):
        """Run a probe of `course_lib.checks` beside the function; return what it saw."""
        return self._told(self.box.ask("observe", name=self.__name__, probe=probe, data=data))

    def as_model(self, shape, arguments: dict):
        """Return what stands for the model that the function builds.

        Nothing of it is built here, so no description that a stranger sends is ever read.
        """
        details = {"name": self.__name__, "shape": list(shape), "arguments": arguments}
        answer = self._told(self.box.ask("model", **details), key="variables")
        try:
            variables = [RemoteVariable(entry) for entry in answer["variables"]]
            return RemoteModel(self.box, int(answer["number"]), variables)
        except (KeyError, TypeError, ValueError) as error:
            raise Stopped("what it sent is no model") from error

    def _told(self, answer: dict, key: str = "value"):
        """Return what was asked for; what was raised on the way is a wrong answer."""
        try:
            return self._value(answer, key)
        except (WrongAnswer, NotAnswered):
            raise
        except Exception as error:
            name = type(error).__name__
            raise WrongAnswer(f"{self.__name__} stopped with {name}: {error}") from error

    def _value(self, answer: dict, key: str = "value"):
        if key in answer:
            return answer if key != "value" else answer["value"]
        if "wrong" in answer:
            raise WrongAnswer(str(answer["wrong"]))
        raised = answer.get("raised")
        if not isinstance(raised, list) or len(raised) != 3:
            raise Stopped("what it returned is no answer")
        name, text, line = map(str, raised)
        if name in ("NotImplementedError", "NotAnswered") and STUB in text:
            raise NotAnswered(STUB)
        kind = type(name if WORD.fullmatch(name) else "Error", (Exception,), {})
        raise kind(f"{text} ({line})" if line else text)


class RemoteVariable:
    """What a submission said of a variable, with a value that the judge may change.

    It has what the checks use of a Keras variable.
    """

    def __init__(self, entry: dict):
        self.path, self.name = str(entry["path"])[:300], str(entry["name"])[:100]
        self.trainable = entry["trainable"] is True
        self.value = np.asarray(entry["value"], "float32")

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of its axes."""
        return self.value.shape

    def numpy(self) -> np.ndarray:
        """Return a copy of the value."""
        return self.value.copy()

    def assign(self, value) -> None:
        """Change the value.

        Raises:
            ValueError: another shape.
        """
        value = np.asarray(value, "float32")
        if value.shape != self.shape:
            raise ValueError(f"{self.path} has shape {self.shape}, got {value.shape}")
        self.value = value


class RemoteModel:
    """A model that runs where it was built, with the values that the judge gives its variables.

    It has what the checks use of a model: variables, and outputs for `course_lib.checks.model`.
    """

    def __init__(self, box: Box, number: int, variables: list[RemoteVariable]):
        self.box, self.number, self.variables = box, number, variables

    @property
    def trainable_variables(self) -> list[RemoteVariable]:
        """The variables that training changes."""
        return [v for v in self.variables if v.trainable]

    @property
    def non_trainable_variables(self) -> list[RemoteVariable]:
        """The others."""
        return [v for v in self.variables if not v.trainable]

    def ask(self, images: np.ndarray, training: bool | None, values=None) -> np.ndarray:
        """Return outputs; `values` as in `course_lib.checks.model.outputs`."""
        first, rest = map(iter, values or ([], []))
        sent = [
            v.value if values is None else np.asarray(next(first if v.trainable else rest))
            for v in self.variables
        ]
        details = {"number": self.number, "values": sent, "images": images, "training": training}
        found = RemoteAnswer("its model", self.box)._told(self.box.ask("outputs", **details))
        if not isinstance(found, np.ndarray) or found.dtype.kind not in "fiu":
            raise Stopped("its outputs are no numbers")
        return found.astype("float32")
