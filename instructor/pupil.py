"""Runs a submission, inside the sandbox, and answers questions about what its functions do.

It reports values, models and outputs, and no verdict: whoever patches this process can only change
what the answers are.  Questions are dictionaries with the key `do`:

- `run`: one code cell; answers what it raised;
- `call`: a function with plain values;
- `model`: a function from Keras tensor to Keras tensor, as a model;
- `outputs`: what such a model puts out, with given values of its variables;
- `observe`: a probe of the checks, which needs the function itself.
"""

import importlib
import os
import socket
import sys
import traceback
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

import keras
import numpy as np

from course_lib.checks.model import as_model, outputs
from course_lib.checks.verdict import WrongAnswer
from instructor import confine, private_modules, wire

PROBES = ("course_lib.checks.", f"{private_modules.PACKAGE}.")  # where probes may come from
LETTERS = 500  # of what a cell or a function raised


def serve(sock: socket.socket, shut: Callable) -> None:
    """Shut the doors, and answer questions until the judge hangs up.

    Args:
        sock: to the judge.
        shut: gives up what a stranger's code must not have; takes limits and hidden folders.
    """
    order = wire.receive(sock)
    shut(confine.Limits(**order["limits"]), order["hidden"])
    private_modules.install(order["shown"])
    nowhere = os.open("/dev/null", os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    session = Session()
    with open(os.devnull, "w") as sink, redirect_stdout(sink), redirect_stderr(sink):
        while True:
            reply = session.answer(wire.receive(sock))
            try:
                wire.send(sock, reply)
            except wire.BadFrame as large:
                wire.send(sock, {"wrong": f"What it returned is too large: {large}"})


class Session:
    """The namespace of one submission and the models that it has built."""

    def __init__(self) -> None:
        # Keras and pickle look for a submission's classes in the module that runs.
        self.space: dict[str, Any] = vars(sys.modules["__main__"])
        keras.utils.set_random_seed(0)
        self.models: list[keras.Model] = []

    def answer(self, question: dict) -> dict:
        """Return what was asked for, or what it raised."""
        try:
            return getattr(self, f"_{question['do']}")(**question["with"])
        except WrongAnswer as wrong:
            return {"wrong": str(wrong)[:LETTERS]}
        except BaseException as error:  # whatever a stranger's code raises, SystemExit too
            return {"raised": [type(error).__name__, str(error)[:LETTERS], self._line(error)]}

    def _run(self, number: int, source: str) -> dict:
        try:
            exec(compile(source, f"<cell {number}>", "exec"), self.space)
        except BaseException as error:
            return {"failed": [type(error).__name__, str(error)[:LETTERS]]}
        return {"failed": None}

    def _call(self, name: str, first: list, arguments: dict) -> dict:
        return {"value": self.space[name](*first, **arguments)}

    def _model(self, name: str, shape: list[int], arguments: dict) -> dict:
        model = as_model(self.space[name], tuple(shape), arguments)
        variables = [
            {
                "path": v.path,
                "name": v.name,
                "trainable": bool(v.trainable),
                "value": np.asarray(keras.ops.convert_to_numpy(v), "float32"),
            }
            for v in model.variables
        ]
        self.models.append(model)
        return {"variables": variables, "number": len(self.models) - 1}

    def _outputs(self, number: int, values: list, images, training) -> dict:
        """Return a model's outputs with other values of its variables."""
        model = self.models[number]
        parts = dict(zip(map(id, model.variables), values, strict=True))
        trainable = [parts[id(v)] for v in model.trainable_variables]
        rest = [parts[id(v)] for v in model.non_trainable_variables]
        return {"value": outputs(model, images, training, (trainable, rest))}

    def _observe(self, name: str, probe: str, data: list) -> dict:
        module, _, function = probe.partition(":")
        if not module.startswith(PROBES):
            raise ValueError(f"no probe: {probe}")
        return {
            "value": getattr(importlib.import_module(module), function)(self.space[name], *data)
        }

    def _line(self, error) -> str:
        """Return the last line of a cell that an error came through."""
        own = [at for at in traceback.walk_tb(error.__traceback__) if at[0].f_globals is self.space]
        return f"line {own[-1][1]}" if own else ""
