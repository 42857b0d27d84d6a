"""A class is graded whole, whatever happens on the way."""

import contextlib
import json

import nbformat
import pytest

import course_lib
from instructor import assignment, grade, submission
from instructor.bench import Lost, question
from instructor.journal import Journal
from instructor.sandbox import Unavailable
from tests.checks.judging import EXERCISES, solution
from tests.instructor import hall

WHOLE = assignment.read(EXERCISES / "resnet.ipynb")
ASKED = assignment.Assignment("resnet", WHOLE.questions[:2], WHOLE.hidden)
ZERO = "def layer_count(*_, **__):\n    return 0"


def hand_in(folder, student, *sources):
    path = folder / f"{student}.ipynb"
    cells = [nbformat.v4.new_code_cell(source) for source in (hall.SETUP, *sources)]
    path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells)))
    return path


@pytest.fixture
def files(tmp_path):
    right = [hall.solution("layer_count"), hall.solution("stage_macs")]
    (tmp_path / "empty.ipynb").write_bytes(b"")
    return {
        "ada": hand_in(tmp_path, "ada", *right),
        "bob": hand_in(tmp_path, "bob", ZERO, right[1]),
        "cy": hand_in(tmp_path, "cy", right[1]),
        "empty": tmp_path / "empty.ipynb",
    }


@pytest.fixture
def shared(bench, monkeypatch):
    """The bench of the tests in place of a new one."""

    class Same:
        def __enter__(self):
            return bench

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(grade, "Bench", Same)
    return bench


def one_at_a_time(jobs):
    return grade.grade_here(jobs, ASKED, hall.SECRET, workers=1)


def by_name(graded):
    return {one.student: one for one in graded}


def test_everybody_gets_what_the_answers_deserve(shared, files, tmp_path):
    found = by_name(grade.grade_class(files, ASKED, hall.SECRET, tmp_path / "out"))
    assert {name: one.score for name, one in found.items()} == {
        "ada": 3.0,
        "bob": 2.0,
        "cy": 2.0,
        "empty": 0.0,
    }
    assert found["bob"].marks[0].state == "wrong"
    assert "no cell defines layer_count" in found["cy"].notes
    assert any("no notebook" in note for note in found["empty"].notes)
    assert not any(one.unjudged for one in found.values())
    assert {one.release for one in found.values()} == {course_lib.__version__}


def test_what_cannot_be_read_costs_nobody_else_anything(shared, files, tmp_path):
    (tmp_path / "link.ipynb").symlink_to(files["ada"])
    with (tmp_path / "giant.ipynb").open("wb") as file:
        file.truncate(200 << 20)
    files |= {name: tmp_path / f"{name}.ipynb" for name in ("link", "giant", "gone")}
    found = by_name(grade.grade_class(files, ASKED, hall.SECRET, tmp_path / "out"))
    assert found["ada"].score == 3.0
    for name in ("link", "giant", "gone"):
        assert (found[name].score, found[name].unjudged) == (0.0, "")
        assert {mark.state for mark in found[name].marks} == {"wrong"}
        assert "cannot be read" in found[name].notes[0]


def test_a_run_that_was_killed_goes_on_where_it_was(shared, files, tmp_path, monkeypatch):
    judged = []
    one = grade.grade_one

    def counted(bench, student, *args, **more):
        if len(judged) == 2:
            raise KeyboardInterrupt
        judged.append(student)
        return one(bench, student, *args, **more)

    monkeypatch.setattr(grade, "grade_one", counted)
    with pytest.raises(KeyboardInterrupt):
        grade.grade_class(files, ASKED, hall.SECRET, tmp_path / "out", one_at_a_time)
    kept = set(Journal(tmp_path / "out" / "journal.jsonl").entries)
    assert len(kept) == 2
    monkeypatch.setattr(grade, "grade_one", one)
    first = list(judged)
    again = []
    monkeypatch.setattr(
        grade, "grade_one", lambda b, s, *a, **k: again.append(s) or one(b, s, *a, **k)
    )
    found = grade.grade_class(files, ASKED, hall.SECRET, tmp_path / "out", one_at_a_time)
    assert sorted(first + again) == sorted(files)  # none lost, none judged twice
    assert len(found) == len(files)


@pytest.mark.parametrize("change", ["the file", "the questions", "the secret", "a check"])
def test_what_has_changed_is_graded_again(files, tmp_path, monkeypatch, change):
    before = submission.read(files["bob"], ASKED)
    key = grade.key("bob", before, ASKED, hall.SECRET)
    assert key == grade.key("bob", submission.read(files["bob"], ASKED), ASKED, hall.SECRET)
    asked, secret = ASKED, hall.SECRET
    if change == "the file":
        before = submission.read(hand_in(tmp_path, "bob", ZERO), ASKED)
    elif change == "the questions":
        asked = assignment.Assignment("resnet", WHOLE.questions[:1])
    elif change == "a check":
        monkeypatch.setattr(grade, "_checks", lambda: "a mended one")
    else:
        secret = b"another secret of the course"
    assert grade.key("bob", before, asked, secret) != key


class Losing:
    """A bench that loses the judge a number of times."""

    def __init__(self, bench, times):
        self.bench, self.times = bench, times

    def grade(self, *args):
        if self.times:
            self.times -= 1
            raise Lost("the judge ended")
        return self.bench.grade(*args)


@pytest.mark.parametrize(("times", "score", "state"), [(1, 3.0, "right"), (2, 0.0, "not judged")])
def test_a_lost_judge_is_tried_once_more(bench, files, times, score, state):
    read = submission.read(files["ada"], ASKED)
    found = grade.grade_one(
        Losing(bench, times), "ada", "ada.ipynb", read, assignment=ASKED, secret=hall.SECRET
    )
    assert (found.score, found.marks[0].state) == (score, state)
    assert bool(found.unjudged) == (times == 2)
    assert found.attempts == 2


def test_what_could_not_be_judged_is_not_in_the_journal(bench, files, tmp_path, monkeypatch):
    class Never(Losing):
        def __init__(self):
            super().__init__(bench, 10**6)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(grade, "Bench", Never)
    found = grade.grade_class(files, ASKED, hall.SECRET, tmp_path / "out")
    assert all(one.unjudged for one in found)
    assert not Journal(tmp_path / "out" / "journal.jsonl").entries


class Failing(Losing):
    """A bench at which one submission makes the grader itself fail."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def grade(self, cells, *args):
        if any("return 0" in cell for cell in cells):
            raise MemoryError("no room")
        return self.bench.grade(cells, *args)


def test_where_the_grader_fails_over_one_the_others_get_their_marks(
    bench, files, tmp_path, monkeypatch
):
    monkeypatch.setattr(grade, "Bench", lambda: Failing(bench, 0))
    found = by_name(grade.grade_class(files, ASKED, hall.SECRET, tmp_path / "out"))
    assert {name for name, one in found.items() if one.unjudged} == {"bob"}
    assert found["bob"].unjudged == "MemoryError: no room"
    assert {mark.state for mark in found["bob"].marks} == {"not judged"}
    assert (found["ada"].score, found["cy"].score) == (3.0, 2.0)
    assert len(Journal(tmp_path / "out" / "journal.jsonl").entries) == 3


def test_without_a_sandbox_the_run_ends_and_the_rest_is_not_judged_for_nothing(
    files, tmp_path, monkeypatch
):
    asked = []

    def gone(bench, student, *_, **__):
        asked.append(student)
        raise Unavailable("the sandbox did not start")

    monkeypatch.setattr(grade, "Bench", contextlib.nullcontext)
    monkeypatch.setattr(grade, "grade_one", gone)
    many = {f"student{number}": files["ada"] for number in range(200)}
    with pytest.raises(Unavailable):
        grade.grade_class(many, ASKED, hall.SECRET, tmp_path / "out", one_at_a_time)
    assert len(asked) < 100


def test_a_verdict_that_never_comes_back_is_missed(files, tmp_path):
    def forgets(jobs):
        for job in jobs[1:]:
            yield grade.not_judged(job, ASKED, "lost")

    found = grade.grade_class(files, ASKED, hall.SECRET, tmp_path / "out", forgets)
    assert [one.unjudged for one in found] == ["no verdict came", "lost", "lost", "lost"]


def test_no_seed_and_no_secret_is_in_what_is_kept(shared, files, tmp_path):
    grade.grade_class(files, ASKED, hall.SECRET, tmp_path / "out")
    text = (tmp_path / "out" / "journal.jsonl").read_text()
    from instructor import seeds

    for name in ("layer_count", "stage_macs"):
        for number in seeds.seed(hall.SECRET, "resnet", name):
            assert str(number) not in text
    assert hall.SECRET.decode() not in text
    assert len(text.splitlines()) == len(files)
    assert all(json.loads(line) for line in text.splitlines())


def test_a_cohort_is_graded_on_its_own_variants(bench, tmp_path):
    whole = assignment.read(EXERCISES / "resnet.ipynb", "autumn")
    blocks = tuple(question for question in whole.questions if question.variant)
    asked = assignment.Assignment("resnet", blocks, whole.hidden)
    default = {q.name: q.variant for q in WHOLE.questions}
    assert all(question.variant != default[question.name] for question in blocks)
    scores = {}
    for student, names in {"own": {q.name: q.variant for q in blocks}, "other": default}.items():
        answers = [solution("resnet", q.name, names[q.name]) for q in blocks]
        path = hand_in(tmp_path, student, *answers)
        read = submission.read(path, asked)
        found = grade.grade_one(bench, student, path, read, asked, hall.SECRET)
        assert not found.unjudged
        scores[student] = {mark.question: mark.score / mark.points for mark in found.marks}
    names = ("shortcut", "residual_block", "bottleneck_block", "diagnosis")
    assert scores == {"own": dict.fromkeys(names, 1), "other": dict.fromkeys(names, 0)}


def test_another_cohort_is_another_verdict(files):
    read = submission.read(files["ada"], WHOLE)
    keys = {
        grade.key("ada", read, assignment.read(EXERCISES / "resnet.ipynb", name), hall.SECRET)
        for name in ("", "spring", "autumn")
    }
    assert len(keys) == 3


def test_a_variant_that_a_check_does_not_know_waits_for_a_person(bench):
    asked = [question("shortcut", [0], "resnet.shortcut", [1], "fourth")]
    (verdict,) = bench.grade([hall.SETUP], [0], asked)
    assert "variant must be one of" in verdict["broken"]
