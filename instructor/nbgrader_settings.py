"""nbgrader's settings for a course: which of its steps run, and which of ours in their place."""

from pathlib import Path

from traitlets.config import Config, PyFileConfigLoader

from instructor.assignment import Malformed

SETTINGS = "nbgrader_config.py"
SECRET = "COURSE_SECRET"  # the variable that names the file of the secret
OURS = {f"instructor.nbgrader_judge.{name}" for name in ("CourseJudge", "SaveMarks")}
GUARDS = {  # what reads a submission with limits, before nbgrader does
    "exporter_class": "instructor.nbgrader_guard.Guard",
    "pre_convert_hook": "instructor.nbgrader_guard.before",
}
STUB = 'raise NotImplementedError("your code here")'
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"

TEXT = f'''"""nbgrader's settings for this course: it keeps marks, and never runs a submission.

`course nbgrader` wrote this file once and will not replace it; what you change stays.
"""

c = get_config()  # noqa: F821

# The file of the secret that `course secret` made; or name it in the variable {SECRET}.
# c.CourseJudge.secret = "FILE"

# Late submissions: "none" or "zero".  `nbgrader db assignment add NAME --duedate "2030-01-31 18:00
# UTC"` sets when one is due; timestamp.txt beside a submission says when it came.  For a rule of
# your own write a LateSubmissionPlugin: c.AssignLatePenalties.plugin_class = "module.Class"
c.LateSubmissionPlugin.penalty_method = "none"

# Leave what follows as it is: without CourseJudge nbgrader would run submissions unprotected, and
# without the guards it would read them without limits.
c.Execute.enabled = False
c.Autograde.exporter_class = "{GUARDS["exporter_class"]}"
c.Autograde.pre_convert_hook = "{GUARDS["pre_convert_hook"]}"
c.Autograde.sanitize_preprocessors = [
    "instructor.nbgrader_judge.RestoreCells",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbconvert.preprocessors.sanitize.SanitizeHTML",  # no script of a student in your browser
]
c.Autograde.autograde_preprocessors = [
    "instructor.nbgrader_judge.CourseJudge",
    "instructor.nbgrader_judge.SaveMarks",
    "nbgrader.preprocessors.AssignLatePenalties",
]
c.NotebookExporter.SanitizeHTML.enabled = True

# `nbgrader generate_assignment` writes the edition that `make student` writes, but for its set-up
# cell, which then is the source's.
c.GenerateAssignment.preprocessors = [
    "nbconvert.preprocessors.TagRemovePreprocessor",
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearSolutions",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.NotebookExporter.TagRemovePreprocessor.enabled = True
c.NotebookExporter.TagRemovePreprocessor.remove_cell_tags = {{"solution"}}
c.ClearSolutions.code_stub = {{"python": {STUB!r}}}
c.ClearSolutions.begin_solution_delimeter = "{BEGIN}"
c.ClearSolutions.end_solution_delimeter = "{END}"
'''


class Unfit(Malformed):
    """A folder or a student's edition that does not fit the sources; the message says why."""


def settings(folder: Path) -> Config:
    """Return nbgrader's settings for a course directory.

    Raises:
        Unfit: there are none, or they leave out the judge or a guard.
    """
    path = folder / SETTINGS
    if not path.is_file():
        raise Unfit(f"{path}: no such file; `course nbgrader {folder}` makes a course directory")
    config = PyFileConfigLoader(SETTINGS, path=str(folder.resolve())).load_config()
    grading = config.get("Autograde", {})
    steps = grading.get("autograde_preprocessors", [])
    missing = OURS - {step for step in steps if isinstance(step, str)}
    if missing:
        raise Unfit(
            f"{path}: Autograde.autograde_preprocessors lacks {', '.join(sorted(missing))}, so "
            "nbgrader would run submissions; move the file away and a new one is written"
        )
    for setting, guard in GUARDS.items():
        if grading.get(setting) != guard:
            raise Unfit(
                f"{path}: Autograde.{setting} is not {guard!r}, so nbgrader would read files of "
                "any size and follow links; move the file away and a new one is written"
            )
    config.CourseDirectory.root = str(folder.resolve())
    return config
