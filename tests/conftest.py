"""Lines that tests ask to see at the end of a run: counts, shares, what was skipped and why.

A test hands them over with pytest's own `record_property("summary", "one line")`, which also
reaches the terminal when the tests run in several processes.
"""


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
