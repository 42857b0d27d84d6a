"""A reader's function becomes a model, or hears why not."""

import keras
import numpy as np
import pytest
from keras import layers

from course_lib.checks import WrongAnswer
from course_lib.checks.model import as_model, outputs


def conv(x, n):
    return layers.Conv2D(n, 3)(x)


def test_a_function_of_tensors_is_a_model():
    model = as_model(conv, (8, 8, 2), {"n": 4})
    assert isinstance(model, keras.Model)
    assert model.output_shape == (None, 6, 6, 4)


def test_its_input_may_come_back_as_it_is():
    assert as_model(lambda x: x, (4,), {}).output_shape == (None, 4)


def named_twice(x):
    return layers.ReLU(name="same")(layers.ReLU(name="same")(x))


WRONG = {
    "returned list": (lambda x: [1], "returned list; expected the Keras tensor"),
    "a layer": (lambda x: layers.ReLU(), "returned ReLU; expected the Keras tensor"),
    "another input": (lambda x: layers.ReLU()(keras.Input((4,))), "no model leads from x"),
    "names": (named_twice, "two of your layers have the same name"),
    "an error": (lambda x: 1 / 0, "stopped with ZeroDivisionError"),
}


@pytest.mark.parametrize(("answer", "message"), WRONG.values(), ids=WRONG)
def test_what_is_no_model_is_explained(answer, message):
    with pytest.raises(WrongAnswer, match=message):
        as_model(answer, (4,), {})


def test_a_function_elsewhere_is_asked_there():
    class Elsewhere:
        def as_model(self, shape, arguments):
            return shape, arguments

    assert as_model(Elsewhere(), (4,), {"n": 1}) == ((4,), {"n": 1})


def test_outputs_with_other_values_leave_the_model_as_it_is():
    def answer(x):
        return layers.BatchNormalization(momentum=0.5)(layers.Dense(3)(x))

    model = as_model(answer, (4,), {})
    before = model.get_weights()
    x = np.random.default_rng(0).normal(size=(5, 4))
    kinds = model.trainable_variables, model.non_trainable_variables
    values = [[2 * v.numpy() + 1 for v in kind] for kind in kinds]
    for training in (False, True, None):
        found = outputs(model, x, training, values)
        assert found.shape == (5, 3)
        assert not np.allclose(found, outputs(model, x))
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_model_elsewhere_is_asked_there():
    class Elsewhere:
        def ask(self, images, training, values):
            return images.dtype.name, training, values

    assert outputs(Elsewhere(), np.zeros((1, 2)), True, ([], [])) == ("float32", True, ([], []))
