"""What takes the place of nbgrader's execution: our bench judges, nbgrader reads the marks.

nbgrader runs these steps by name, from the settings that `course nbgrader` writes.  None of them
runs a submission.  One warm pair of processes serves all notebooks of a run.
"""

import atexit
import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode, v4
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from nbgrader.utils import is_grade, is_solution
from traitlets import Unicode, default

from instructor import assignment, intake, logs, nbgrader_guard, seeds, submission
from instructor.assignment import Assignment
from instructor.bench import Bench
from instructor.grade import Graded, Mark, grade_one, not_judged
from instructor.nbgrader_settings import SECRET
from instructor.results import WORDS

_LENT: ContextVar[Bench | None] = ContextVar("bench", default=None)


@contextmanager
def lent(bench: Bench) -> Iterator[None]:
    """Let what is judged inside use a bench that is there already."""
    token = _LENT.set(bench)
    try:
        yield
    finally:
        _LENT.reset(token)


@functools.cache
def _own() -> Bench:
    """Return the bench of this process, which ends with it."""
    bench = Bench()
    atexit.register(bench.close)
    return bench


class RestoreCells(NbGraderPreprocessor):
    """Gives graded cells the metadata back that they were handed out with.

    A student may have changed, doubled or lost them.  At some of that nbgrader would stop, for
    the whole class.
    """

    sources = Unicode("source", help="folder of the sources, in the course's").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        nb = v4.upgrade(nb)
        source = nbformat.read(_source(self.sources, resources), as_version=4)
        given = {
            cell.metadata.nbgrader.grade_id: cell
            for cell in source.cells
            if "nbgrader" in cell.metadata
        }
        for cell in reversed(nb.cells):  # of two with one name nbgrader, too, takes the last
            claimed = cell.metadata.pop("nbgrader", None)
            name = claimed.get("grade_id") if isinstance(claimed, dict) else None
            if isinstance(name, str) and name in given:
                cell.metadata["nbgrader"] = given.pop(name).metadata.nbgrader
        lost = (cell for cell in given.values() if is_grade(cell))
        nb.cells += [v4.new_code_cell(cell.source, metadata=cell.metadata) for cell in lost]
        return nb, resources


class CourseJudge(NbGraderPreprocessor):
    """Has a submission judged, and writes what nbgrader reads a score from.

    What stands in a graded cell afterwards are the check's own words about kinds of case: nothing
    that the submission printed, raised or returned, and no drawn case.
    """

    secret = Unicode(help=f"the file of the course's secret; {SECRET} names it, too").tag(
        config=True
    )
    sources = Unicode("source", help="folder of the sources, in the course's").tag(config=True)

    @default("secret")
    def _secret(self) -> str:
        return os.environ.get(SECRET, "")

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        asked = assignment.read(_source(self.sources, resources))
        course = self.parent.parent.coursedir  # of the exporter's converter
        path = nbgrader_guard.handed_in(course, resources)
        graded = self._judge(path, resources["nbgrader"]["student"], asked)
        text = logs.text(asked, graded, self._arrival(resources)).encode()
        file = Path(logs.FOLDER, asked.name, f"{logs.name(graded.student)}.txt")
        intake.write(Path(course.root) / file, text)
        pairs = zip(asked.questions, graded.marks, strict=True)
        marks = {question.grade_id: mark for question, mark in pairs}
        for cell in nb.cells:
            if _is_judged(cell):
                cell.outputs = outputs(marks.get(cell.metadata.nbgrader.grade_id))
        return nb, resources

    def _judge(self, path: Path, student: str, asked: Assignment) -> Graded:
        """Return the verdict on what was handed in, as `course grade` gives it."""
        if not self.secret:
            raise seeds.Refused(f"name the file of the secret in {SECRET} or CourseJudge.secret")
        secret = seeds.read(Path(self.secret))
        bench = _LENT.get() or _own()
        read = submission.read(path, asked)
        try:
            graded = grade_one(bench, student, path.name, read, asked, secret)
        except (OSError, ValueError) as error:  # the warm pair itself is gone; the next is new
            _own.cache_clear()
            graded = not_judged((student, path.name, read), asked, f"the bench ended: {error!r}")
        for note in graded.notes:
            self.log.warning("%s: %r", student, note)
        if graded.unjudged:
            self.log.error("%s waits for a person: %r", student, graded.unjudged)
        return graded

    def _arrival(self, resources: dict) -> list[str]:
        """Return when a submission came, and what nbgrader will make of it."""
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            found = gradebook.find_submission(about["assignment"], about["student"])
            when, due, late = found.timestamp, found.duedate, found.total_seconds_late
        rule = self.config.LateSubmissionPlugin.get("penalty_method", "none")
        rule = self.config.AssignLatePenalties.get("plugin_class", rule)
        return [
            f"handed in: {when or 'not told'}; due: {due or 'not told'}; both in UTC",
            f"late: {f'by {late:g} seconds' if late else 'no'}",
            f"nbgrader takes points off for it afterwards, by its rule {rule!r}",
        ]


class SaveMarks(SaveAutoGrades):
    """Saves scores; a cell that nobody judged waits for a person.

    nbgrader itself gives all points to a graded cell without an output.
    """

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int):
        """Save the score of a cell, or that there is none."""
        super().preprocess_cell(cell, resources, cell_index)
        if _is_judged(cell) and not any(map(_is_result, cell.outputs)):
            grade = self.gradebook.find_grade(
                cell.metadata.nbgrader.grade_id,
                self.notebook_id,
                self.assignment_id,
                self.student_id,
            )
            grade.auto_score, grade.needs_manual_grade = None, True
            self.gradebook.db.commit()
        return cell, resources


def outputs(mark: Mark | None) -> list[Any]:
    """Return the outputs of a graded cell: words for the student, and the score as its result.

    Without a score, nbgrader's user has to give one.
    """
    state = mark.state if mark else "not judged"
    kinds = mark.kinds if mark else []
    lines = [WORDS[state], *(f"{'right' if ok else 'not right'}: {kind}" for kind, ok in kinds)]
    words = v4.new_output("stream", name="stdout", text="\n".join(lines) + "\n")
    if mark is None or state == "not judged":
        return [words]
    score = repr(min(mark.score, mark.points))  # a rounded score may lie above
    return [words, v4.new_output("execute_result", data={"text/plain": score})]


def _is_judged(cell: NotebookNode) -> bool:
    return is_grade(cell) and not is_solution(cell) and cell.cell_type == "code"


def _is_result(output: NotebookNode) -> bool:
    return output.output_type == "execute_result"


def _source(folder: str, resources: dict) -> Path:
    """Return the source of a notebook; nbgrader works in the folder of the course."""
    about = resources["nbgrader"]
    return Path(folder, about["assignment"], f"{about['notebook']}.ipynb")
