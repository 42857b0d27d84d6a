"""Errors by hand, in inference mode; scores that make no sense are refused."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from course_lib import evaluate
from course_lib.data import Split
from course_lib.evaluate.classify import checked_probabilities, checked_scores

LIGHT = """
import sys, numpy, keras
before = set(sys.modules)
import course_lib.evaluate
new = {name.split(".")[0] for name in set(sys.modules) - before}
print(sorted(new & {"scipy", "sklearn", "matplotlib"}))
"""


@pytest.fixture(scope="module")
def brightest():
    """A net that answers with the index of the brighter of two pixels."""
    inputs = keras.Input((1, 2, 1))
    return keras.Model(inputs, keras.layers.Softmax()(keras.layers.Flatten()(inputs)))


def test_error_counts_wrong_answers(brightest):
    pixels = np.array([[1, 0], [0, 1], [0.2, 0.9], [0.8, 0.3]], "float32")
    split = Split(pixels[:, None, :, None], np.array([0, 1, 0, 0], "int32"))
    assert evaluate.error(brightest, split) == 0.25
    assert evaluate.accuracy(brightest, split) == 0.75
    assert evaluate.probabilities(brightest, split.images).shape == (4, 2)


def diverged(share):
    """A net whose answers are NaN for images with a first pixel below `share`, else class 0."""
    inputs = keras.Input((1, 2, 1))
    first = inputs[:, 0, 0]
    answers = keras.ops.concatenate([1.0 + 0.0 * first, 0.0 * first], axis=-1)
    return keras.Model(inputs, keras.ops.where(first < share, np.nan, answers))


@pytest.mark.parametrize(("share", "wrong"), [(0.0, 0.0), (0.5, 0.5), (2.0, 1.0)])
def test_nan_is_a_wrong_answer(share, wrong):
    pixels = np.array([[0.1, 0], [0.2, 0], [0.8, 0], [0.9, 0]], "float32")
    split = Split(pixels[:, None, :, None], np.zeros(4, "int32"))
    assert evaluate.error(diverged(share), split) == wrong
    assert evaluate.accuracy(diverged(share), split) == 1.0 - wrong
    lost = np.isnan(evaluate.probabilities(diverged(share), split.images))
    assert lost.any(axis=-1).mean() == wrong


def test_nan_in_one_class_only_is_a_wrong_answer():
    inputs = keras.Input((1, 2, 1))
    model = keras.Model(inputs, keras.layers.Flatten()(inputs))
    split = Split(np.array([[[[0.9], [np.nan]]]], "float32"), np.ones(1, "int32"))
    assert evaluate.error(model, split) == 1.0  # argmax alone would take the NaN for right


def test_no_images_have_no_error(brightest):
    none = Split(np.zeros((0, 1, 2, 1), "float32"), np.zeros(0, "int32"))
    for measure in (evaluate.error, evaluate.accuracy):
        with pytest.raises(ValueError, match="at least one image is needed, got none"):
            measure(brightest, none)
    with pytest.raises(ValueError, match="at least one image is needed, got none"):
        evaluate.probabilities(brightest, none.images)


def test_error_is_taken_in_inference_mode():
    """Dropout at rate 1 minus a little would destroy every answer in training mode."""
    inputs = keras.Input((1, 2, 1))
    dropped = keras.layers.Dropout(0.99)(keras.layers.Flatten()(inputs))
    model = keras.Model(inputs, keras.layers.Softmax()(dropped))
    images = np.tile(np.array([0, 1], "float32")[None, None, :, None], (50, 1, 1, 1))
    assert evaluate.error(model, Split(images, np.ones(50, "int32"))) == 0.0


@pytest.mark.parametrize(
    ("scores", "labels", "message"),
    [
        ([[0.5, 0.5]], [0, 1], r"got shapes \(1, 2\) and \(2,\)"),
        ([0.5, 0.5], [0, 1], r"got shapes \(2,\)"),
        (np.zeros((0, 2)), [], "got shapes"),
        ([[0.5, np.nan]], [0], "finite"),
        ([[0.5, 0.5]], [2], "from 0 to 1, got int64 from 2 to 2"),
        ([[0.5, 0.5]], [-1], "got int64 from -1"),
        ([[0.5, 0.5]], [1.0], "got float64"),
    ],
)
def test_scores_and_labels_must_fit(scores, labels, message):
    with pytest.raises(ValueError, match=message):
        checked_scores(scores, labels)


@pytest.mark.parametrize("given", [[[0.5, 0.6]], [[1.5, -0.5]], [[np.nan, 1.0]], np.zeros((0, 2))])
def test_what_is_no_distribution_is_refused(given):
    with pytest.raises(ValueError, match="probabilities"):
        checked_probabilities(given)


def test_sums_may_be_off_as_far_as_half_precision_is():
    given = np.full((1, 1000), 0.001, "float16")
    assert checked_probabilities(given).dtype == "float64"


def test_measuring_imports_no_library_before_it_is_used():
    done = subprocess.run(
        [sys.executable, "-c", LIGHT],
        env=os.environ | {"KERAS_BACKEND": "numpy"},  # the one that starts fastest
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
