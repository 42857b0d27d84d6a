"""A submission's function as the checks see it: they call it, and it is asked in its sandbox.

`RemoteAnswer` has what `course_lib.checks` looks for in an answer that is not in its process: a
call with plain values, `as_model` and `observe`.
"""

import re
import socket
import time
from typing import Any, Protocol

import keras
import numpy as np

from course_lib.checks.verdict import STUB, NotAnswered, WrongAnswer
from instructor import allowed, wire

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
        """Return the model that the function builds: built here, or a stand-in that asks."""
        details = {"name": self.__name__, "shape": list(shape), "arguments": arguments}
        answer = self._told(self.box.ask("model", **details), key="variables")
        try:
            told = [_Told(entry) for entry in answer["variables"]]
            number = int(answer["number"])
        except (KeyError, TypeError, ValueError) as error:
            raise Stopped("what it sent is no model") from error
        try:
            return allowed.build(answer.get("config"), [entry.value for entry in told])
        except allowed.Refused:
            return RemoteModel(self.box, number, told)

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


class _Told:
    """What a submission said of one variable."""

    def __init__(self, entry: dict):
        self.path, self.name = str(entry["path"])[:300], str(entry["name"])[:100]
        self.trainable = entry["trainable"] is True
        self.value = np.asarray(entry["value"], "float32")


class RemoteModel:
    """A model with layers of the submission's own, which runs where it was built.

    It has what the checks use of a model: variables that can be assigned, and outputs.
    """

    def __init__(self, box: Box, number: int, told: list[_Told]):
        self.box, self.number = box, number
        self.variables = [_Stand(entry) for entry in told]

    @property
    def trainable_variables(self) -> list:
        """The variables that training changes."""
        return [v for v in self.variables if v.trainable]

    @property
    def non_trainable_variables(self) -> list:
        """The others."""
        return [v for v in self.variables if not v.trainable]

    def __call__(self, images, training=None):
        """Return outputs with the variables as they are."""
        return self._outputs([v.numpy() for v in self.variables], images, training)

    def stateless_call(self, trainable, rest, images, training=None):
        """Return outputs with other values, and no new state: nobody who judges asks for it."""
        first, second = iter(trainable), iter(rest)
        values = [next(first if v.trainable else second) for v in self.variables]
        return self._outputs(values, images, training), None

    def _outputs(self, values, images, training):
        images = np.asarray(keras.ops.convert_to_numpy(images), "float32")
        values = [np.asarray(value, "float32") for value in values]
        details = {"number": self.number, "values": values, "images": images, "training": training}
        found = RemoteAnswer("its model", self.box)._told(self.box.ask("outputs", **details))
        if not isinstance(found, np.ndarray):
            raise Stopped("its outputs are no array")
        return keras.ops.convert_to_tensor(found.astype("float32"))


class _Stand(keras.Variable):
    """A variable of the judge's with the path and the name that it has in the submission."""

    def __init__(self, told: _Told):
        self.told = told  # Keras asks for the path while it starts
        super().__init__(told.value, trainable=told.trainable)

    @property
    def path(self) -> str:
        return self.told.path

    @property
    def name(self) -> str:
        return self.told.name
