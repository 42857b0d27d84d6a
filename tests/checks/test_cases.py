"""The cases of a check, for a reader and for a grader."""

import pytest

from course_lib.checks.cases import case, recorded
from course_lib.checks.verdict import NotAnswered, WrongAnswer, drawn_from, fresh_cases


def check(answers):
    for kind, right in answers:
        with case(kind):
            if right is None:
                raise NotAnswered("your code here")
            if not right:
                raise WrongAnswer(f"{kind} is wrong")


def test_for_a_reader_the_first_wrong_case_ends_the_check():
    with pytest.raises(WrongAnswer, match="b is wrong"):
        check([("a", True), ("b", False), ("c", False)])


def test_a_grader_sees_all_cases_and_counts_kinds():
    with recorded() as record:
        check([("a", True), ("b", False), ("b", True), ("c", True), ("c", True)])
    assert list(record.kinds) == ["a", "b", "c"]
    assert record.kinds["b"].faults == ["b is wrong"]
    assert record.kinds["c"].cases == 2
    assert record.share == pytest.approx(2 / 3)
    assert not record.untouched


def test_kinds_may_weigh_more():
    with recorded() as record:
        with case("easy"):
            pass
        with case("hard", weight=3):
            raise WrongAnswer("no")
    assert record.share == 0.25


def test_a_stub_is_untouched():
    with recorded() as record:
        check([("a", None)])
    assert record.untouched
    assert record.share == 0


def test_nothing_judged_earns_nothing():
    with recorded() as record:
        pass
    assert record.share == 0


def test_what_is_no_verdict_comes_through():
    with recorded(), pytest.raises(ZeroDivisionError), case("a"):
        1 / 0  # noqa: B018


def test_records_do_not_mix():
    with recorded() as outer:
        with recorded() as inner, case("a"):
            pass
        with case("b"):
            pass
    assert (list(outer.kinds), list(inner.kinds)) == (["b"], ["a"])


def test_cases_come_from_a_seed_where_there_is_one(monkeypatch):
    monkeypatch.delenv("COURSE_CHECK_SEED", raising=False)
    assert fresh_cases().random() != fresh_cases().random()
    with drawn_from(1, 2):
        inside = fresh_cases().random()
        assert fresh_cases().random() == inside
        with drawn_from(1, 3):
            assert fresh_cases().random() != inside
    monkeypatch.setenv("COURSE_CHECK_SEED", "5")
    fixed = fresh_cases().random()
    assert fresh_cases().random() == fixed
    with drawn_from(1, 2):
        assert fresh_cases().random() == inside
