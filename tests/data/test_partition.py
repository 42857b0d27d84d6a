"""Parts are disjoint and complete; strata are shared out evenly, groups are never cut."""

import numpy as np
import pytest

from course_lib.data import group_rows, stratified_rows

STRATA = np.repeat(["a", "b", "c"], [500, 300, 40])
GROUPS = np.repeat(np.arange(20), np.arange(1, 21) * 3)


@pytest.mark.parametrize("cut", [lambda s, **o: stratified_rows(STRATA, **o),
                                 lambda s, **o: group_rows(GROUPS, **o)])  # fmt: skip
@pytest.mark.parametrize("fractions", [(0.6, 0.2, 0.2), (0.9, 0.1), (0.25,) * 4])
def test_each_row_is_in_one_part(cut, fractions):
    parts = cut(None, fractions=fractions)
    assert len(parts) == len(fractions)
    rows = np.concatenate(parts)
    np.testing.assert_array_equal(np.sort(rows), np.arange(len(rows)))
    np.testing.assert_array_equal(cut(None, fractions=fractions)[0], parts[0])
    assert not np.array_equal(cut(None, fractions=fractions, seed=1)[-1], parts[-1])


def test_strata_are_shared_out():
    for part, share in zip(
        stratified_rows(STRATA, (0.6, 0.15, 0.25)), (0.6, 0.15, 0.25), strict=True
    ):
        for name, count in zip("abc", (500, 300, 40), strict=True):
            assert abs(np.sum(STRATA[part] == name) - share * count) <= 1


@pytest.mark.parametrize("seed", range(5))
def test_groups_stay_whole(seed):
    parts = [set(GROUPS[part]) for part in group_rows(GROUPS, seed=seed)]
    assert [len(part) for part in parts] == [12, 4, 4]
    assert set.union(*parts) == set(range(20))


def test_groups_may_have_names_and_lie_apart():
    names = np.array(["x", "y", "z"] * 7)
    parts = group_rows(names, (0.4, 0.3, 0.3))
    assert sorted(set(names[part]).pop() for part in parts) == ["x", "y", "z"]
    assert [len(part) for part in parts] == [7, 7, 7]


@pytest.mark.parametrize("seed", range(5))
def test_every_part_has_a_group(seed):
    groups = np.repeat(np.arange(4), 5)
    parts = group_rows(groups, (0.94, 0.02, 0.02, 0.02), seed=seed)
    assert [len(part) for part in parts] == [5, 5, 5, 5]


@pytest.mark.parametrize("cut", [stratified_rows, group_rows])
@pytest.mark.parametrize("fractions", [(0.5, 0.6), (1.0,), (1.2, -0.2), (1.0, 0.0)])
def test_bad_fractions(cut, fractions):
    with pytest.raises(ValueError, match="fractions must be two or more above 0 that add up to 1"):
        cut(STRATA, fractions)


def test_too_little():
    with pytest.raises(ValueError, match="stratum b has 2 rows, too few for 3 parts"):
        stratified_rows(np.repeat(["a", "b"], [50, 2]))
    with pytest.raises(ValueError, match="3 parts need as many groups, got 2"):
        group_rows(np.repeat([0, 1], 50))
    for cut in (stratified_rows, group_rows):
        with pytest.raises(ValueError, match="there are no rows"):
            cut(np.array([]))
