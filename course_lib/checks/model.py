"""A reader's function as a model, built and run where the function is."""

import keras
import numpy as np

from course_lib.checks.verdict import WrongAnswer, call, spell
from course_lib.checks.weights import undrawn


def as_model(answer, shape, arguments: dict) -> keras.Model:
    """Build a model of a function from Keras tensor to Keras tensor.

    Args:
        answer: the reader's function, `answer(x, **arguments)`.
        shape: (H, W, C) of the input.
        arguments: keyword arguments of the call.

    Raises:
        WrongAnswer: the function raised, or did not return a Keras tensor that depends on x.
    """
    if hasattr(answer, "as_model"):  # a grader has it in another process
        return answer.as_model(shape, arguments)
    x = keras.Input(shape)
    with undrawn():
        y = call(answer, arguments, x)
    if not isinstance(y, keras.KerasTensor):
        raise WrongAnswer(
            f"{spell(answer, arguments)} returned {type(y).__name__}; expected the Keras tensor "
            "that the last layer gives when it is called"
        )
    if y is x:  # Keras 3.13 builds no model without a layer
        y = keras.layers.Identity()(x)
    try:
        return keras.Model(x, y)
    except ValueError as error:
        if "unique" in str(error):
            raise WrongAnswer(
                f"{spell(answer, arguments)}: two of your layers have the same name, which Keras "
                "does not allow in one model. Leave `name` out, or give each layer its own"
            ) from error
        raise WrongAnswer(
            f"{spell(answer, arguments)}: no model leads from x to what it returned: {error}"
        ) from error


def outputs(model, images, training: bool | None = None, values=None) -> np.ndarray:
    """Return what a model of `as_model` puts out.

    Args:
        model: with the variables as they are, unless there are `values`.
        images: array (B, H, W, C).
        training: the mode; `None` says nothing of it, as in `model(x)`.
        values: of the trainable and of the other variables, two lists; the variables then stay
            as they are, moving statistics too.
    """
    images = np.asarray(images, "float32")
    if hasattr(model, "ask"):  # a grader has it in another process
        return model.ask(images, training, values)
    x = keras.ops.convert_to_tensor(images)
    if values is None:
        return keras.ops.convert_to_numpy(model(x, training=training))
    found, _ = model.stateless_call(*values, x, training=training)
    return keras.ops.convert_to_numpy(found)
