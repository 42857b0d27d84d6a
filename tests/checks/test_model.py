"""A reader's function becomes a model, or hears why not."""

import keras
import pytest
from keras import layers

from course_lib.checks import WrongAnswer
from course_lib.checks.model import as_model


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
