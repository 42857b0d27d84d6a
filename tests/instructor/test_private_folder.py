"""A folder of an instructor's own: begun, handed out, answered and graded."""

import csv
import subprocess
import sys

import nbformat
import pytest

from instructor import (
    assignment,
    command,
    edition_file,
    grade,
    private_folder,
    sandbox,
    sources,
    submission,
)
from instructor.assignment import Malformed
from instructor.generated import MARKER, RefusedTree
from tests.checks.judging import EXERCISES
from tests.instructor import attacks, hall, own

FILES = {"quiz.ipynb", "checks/__init__.py", "checks/quiz.py", "checks/points.json", MARKER}
HELD = "side * side * channels + 1"  # in the solution and in the reference


@pytest.fixture
def path(tmp_path):
    return own.begin(tmp_path / "my")


@pytest.fixture
def student(path):
    """What students get."""
    private_folder.release(path.parent)
    return path.parent / "student"


def content(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_students_get_the_question_and_its_checks_and_no_solution(student):
    found = content(student)
    assert set(found) == FILES
    assert HELD.encode() not in found["quiz.ipynb"]
    assert b"your code here" in found["quiz.ipynb"]
    assert found["checks/quiz.py"] == own.checks(student.parent).read_bytes()


def test_the_same_folder_gives_the_same_bytes(student, path, tmp_path):
    before = content(student)
    private_folder.release(path.parent)
    assert content(student) == before
    private_folder.release(path.parent, tmp_path / "elsewhere")
    assert content(tmp_path / "elsewhere") == before


def test_outputs_and_what_an_editor_leaves_are_not_handed_out(path):
    def run(cells, _):
        output = nbformat.v4.new_output("stream", name="stdout", text="76 is the answer")
        cells["answer-kernel-weights"] |= {"outputs": [output], "execution_count": 9}
        cells["answer-kernel-weights"]["metadata"]["editor"] = {"undo": "76 is the answer"}

    own.change(path, run)
    private_folder.release(path.parent)
    assert b"76 is the answer" not in content(path.parent / "student")["quiz.ipynb"]


def test_checks_of_a_notebook_that_is_not_there_stay(path):
    (path.parent / "checks" / "exam.py").write_text("of an exam in summer")
    private_folder.release(path.parent)
    assert set(content(path.parent / "student")) == FILES


def test_a_student_runs_the_check_where_the_notebook_lies(student, path):
    cells = edition_file.read(own.hand_in(student, own.solution(path), student / "ada.ipynb"))
    code = [edition_file.source(c) for c in cells["cells"] if c["cell_type"] == "code"]
    done = subprocess.run(
        [sys.executable, "-c", "\n\n".join(code)],
        cwd=student,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("Right: kernel_weights."), done.stderr


def no_region(cells, _):
    cell = cells["answer-kernel-weights"]
    text = edition_file.source(cell).splitlines(keepends=True)
    cell["source"] = [line for line in text if "###" not in line]


def open_region(cells, _):
    cell = cells["answer-kernel-weights"]
    cell["source"] = edition_file.source(cell).replace("    ### END SOLUTION", "")


def no_hand_in(cells, whole):
    whole.remove(cells["hand-in"])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (no_region, r"cell 4: tagged `exercise`, and no region"),
        (open_region, r"cell 4: line \d+: the region is not closed"),
        (no_hand_in, r"the last code cell, .* carries the tag hand-in"),
    ],
)
def test_what_would_hand_out_too_much_is_refused_and_nothing_written(path, change, reason):
    own.change(path, change)
    with pytest.raises(Malformed, match=rf"quiz\.ipynb: {reason}"):
        private_folder.release(path.parent)
    assert not (path.parent / "student").exists()


def test_a_solution_in_the_checks_is_refused(path):
    own.checks(path.parent).write_text(f"{own.checks(path.parent).read_text()}\n### BEGIN SOLUTION")
    with pytest.raises(Malformed, match=r"checks/quiz\.py: line \d+: a region outside"):
        private_folder.release(path.parent)


def test_the_course_itself_is_not_handed_out_so(tmp_path):
    with pytest.raises(Malformed, match=r"alexnet\.ipynb: .*`make student`"):
        private_folder.release(EXERCISES, tmp_path / "out")
    with pytest.raises(RefusedTree, match="no notebook in it; `course new"):
        private_folder.release(tmp_path)


def test_sources_and_other_peoples_files_are_never_replaced(path, student, tmp_path):
    before = content(path.parent)
    for place in (path.parent, path.parent / "checks", tmp_path):
        with pytest.raises(RefusedTree):
            private_folder.release(path.parent, place)
    assert content(path.parent) == before
    (student / "notes.txt").write_text("of the staff")
    with pytest.raises(RefusedTree, match=r"notes\.txt"):
        private_folder.release(path.parent)
    assert (student / "notes.txt").read_text() == "of the staff"


def test_nothing_that_is_there_is_begun_again(path):
    before = content(path.parent)
    with pytest.raises(RefusedTree, match=r"quiz\.ipynb .*there already"):
        private_folder.begin(path.parent, "quiz")
    assert content(path.parent) == before
    private_folder.begin(path.parent, "exam2")
    assert [one.name for one in private_folder.release(path.parent)] == ["exam2", "quiz"]


@pytest.mark.parametrize("name", ["Quiz", "mid-term", "2nd", "a/b", "", "quiz.ipynb"])
def test_a_name_that_is_none_is_refused(tmp_path, name):
    with pytest.raises(RefusedTree, match="small letters"):
        private_folder.begin(tmp_path / "my", name)
    assert not (tmp_path / "my").exists()


def test_no_folder_of_the_course_is_private():
    with pytest.raises(RefusedTree, match="outside of it"):
        private_folder.begin(EXERCISES / "mine", "quiz")
    assert not (EXERCISES / "mine").exists()


@pytest.fixture
def graded(bench, path, student, tmp_path):
    """Grade an answer in the sandbox."""

    def one(answer):
        asked = sources.named(EXERCISES, str(path))
        read = submission.read(own.hand_in(student, answer, tmp_path / "in.ipynb"), asked)
        return grade.grade_one(bench, "ada", "in.ipynb", read, asked, hall.SECRET)

    return one


def test_a_right_a_wrong_and_no_answer_get_what_they_deserve(graded, path):
    right, wrong, stub = graded(own.solution(path)), graded(own.NO_BIAS), graded(None)
    assert [one.marks[0].state for one in (right, wrong, stub)] == ["right", "wrong", "untouched"]
    assert [one.score for one in (right, wrong, stub)] == [1, 0, 0]
    kinds = [kind for kind, _ in right.marks[0].kinds]
    assert kinds == ["one pixel", "one channel", "larger kernels"]
    assert not any(one.unjudged or one.notes for one in (right, wrong, stub))


@pytest.mark.parametrize("attack", attacks.PRIVATE.values(), ids=attacks.PRIVATE)
def test_a_submission_that_asks_its_checks_finds_nothing(graded, attack):
    found = graded(attack)
    assert (found.score, found.unjudged) == (0, "")


def test_where_they_lay_open_an_attack_would_find_them(bench, path):
    modules = dict(assignment.read(path).modules)
    case = {"side": 3, "channels": 2, "filters": 4}
    for attack in (attacks.BY_IMPORT, attacks.BY_LOADER):
        with hall.Spy(bench, attack, shown=modules) as spy:
            assert spy.call("kernel_weights", **case) == 76
        with hall.Spy(bench, attack, shown=sandbox.shown(modules)) as spy:
            assert spy.call("kernel_weights", **case) != 76


PROBED = """
from checks.quiz_probes import twice
from course_lib.checks.cases import case
from course_lib.checks.verdict import WrongAnswer, observe

def kernel_weights(answer):
    with case("asked twice"):
        if observe(answer, twice, 3) != [76, 76, 3]:
            raise WrongAnswer("not the same twice")
"""
PROBES = """
def twice(answer, number):
    return [*(answer(side=3, channels=2, filters=4) for _ in range(2)), number]
"""


def test_a_probe_of_the_checks_runs_beside_the_answer(graded, path):
    own.checks(path.parent).write_text(PROBED)
    own.checks(path.parent).with_stem("quiz_probes").write_text(PROBES)
    assert graded(own.solution(path)).score == 1
    assert graded(own.NO_BIAS).score == 0


def test_checks_that_cannot_run_wait_for_a_person(graded, path):
    own.checks(path.parent).write_text("import no_such_module\ndef kernel_weights(answer): ...\n")
    assert "no_such_module" in graded(own.solution(path)).unjudged


def test_where_a_check_is_mended_a_class_is_judged_again(path, student, tmp_path):
    def key():
        asked = assignment.read(path)
        read = submission.read(own.hand_in(student, own.NO_BIAS, tmp_path / "in.ipynb"), asked)
        return grade.key("ada", read, asked, hall.SECRET)

    before = key()
    assert key() == before
    own.checks(path.parent).write_text(own.checks(path.parent).read_text() + "# mended\n")
    assert key() != before


def test_the_whole_way_as_it_is_typed(bench, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for line in ("secret key", "new my quiz", "release my"):
        assert command.main(line.split()) == 0
    own.hand_in(tmp_path / "my/student", own.NO_BIAS, tmp_path / "class/bob.ipynb")
    right = own.solution(tmp_path / "my/quiz.ipynb")
    own.hand_in(tmp_path / "my/student", right, tmp_path / "class/ada.ipynb")
    assert command.main(["grade", "class", "--assignment", "my/quiz.ipynb", "--secret", "key"]) == 0
    rows = list(csv.DictReader((tmp_path / "graded/quiz/marks.csv").read_text().splitlines()))
    assert [(row["student"], row["total"]) for row in rows] == [("ada", "1"), ("bob", "0")]
    assert command.main(["doctor", "my"]) == 0
    assert "quiz.ipynb lies in no git repository" in capsys.readouterr().out
    (tmp_path / "my/checks/quiz.py").unlink()
    assert command.main(["grade", "class", "--assignment", "my/quiz.ipynb", "--secret", "key"]) == 2
    assert "quiz.ipynb: cell 2: my/checks/quiz.py: no such file" in capsys.readouterr().err
    assert command.main(["release", "my"]) == 2
    assert command.main(["new", "my", "quiz"]) == 2
    assert "there already" in capsys.readouterr().err
