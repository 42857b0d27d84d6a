"""How a check speaks: the verdict, the hints, and calling a reader's function safely."""

import hashlib
import linecache
import math
import os
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np

STUB = "your code here"  # what an unanswered question raises


class WrongAnswer(AssertionError):
    """An answer that is wrong; the message is meant for the person who wrote it."""

    def _render_traceback_(self):
        """Show the message alone: IPython asks for this instead of a traceback."""
        return [f"Not yet: {self}"]


class NotAnswered(NotImplementedError):
    """A question without an answer; what reads notebooks knows it by its parent's name."""

    def _render_traceback_(self):
        """Show one line: IPython asks for this instead of a traceback."""
        return [
            "Not answered yet: write your function in the cell above, run that cell, then this one."
        ]


NotAnswered.__name__ = NotImplementedError.__name__


class Hints:
    """Three hints for each question, from a question to the first line of code."""

    def __init__(self, texts: dict[str, tuple[str, str, str]]):
        self.texts = texts

    def __call__(self, question: str, level: int = 1) -> None:
        """Print the hint of one level.

        Args:
            question: name of the function that the question asks for.
            level: 1 (a question), 2 (a picture in words) or 3 (the first line of code).

        Raises:
            ValueError: unknown question or level.
        """
        if question not in self.texts:
            raise ValueError(f"question must be one of {tuple(self.texts)}, got {question!r}")
        if level not in (1, 2, 3):
            raise ValueError(f"level must be 1, 2 or 3, got {level!r}")
        print(f"Hint {level} of 3: {self.texts[question][level - 1]}")


_SEED: ContextVar[list[int] | None] = ContextVar("seed", default=None)


@contextmanager
def drawn_from(*seed: int) -> Iterator[None]:
    """Let the checks that run inside draw their cases from a seed of one or more numbers."""
    token = _SEED.set(list(seed))
    try:
        yield
    finally:
        _SEED.reset(token)


def fresh_cases() -> np.random.Generator:
    """Return the generator of drawn cases: new ones each call, or those of a seed.

    A seed comes from `drawn_from`, or else from the variable COURSE_CHECK_SEED.
    """
    seed = os.environ.get("COURSE_CHECK_SEED")
    return np.random.default_rng(_SEED.get() or (int(seed) if seed else None))


def passed(question: str, why: str) -> None:
    """Print the line a right answer gets, the same whatever cases were drawn."""
    print(f"Right: {question}. {why}")


def spell(answer, arguments: dict) -> str:
    """Return the call as the reader would type it."""
    inside = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
    return f"{getattr(answer, '__name__', 'your function')}({inside})"


def call(answer, arguments: dict, *first):
    """Call the reader's function; turn what it raises into a `WrongAnswer`.

    `first` are positional arguments that are not worth printing, such as a tensor.

    Raises:
        NotAnswered: the function is the stub that the notebook came with.
        WrongAnswer: the function raised something else, or returned nothing.
    """
    try:
        value = answer(*first, **arguments)
    except Exception as error:
        if isinstance(error, NotImplementedError) and STUB in str(error):
            raise NotAnswered(STUB) from None  # Keras raises the parent for a reader's mistakes
        raise WrongAnswer(
            f"{spell(answer, arguments)} stopped with {type(error).__name__}: {error}"
            f"{place(error, answer)}"
        ) from error
    if value is None:
        raise WrongAnswer(f"{spell(answer, arguments)} returned None; is a return missing?")
    return value


def observe(answer, probe, *data):
    """Run a probe, beside the reader's function wherever that is, and return what it saw.

    Args:
        answer: the reader's function.
        probe: a function of a module `course_lib.checks.NAME_probes`, called with the reader's
            function and `data`.  It reports, and does not judge: a grader does not believe it.
        data: plain values and arrays, as what it returns.

    Raises:
        WrongAnswer: the reader's function raised something.
    """
    elsewhere = getattr(answer, "observe", None)
    if elsewhere:
        return elsewhere(f"{probe.__module__}:{probe.__name__}", list(data))
    return probe(answer, *data)


def place(error, answer=None) -> str:
    """Return the last line of the reader's own code that an error came through, in brackets.

    The reader's code is what shares the namespace of `answer`, or else of the notebook.
    """
    space = getattr(answer, "__globals__", vars(sys.modules["__main__"]))
    own = [at for at in traceback.walk_tb(error.__traceback__) if at[0].f_globals is space]
    if not own:
        return ""
    frame, line = own[-1]
    source = linecache.getline(frame.f_code.co_filename, line).strip()
    return f" (line {line}: {source})" if source else f" (line {line})"


def as_number(value) -> float:
    """Return the number that a reader's value is: NaN if it is none, infinity if too large."""
    try:
        if isinstance(value, str | bytes | bool | np.bool_) or np.ndim(value):
            return math.nan
        return float(value)
    except OverflowError:
        return math.inf
    except (TypeError, ValueError):
        return math.nan


def spell_number(number) -> str:
    """Return a number as people write it: whole and with thousands separators, or short."""
    number = float(number)
    return f"{int(number):,}" if number.is_integer() else f"{number:g}"


def expect_number(answer, arguments: dict, expected, slips=(), otherwise="") -> None:
    """Compare one number.

    Args:
        answer: the reader's function.
        arguments: keyword arguments of the call.
        expected: the right number.
        slips: pairs (wrong number, what was misunderstood).
        otherwise: what to add to the right number where no slip gives the wrong one.

    Raises:
        WrongAnswer: another number, with the message of the first slip that gives it.
    """
    value = call(answer, arguments)
    number = as_number(value)
    if math.isnan(number):
        raise WrongAnswer(f"{spell(answer, arguments)} returned {value!r}; expected a number")
    if number == float(expected):
        return
    found = f"{spell(answer, arguments)} returned {spell_number(number)}."
    for wrong, message in slips:
        if number == float(wrong) != float(expected):
            raise WrongAnswer(f"{found} {message}")
    raise WrongAnswer(f"{found} Expected {spell_number(expected)}. {otherwise}".rstrip())


def expect_choice(answer, feedback: dict, fingerprint: str, arguments: dict | None = None) -> None:
    """Compare the choice of an option; each wrong option has a text of its own.

    The right option is kept as a fingerprint.  That keeps it from the casual reader of the check;
    whoever tries all options with `fingerprint_of` finds it.

    Args:
        answer: the reader's function.
        feedback: every option, and what the reader hears who chose it wrongly.
        fingerprint: `fingerprint_of(feedback, right option)`.
        arguments: keyword arguments of the call.

    Raises:
        WrongAnswer: not an option, or a wrong one.
    """
    value = call(answer, arguments or {})
    found = f"{spell(answer, arguments or {})} returned {value!r}."
    if not isinstance(value, str) or value not in feedback:
        raise WrongAnswer(f"{found} Expected one of {', '.join(map(repr, feedback))}.")
    if fingerprint_of(feedback, value) != fingerprint:
        raise WrongAnswer(f"{found} {feedback[value]}")


def fingerprint_of(feedback, option: str) -> str:
    """Return the fingerprint under which a check keeps the right one of its options."""
    return hashlib.sha256(":".join([*sorted(feedback), option]).encode()).hexdigest()[:16]


def merged(slips: Iterable[tuple[float, str]]) -> Iterator[tuple[float, str]]:
    """Yield each wrong number once, with all the mistakes that give it.

    Args:
        slips: pairs of a wrong number and what the reader hears of it, for `expect_number`.
    """
    texts: dict[float, list[str]] = {}
    for number, text in slips:
        texts.setdefault(float(number), []).append(text)
    for number, found in texts.items():
        yield number, " Or: ".join(dict.fromkeys(found))
