"""Arrays are compared one after the other, and what is wrong with one is said."""

import numpy as np
import pytest

from course_lib.checks import arrays
from course_lib.checks.verdict import WrongAnswer


def test_arrays_may_be_lists_and_stacked():
    def reference(_):
        return np.ones(3), np.zeros(3) + 2

    for value in ([[1, 1, 1], (2, 2, 2)], np.array([[1, 1, 1], [2, 2, 2]])):
        arrays.expect_arrays(
            lambda *, size, value=value: value, [], {"size": 3}, reference, {}, ("one", "two")
        )


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([np.ones(3)], "returned .*; expected 2 arrays in this order: one, two"),
        ({"one": 1, "two": 2}, "returned .*; expected 2 arrays"),
        ([np.full(3, 2.0), np.ones(3)], "right arrays as two, one; the order is one, two"),
        ([np.ones(4), np.full(3, 2.0)], r"the one has shape \(4,\); expected \(3,\)"),
        ([np.ones(3), np.full(3, np.nan)], r"the two has nan at \[0\] where 2 is expected"),
        ([np.ones(3), ["a", "b", "c"]], "the two is .*; expected an array of numbers"),
    ],
)
def test_any_other_value_hears_what_is_wrong(value, message):
    def reference(fault):
        if fault:
            raise ValueError
        return np.ones(3), np.full(3, 2.0)

    with pytest.raises(WrongAnswer, match=message):
        arrays.expect_arrays(
            lambda *, size: value, [], {"size": 3}, reference, {"never": ""}, ("one", "two")
        )


def test_an_answer_gets_copies():
    given = np.ones(3)

    def spoil(x):
        x += 1
        return x

    arrays.expect_arrays(spoil, [given], {}, lambda _: (np.full(3, 2.0),), {}, ("sum",))
    assert given.tolist() == [1, 1, 1]


def doubled(x, *, times):
    return [times * row for row in x]


def times_two(fault):
    if fault == "never":
        raise ValueError
    return np.full((2, 3), 4.0 if fault else 2.0)


@pytest.mark.parametrize(
    ("times", "message"),
    [
        (4, r"doubled\(times=4\): that is twice too much$"),
        (3, r"has 3 at \[0, 0\], that is rows and columns, where 2 is expected"),
        (np.ones((2, 1)), r"has shape \(2, 2, 3\); expected \(2, 3\): rows and columns"),
    ],
)
def test_one_array_is_compared_alone(times, message):
    faults = {"never": "cannot be", "twice": "that is twice too much"}
    arguments = {"times": times}
    with pytest.raises(WrongAnswer, match=message):
        arrays.expect_array(
            doubled, [np.ones((2, 3))], arguments, times_two, faults, "rows and columns"
        )
    arrays.expect_array(doubled, [np.ones((2, 3))], {"times": 2}, times_two, faults, "")


def test_what_cannot_be_made_is_nothing():
    assert arrays.made(times_two, "never") is None
    assert arrays.made(times_two, None).tolist() == [[2.0] * 3] * 2
