"""What the counts of a convolution are compared with is what Keras builds and course_lib counts."""

import keras
import numpy as np
import pytest
from keras import layers

from course_lib.checks import case_studies_counts as counts
from course_lib.cost import cost
from course_lib.nets import without_values
from tests.checks.judging import define, solution


@pytest.mark.parametrize("biases", [True, False])
@pytest.mark.parametrize(("kind", "values"), counts.LAYERS)
def test_weights_are_those_of_a_layer(kind, values, biases):
    asked = dict(zip(counts.WEIGHTS, values, strict=True)) | {"biases": biases}
    with without_values():
        layer = layers.Conv2D(
            asked["filters"],
            asked["kernel"],
            groups=asked["groups"],
            dilation_rate=asked["dilation"],
            use_bias=biases,
        )
        layer.build((None, 40, 40, asked["channels"]))
        assert counts._weights(**asked) == layer.count_params()


ASKED = [dict(zip(counts.WORK, values, strict=True)) for _, values in counts.MAPS]


# Keras has no layer with both a stride and a dilation.
@pytest.mark.parametrize("asked", [a for a in ASKED if 1 in (a["stride"], a["dilation"])])
def test_work_is_that_of_a_net(asked):
    with without_values():
        image = keras.Input((*asked["size"], asked["channels"]))
        x = layers.Conv2D(
            asked["filters"],
            asked["kernel"],
            strides=asked["stride"],
            dilation_rate=asked["dilation"],
            padding=asked["padding"],
        )(image)
        assert counts._work(**asked) == cost(keras.Model(image, x)).macs


@pytest.mark.parametrize(
    ("question", "slips", "cases"),
    [
        ("weights_of_conv", counts._weight_slips, counts.LAYERS),
        ("macs_of_conv", counts._work_slips, counts.MAPS),
    ],
)
def test_a_number_has_one_text_with_all_its_mistakes(question, slips, cases):
    more = (True,) if question == "weights_of_conv" else ()
    for _, values in cases:
        numbers = [number for number, _ in counts.merged(slips(*values, *more))]
        assert len(numbers) == len(set(numbers))


def test_the_examples_of_the_tasks_hold():
    weights = define(solution("case_studies", "weights_of_conv"), "weights_of_conv")
    assert weights((1, 5), 6, 4, 2, 3, True) == 64
    macs = define(solution("case_studies", "macs_of_conv"), "macs_of_conv")
    assert macs((9, 8), (3, 2), 5, 4, 2, 1, "valid") == 1920


def test_each_kind_of_case_is_drawn_too():
    rng = np.random.default_rng(2)
    for drawn, fixed in ((counts._drawn_layers, counts.LAYERS), (counts._drawn_maps, counts.MAPS)):
        assert {kind for kind, _ in drawn(rng)} == {kind for kind, _ in fixed}
