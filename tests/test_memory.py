"""The peak by liveness against small graphs counted by hand."""

import doctest
import sys

import keras
import pytest
from keras import layers as kl

from course_lib.memory import in_place, peak_activations, rule
from course_lib.nets import NETS, without_values
from course_lib.nets.efficientnet import StochasticDepth

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


def test_a_sum_or_product_has_memory_of_its_own():
    for kind in (kl.Add, kl.Multiply):
        assert peak(lambda x, kind=kind: kind()([x, kl.Conv2D(4, 1)(x)])) == SIDE * 3 * 4


@pytest.mark.parametrize(
    "step", [kl.Normalization(mean=0.0, variance=1.0), kl.Rescaling(0.5), StochasticDepth(0.5)]
)
def test_what_inference_leaves_or_scales_takes_no_memory(step):
    assert peak(lambda x: step(kl.Conv2D(16, 1)(x))) == SIDE * 20


def test_an_output_that_a_later_layer_reads_lives_to_the_end():
    def features_and_logits(x):
        features = kl.Conv2D(2, 1)(x)
        return [features, kl.Conv2D(3, 1)(kl.Conv2D(16, 1)(kl.Conv2D(8, 1)(features)))]

    # the features, which are kept though only the layer of 8 reads them, that of 8 and that of 16
    assert peak(features_and_logits) == SIDE * (2 + 8 + 16)
    assert peak(lambda x: features_and_logits(x)[1]) == SIDE * (8 + 16)


def test_nothing_writes_over_an_output():
    def before_and_after(x):
        y = kl.Conv2D(16, 1)(x)
        return [y, kl.ReLU()(y)]

    assert peak(before_and_after) == SIDE * (16 + 16)
    assert peak(lambda x: before_and_after(x)[1]) == SIDE * (4 + 16)


def test_nothing_writes_over_an_output_through_the_zeros_around_it():
    def before_and_after(x):
        y = kl.Conv2D(16, 1)(x)
        return [y, kl.ReLU()(kl.ZeroPadding2D(1)(y))]

    assert peak(before_and_after) == SIDE * 16 + 10 * 10 * 16
    assert peak(lambda x: before_and_after(x)[1]) == SIDE * (4 + 16)


@pytest.mark.parametrize("kept", [0, 1])
def test_of_a_layer_used_twice_only_the_use_that_is_returned_is_kept(kept):
    same = kl.Conv2D(4, 1)

    def uses(x):
        first = same(x)
        second = same(first)
        return [(first, second)[kept], kl.Conv2D(32, 1)(kl.Conv2D(16, 1)(second))]

    assert peak(uses) == SIDE * (4 + 16 + 32)


def test_outputs_of_a_net_inside_are_kept_where_the_whole_returns_them():
    def inside(x):
        image = keras.Input((8, 8, 4))
        small = kl.Conv2D(2, 1)(image)
        features, large = keras.Model(image, [small, kl.Conv2D(16, 1)(small)])(x)
        return [features, kl.Conv2D(3, 1)(kl.Conv2D(8, 1)(large))]

    assert peak(inside) == SIDE * (2 + 16 + 8)
    assert peak(lambda x: inside(x)[1]) == SIDE * (16 + 8)


def test_counting_takes_none_of_the_names_that_keras_counts_up():
    net = keras.Sequential([keras.Input((8, 8, 4)), kl.Conv2D(2, 1), kl.ReLU()])
    before = next_number()
    assert peak_activations(net) == SIDE * (4 + 2)
    assert next_number() == [count + 1 for count in before]


def next_number():
    """Return how many layers and nets without a name there are, one more of each included."""
    x = keras.Input((2,), name="x")
    made = kl.Identity(), keras.Model(x, x)
    return [int(each.name.partition("_")[2] or 0) for each in made]


def test_a_net_without_a_graph_is_refused():
    with pytest.raises(ValueError, match="has no graph of layers"):
        peak_activations(keras.Sequential([kl.Conv2D(2, 1)]))


def test_an_operation_is_named_by_its_type(monkeypatch):
    def build(x):
        return keras.ops.abs(kl.Conv2D(16, 1)(x))

    monkeypatch.setattr(rule, "_rules", dict(rule._rules))
    assert peak(build) == SIDE * (16 + 16)
    in_place("Absolute", "Abs")
    assert peak(build) == SIDE * (4 + 16)


def test_the_examples_hold(monkeypatch):
    monkeypatch.setattr(rule, "_rules", dict(rule._rules))
    assert doctest.testmod(sys.modules["course_lib.memory"]) == (0, 6)


@pytest.mark.parametrize("name", NETS)
def test_peak_is_at_most_what_training_keeps(name):
    from course_lib.cost import cost

    with without_values():
        found = cost(NETS[name]())
    widest = max(row.activations for row in found.layers if "pad" not in row.name)
    assert widest <= found.peak_activations <= found.activations
