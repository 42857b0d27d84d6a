"""Settings under which nbgrader would run a submission are refused."""

import pytest
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.coursedir import CourseDirectory

from instructor.nbgrader_course import lay_out
from instructor.nbgrader_settings import Unfit, settings
from tests.instructor import counting

pytestmark = counting.QUIET


def test_settings_that_would_run_submissions_are_refused(tmp_path):
    source, editions = counting.write(tmp_path)
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "nbgrader_config.py").write_text("c = get_config()\n")
    with pytest.raises(Unfit, match=r"lacks instructor\.nbgrader_judge\.CourseJudge.*SaveMarks"):
        lay_out(tmp_path / "course", [source], editions)
    assert not (tmp_path / "course" / "gradebook.db").exists()
    with pytest.raises(Unfit, match="no such file"):
        settings(tmp_path)


def test_nbgrader_on_its_own_cannot_run_a_submission(tmp_path):
    """Even where our settings were not read: the kernel it looks for is nowhere."""
    course = counting.course(tmp_path)
    traces = tmp_path / "traces"
    run = f"open({str(traces)!r}, 'w')"
    counting.hand_in(course, "eve", {"layer_count": run})
    config = settings(course)
    del config["Autograde"], config["Execute"]
    config.CourseDirectory.assignment_id = counting.NAME
    with pytest.raises(NbGraderException):
        Autograde(coursedir=CourseDirectory(config=config), config=config).start()
    assert not traces.exists()
    assert counting.grades(course, "eve")["layer_count"] == (None, True)
