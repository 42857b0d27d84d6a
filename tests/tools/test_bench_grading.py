"""The exam with which grading is timed."""

import bench_grading
from instructor import grade, submission


def test_the_exam_has_its_questions_and_its_kinds_of_answer(tmp_path):
    path = tmp_path / "source" / "exam.ipynb"
    asked = bench_grading.exam(path)
    assert tuple(question.name for question in asked.questions) == bench_grading.QUESTIONS
    kinds = bench_grading.answers(path)
    assert kinds[0] == {}
    assert all(set(kind) < set(bench_grading.QUESTIONS) for kind in kinds)


def test_a_submission_of_each_kind_is_a_notebook_of_the_exam(tmp_path):
    path = tmp_path / "source" / "exam.ipynb"
    asked = bench_grading.exam(path)
    count = len(bench_grading.answers(path))
    found = set()
    for number in range(count):
        file = bench_grading.hand_in(path, number, tmp_path / "in" / f"s{number}.ipynb")
        read = submission.read(file, asked)
        assert all(read.answers.values())
        found.add(tuple(read.cells))
    assert len(found) == count


def test_whoever_has_no_mark_is_counted(tmp_path, monkeypatch, capsys):
    asked = bench_grading.exam(tmp_path / "source" / "exam" / "exam.ipynb")
    monkeypatch.setattr(grade, "grade_class", lambda files, *_: [])
    bench_grading.grade_many(tmp_path / "class", asked, 3)
    assert "3 lost" in capsys.readouterr().out
