"""Pairs of choices are judged, and orders are declared; see `bank_pieces.py` for the chapters."""

import numpy as np
import pytest

from course_lib.checks import variants
from course_lib.checks.diagnosis import expect_pair, shown
from course_lib.checks.verdict import fingerprint_of
from tests.checks.judging import judge

# What is shared


def test_each_label_comes_with_the_piece_that_it_stands_for():
    assert list(shown("abc", "cab")) == [("a", "c"), ("b", "a"), ("c", "b")]
    assert list(shown({1: "x", 2: "y"}, "21")) == [(1, 2), (2, 1)]


@pytest.mark.parametrize("order", ["", "ab", "abb", "abcd", "abx"])
def test_an_order_of_other_pieces_is_refused(order):
    with pytest.raises(ValueError, match=f"expected an order of a, b, c, got '{order}'"):
        list(shown("abc", order))


OPTIONS = ({"salt": "no salt", "pepper": "no pepper"}, {"thirst": "no thirst", "none": "something"})
PRINTS = (fingerprint_of(("a", *OPTIONS[0]), "salt"), fingerprint_of(("a", *OPTIONS[1]), "thirst"))


def judged(value, piece="a"):
    def diagnosis(dish):
        return value

    return judge(
        lambda answer: expect_pair(answer, {"dish": "c"}, piece, OPTIONS, PRINTS, "this, and that"),
        diagnosis,
    )


@pytest.mark.parametrize("pair", [("salt", "thirst"), ["salt", "thirst"]])
def test_a_right_pair_is_taken(pair):
    assert judged(pair) is None
    assert judged(np.array(pair)) is None


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("salt", "'salt'. Expected a pair: this, and that."),
        (("salt",), "('salt',). Expected a pair: this, and that."),
        (
            ("salt", "thirst", "none"),
            "('salt', 'thirst', 'none'). Expected a pair: this, and that.",
        ),
        ({"salt": "thirst"}, "{'salt': 'thirst'}. Expected a pair: this, and that."),
        (("soup", "thirst"), "('soup', 'thirst'). 'soup' is not one of 'salt', 'pepper'."),
        (("salt", 3), "('salt', 3). 3 is not one of 'thirst', 'none'."),
        (("salt", "salt"), "('salt', 'salt'). 'salt' is not one of 'thirst', 'none'."),
        (([], "thirst"), "([], 'thirst'). [] is not one of 'salt', 'pepper'."),
        (("pepper", "none"), "('pepper', 'none'). no pepper"),
        (("salt", "none"), "('salt', 'none'). something"),
    ],
)
def test_any_other_value_hears_what_is_wrong(value, message):
    assert judged(value) == f"diagnosis(dish='c') returned {message}"


def test_a_fingerprint_holds_for_its_piece_alone():
    assert judged(("salt", "thirst"), piece="b").endswith("no salt")


# What is declared

A = {"name": "a"}
B, C = {"name": "b", "order": "bcda"}, {"name": "c", "order": "cdab"}


def declared(*found):
    return {"course": {"variants": list(found)}}


def test_orders_begin_with_the_source_as_it_stands():
    assert variants.declared(declared(A, B, C)) == ("a", "b", "c")
    assert variants.orders(declared(A, B, C)) == {"a": "abcd", "b": "bcda", "c": "cdab"}
    texts = [one | {"text": {"x": "y"}} for one in (B, C)]
    assert variants.orders(declared(A, *texts)) == {"a": "abcd", "b": "bcda", "c": "cdab"}
    digits = [B | {"order": "231"}, C | {"order": "312"}]
    assert variants.orders(declared(A, *digits))["a"] == "123"


def test_a_question_without_pieces_has_no_orders():
    texts = [{"name": name, "text": {"x": name}} for name in "bc"]
    assert variants.orders(declared(A, *texts)) == {}
    assert variants.orders({"tags": ["exercise"]}) == {}


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ([A, B], "3 variants or more"),
        ([A | {"order": "abcd"}, B, C], "a: the first variant is the text as it stands"),
        ([A, B, C | {"order": ""}], "c: expected an \"order\" .*, such as 'cabed', .*; got ''"),
        ([A, B, C | {"order": 3142}], 'c: expected an "order" .*; got 3142'),
        ([A, B, C | {"order": ["c", "d"]}], 'c: expected an "order"'),
        ([A, B, C | {"order": "CDAB"}], 'c: expected an "order"'),
        ([A, B, C | {"order": "cd12"}], 'c: expected an "order"'),
        ([A, B, {"name": "c", "text": {"x": "y"}}], 'c: expected an "order" .*; got None'),
        ([A, B, C | {"order": "cda"}], "c: expected a, b, c, d once each, got 'cda'"),
        ([A, B, C | {"order": "cdabe"}], "c: expected a, b, c, d once each, got 'cdabe'"),
        ([A, B, C | {"order": "cdaa"}], "c: expected a, b, c, d once each, got 'cdaa'"),
        ([A, B | {"order": "bcdaa"}, C], "b: expected a, b, c, d once each, got 'bcdaa'"),
        ([A, B, C | {"order": "abcd"}], "a and c: 4 of 4 pieces have the same label"),
        ([A, B, C | {"order": "bcda"}], "b and c: 4 of 4 pieces have the same label"),
        (
            [A, B | {"order": "bcdea"}, C | {"order": "acbde"}],
            "a and c: 3 of 5 pieces have the same label; let half or fewer",
        ),
        ([A, B, C | {"text": {}}], 'c: expected a name and a "text" .*, an "order"'),
        ([A, B, C | {"text": {"x": 1}}], "c: a phrase"),
        ([A, B, C | {"orders": "cdab"}], 'c: expected a name and a "text" .*, an "order"'),
    ],
)
def test_orders_that_are_declared_wrongly_are_refused(found, reason):
    with pytest.raises(ValueError, match=reason):
        variants.orders(declared(*found))


def test_half_of_the_pieces_may_keep_their_labels():
    found = [A, B | {"order": "abdc"}, C | {"order": "badc"}]
    assert variants.orders(declared(*found))["c"] == "badc"
