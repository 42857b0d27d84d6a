"""The command inside Gradescope's autograder: one submission, from its folder to its results.

Gradescope lays a submission out below one folder, `/autograder`: `submission` holds the files,
`submission_metadata.json` says whose they are, and `results/results.json` is read afterwards.  What
is printed the staff alone can read.
"""

import sys
from pathlib import Path

from instructor import grade, gradescope, handed_in, logs, seeds, sources, submission
from instructor.assignment import Assignment
from instructor.grade import Graded

FOLDER = Path("/autograder")
NONE = "There is no notebook in what you handed in; hand in {}.ipynb."
SEVERAL = "There are several notebooks in what you handed in; hand in {}.ipynb alone."


def add(commands) -> None:
    """Add the command to a parser's."""
    one = commands.add_parser("gradescope", help="grade inside Gradescope's autograder")
    one.add_argument("--assignment", required=True, help="its name, such as resnet")
    one.add_argument("--source", type=Path, default=sources.EXERCISES, help="of `make autograder`")
    one.add_argument("--cohort", default="", help="its name in `make student COHORT=NAME`")
    one.add_argument("--secret", type=Path, required=True, help="from `course secret`")
    one.add_argument("--folder", type=Path, default=FOLDER, help=f"default: {FOLDER}")
    one.add_argument(
        "--visibility", choices=gradescope.VISIBILITY, default="after_published", help="of marks"
    )
    one.set_defaults(run=_run)


def _run(options) -> int:
    asked = sources.named(options.source, options.assignment, options.cohort)
    secret = seeds.read(options.secret)
    target = options.folder / "results" / "results.json"
    target.unlink(missing_ok=True)  # where grading fails there is no file, and the staff are told
    try:
        path = handed_in.notebook(options.folder / "submission", asked.name)
        why = "" if path else NONE
    except handed_in.Unclear as error:
        path, why = None, SEVERAL
        print(error)
    if path is None:
        gradescope.refuse(target, why.format(asked.name))
        print(why.format(asked.name))
        return 0
    student, told = gradescope.arrival(options.folder / "submission_metadata.json")
    one = _graded(student, path, asked, secret)
    if one.unjudged:
        print(f"{student}: not judged: {one.unjudged}; run the autograder again", file=sys.stderr)
        return 1
    gradescope.write(target, asked, one, options.visibility)
    print(logs.text(asked, one, told))  # hidden from students by what was just written
    return 0


def _graded(student: str, path: Path, asked: Assignment, secret: bytes) -> Graded:
    job = (student, path.name, submission.read(path, asked))
    (one,) = grade.grade_here([job], asked, secret, workers=1)
    return one
