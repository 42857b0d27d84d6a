"""Each pair has the same weights, on either side."""

import keras
import pytest

from course_lib.nets import without_values
from twins import FAMILIES, TWINS, pair


@pytest.mark.parametrize("name", FAMILIES)
def test_both_nets_of_a_pair_have_the_same_weights(name):
    assert set(FAMILIES) <= set(TWINS)
    assert hasattr(keras.applications, TWINS[name].theirs)
    with without_values():
        ours, theirs = pair(name, side=96, classes=10)
        assert ours.input_shape == theirs.input_shape == (None, 96, 96, 3)
        # Some of theirs begin with the statistics of ImageNet's pixels.
        pixels = [each for each in theirs.layers if isinstance(each, keras.layers.Normalization)]
        theirs_without = theirs.count_params() - sum(each.count_params() for each in pixels)
        assert ours.count_params() == theirs_without
