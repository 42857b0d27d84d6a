"""nbgrader's own tools read what we wrote: folders, gradebook, generator, table."""

import csv

import nbformat
import pytest
from nbgrader import utils
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory

import nbfile
import student
from instructor import assignment, nbgrader_course, seeds
from instructor.assignment import Malformed
from instructor.nbgrader_course import lay_out
from instructor.nbgrader_settings import Unfit, settings
from instructor.private_folder import begin, release
from tests.instructor import counting

NAME = counting.NAME


pytestmark = counting.QUIET


def test_the_folder_holds_the_source_and_the_student_s_edition(tmp_path, course):
    source, editions = tmp_path / "sources", tmp_path / "editions"
    for step, origin in (("source", source), ("release", editions)):
        path = course / step / NAME / f"{NAME}.ipynb"
        assert path.read_bytes() == (origin / f"{NAME}.ipynb").read_bytes()
    assert not list(course.rglob(".*"))  # nothing half-written


def test_the_gradebook_holds_the_points_and_what_students_were_given(course):
    path = course / "release" / NAME / f"{NAME}.ipynb"
    given = {c.id: c for c in nbformat.read(path, as_version=4).cells}
    with counting.book(course) as gradebook:
        task = gradebook.find_assignment(NAME)
        assert task.max_score == 3
        notebook = gradebook.find_notebook(NAME, NAME)
        assert {c.name: c.max_score for c in notebook.grade_cells} == {
            "check-layer-count": 1,
            "check-stage-macs": 2,
        }
        stubs = {c.name: c for c in notebook.source_cells}
    stub = given["answer-layer-count"]
    assert stubs[stub.id].source == stub.source
    assert stubs[stub.id].checksum == utils.compute_checksum(stub)
    assert "raise NotImplementedError" in stub.source
    assert stubs["check-layer-count"].locked


def test_a_second_time_changes_nothing_and_keeps_the_settings(tmp_path, course):
    path = course / "nbgrader_config.py"
    path.write_text(path.read_text().replace('penalty_method = "none"', 'penalty_method = "zero"'))
    before = {p: p.read_bytes() for p in course.rglob("*.*") if p.suffix != ".db"}
    with counting.book(course) as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate="2030-01-31 18:00 UTC")
    lay_out(course, [tmp_path / "sources" / f"{NAME}.ipynb"], tmp_path / "editions")
    assert before == {p: p.read_bytes() for p in course.rglob("*.*") if p.suffix != ".db"}
    assert settings(course).LateSubmissionPlugin.penalty_method == "zero"
    with counting.book(course) as gradebook:
        assert gradebook.find_assignment(NAME).duedate.year == 2030


@pytest.mark.parametrize("mark", ["### BEGIN HIDDEN TESTS", "# begin mark scheme"])
@pytest.mark.parametrize("cell", ["check-stage-macs", "thoughts"])
def test_a_region_that_students_would_get_is_refused(tmp_path, mark, cell):
    def add(cells):
        source = nbfile.source(cells[cell])
        cells[cell]["source"] = f"{source}\n{mark}\n# 42\n{mark.replace('BEGIN', 'END')}"

    source, editions = counting.write(tmp_path, add)
    number = 7 if cell == "thoughts" else 6
    with pytest.raises(Malformed, match=rf"counting\.ipynb: cell {number}: .*students would get"):
        lay_out(tmp_path / "course", [source], editions)
    assert not (tmp_path / "course").exists()


class TestEditions:
    def test_a_missing_one(self, tmp_path):
        source, _ = counting.write(tmp_path)
        with pytest.raises(Unfit, match=r"no student's edition.*make student"):
            lay_out(tmp_path / "course", [source], tmp_path / "nowhere")
        assert not (tmp_path / "course").exists()

    @pytest.mark.parametrize("cell", ["check-layer-count", "answer-layer-count", "imports"])
    def test_one_of_an_older_source(self, tmp_path, cell):
        _, editions = counting.write(tmp_path / "old")

        def add(cells):
            cells[cell]["source"] = "# said better\n" + nbfile.source(cells[cell])

        source, _ = counting.write(tmp_path, add)
        with pytest.raises(Unfit, match=r"not what students get.*make student"):
            lay_out(tmp_path / "course", [source], editions)

    def test_one_with_other_points(self, tmp_path):
        _, editions = counting.write(tmp_path / "old")

        def raise_(cells):
            cells["check-layer-count"]["metadata"]["nbgrader"]["points"] = 5

        source, _ = counting.write(tmp_path, raise_)
        with pytest.raises(Unfit, match="not what students get"):
            lay_out(tmp_path / "course", [source], editions)

    def test_the_source_itself(self, tmp_path):
        source, _ = counting.write(tmp_path)
        with pytest.raises(Unfit, match="not what students get"):
            lay_out(tmp_path / "course", [source], source.parent)

    def test_one_that_holds_the_written_answers(self, tmp_path):
        source, editions = counting.write(tmp_path)
        path = editions / source.name
        edition = nbfile.read(path)
        nbfile.write(
            path, edition | {"cells": [*edition["cells"], nbfile.read(source)["cells"][-1]]}
        )
        with pytest.raises(Unfit, match="not what students get"):
            lay_out(tmp_path / "course", [source], editions)


def test_questions_stay_once_there_are_submissions(tmp_path, course):
    with counting.book(course) as gradebook:
        gradebook.update_or_create_student("ada")
        gradebook.add_submission(NAME, "ada")

    def rename(cells):
        cells["check-stage-macs"]["metadata"]["nbgrader"]["grade_id"] = "check-other"

    before = (course / "source" / NAME / f"{NAME}.ipynb").read_bytes()
    source, editions = counting.write(tmp_path, rename)
    with pytest.raises(Unfit, match="submissions associated with it"):
        lay_out(course, [source], editions)
    assert (course / "source" / NAME / f"{NAME}.ipynb").read_bytes() == before


class TestGenerator:
    """nbgrader's generator and ours yield the same notebooks, but for the set-up cell."""

    @pytest.fixture(params=sorted(counting.EXERCISES.glob("*.ipynb")), ids=lambda path: path.stem)
    def source(self, request):
        return request.param

    @staticmethod
    def generate(course, name, **changes):
        """Return the cells that `nbgrader generate_assignment` writes."""
        config = settings(course)
        for trait, value in changes.items():
            setattr(config.GenerateAssignment, trait, value)
        config.CourseDirectory.assignment_id = name
        directory = CourseDirectory(config=config)
        GenerateAssignment(coursedir=directory, config=config, force=True).start()
        return nbformat.read(course / "release" / name / f"{name}.ipynb", as_version=4).cells

    @staticmethod
    def of_the_book(tmp_path, source):
        """Lay out a course of one exercise of the book, with the edition that students get."""
        package = student.Package("", "course_lib.whl", b"", "")
        setup = package.set_up(f"book/exercises/{source.name}")
        edition = student.strip(nbfile.read(source), exercise=True)
        for cell in edition["cells"]:
            if "setup" in nbfile.tags(cell):
                cell["source"] = setup.rstrip("\n")
        (tmp_path / "editions").mkdir()
        nbfile.write(tmp_path / "editions" / source.name, edition)
        lay_out(tmp_path / "course", [source], tmp_path / "editions")
        return tmp_path / "course"

    @staticmethod
    def entry(course, name):
        """Return what the gradebook holds of an assignment."""
        with counting.book(course) as gradebook:
            found = gradebook.find_notebook(name, name)
            cells = {(c.name, c.source, c.checksum, c.locked) for c in found.source_cells}
            return cells, found.max_score

    def test_every_exercise_of_the_book(self, tmp_path, source):
        course, name = self.of_the_book(tmp_path, source), source.stem
        before = self.entry(course, name)
        assert before[1] == assignment.read(source).points
        ours = nbformat.read(course / "release" / name / source.name, as_version=4).cells
        theirs = self.generate(course, name)
        assert [cell.id for cell in theirs] == [cell.id for cell in ours]
        differ = [theirs[i] for i, cell in enumerate(ours) if cell.source != theirs[i].source]
        assert [cell.metadata.tags for cell in differ] == [["setup"]]
        original = {cell.id: cell for cell in nbformat.read(source, as_version=4).cells}
        assert differ[0].source == original[differ[0].id].source
        assert self.entry(course, name) == before

        # Without our first step nbgrader would hand out the written answers.
        steps = settings(course).GenerateAssignment.preprocessors
        more = self.generate(course, name, preprocessors=steps[1:])
        tagged = {cell.id for cell in more if "solution" in cell.metadata.get("tags", ())}
        assert {cell.id for cell in more} - {cell.id for cell in theirs} == tagged


class TestExport:
    @pytest.fixture
    def marked(self, course):
        """ada: judged; bob: judged, a person gave more, late; cleo: nobody judged; dan: nothing."""
        with counting.book(course) as gradebook:
            for who in ("ada", "bob", "cleo", "dan"):
                gradebook.update_or_create_student(who, last_name=who.title())
            for who, auto, manual in (("ada", 1, None), ("bob", 0.5, 0.75), ("cleo", None, None)):
                gradebook.add_submission(NAME, who)
                notebook = gradebook.find_submission_notebook(NAME, NAME, who)
                for grade in notebook.grades:
                    grade.auto_score, grade.manual_score = auto, manual
                    grade.needs_manual_grade = auto is None
            gradebook.find_submission_notebook(NAME, NAME, "bob").late_submission_penalty = 0.25
            gradebook.db.commit()
        return course

    def test_the_table_has_manual_marks_and_penalties(self, tmp_path, marked):
        waiting = nbgrader_course.export(marked / "gradebook.db", tmp_path / "marks.csv")
        with (tmp_path / "marks.csv").open() as file:
            rows = {row["student_id"]: row for row in csv.DictReader(file)}
        found = {
            who: [float(row[key]) for key in ("raw_score", "late_submission_penalty", "score")]
            for who, row in rows.items()
        }
        assert found == {
            "ada": [2, 0, 2],
            "bob": [1.5, 0.25, 1.25],
            "cleo": [0, 0, 0],
            "dan": [0, 0, 0],
        }
        assert {row["max_score"] for row in rows.values()} == {"3.0"}
        assert waiting == [f"{NAME}: cleo"]
        assert not list(tmp_path.glob(".*"))

    def test_a_gradebook_that_is_not_there_is_not_made(self, tmp_path):
        with pytest.raises(Unfit, match="no gradebook"):
            nbgrader_course.export(tmp_path / "gradebook.db", tmp_path / "marks.csv")
        assert not list(tmp_path.iterdir())


def test_autograde_says_at_once_what_is_missing(tmp_path, course):
    with pytest.raises(Unfit, match="no such file"):
        nbgrader_course.autograde(tmp_path, NAME, tmp_path / "secret")
    with pytest.raises(seeds.Refused, match="course secret"):
        nbgrader_course.autograde(course, NAME, tmp_path / "secret")


def test_checks_of_an_instructors_own_stand_beside_the_notebook(tmp_path):
    begin(tmp_path / "mine", "quiz")
    release(tmp_path / "mine")
    editions = tmp_path / "mine" / "student"
    lay_out(tmp_path / "course", [tmp_path / "mine" / "quiz.ipynb"], editions)
    for step in ("source", "release"):
        checks = tmp_path / "course" / step / "quiz" / "checks"
        own = (tmp_path / "mine" / "checks" / "quiz.py").read_text(encoding="utf-8")
        assert (checks / "quiz.py").read_text(encoding="utf-8") == own
        assert (checks / "__init__.py").is_file()
