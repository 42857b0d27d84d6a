"""Grading, in the sandbox: one warm pair of processes for all tests of a worker."""

import pytest

from instructor.bench import Bench
from instructor.sandbox import Unavailable


@pytest.fixture(scope="session")
def bench():
    try:
        found = Bench()
    except Unavailable as missing:
        pytest.skip(str(missing))
    with found:
        yield found


@pytest.fixture(scope="module")
def small(bench):
    """The bench with an answer's time cut, so that loops end soon."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("instructor.bench.SECONDS", 5.0)
        yield bench
