"""The exam with which grading is timed, and what is printed."""

import bench_grading
import grading_rivals
from grading_rivals import Run
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
    told = capsys.readouterr().out
    assert "3 lost" in told
    assert "largest resident size of the conductor" in told


def test_the_largest_size_is_that_of_this_process_in_bytes():
    held = bytearray(50_000_000)
    assert len(held) < bench_grading.largest_size() < 100e9


def test_marks_and_seconds_stand_side_by_side():
    runs = {
        "ours": Run(0.5, {"ann": "6", "bob": "0"}),
        "otter": Run(20.0, {"ann": "6", "bob": "none: no end after 300 s"}),
    }
    assert bench_grading.side_by_side(runs, 6).splitlines() == [
        "of 6 points   ours  otter",
        "ann           6     6",
        "bob           0     none: no end after 300 s",
        "seconds each  0.50  20.00",
        "times ours    1     40",
    ]


def test_without_otter_nobody_is_graded(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(grading_rivals, "OTTER", tmp_path / "build" / "otter" / "bin" / "python")
    for name, value in bench_grading.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    assert bench_grading.main(["--submissions", "1"]) == 1
    told = capsys.readouterr()
    assert "tools/otter_env.sh" in told.err
    assert told.out == ""
