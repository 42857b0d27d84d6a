"""Check of the question that keeps features, keyed by the body's weights and by the images.

The body that an answer gets writes down which rows it is handed, and can be made to stop, as a
killed process would.  What the answer says of its work is compared with that.
"""

import keras
import numpy as np
from keras import layers

from course_lib.checks.verdict import WrongAnswer, as_number, call, fresh_cases, passed
from course_lib.checks.weights import undrawn

CLOSE = 1e-2  # features lie between -1 and 1; it admits reduced precision
SIZES = (1, 7)  # images in a call that is made twice; others have 3
MOST = 8  # images in a call; the reference always takes so many, so JAX compiles it once
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


class Session:
    """One reader's function, a body, and what it says about calls in a row."""

    def __init__(self, answer, rng):
        self.answer, self.rng = answer, rng
        self.body = body(rng)
        self.store: dict = {}

    def images(self, count) -> np.ndarray:
        """Draw images (count, 6, 4, 1)."""
        return self.rng.uniform(0, 1, (count, 6, 4, 1)).astype("float32")

    def ask(self, images, expected, what, text, batch_size=2):
        """Call the answer; compare rows, and how many it says and is seen to have computed."""
        self.body.watch()
        pair = call(self.answer, {"batch_size": batch_size}, self.body, images, self.store)
        seen = set().union(*self.body.seen)
        features, computed = _pair(pair, what)
        self._compare(features, images, what)
        if self.body.largest > batch_size:
            raise WrongAnswer(
                f"{what}: the body got {self.body.largest} images at once; at most "
                f"batch_size={batch_size} are asked for, and each batch is stored before the next"
            )
        if as_number(computed) != expected:
            raise WrongAnswer(
                f"{what}: computed is {computed!r}; expected {expected}. {text}".rstrip()
            )
        if len(seen) > expected + (expected > 0):  # one more may be there as padding
            raise WrongAnswer(
                f"{what}: computed is {computed!r}, but {len(seen)} images went through the body"
            )

    def _compare(self, features, images, what):
        right = reference(self.body, images)
        if features.shape != right.shape:
            raise WrongAnswer(
                f"{what}: features have shape {features.shape}; expected {right.shape}, a row for "
                "each image, those that were stored before included"
            )
        if np.abs(features - right).max() <= CLOSE:
            return
        gaps = np.abs(features[:, None] - right).max(2)
        if (gaps.min(1) <= CLOSE).all():
            permuted = (gaps.min(0) <= CLOSE).all()
            text = "the rows are right, but not in the order of the images"
            other = "an image got the row of another; the key has to tell any two images apart"
            raise WrongAnswer(f"{what}: {text if permuted else other}")
        raise WrongAnswer(
            f"{what}: the features are not what the body gives in inference mode, with the weights "
            "it has now. In training mode, dropout and augmentation draw at random and batch "
            "normalization uses the batch: such a row is stored once and wrong for good. If the "
            "first calls were right, rows of other weights or other images came back"
        )


def body(rng) -> WatchedBody:
    """Return a small body with augmentation, normalization and dropout, and random weights."""
    with undrawn():
        image = keras.Input((6, 4, 1))
        x = layers.RandomFlip("horizontal", seed=1)(image)
        x = layers.Conv2D(WIDTH, 3, padding="same", name="conv")(x)
        x = layers.BatchNormalization(name="norm")(x)
        x = layers.Dropout(0.5, seed=1)(layers.Activation("tanh")(x))
        found = WatchedBody(image, layers.Flatten()(x)).watch()
    for weight in found.weights:
        low = 0.5 if weight.name in ("gamma", "moving_variance") else -0.5
        weight.assign(rng.uniform(low, low + 1, weight.shape).astype("float32"))
    return found.watch()


def reference(watched, images) -> np.ndarray:
    """Return the features of images, unseen by the watch."""
    busy, watched.busy = watched.busy, True
    full = np.concatenate([images, np.zeros((MOST - len(images), *images.shape[1:]), "float32")])
    found = keras.ops.convert_to_numpy(watched(full, training=False))[: len(images)]
    watched.busy = busy
    return found


def cached_features(answer) -> None:
    """Judge `cached_features(body, images, store, batch_size)` on calls that follow each other."""
    rng = fresh_cases()
    for count in SIZES:
        session = Session(answer, rng)
        images = session.images(count)
        session.ask(images, count, f"A first call with {count} images", "All of them are new")
        text = "Nothing changed, so the store has every row. Is `store` the dictionary you fill?"
        session.ask(images, 0, "The same call once more", text)
    session = Session(answer, rng)
    images = session.images(3)
    session.ask(images, 3, "A first call with 3 images", "All of them are new")
    _judge_images(session, images)
    _judge_weights(session, images)
    _judge_stores(answer, rng)
    _judge_stop(answer, rng)
    passed("cached_features", "A row is computed once for each image and state of the weights.")


def _judge_images(session, images):
    text = "An image is the same wherever it stands in an array"
    session.ask(images[::-1], 0, "The same images in reversed order", text)
    more = np.concatenate([session.images(2), images])
    session.ask(more, 2, "Two new images in front of the known ones", "Only the new ones are run")
    turned = images[:, ::-1, ::-1]
    text = "They have the same pixels at other places, so they are other images"
    session.ask(turned, len(images), "The same images upside down", text)
    new = session.images(1)
    text = "The image is one and the same, so it is run once"
    session.ask(np.concatenate([new, images, new]), 1, "One new image, twice in a call", text)


def _judge_weights(session, images):
    kernel, old = session.body.get_layer("conv").kernel, session.body.get_weights()
    kernel.assign(keras.ops.flip(kernel, axis=0))
    text = "A weight has changed (some traded places), so no stored row holds"
    session.ask(images, len(images), "The same images after a training step", text)
    session.body.set_weights(old)
    text = "These weights were there before, and their rows are in the store"
    session.ask(images, 0, "The weights of before, loaded again", text)
    mean = session.body.get_layer("norm").moving_mean
    mean.assign(mean + 1)
    text = "The running averages of a batch normalization are weights too, if not trainable ones"
    session.ask(images, len(images), "After the running averages moved", text)
    session.body = body(session.rng)
    session.body.set_weights(old)
    text = "A body that is built again and loads the same weights gives the same rows"
    session.ask(images, 0, "The same body in a new session", text)


def _judge_stores(answer, rng):
    session = Session(answer, rng)
    images = session.images(3)
    session.ask(images, 3, "A first call", "")
    session.store = {}
    text = "What is known lies in the store that is handed in, nowhere else"
    session.ask(images, 3, "The same call with an empty store", text)


def _judge_stop(answer, rng):
    """Stop a call in its third batch, then make it again."""
    session = Session(answer, rng)
    images = session.images(7)
    session.body.watch(left=2)
    try:
        answer(session.body, images, session.store, batch_size=2)
    except Stopped:
        done = len(set().union(*session.body.seen))
        text = f"{done} images were through when it stopped; store each batch before the next runs"
        session.ask(images, 7 - done, "A call that was killed, made again", text)
        return
    except Exception as error:
        raise WrongAnswer(
            f"A call that is killed stopped with {type(error).__name__}: {error}"
        ) from error
    raise WrongAnswer(
        "A call whose body stops after two batches of seven images in batches of 2 came back as "
        "if nothing had happened: let the error through"
    )


def _pair(value, what):
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise WrongAnswer(
            f"{what} returned {type(value).__name__}; expected a pair (features, computed)"
        )
    try:
        return np.asarray(keras.ops.convert_to_numpy(value[0]), "float64"), value[1]
    except (TypeError, ValueError) as error:
        raise WrongAnswer(f"{what}: features are no array of numbers: {error}") from error
