"""A split refuses what does not fit together."""

import numpy as np
import pytest

from course_lib.data import Dataset, Split


def test_split_refuses_unequal_lengths_and_bad_counts():
    with pytest.raises(ValueError, match="got 2 labels for 3 images"):
        Split(np.zeros((3, 2, 2, 1)), np.zeros(2))
    split = Split(np.zeros((3, 2, 2, 1)), np.zeros(3))
    with pytest.raises(ValueError, match="between 1 and 3, got 4"):
        split.take(4)


def test_a_dataset_without_a_license_has_an_empty_one():
    split = Split(np.zeros((3, 2, 2, 1)), np.zeros(3))
    assert Dataset(split, split, split, ("a",), "Made here.").license == ""
