"""Train a net for a fixed number of steps, the same way on every backend.

The learning rate follows half a cosine from its first value to 0 (Loshchilov and Hutter, "SGDR",
ICLR 2017, equation 5 without restarts), so that the last steps settle, whatever the rate.
"""

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras

from course_lib.batches import Batches
from course_lib.data import Split

OPTIMIZERS: dict[str, Callable[..., keras.Optimizer]] = {
    "momentum": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
    "adam": keras.optimizers.Adam,
}
RECORDS = 20  # points of a training curve, at most


@dataclass(frozen=True)
class Recipe:
    """What a training minimizes, and how.

    Args:
        optimizer: one of `OPTIMIZERS`.
        loss: what Keras takes for a loss; it fits the labels of the batches.
        loss_weights: one an output, for a net with several; the batches then have labels for each.

    Raises:
        ValueError: unknown `optimizer`.
    """

    optimizer: str = "momentum"
    loss: Any = "sparse_categorical_crossentropy"
    loss_weights: Sequence[float] | None = None

    def __post_init__(self):
        if self.optimizer not in OPTIMIZERS:
            raise ValueError(
                f"optimizer must be one of {tuple(OPTIMIZERS)}, got {self.optimizer!r}"
            )


@dataclass(frozen=True)
class Trained:
    """A trained net and its curve.

    Args:
        model: the net, compiled.
        curve: one (steps done, training loss, training error) a record; loss and error are means
            over the batches since the record before, in training mode, before each update.
    """

    model: keras.Model
    curve: list[tuple[int, float, float]]


def train(
    build: Callable[[], keras.Model],
    split: Split,
    *,
    learning_rate: float,
    steps: int,
    batch_size: int,
    seed: int,
    optimizer: str = "momentum",
) -> Trained:
    """Build a net and train it on cross-entropy.

    Args:
        build: returns a fresh classifier that gives probabilities.
        split: what to train on.
        learning_rate: of the first step; it falls to 0 along half a cosine.
        steps: number of updates.
        batch_size: images an update.
        seed: of the weights and of the order of the images.
        optimizer: one of `OPTIMIZERS`: "momentum" (SGD, 0.9) or "adam".

    Returns:
        The trained net with its curve.

    Raises:
        ValueError: unknown `optimizer`, fewer than 1 step, or a batch larger than the split.
    """
    recipe = Recipe(optimizer)
    batches = Batches(split, batch_size=batch_size, seed=seed)
    keras.utils.set_random_seed(seed)
    return fit(build(), batches, learning_rate=learning_rate, steps=steps, recipe=recipe)


def fit(
    model: keras.Model,
    batches: Batches,
    *,
    learning_rate: float,
    steps: int,
    seconds: float | None = None,
    recipe: Recipe | None = None,
) -> Trained:
    """Train a net that exists already; `train` is this with a fresh one.

    Args:
        model: a classifier that gives probabilities.  The curve of a net with several outputs is
            that of the first.
        batches: what to train on.
        learning_rate: of the first step; it falls to 0 along half a cosine.
        steps: number of updates.
        seconds: train for so much processor time instead of `steps`; see `Clock`.
        recipe: optimizer and loss; SGD with momentum on cross-entropy by default.

    Returns:
        The trained net with its curve.

    Raises:
        ValueError: fewer than 1 step, or no time.
    """
    if steps < 1:
        raise ValueError(f"steps must be at least 1, got {steps}")
    if seconds is not None and not seconds > 0:
        raise ValueError(f"seconds must be above 0, got {seconds}")
    _compile(model, recipe or Recipe(), learning_rate)
    progress = Count(steps) if seconds is None else Clock(seconds)
    curve: list[tuple[int, float, float]] = []
    done = 0
    while progress(done) < 1.0:
        losses, wrong = [], []
        # Not `model.fit`, which asks for batches before the first epoch, and not as often on each
        # backend: a net would be trained on other images.  `make bench-training` times both.
        for number in range(done, done + progress.record):
            share = min(progress(number), 1.0)
            model.optimizer.learning_rate = learning_rate * 0.5 * (1.0 + math.cos(math.pi * share))
            model.reset_metrics()  # Keras' means are those of this batch, and ours of the record
            found = model.train_on_batch(*batches[number], return_dict=True)
            accuracy = next(value for name, value in found.items() if name.endswith("accuracy"))
            losses.append(float(found["loss"]))
            wrong.append(1.0 - float(accuracy))
        done += progress.record
        curve.append((done, statistics.fmean(losses), statistics.fmean(wrong)))
    return Trained(model, curve)


class Count:
    """Tell what share of a number of updates is done."""

    def __init__(self, steps: int):
        self.steps = steps
        self.record = steps // max(n for n in range(1, RECORDS + 1) if steps % n == 0)

    def __call__(self, done: int) -> float:
        return done / self.steps


class Clock:
    """Tell what share of a processor time has passed, in all threads of the process.

    The first record of updates, which compile the net, is not counted.

    Args:
        seconds: after the first record.
    """

    record = 10  # updates

    def __init__(self, seconds: float):
        self.seconds = seconds
        self.began: float | None = None

    def __call__(self, done: int) -> float:
        """Return the share after so many updates, 0 at first, above 1 when the time is over."""
        if done < self.record:
            return 0.0
        now = time.process_time()
        if self.began is None:
            self.began = now
        return (now - self.began) / self.seconds


def _compile(model: keras.Model, recipe: Recipe, learning_rate: float) -> None:
    """Compile a net to train by a recipe and to count the errors of its first output."""
    others: list[list[str]] = [[] for _ in model.outputs[1:]]
    model.compile(
        optimizer=OPTIMIZERS[recipe.optimizer](learning_rate),
        loss=recipe.loss,
        loss_weights=recipe.loss_weights,
        metrics=[["accuracy"], *others] if others else ["accuracy"],
        jit_compile=jit(),
    )


def jit() -> bool | str:
    """Return `jit_compile`: on a CPU TensorFlow's own kernels beat XLA for small nets."""
    return "auto" if keras.backend.backend() != "tensorflow" else False
