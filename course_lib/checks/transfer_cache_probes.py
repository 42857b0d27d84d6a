"""Calls of `cached_features` in a row, watched, beside the reader's function.

The body that an answer gets writes down which rows it is handed, and can be made to stop, as a
killed process would.
"""

import keras
import numpy as np
from keras import layers

from course_lib.checks.verdict import WrongAnswer, call
from course_lib.checks.weights import undrawn

WIDTH = 5


class Stopped(RuntimeError):
    """What a body raises that was told to stop."""


class WatchedBody(keras.Model):
    """A functional body that notes the images it is run on.

    Attributes:
        seen: the bytes of each image, one set for each time it was run.
        left: how often it may still be run; `None` for ever.
    """

    def watch(self, left: int | None = None):
        """Forget what was seen; stop after `left` runs."""
        self.seen: list[set[bytes]] = []
        self.largest, self.left, self.busy = 0, left, False
        return self

    def _run(self, how, images, args, more):
        if self.busy or isinstance(images, keras.KerasTensor):
            return how(images, *args, **more)
        if self.left is not None and len(self.seen) == self.left:
            raise Stopped("the process was killed here")
        array = np.ascontiguousarray(keras.ops.convert_to_numpy(images), "float32")
        self.seen.append({image.tobytes() for image in array})
        self.largest, self.busy = max(self.largest, len(array)), True
        try:
            return how(images, *args, **more)
        finally:
            self.busy = False

    def __call__(self, images, *args, **more):
        return self._run(super().__call__, images, args, more)

    def predict(self, x, *args, **more):
        return self._run(super().predict, x, args, more | {"verbose": 0})

    def predict_on_batch(self, x):
        return self._run(super().predict_on_batch, x, (), {})


def body(values=None) -> WatchedBody:
    """Return a small body with augmentation, normalization and dropout, and given weights."""
    with undrawn():
        image = keras.Input((6, 4, 1))
        x = layers.RandomFlip("horizontal", seed=1)(image)
        x = layers.Conv2D(WIDTH, 3, padding="same", name="conv")(x)
        x = layers.BatchNormalization(name="norm")(x)
        x = layers.Dropout(0.5, seed=1)(layers.Activation("tanh")(x))
        found = WatchedBody(image, layers.Flatten()(x)).watch()
    if values is not None:
        found.set_weights(values)
    return found.watch()


def session(answer, calls: list[dict]) -> list[dict]:
    """Make calls in a row, up to the first that raises; report each.

    Args:
        answer: the reader's function.
        calls: dictionaries with `images`, `batch_size` and `weights` of the body; with `rebuilt`
            the body is a new one, with `emptied` the store; `left` stops the body after so many
            runs.

    Returns:
        A dictionary for each call: what it returned (`value`), how many different images the
        body was `seen` to run, the `largest` batch; `killed`, where the body was stopped and its
        error came through; `wrong` with the text of what it raised.
    """
    reports: list[dict] = []
    store: dict = {}
    watched = body()
    for one in calls:
        watched = body() if one.get("rebuilt") else watched
        store = {} if one.get("emptied") else store
        watched.set_weights(one["weights"])
        watched.watch(left=one.get("left"))
        report: dict = {}
        sizes = {"batch_size": one["batch_size"]}
        try:
            if one.get("left") is None:
                report["value"] = call(answer, sizes, watched, one["images"], store)
            else:
                report = _killed(answer, sizes, watched, one["images"], store)
        except WrongAnswer as wrong:
            report["wrong"] = str(wrong)
        report |= {"seen": len(set().union(*watched.seen)), "largest": watched.largest}
        reports.append(report)
        if "wrong" in report:
            break
    return reports


def _killed(answer, sizes, watched, images, store) -> dict:
    try:
        answer(watched, images, store, **sizes)
    except Stopped:
        return {"killed": True}
    except Exception as error:
        text = f"A call that is killed stopped with {type(error).__name__}: {error}"
        raise WrongAnswer(text) from error
    return {"killed": False}
