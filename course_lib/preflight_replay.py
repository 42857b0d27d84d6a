"""Run the code cells of a notebook in a fresh kernel, and ask its checks what they say.

A cell or a check that takes too long, or ends the kernel, is left out; all others then run once
more in a new kernel, as a grader does it.
"""

import ast
import importlib
import io
import json
import subprocess
import sys
import warnings
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from course_lib.checks.verdict import NotAnswered, WrongAnswer
from course_lib.hand_in import MISSING
from course_lib.progress import NOT_YET, PASSED, UNTOUCHED

NEEDED = ("nbclient", "nbformat", "ipykernel")
LOSSES = 5  # cells and checks that may be left out
UNKNOWN = "not known"  # the state of a question whose check did not run
PROBE = (
    "__import__('course_lib.preflight_replay', fromlist=['told'])"
    ".told({!r}, {!r}, globals(), **{!r})"
)


class NoKernel(RuntimeError):
    """No kernel can be started here; the message says what to do."""


@dataclass
class Replayed:
    """What came of running a notebook.

    Attributes:
        stopped: {number of a cell: what it raised, or why it was left out}.
        told: {question: (state, what the check says)}.
    """

    stopped: dict[int, str] = field(default_factory=dict)
    told: dict[str, tuple[str, str]] = field(default_factory=dict)


class _Lost(Exception):
    """A cell or a check after which there is no kernel to go on with."""

    def __init__(self, what: int | str, why: str):
        super().__init__(why)
        self.what, self.why = what, why


def missing() -> list[str]:
    """Return the packages that a replay needs and that are not installed."""
    return [name for name in NEEDED if not find_spec(name)]


def replay(
    cells: dict[int, str],
    assignment: str,
    questions: dict[str, dict[str, str]],
    folder: Path,
    seconds: int,
) -> Replayed:
    """Run cells, then the check of each question on the function that they left.

    Args:
        cells: {number: source} in order.
        assignment: last part of the name of the module of checks, or `checks.NAME` of an
            instructor's own.
        questions: their names, each with the keywords of its check.
        folder: where the kernel runs.
        seconds: that one cell, or one check, may take.

    Raises:
        NoKernel: a kernel cannot be started.
    """
    found = Replayed()
    cells, left = dict(cells), dict(questions)
    for _ in range(LOSSES + 1):
        try:
            _once(cells, assignment, left, _Kernel(folder, seconds), found)
            break
        except _Lost as lost:
            if isinstance(lost.what, int):
                found.stopped[lost.what] = lost.why
                del cells[lost.what]
            else:
                found.told[lost.what] = (NOT_YET, f"its check {lost.why}")
            left = {name: told for name, told in left.items() if name not in found.told}
    for question in left:
        found.told.setdefault(question, (UNKNOWN, "too many cells could not be run"))
    return found


def told(assignment: str, question: str, space: dict[str, Any], **variant: str) -> str:
    """Run a check, in the kernel of the notebook; return its outcome as JSON."""
    if not callable(space.get(question)):
        return json.dumps((MISSING, "the cell that defines it did not get that far"))
    module = assignment if "." in assignment else f"course_lib.checks.{assignment}"
    check = getattr(importlib.import_module(module), question)
    with redirect_stdout(io.StringIO()):
        try:
            check(space[question], **variant)
        except NotAnswered:
            outcome = (UNTOUCHED, "")
        except WrongAnswer as wrong:
            outcome = (NOT_YET, str(wrong))
        except (Exception, SystemExit) as error:
            outcome = (NOT_YET, f"its check stopped with {type(error).__name__}: {error}")
        else:
            outcome = (PASSED, "")
    return json.dumps(outcome)


def _once(cells, assignment, questions, kernel: "_Kernel", found: Replayed) -> None:
    with kernel:
        for number, source in cells.items():
            outputs = kernel.run(number, source)
            errors = [out for out in outputs if out["output_type"] == "error"]
            found.stopped.pop(number, None)
            if errors:
                found.stopped[number] = f"{errors[0]['ename']}: {errors[0]['evalue']}"
        for question, variant in questions.items():
            outputs = kernel.run(question, PROBE.format(assignment, question, variant))
            found.told[question] = _outcome(outputs)


def _outcome(outputs: list) -> tuple[str, str]:
    """Read what `told` gave back through the kernel."""
    for out in outputs:
        if out["output_type"] == "error":
            return (UNKNOWN, f"its check could not run: {out['ename']}: {out['evalue']}")
        if out["output_type"] == "execute_result":
            try:
                state, message = json.loads(ast.literal_eval(out["data"]["text/plain"]))
            except (KeyError, ValueError, SyntaxError, TypeError):
                continue
            return (str(state), str(message))
    return (UNKNOWN, "its check gave no answer")


class _Kernel:
    """A kernel of this Python, and of no other that Jupyter may know by the same name.

    Raises:
        NoKernel: on entering, where it does not start.
    """

    def __init__(self, folder: Path, seconds: int):
        # Only whoever has Jupyter has these.
        import nbclient
        import nbformat

        self.errors, self.new_cell = nbclient.exceptions, nbformat.v4.new_code_cell
        self.seconds = seconds
        self.client = nbclient.NotebookClient(
            nbformat.v4.new_notebook(),
            timeout=seconds,
            kernel_name="python3",
            allow_errors=True,
            shutdown_kernel="immediate",
            resources={"metadata": {"path": str(folder)}},
        )
        self.client.log.setLevel("CRITICAL")

    def __enter__(self) -> "_Kernel":
        try:
            manager = self.client.create_kernel_manager()
            manager.kernel_spec.argv[0] = sys.executable
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            self.context = self.client.setup_kernel(**quiet)  # of what is no output of a cell
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.context.__enter__()
        except Exception as error:
            raise NoKernel(
                f"no kernel could be started ({type(error).__name__}: {error}); type: "
                "pip install --upgrade ipykernel"
            ) from error
        return self

    def __exit__(self, *raised) -> None:
        self.context.__exit__(None, None, None)

    def run(self, what: int | str, source: str) -> list:
        """Run a cell and return its outputs.

        Raises:
            _Lost: it took too long, or ended the kernel.
        """
        cells = self.client.nb.cells
        cells.append(self.new_cell(source))
        try:
            self.client.execute_cell(cells[-1], len(cells) - 1, store_history=False)
        except self.errors.CellTimeoutError as error:
            raise _Lost(what, f"took more than {self.seconds:g} s and was left out") from error
        except self.errors.DeadKernelError as error:
            raise _Lost(what, "ended the kernel and was left out") from error
        return cells[-1].outputs
