"""Keep what has passed: with `-p tests.kept --kept FILE` a test file is not run again unchanged.

A file of tests, or a notebook under nbval, is passed over where it passed before and nothing has
changed that it can depend on: `tests.reach` says what that is, and versions of Python, of the
locked packages and of the backend belong to it.  So does which mutants were judged: what passed
with COURSE_MUTANTS=all need not run again for a share of them, but the other way round.  FILE holds
one key for each.  What failed, was skipped for want of a program, or ran in part (`-k`, one test by
name) is not kept.  Continuous integration reads no such file.
"""

import json
import os
import platform
from functools import cached_property
from pathlib import Path

import pytest

from tests.reach import Tree

MUTANTS = ("none", "", "all")  # values of COURSE_MUTANTS, what judges more behind what judges less
PARTIAL = ("keyword", "deselect", "lf", "failedfirst", "maxfail")  # options that leave tests out


def mutants_asked_for() -> str:
    """Return which mutants this run judges: "all", "none" or "", which is a share of them.

    Raises:
        UsageError: COURSE_MUTANTS has another value.
    """
    found = os.environ.get("COURSE_MUTANTS", "")
    if found not in MUTANTS:
        raise pytest.UsageError(
            f"COURSE_MUTANTS is {found!r}; expected 'all', 'none' or nothing, which judges a share"
        )
    return found


def pytest_addoption(parser):
    parser.addoption("--kept", type=Path, help="file that says what passed and needs no new run")


def pytest_configure(config):
    if config.getoption("--kept"):
        config.pluginmanager.register(Kept(config), "kept results")


class Kept:
    """Passes over what is unchanged, and notes what has passed.

    Args:
        config: of the run, with `--kept`.
    """

    def __init__(self, config):
        self.config = config
        self.path = config.getoption("--kept")
        self.tree = Tree(config.rootpath)
        self.about = (
            f"{platform.python_version()} {os.environ.get('KERAS_BACKEND')} "
            f"{config.getoption('markexpr')} {self.tree.files.get('requirements.txt')}"
        )
        self.known = json.loads(self.path.read_text()) if self.path.exists() else {}
        self.outcomes: dict[str, set[str]] = {}

    def key(self, name, mutants):
        """Hash what the file depends on, with the versions that run it and the mutants judged."""
        return f"{self.about} {mutants} {self.tree.key(name)}"

    def is_known(self, name):
        """Whether a file passed before, with these mutants or more, and has not changed since."""
        if name not in self.known:
            return False
        enough = MUTANTS[MUTANTS.index(mutants_asked_for()) :]
        return self.known[name] in [self.key(name, mutants) for mutants in enough]

    @cached_property
    def passed_over(self):
        """Files below the arguments of the run that were not run again; known when it ends."""
        below = tuple(argument.rstrip("/") + "/" for argument in self.config.args)
        return [
            name
            for name in self.known
            if name.startswith(below) and name in self.tree.files and self.is_known(name)
            if name not in self.outcomes
        ]

    def pytest_ignore_collect(self, collection_path):
        name = self._name(collection_path)
        is_notebook = name.endswith(".ipynb")
        is_tests = collection_path.name.startswith("test_") and name.endswith(".py")
        return True if (is_notebook or is_tests) and self.is_known(name) else None

    def pytest_runtest_logreport(self, report):
        name = report.nodeid.partition("::")[0]
        self.outcomes.setdefault(name, set()).add(report.outcome)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session, exitstatus):
        if hasattr(self.config, "workerinput"):
            return
        if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and self.passed_over:
            session.exitstatus = pytest.ExitCode.OK
        if exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            return
        if any(self.config.getoption(name, None) for name in PARTIAL) or any(
            "::" in argument for argument in self.config.args
        ):
            return
        files = Tree(self.tree.root).files  # what was changed while the tests ran is not kept
        if files == self.tree.files:
            mutants = mutants_asked_for()
            passed = [name for name, seen in self.outcomes.items() if seen == {"passed"}]
            new = {name: self.key(name, mutants) for name in passed}
            failed = self.outcomes.keys() - new.keys()
            known = {n: key for n, key in self.known.items() if n not in failed} | new
            partial = self.path.with_name(f".{self.path.name}.{os.getpid()}")
            partial.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(json.dumps(known, indent=0, sort_keys=True))
            os.replace(partial, self.path)

    def pytest_terminal_summary(self, terminalreporter):
        if self.passed_over:
            terminalreporter.write_line(
                f"{len(self.passed_over)} files passed before and are unchanged: not run again. "
                "To run them: make test FRESH=1"
            )

    def _name(self, path):
        return path.relative_to(self.config.rootpath).as_posix()
