"""nbgrader's marks are ours, and its feedback holds nothing that judging has seen."""

import csv
import logging
import shutil
import subprocess
import sys

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde, GenerateFeedback, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import determine_grade

from instructor import assignment, nbgrader_course, submission
from instructor import edition_regions as regions
from instructor.bench import Lost
from instructor.grade import Mark, grade_one
from instructor.nbgrader_judge import lent, outputs
from instructor.nbgrader_settings import settings
from tests.instructor import counting

pytestmark = counting.QUIET
NAME = counting.NAME
RIGHT = {"layer_count": (1.0, False), "stage_macs": (2.0, False)}
NOBODY = {"layer_count": (None, True), "stage_macs": (None, True)}

WORD = "xyzzy-4711"
SAYS = f"word = bytes.fromhex({WORD.encode().hex()!r}).decode()"
LOUD = {
    "layer_count": f"""
import sys
{SAYS}
print(word)
def layer_count(blocks, kind, option):
    print(word, blocks, kind, option)
    print(word, file=sys.stderr)
    raise ValueError(f"{{word}}: {{blocks}}")
raise RuntimeError(word)
""",
    "stage_macs": f"""
def stage_macs(**arguments):
    {SAYS}
    return f"{{word}}: {{arguments}}"
""",
}
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"
PATCH = """
from course_lib.checks import resnet as check
check.layer_count = check.stage_macs = lambda *_, **__: None
import course_lib.checks.verdict as verdict
verdict.expect_number = lambda *_, **__: None
def layer_count(*_, **__):
    return 0
"""


def patches_the_checks(notebook, cells):
    """Patch what the checks are, replace the cells that call them, and ask for more points."""
    for grade_id in counting.IDS.values():
        cells[grade_id].source = "1000"
        cells[grade_id].metadata.nbgrader.points = 1000
    result = {"text/plain": "1000"}
    cells[grade_id].outputs = [nbformat.v4.new_output("execute_result", data=result)]
    cells["imports"].source += "\nimport os\nos.environ['COURSE_CHECK_SEED'] = '1'"


def forges_the_metadata(notebook, cells):
    """Change what nbgrader keeps in the notebook, in every way at which it would stop."""
    cells["check-layer-count"].metadata.nbgrader = {"grade": False, "schema_version": 99}
    cells["answer-layer-count"].metadata.nbgrader.grade_id = "check-stage-macs"
    cells["answer-stage-macs"].metadata = {"nbgrader": ["a", "list"]}
    cells["check-stage-macs"].metadata.nbgrader.update(grade=False, points=-1, task=True)
    cells["imports"].metadata["nbgrader"] = {"grade": True, "solution": True}
    notebook.nbformat_minor = 4
    for cell in notebook.cells:
        del cell["id"]


def claims_a_later_format(notebook, cells):
    """Claim what makes nbgrader end the run, for all who come after."""
    cells["check-layer-count"].metadata.nbgrader.schema_version = 99


def loses_the_cells(notebook, cells):
    """Keep two code cells without metadata, as some services do."""
    notebook.cells = [cells["answer-layer-count"], cells["answer-stage-macs"]]
    for cell in notebook.cells:
        cell.metadata = {}


def takes_the_answers_back(notebook, cells):
    for name in counting.IDS:
        source = cells[counting.answer(name)].source
        cells[counting.answer(name)].source = regions.split(source)[0]


def adds_a_script(notebook, cells):
    notebook.cells.append(nbformat.v4.new_markdown_cell(SCRIPT))
    raw = nbformat.v4.new_raw_cell(SCRIPT, metadata={"raw_mimetype": "text/html"})
    notebook.cells.append(raw)


@pytest.fixture(scope="module")
def graded(laid_out, tmp_path_factory, bench):
    """A class, graded, with feedback; one of the files is no notebook."""
    folder = tmp_path_factory.mktemp("graded")
    shutil.copytree(laid_out, folder, dirs_exist_ok=True)
    course = folder / "course"
    some = counting.solution(course, "layer_count").replace(
        "if option ==", "if False and option =="
    )
    counting.hand_in(course, "ahead", change=claims_a_later_format)
    counting.hand_in(course, "right")
    counting.hand_in(course, "partly", {"layer_count": some})
    counting.hand_in(course, "nothing", change=takes_the_answers_back)
    wrong = {"layer_count": PATCH, "stage_macs": "stage_macs = lambda *_, **__: 0"}
    counting.hand_in(course, "patches", wrong, patches_the_checks)
    counting.hand_in(course, "forges", change=forges_the_metadata)
    counting.hand_in(course, "loses", change=loses_the_cells)
    counting.hand_in(course, "loud", LOUD, adds_a_script)
    counting.hand_in(course, "late", timestamp="2030-01-02 00:00:00 UTC")
    counting.hand_in(course, "torn")
    (course / "submitted" / "torn" / NAME / f"{NAME}.ipynb").write_text('{"cells": [')
    path = course / "nbgrader_config.py"
    path.write_text(path.read_text().replace('penalty_method = "none"', 'penalty_method = "zero"'))
    with counting.book(course) as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate="2030-01-01 00:00:00 UTC")
    counting.autograde(course, bench)
    counting.convert(GenerateFeedback, course)
    return course


def feedback(course, who):
    return (course / "feedback" / who / NAME / f"{NAME}.html").read_text()


class TestClass:
    @pytest.mark.parametrize("who", ["right", "ahead", "forges", "loses", "late"])
    def test_right_answers_get_all_points(self, graded, who):
        assert counting.grades(graded, who) == RIGHT

    @pytest.mark.parametrize("who", ["patches", "nothing", "loud", "torn"])
    def test_others_get_none(self, graded, who):
        assert counting.grades(graded, who) == dict.fromkeys(counting.IDS, (0.0, False))

    def test_partial_credit_is_ours(self, graded, bench):
        asked = assignment.read(graded / "source" / NAME / f"{NAME}.ipynb")
        path = graded / "submitted" / "partly" / NAME / f"{NAME}.ipynb"
        read = submission.read(path, asked)
        ours = grade_one(bench, "partly", path.name, read, asked, counting.SECRET)
        assert 0 < ours.marks[0].score < 1
        found = counting.grades(graded, "partly")
        assert found == {mark.question: (mark.score, False) for mark in ours.marks}

    def test_the_staff_read_why_a_file_got_nothing(self, graded):
        log = (graded / "logs" / NAME / "torn.txt").read_text()
        assert "the file is no notebook: JSONDecodeError" in log

    def test_the_staff_read_what_being_late_costs(self, graded):
        log = (graded / "logs" / NAME / "late.txt").read_text()
        assert "late: by 86400 seconds" in log
        assert "takes points off for it afterwards, by its rule 'zero'" in log
        assert "mark: 3 of 3" in log  # before that

    def test_the_table(self, graded, tmp_path):
        waiting = nbgrader_course.export(graded / "gradebook.db", tmp_path / "marks.csv")
        assert waiting == []
        with (tmp_path / "marks.csv").open() as file:
            scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
        assert 2 < scores.pop("partly") < 3
        assert scores == {
            **dict.fromkeys(("right", "ahead", "forges", "loses"), 3.0),
            **dict.fromkeys(("late", "nothing", "patches", "loud", "torn"), 0.0),
        }

    def test_the_late_one_lost_its_points_to_the_penalty(self, graded):
        with counting.book(graded) as gradebook:
            assert gradebook.find_submission(NAME, "late").late_submission_penalty == 3
            assert gradebook.find_submission(NAME, "right").late_submission_penalty == 0


class TestFeedback:
    def test_it_says_what_kinds_of_case_are_right(self, graded):
        page = feedback(graded, "partly")
        assert "right: basic blocks, option A" in page
        assert "not right: basic blocks, option B" in page
        assert "Some kinds of case are right." in page
        page = feedback(graded, "nothing")
        assert page.count("This question was not answered.") == 2
        assert page.count("No response.") == 2  # nbgrader knows what was handed out

    def test_nothing_that_a_submission_said_while_judged_is_kept(self, graded, bench):
        asked = assignment.read(graded / "source" / NAME / f"{NAME}.ipynb")
        path = graded / "submitted" / "loud" / NAME / f"{NAME}.ipynb"
        read = submission.read(path, asked)
        staff = grade_one(bench, "loud", path.name, read, asked, counting.SECRET)
        assert WORD in repr(staff.log)  # the judge has heard it
        apart = {"submitted", "logs"}  # logs are the staff's, and nbgrader hands them to nobody
        kept = [p for p in graded.rglob("*") if p.is_file() and not apart & {*p.parts}]
        assert WORD in (graded / "logs" / NAME / "loud.txt").read_text()
        assert graded / "feedback" / "loud" / NAME / f"{NAME}.html" in kept
        assert not [path for path in kept if WORD.encode() in path.read_bytes()]
        shown = BeautifulSoup(feedback(graded, "loud"), "html.parser").get_text()
        assert "bytes.fromhex" in shown  # its own cells are
        assert WORD not in shown
        assert "stopped with" not in shown
        assert "Traceback" not in shown

    def test_no_solution_and_no_script(self, graded):
        page = feedback(graded, "loud")
        assert "An answer." not in page
        assert "shortcuts -= 1" not in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert" in page


class Deaf:
    """A bench whose judges end without a verdict."""

    def __init__(self, error):
        self.error, self.calls = error, 0

    def grade(self, *_):
        self.calls += 1
        raise self.error


class Broken:
    """A bench on which one check is at fault; the others find everything right."""

    def __init__(self, *broken):
        self.broken = broken

    def grade(self, cells, answers, questions, *_):
        return [
            {
                "question": question["name"],
                "share": float(question["name"] not in self.broken),
                "untouched": False,
                "broken": "KeyError: 'oops'" if question["name"] in self.broken else "",
                "stopped": [],
                "kinds": [{"kind": "all", "weight": 1, "faults": []}],
            }
            for question in questions
        ]


class TestLost:
    @pytest.mark.parametrize(
        ("error", "calls"),
        [(Lost("the judge ended"), 2), (BrokenPipeError("gone"), 1), (ValueError("''"), 1)],
        ids=["judge", "socket", "zygote"],
    )
    def test_a_person_has_to_look(self, course, error, calls):
        counting.hand_in(course, "ada")
        deaf = Deaf(error)
        counting.autograde(course, deaf)
        assert deaf.calls == calls
        assert counting.grades(course, "ada") == NOBODY
        counting.convert(GenerateFeedback, course)
        assert "could not be judged" in feedback(course, "ada")

    def test_a_score_of_before_does_not_stay(self, course):
        counting.hand_in(course, "ada")
        counting.autograde(course, Broken())
        assert counting.grades(course, "ada") == RIGHT
        counting.autograde(course, Deaf(Lost("the judge ended")), force=True)
        assert counting.grades(course, "ada") == NOBODY

    def test_a_check_at_fault_costs_its_own_question(self, course):
        counting.hand_in(course, "ada")
        counting.autograde(course, Broken("stage_macs"))
        found = counting.grades(course, "ada")
        assert found == {**RIGHT, "stage_macs": (None, True)}

    def test_what_a_person_gave_stays(self, course):
        counting.hand_in(course, "ada")
        counting.autograde(course, Deaf(Lost("the judge ended")))
        with counting.book(course) as gradebook:
            for grade in gradebook.find_submission_notebook(NAME, NAME, "ada").grades:
                grade.manual_score = 0.5
            gradebook.db.commit()
        counting.autograde(course, Broken(), force=True)
        with counting.book(course) as gradebook:
            assert gradebook.find_submission(NAME, "ada").score == 1


@pytest.mark.parametrize("score", [0.0, 0.1, 1 / 3, 0.6667, 1.0])
def test_nbgrader_reads_the_score_that_we_write(score):
    points = 2 / 3 if score == 0.6667 else 1.0  # rounded, it lies above the points
    mark = Mark("f", score, points, "partly right", [("some", True)])
    about = {"grade": True, "solution": False, "points": points, "grade_id": "f"}
    cell = nbformat.v4.new_code_cell("", metadata={"nbgrader": about}, outputs=outputs(mark))
    assert determine_grade(cell) == (min(score, points), points)


class Told(logging.LoggerAdapter):
    """A log that keeps what is written to it, whatever other tests did to nbgrader's own."""

    def __init__(self, told):
        super().__init__(logging.getLogger("told"))
        self.told = told

    def log(self, level, message, *args, **more):
        self.told.append(f"{message % args if args else message} {more.get('exc_info') or ''}")


def test_without_a_secret_nothing_is_graded(course, monkeypatch):
    monkeypatch.delenv("COURSE_SECRET", raising=False)
    counting.hand_in(course, "ada")
    told: list[str] = []
    monkeypatch.setattr(Autograde, "log", Told(told))
    with lent(Broken()), pytest.raises(NbGraderException):
        counting.convert(Autograde, course)
    assert any("COURSE_SECRET" in text for text in told)
    assert counting.grades(course, "ada") == NOBODY


def test_the_environment_names_the_secret(course, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_SECRET", str(counting.secret(tmp_path)))
    counting.hand_in(course, "ada")
    with lent(Broken()):
        counting.convert(Autograde, course)
    assert counting.grades(course, "ada") == RIGHT


def test_the_formgrader_s_button_does_the_same(course, tmp_path):
    counting.hand_in(course, "ada")
    config = settings(course)
    config.CourseJudge.secret = str(counting.secret(tmp_path))
    api = NbGraderAPI(coursedir=CourseDirectory(config=config), config=config)
    with lent(Broken()):
        assert api.autograde(NAME, "ada")["success"]
    (found,) = api.get_submissions(NAME)
    assert (found["student"], found["score"], found["max_score"]) == ("ada", 3, 3)
    assert api.generate_feedback(NAME)["success"]


def test_the_commands(course, tmp_path, bench):
    """The commands as an instructor types them, in processes of their own."""
    counting.hand_in(course, "ada")
    counting.hand_in(course, "bob", {"stage_macs": "stage_macs = print"})
    secret = counting.secret(tmp_path)
    path = course / "nbgrader_config.py"
    path.write_text(path.read_text() + "c.CourseJudge.secret = 'nowhere'\n")  # ours comes first
    assert nbgrader_course.autograde(course, NAME, secret) == 0
    assert counting.grades(course, "ada") == RIGHT
    assert counting.grades(course, "bob") == {**RIGHT, "stage_macs": (0.0, False)}
    nbgrader = [sys.executable, "-m", "nbgrader"]
    for words in (["generate_feedback", NAME], ["export", "--to", "marks.csv"]):
        subprocess.run([*nbgrader, *words], cwd=course, check=True, capture_output=True)
    assert "All cases are right." in feedback(course, "bob")
    assert (course / "marks.csv").read_text().count(NAME) == 2
