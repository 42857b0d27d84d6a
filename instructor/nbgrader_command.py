"""The commands for a course directory of nbgrader: write it, grade it, read its marks."""

import sys
from pathlib import Path

from instructor.sources import EXERCISES, path_of


def add(commands) -> None:
    """Add the commands to a parser's."""
    course = commands.add_parser("nbgrader", help="write a course directory of nbgrader")
    course.add_argument("folder", type=Path)
    course.add_argument("names", nargs="+", metavar="NAME", help="assignments, such as resnet")
    course.add_argument("--source", type=Path, default=EXERCISES, help="folder of the sources")
    course.add_argument(
        "--students",
        type=Path,
        default=Path("build/student") / EXERCISES,
        help="folder of the notebooks that `make student` writes",
    )
    course.set_defaults(run=_write)

    auto = commands.add_parser("autograde", help="grade a course directory of nbgrader")
    auto.add_argument("folder", type=Path)
    auto.add_argument("name", help="of the assignment")
    auto.add_argument("--secret", type=Path, required=True, help="from `course secret`")
    auto.add_argument("--again", action="store_true", help="also what is graded already")
    auto.set_defaults(run=_autograde)

    marks = commands.add_parser("marks", help="write the gradebook of nbgrader as CSV")
    marks.add_argument("folder", type=Path)
    marks.add_argument("table", type=Path)
    marks.set_defaults(run=_marks)


def _write(options) -> int:
    from instructor import nbgrader_course  # importing nbgrader takes a second

    paths = [path_of(options.source, name) for name in options.names]
    for one in nbgrader_course.lay_out(options.folder, paths, options.students):
        print(f"{options.folder}/source/{one.name}: {one.points:g} points")
    return 0


def _autograde(options) -> int:
    from instructor import nbgrader_course

    status = nbgrader_course.autograde(
        options.folder, options.name, options.secret, again=options.again
    )
    return 1 if status else 0


def _marks(options) -> int:
    from instructor import nbgrader_course

    waiting = nbgrader_course.export(options.folder / "gradebook.db", options.table)
    for one in waiting:
        print(f"{one}: waits for a person; counts 0 until then", file=sys.stderr)
    return 1 if waiting else 0
