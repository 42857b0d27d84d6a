"""Grading, in the sandbox: one warm pair of processes for all tests of a worker."""

import shutil

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


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory):
    """A course directory of nbgrader, its sources and editions."""
    from tests.instructor import counting  # importing nbgrader takes a second

    folder = tmp_path_factory.mktemp("laid_out")
    counting.course(folder)
    return folder


@pytest.fixture
def course(laid_out, tmp_path):
    """A copy of it that a test may change."""
    shutil.copytree(laid_out, tmp_path, dirs_exist_ok=True)
    return tmp_path / "course"
