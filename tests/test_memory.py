"""The peak by liveness against small graphs counted by hand."""

import keras
import pytest
from keras import layers as kl

from course_lib.memory import peak_activations
from course_lib.nets import NETS, without_values

SIDE = 8 * 8  # positions of every map below


def peak(build):
    x = keras.Input((8, 8, 4))
    return peak_activations(keras.Model(x, build(x)))


def test_a_chain_needs_input_and_output_of_one_step():
    assert peak(lambda x: kl.Conv2D(2, 1)(kl.Conv2D(16, 1)(x))) == SIDE * (4 + 16)


def test_what_changes_values_one_by_one_writes_over_them():
    assert peak(lambda x: kl.ReLU()(kl.BatchNormalization()(kl.Conv2D(16, 1)(x)))) == SIDE * 20


def test_but_not_where_somebody_else_reads_them():
    def shortcut(x):
        y = kl.Conv2D(16, 1)(x)
        return kl.Add()([y, kl.Conv2D(16, 1)(kl.ReLU()(y))])

    # y, its ReLU, and what the convolution makes of that; the sum needs y and two more, too
    assert peak(shortcut) == SIDE * 3 * 16


def test_zeros_around_a_map_are_not_stored():
    assert peak(lambda x: kl.Conv2D(8, 3)(kl.ZeroPadding2D(1)(x))) == SIDE * (4 + 8)


def test_a_shortcut_is_kept_until_the_sum():
    def inverted(x):
        y = kl.Conv2D(24, 1)(x)
        return kl.Add()([x, kl.Conv2D(4, 1)(kl.DepthwiseConv2D(3, padding="same")(y))])

    assert peak(inverted) == SIDE * (4 + 24 + 24)


def test_a_branch_ends_before_the_next_begins():
    def branches(x):
        wide = [kl.Conv2D(2, 1)(kl.Conv2D(32, 1)(x)) for _ in range(4)]
        return kl.Concatenate()(wide)

    # the image, three finished branches of 2, and 32 of the last, before they shrink to 2
    assert peak(branches) == SIDE * (4 + 3 * 2 + 32)


@pytest.mark.parametrize("name", NETS)
def test_peak_is_at_most_what_training_keeps(name):
    from course_lib.cost import cost

    with without_values():
        found = cost(NETS[name]())
    widest = max(row.activations for row in found.layers if "pad" not in row.name)
    assert widest <= found.peak_activations <= found.activations
