"""Which variant a cohort gets, and how variants are declared; `bank_variants.py` tests them."""

from collections import Counter

import pytest

from course_lib.checks import variants


def test_a_cohort_gets_the_same_variant_for_ever():
    names = ("first", "second", "third")
    found = [variants.pick(f"cohort-{i}", "residual_block", names) for i in range(6)]
    assert found == ["first", "first", "third", "second", "first", "first"]
    assert variants.pick("", "residual_block", names) == "first"


def test_all_variants_are_given_about_equally_often():
    names = ("a", "b", "c", "d")
    found = Counter(variants.pick(f"year {i}", "block", names) for i in range(1000))
    assert all(200 < found[name] < 300 for name in names)


def test_questions_are_picked_independently():
    names = ("a", "b", "c")
    pairs = {
        tuple(variants.pick(f"year {i}", question, names) for question in ("one", "two"))
        for i in range(100)
    }
    assert len(pairs) == 9


@pytest.mark.parametrize("cohort", [" autumn", "autumn ", "a  b", "a\nb", "-a", "a/b", '"'])
def test_a_name_that_is_easily_written_in_two_ways_is_refused(cohort):
    with pytest.raises(ValueError, match="names no cohort"):
        variants.pick(cohort, "block", ("a", "b", "c"))


A, B, C = {"name": "a"}, {"name": "b", "text": {"x": "y"}}, {"name": "c", "text": {"x": "z"}}


@pytest.mark.parametrize(
    ("course", "reason"),
    [
        ({}, "its metadata need"),
        ({"variants": {}}, "its metadata need"),
        ({"variants": []}, "its metadata need"),
        ({"variants": [A, B, C], "more": 1}, "its metadata need"),
        ({"variants": [{}, B, C]}, "its metadata need"),
        ({"variants": [A, B]}, "3 variants or more"),
        ({"variants": [A, B, B]}, "different names"),
        ({"variants": [A, B, "c"]}, "3 variants or more"),
        ({"variants": [A, B, C | {"name": 3}]}, "word in small letters"),
        ({"variants": [A, B, C | {"name": 'c"'}]}, "word in small letters"),
        ({"variants": [A | {"text": {"x": "y"}}, B, C]}, "a: the first variant"),
        ({"variants": [A, B, {"name": "c"}]}, 'c: expected a name and a "text"'),
        ({"variants": [A, B, C | {"text": {}}]}, 'c: expected a name and a "text"'),
        ({"variants": [A, B, C | {"texts": 1}]}, 'c: expected a name and a "text"'),
        ({"variants": [A, B, C | {"text": {"": "y"}}]}, "c: a phrase"),
        ({"variants": [A, B, C | {"text": {"x": 1}}]}, "c: a phrase"),
    ],
)
def test_what_is_declared_wrongly_is_refused(course, reason):
    with pytest.raises(ValueError, match=reason):
        variants.declared({"course": course})


def test_most_cells_declare_nothing():
    assert variants.declared({"tags": ["exercise"]}) == ()
