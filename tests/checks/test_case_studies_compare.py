"""Two nets are compared by what course_lib counts of them, and each fault turns a word round."""

import keras
import numpy as np
import pytest
from keras import layers

from course_lib.checks import case_studies_compare as compare
from course_lib.cost import cost
from course_lib.nets import without_values
from tests.checks.case_studies_right import by_totals

RNG = np.random.default_rng(5)
NETS = [(image, net) for image, *nets in compare.PAIRS for net in nets]
NETS += [(image, net) for image, *nets in (compare._drawn(RNG) for _ in range(3)) for net in nets]


def built(image, net):
    """Return the net in Keras; every layer has biases and a ReLU."""
    x = first = keras.Input(image)
    for kind, *sizes in net:
        if kind == "conv":
            kernel, filters, stride = sizes
            x = layers.Conv2D(filters, kernel, stride, "same", activation="relu")(x)
        else:
            x = layers.Dense(sizes[0], "relu")(layers.Flatten()(x) if len(x.shape) > 2 else x)
    return keras.Model(first, x)


@pytest.mark.parametrize(("image", "net"), NETS)
def test_counts_are_those_of_course_lib(image, net):
    with without_values():
        found = cost(built(image, net))
    expected = {
        "weights": found.params,
        "macs": found.macs,
        "memory": found.peak_activations,
    }
    assert compare.counts(image, net) == expected


@pytest.mark.parametrize("fault", compare.FAULTS)
def test_each_fault_turns_a_word_round(fault):
    assert any(
        compare._word(*pair, quantity, fault) != compare._word(*pair, quantity)
        for pair in compare.PAIRS
        for quantity in compare.QUANTITIES
    )


def test_all_words_occur():
    words = [
        compare._word(*pair, quantity) for pair in compare.PAIRS for quantity in compare.QUANTITIES
    ]
    assert set(words) == set(compare.WORDS)


def test_an_answer_may_empty_its_lists():
    pairs = str(compare.PAIRS)

    def cheaper_net(image, first, second):
        found = by_totals(image, first, second)
        first.clear()
        second.clear()
        return found

    compare.cheaper_net(cheaper_net)
    assert str(compare.PAIRS) == pairs
