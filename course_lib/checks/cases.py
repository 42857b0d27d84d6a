"""The cases of a check: in a lesson the first wrong one ends it, a grader sees them all.

A check names the kind of each case:

    for option in "ABC":
        with case(f"option {option}"):
            judge_model(...)

A kind may come several times; whoever grades gives its weight where all of its cases are right.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from course_lib.checks.verdict import NotAnswered, WrongAnswer


@dataclass
class Kind:
    """All cases of one kind.

    Attributes:
        name: the check's own words, fit for the eyes of whoever answered.
        weight: its share of the points, beside those of the other kinds.
        faults: what was said of each wrong case; empty where all were right.
        cases: how many there were.
    """

    name: str
    weight: float
    faults: list[str] = field(default_factory=list)
    cases: int = 0


@dataclass
class Record:
    """What a grader learns from one run of a check."""

    kinds: dict[str, Kind] = field(default_factory=dict)
    untouched: bool = False  # the answer is the stub that the notebook came with

    @property
    def share(self) -> float:
        """The part of the points that was earned, from 0 to 1."""
        total = sum(kind.weight for kind in self.kinds.values())
        right = sum(kind.weight for kind in self.kinds.values() if not kind.faults)
        return right / total if total else 0.0


_RECORD: ContextVar[Record | None] = ContextVar("record", default=None)


@contextmanager
def case(kind: str, weight: float = 1.0) -> Iterator[None]:
    """Judge one case; outside of `recorded` this adds nothing.

    Args:
        kind: what is tried, in words that hold no number drawn for it.
        weight: share of the points beside the other kinds; the same in each case of a kind.

    Raises:
        WrongAnswer: from inside, unless a grader records.
    """
    record = _RECORD.get()
    if record is None:
        yield
        return
    entry = record.kinds.setdefault(kind, Kind(kind, weight))
    entry.cases += 1
    try:
        yield
    except NotAnswered as stub:
        record.untouched = True
        entry.faults.append(str(stub))
    except WrongAnswer as wrong:
        entry.faults.append(str(wrong))


@contextmanager
def recorded() -> Iterator[Record]:
    """Collect the cases of the checks that run inside, and let the wrong ones pass."""
    record = Record()
    token = _RECORD.set(record)
    try:
        yield record
    finally:
        _RECORD.reset(token)
