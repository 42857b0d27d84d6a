"""Solution regions: the lines of a cell that a student does not get.

A region stands between the lines `### BEGIN SOLUTION` and `### END SOLUTION` of a code cell, which
are nbgrader's marks.
"""

import re

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STUB = 'raise NotImplementedError("your code here")'
# Anything that looks like a mark, so that a misspelt one is refused and not published.
MARK = re.compile(r"\s*#+\s*(begin|end)[\s_-]*solutions?\b.*", re.IGNORECASE)


class MalformedRegion(ValueError):
    """A region that cannot be taken out; the message names the line."""


def split(code: str) -> tuple[str, list[list[str]]]:
    """Take the solution regions out of a cell.

    Args:
        code: source of a code cell.

    Returns:
        The source with a stub in place of each region, at the indent of its first mark, and the
        lines of each region.

    Raises:
        MalformedRegion: a region is nested, empty, not closed or not opened, or a mark misspelt.
    """
    kept: list[str] = []
    regions: list[list[str]] = []
    begin = 0  # line of the open region, from 1; 0 outside
    for number, line in enumerate(code.split("\n"), start=1):
        mark = line.strip()
        if MARK.fullmatch(line) and mark not in (BEGIN, END):
            raise MalformedRegion(f"line {number}: {mark!r}; write {BEGIN!r} or {END!r}")
        if mark == BEGIN:
            if begin:
                raise MalformedRegion(f"line {number}: a region inside the one of line {begin}")
            begin = number
            kept.append(line.rstrip().replace(BEGIN, STUB))
            regions.append([])
        elif mark == END:
            if not begin:
                raise MalformedRegion(f"line {number}: {END!r} closes nothing")
            if not "".join(regions[-1]).strip():
                raise MalformedRegion(f"line {number}: an empty region")
            begin = 0
        elif begin:
            regions[-1].append(line)
        else:
            kept.append(line)
    if begin:
        raise MalformedRegion(f"line {begin}: the region is not closed")
    return "\n".join(kept), regions


def refuse(text: str) -> None:
    """Raise where a text that is no code cell holds a mark.

    Raises:
        MalformedRegion: naming the line.
    """
    for number, line in enumerate(text.splitlines(), start=1):
        if MARK.fullmatch(line):
            raise MalformedRegion(
                f"line {number}: a region outside a code cell; tag a whole cell `solution` instead"
            )
