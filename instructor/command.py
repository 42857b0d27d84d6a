"""The command of an instructor.

course secret FILE                            make the secret of a course
course grade SUBMISSIONS --assignment NAME --secret FILE
course grade CLASS.zip --roster TABLE.csv ... the same, from and back to Canvas or Moodle
course nbgrader, autograde, marks             a course directory of nbgrader
course gradescope --assignment NAME ...       one submission, inside Gradescope's autograder
course jplag SUBMISSIONS FOLDER ...           what JPlag compares
course leaks FOLDER_OR_FILE ...               does a solution stand in what is published?
course new FOLDER NAME                        begin exercises of your own, outside of the course
course release FOLDER                         write what students get of them
course doctor [SOURCE ...]                    is this machine fit to grade? or: who can read these?
"""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from instructor import (
    assignment,
    cluster,
    doctor,
    grade,
    gradescope_command,
    handed_in,
    intake,
    jplag,
    leaks,
    logs,
    nbgrader_command,
    private_folder,
    private_published,
    regrade,
    results,
    school,
    seeds,
    sources,
)
from instructor.generated import RefusedTree
from instructor.sandbox import Unavailable

REFUSALS = (assignment.Malformed, handed_in.Unclear, intake.Refused, seeds.Refused, RefusedTree)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status: 0, 1 for the grader's fault, 2 for bad input."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except REFUSALS as error:
        print(f"course {options.command}: {error}", file=sys.stderr)
        return 2
    except Unavailable as error:
        print(f"course {options.command}: {error}\n`course doctor` says more", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="course", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)

    secret = commands.add_parser("secret", help="make the secret of a course")
    secret.add_argument("file", type=Path)
    secret.set_defaults(run=_secret)

    _class(commands)
    nbgrader_command.add(commands)
    gradescope_command.add(commands)

    compare = commands.add_parser("jplag", help="prepare a folder for JPlag")
    compare.add_argument("submissions", type=Path, help="a folder, as for `course grade`")
    compare.add_argument("folder", type=Path, help="to write; new")
    _named(compare)
    compare.add_argument("--public", type=Path, nargs="*", default=[], help="code all were given")
    compare.set_defaults(run=_jplag)

    found = commands.add_parser("leaks", help="does a solution stand in what is published?")
    found.add_argument("published", nargs="+", metavar="FOLDER_OR_FILE")
    found.add_argument("--secret", help="from `course secret`")
    found.set_defaults(run=_leaks)

    _own(commands)

    fit = commands.add_parser("doctor", help="is this machine fit to grade?")
    fit.add_argument("sources", nargs="*", type=Path, help="instead: who can read these solutions?")
    fit.set_defaults(run=_doctor)
    return parser


def _class(commands) -> None:
    marks = commands.add_parser("grade", help="grade the submissions of a class")
    marks.add_argument("submissions", type=Path, help="a folder, or the zip of Canvas or Moodle")
    _named(marks)
    marks.add_argument("--cohort", default="", help="its name in `make student COHORT=NAME`")
    marks.add_argument("--secret", type=Path, required=True, help="from `course secret`")
    marks.add_argument("--out", type=Path, help="folder of the results (default: graded/NAME)")
    marks.add_argument("--workers", type=int, default=0, help="at a time (default: the cores)")
    marks.add_argument("--scheduler", help="address of a Dask cluster that does the work")
    marks.add_argument("--roster", type=Path, help="Canvas' gradebook or Moodle's worksheet (CSV)")
    marks.add_argument("--extensions", type=Path, help="CSV with the columns id, until")
    marks.add_argument("--column", default="", help="of the roster, if not named as NAME")
    marks.add_argument("--replace", action="store_true", help="write marks that have changed")
    marks.set_defaults(run=_grade)


def _own(commands) -> None:
    begun = commands.add_parser("new", help="begin exercises of your own")
    begun.add_argument("folder", type=Path, help="of yours, outside of the course")
    begun.add_argument("name", help="of the new notebook, such as quiz")
    begun.set_defaults(run=_new)

    out = commands.add_parser("release", help="write what students get of your own exercises")
    out.add_argument("folder", type=Path, help="that `course new` began")
    out.add_argument("--out", type=Path, help="folder to write (default: FOLDER/student)")
    out.add_argument("--cohort", default="", help="whose variants of questions it has")
    out.set_defaults(run=_release)


def _named(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--assignment", required=True, help="such as resnet, or FOLDER/NAME.ipynb")
    parser.add_argument(
        "--source", type=Path, default=sources.EXERCISES, help="folder of the sources"
    )


def _secret(options) -> int:
    seeds.make(options.file)
    print(f"{options.file}: keep it, and keep it to yourself; without it no mark can be repeated")
    return 0


def _grade(options) -> int:
    asked = sources.named(options.source, options.assignment, options.cohort)
    secret = seeds.read(options.secret)
    folder = options.out or Path("graded") / asked.name
    files, taken = _handed_in(options, folder / "submissions", asked.name)
    spread = None
    if options.scheduler:
        spread = partial(cluster.grade_there, options.scheduler, asked, options.secret.resolve())
    elif options.workers:
        spread = partial(grade.grade_here, assignment=asked, secret=secret, workers=options.workers)
    graded = grade.grade_class(files, asked, secret, folder, spread)
    before = results.read(folder)
    lines = regrade.changes(before, graded) if before else []
    if lines and not options.replace:
        print("\n".join(lines))
        print(f"{len(lines)} changes, none written to {folder}; --replace writes them")
        return 0
    results.write(folder, asked, graded)
    arrivals = school.arrivals(options.roster, taken) if taken else None
    logs.write(folder, asked, graded, arrivals)
    if taken:
        _tell(school.give_back(options.roster, taken, graded, asked, folder, options.column))
    broken = [one for one in graded if one.unjudged]
    _tell(f"{one.student}: not judged: {one.unjudged}" for one in broken)
    print(f"{len(graded) - len(broken)} of {len(graded)} submissions graded: {folder}/marks.csv")
    return 1 if broken else 0


def _handed_in(options, folder: Path, name: str):
    """Return the notebook of each student and, with a roster, what was taken into the folder."""
    if not options.roster:
        files = handed_in.find(options.submissions, name)
        _tell(handed_in.passed_over(options.submissions, files))
        return files, None
    taken = school.take(options.submissions, options.roster, folder, name, options.extensions)
    _tell([*taken.notes, *(f"{student}: no notebook" for student in taken.missing)])
    return handed_in.find(folder, name), taken


def _jplag(options) -> int:
    asked = sources.named(options.source, options.assignment)
    files = handed_in.find(options.submissions, asked.name)
    template = sources.path_of(options.source, options.assignment)
    prepared = jplag.write(files, asked, template, options.public, options.folder)
    _tell(prepared.notes)
    print(prepared.command)
    return 0


def _leaks(options) -> int:
    secret = ["--secret", options.secret] if options.secret else []
    return leaks.main([*secret, "--", *options.published])


def _new(options) -> int:
    print("\n".join(map(str, private_folder.begin(options.folder, options.name))))
    print(f"Now change the question into yours; `course release {options.folder}` hands it out")
    return 0


def _release(options) -> int:
    for one in private_folder.release(options.folder, options.out, options.cohort):
        print(f"{one.name}: {len(one.questions)} questions, {one.points:g} points")
    dest = options.out or options.folder / private_folder.STUDENT
    print(f"{dest}: no solution in it; the checks are, since the notebooks import them")
    return 0


def _doctor(options) -> int:
    if options.sources:
        print("\n".join(line for path in options.sources for line in private_published.about(path)))
        return 0
    findings = doctor.examine()
    for finding in findings:
        remedy = f": {finding.remedy}" if finding.remedy else ""
        print(f"{'ok     ' if finding.works else 'missing'} {finding.what}{remedy}")
    return 0 if all(finding.works for finding in findings) else 1


def _tell(notes) -> None:
    for note in notes:
        print(note, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
