"""What every test run does: counts at its end, and no skip in continuous integration.

A test hands them over with pytest's own `record_property("summary", "one line")`, which also
reaches the terminal when the tests run in several processes.

A test may be skipped where a machine lacks a browser, bubblewrap or npm; the run prints which and
why. With COURSE_CI=1 nothing may be missing, so a skip is a failure. What only root can do is
skipped for others all the same; `.ci/run` runs those tests once more, as root.
"""

import os

import pytest

ROOT = "only root can"  # how such a reason begins


@pytest.fixture(scope="session")
def browser():
    """One browser for the whole run: Playwright cannot be started twice in a process."""
    from tests.site.browser import launch

    with launch() as browser:
        yield browser


def pytest_terminal_summary(terminalreporter):
    lines = {
        str(value)
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == "summary"
    }
    if lines:
        terminalreporter.section("counts")
        for line in sorted(lines):
            terminalreporter.write_line(line)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    return _fail_if_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return _fail_if_skipped((yield))


def _fail_if_skipped(report):
    if report.skipped and os.environ.get("COURSE_CI") == "1":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        if ROOT in str(reason):
            return report
        report.outcome = "failed"
        report.longrepr = f"COURSE_CI=1 allows no skip. {reason}"
    return report
