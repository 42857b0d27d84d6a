"""Check of the question that keeps features, keyed by the body's weights and by the images.

The calls are planned here and made beside the reader's function (`transfer_cache_probes`).  What
an answer says of its work is compared with what the body saw, and its features with those of a
body here.
"""

import keras
import numpy as np

from course_lib.checks.cases import case
from course_lib.checks.transfer_cache_probes import body, session
from course_lib.checks.verdict import WrongAnswer, as_number, fresh_cases, observe, passed

CLOSE = 1e-2  # features lie between -1 and 1; it admits reduced precision
SIZES = (1, 7)  # images in a call that is made twice; others have 3
MOST = 8  # images in a call; the reference always takes so many, so JAX compiles it once
GRID = 1024  # parts of 1 that are drawn: sums of them are exact, whatever the order


class Plan:
    """Calls in a row, and what each must return."""

    def __init__(self, answer, rng):
        self.answer, self.rng = answer, rng
        self.body = body()
        self.weights = [_draw(weight, rng) for weight in self.body.weights]
        self.calls: list[dict] = []
        self.expected: list[tuple] = []

    def images(self, count) -> np.ndarray:
        """Draw images (count, 6, 4, 1)."""
        return _on_grid(self.rng.uniform(0, 1, (count, 6, 4, 1)))

    def ask(self, images, expected, what, text="", *, batch_size=2, **changed):
        """Plan a call; `expected` rows are computed in it, or None where it is killed."""
        call = {"images": images, "batch_size": batch_size, "weights": self.weights, **changed}
        self.calls.append(call)
        self.expected.append((expected, what, text))

    def judge(self):
        """Make the calls; raise `WrongAnswer` at the first that returned something else."""
        reports = observe(self.answer, session, self.calls)
        done = 0
        before: list[dict] = []
        for call, (expected, what, text), report in zip(
            self.calls, self.expected, reports, strict=False
        ):
            if "wrong" in report:
                raise WrongAnswer(report["wrong"])
            if expected is None:
                done = _judge_killed(report)
                continue
            features, computed = _pair(report["value"], what)
            told = text.format(done=done)
            self._compare(features, call, what, told, before)
            self._count(computed, call, report, expected - done, what, told)
            before.append(call)
            done = 0

    def _count(self, computed, call, report, expected, what, text):
        """Compare how many rows the answer says and is seen to have computed."""
        if report["largest"] > call["batch_size"]:
            raise WrongAnswer(
                f"{what}: the body got {report['largest']} images at once; at most "
                f"batch_size={call['batch_size']} are asked for, and each batch is stored before "
                "the next"
            )
        if as_number(computed) != expected:
            raise WrongAnswer(
                f"{what}: computed is {computed!r}; expected {expected}. {text}".rstrip()
            )
        if report["seen"] > expected + (expected > 0):  # one more may be there as padding
            raise WrongAnswer(
                f"{what}: computed is {computed!r}, but {report['seen']} images went through the "
                "body"
            )

    def _rows(self, call) -> np.ndarray:
        """Return the features of the images of a call, with its weights."""
        self.body.set_weights(call["weights"])
        return reference(self.body, call["images"])

    def _compare(self, features, call, what, text, before):
        """Compare rows; `before` are the calls whose rows an answer may have stored."""
        right = self._rows(call)
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
            order = "the rows are right, but not in the order of the images"
            other = "an image got the row of another; the key has to tell any two images apart"
            raise WrongAnswer(f"{what}: {order if permuted else other}")
        known = np.concatenate([right, *map(self._rows, before)])
        if (np.abs(features[:, None] - known).max(2).min(1) <= CLOSE).all():
            raise WrongAnswer(
                f"{what}: rows that were stored before came back, and they do not hold. {text}"
            )
        raise WrongAnswer(
            f"{what}: the features are not what the body gives in inference mode, with the weights "
            "it has now. In training mode, dropout and augmentation draw at random and batch "
            "normalization uses the batch: such a row is stored once and wrong for good"
        )


def _draw(weight, rng) -> np.ndarray:
    low = 0.5 if weight.name in ("gamma", "moving_variance") else -0.5
    return _on_grid(rng.uniform(low, low + 1, tuple(weight.shape)))


def _on_grid(values) -> np.ndarray:
    return (np.round(values * GRID) / GRID).astype("float32")


def _judge_killed(report) -> int:
    """Return how many images were through when a call was killed."""
    if not report["killed"]:
        raise WrongAnswer(
            "A call whose body stops after two batches of seven images in batches of 2 came back "
            "as if nothing had happened: let the error through"
        )
    return report["seen"]


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
    for kind, plans in (
        ("the same call twice", [_twice(size) for size in SIZES]),
        ("images in another order and company", [_images]),
        ("weights that change and come back", [_weights]),
        ("an empty store", [_stores]),
        ("a call that is killed", [_stop]),
    ):
        for plan in plans:
            with case(kind):
                calls = Plan(answer, rng)
                plan(calls)
                calls.judge()
    passed("cached_features", "A row is computed once for each image and state of the weights.")


def _twice(count):
    def plan(calls):
        images = calls.images(count)
        calls.ask(images, count, f"A first call with {count} images", "All of them are new")
        text = "Nothing changed, so the store has every row. Is `store` the dictionary you fill?"
        calls.ask(images, 0, "The same call once more", text)

    return plan


def _first(calls) -> np.ndarray:
    images = calls.images(3)
    calls.ask(images, 3, "A first call with 3 images", "All of them are new")
    return images


def _images(calls):
    images = _first(calls)
    text = "An image is the same wherever it stands in an array"
    calls.ask(images[::-1], 0, "The same images in reversed order", text)
    more = np.concatenate([calls.images(2), images])
    calls.ask(more, 2, "Two new images in front of the known ones", "Only the new ones are run")
    turned = images[:, ::-1, ::-1]
    text = "They have the same pixels at other places, so they are other images"
    calls.ask(turned, len(images), "The same images upside down", text)
    new = calls.images(1)
    text = "The image is one and the same, so it is run once"
    calls.ask(np.concatenate([new, images, new]), 1, "One new image, twice in a call", text)


def _weights(calls):
    images, old = _first(calls), calls.weights
    calls.weights = [old[0][::-1], *old[1:]]
    text = "A weight has changed (some traded places), so no stored row holds"
    calls.ask(images, len(images), "The same images after a training step", text)
    calls.weights = old
    text = "These weights were there before, and their rows are in the store"
    calls.ask(images, 0, "The weights of before, loaded again", text)
    names = [weight.path.rpartition("/")[2] for weight in calls.body.weights]
    mean = names.index("moving_mean")
    calls.weights = [*old[:mean], old[mean] + 1, *old[mean + 1 :]]
    text = "The running averages of a batch normalization are weights too, if not trainable ones"
    calls.ask(images, len(images), "After the running averages moved", text)
    calls.weights = old
    text = "A body that is built again and loads the same weights gives the same rows"
    calls.ask(images, 0, "The same body in a new session", text, rebuilt=True)


def _stores(calls):
    images = _first(calls)
    text = "What is known lies in the store that is handed in, nowhere else"
    calls.ask(images, 3, "The same call with an empty store", text, emptied=True)


def _stop(calls):
    """Stop a call in its third batch, then make it again."""
    images = calls.images(7)
    calls.ask(images, None, "", left=2)
    text = "{done} images were through when it stopped; store each batch before the next runs"
    calls.ask(images, 7, "A call that was killed, made again", text)


def _pair(value, what):
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise WrongAnswer(
            f"{what} returned {type(value).__name__}; expected a pair (features, computed)"
        )
    try:
        return np.asarray(keras.ops.convert_to_numpy(value[0]), "float64"), value[1]
    except (TypeError, ValueError) as error:
        raise WrongAnswer(f"{what}: features are no array of numbers: {error}") from error
