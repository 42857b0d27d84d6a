"""Each pair has the same weights, on either side."""

import math

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
        # Sizes and not shapes: gates are dense layers here, 1x1 convolutions there.  What is not
        # trained is left out: some of theirs begin with the statistics of images.
        sizes = [
            sorted(math.prod(weight.shape) for weight in net.trainable_weights)
            for net in (ours, theirs)
        ]
        assert sizes[0] == sizes[1]
