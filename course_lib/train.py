"""Train a net for a fixed number of steps, the same way on every backend.

The learning rate follows half a cosine from its first value to 0 (Loshchilov and Hutter, "SGDR",
ICLR 2017, equation 5 without restarts), so that the last steps settle, whatever the rate.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from course_lib.data import Split

OPTIMIZERS: dict[str, Callable[..., keras.Optimizer]] = {
    "momentum": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
    "adam": keras.optimizers.Adam,
}
# (images, labels, draw) to images and labels, which may be a tuple for several outputs
Augment = Callable[[np.ndarray, np.ndarray, np.random.Generator], tuple[np.ndarray, Any]]
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


class Batches(keras.utils.PyDataset):
    """Shuffled batches of one size: each image once before any comes again, by a seed of its own.

    Args:
        split: images and labels, at least one batch of them.
        batch_size: images a batch.
        seed: of the order, and of what `augment` draws.
        augment: changes each batch before it is trained on: `augment(images, labels, draw)`
            returns images and labels; `draw` is a `numpy.random.Generator`.
    """

    def __init__(self, split: Split, *, batch_size: int, seed: int, augment: Augment | None = None):
        super().__init__()
        if not 1 <= batch_size <= len(split):
            raise ValueError(f"batch_size must be between 1 and {len(split)}, got {batch_size}")
        self.split = split
        self.batch_size = batch_size
        self.steps = 1  # batches that one call of `fit` takes for an epoch
        self.augment = augment
        # Two streams, so that the order of the images is the same with and without `augment`.
        self.draw = np.random.default_rng(seed)
        self.changes = np.random.default_rng([seed, 1])
        self.rows = np.arange(0)

    @property
    def num_batches(self):
        return self.steps

    def __getitem__(self, index):
        if len(self.rows) < self.batch_size:
            self.rows = self.draw.permutation(len(self.split))
        rows, self.rows = np.split(self.rows, [self.batch_size])
        images, labels = self.split.images[rows], self.split.labels[rows]
        return self.augment(images, labels, self.changes) if self.augment else (images, labels)


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
    recipe = recipe or Recipe()
    records = max(n for n in range(1, RECORDS + 1) if steps % n == 0)
    batches.steps = steps // records
    rate: Any = keras.optimizers.schedules.CosineDecay(learning_rate, decay_steps=steps)
    callbacks: list[keras.callbacks.Callback] = []
    if seconds is not None:
        batches.steps, records, rate = Clock.STEPS, Clock.MOST, learning_rate
        callbacks = [Clock(learning_rate, seconds)]
    model.compile(
        optimizer=OPTIMIZERS[recipe.optimizer](rate),
        loss=recipe.loss,
        loss_weights=recipe.loss_weights,
        metrics=[["accuracy"], *([] for _ in model.outputs[1:])],
        jit_compile=_jit(),
    )
    history = model.fit(
        batches, epochs=records, shuffle=False, verbose=0, callbacks=callbacks
    ).history
    accuracies = next(values for name, values in history.items() if name.endswith("accuracy"))
    curve = [
        ((i + 1) * batches.steps, float(mean), 1.0 - float(accuracy))
        for i, (mean, accuracy) in enumerate(zip(history["loss"], accuracies, strict=True))
    ]
    return Trained(model, curve)


class Clock(keras.callbacks.Callback):
    """End a training after some seconds, with the learning rate at 0 by then.

    Time is that of the process, in all its threads.  The first updates, which compile the net, are
    not counted.  The learning rate follows half a cosine of the time, in steps of some updates.

    Args:
        learning_rate: of the first update.
        seconds: after the first record.
    """

    STEPS = 10  # updates a record
    MOST = 100_000  # records

    def __init__(self, learning_rate: float, seconds: float):
        super().__init__()
        self.learning_rate = learning_rate
        self.seconds = seconds
        self.began: float | None = None

    def on_epoch_begin(self, epoch, logs=None):
        share = 0.0 if self.began is None else (time.process_time() - self.began) / self.seconds
        cosine = 0.5 * (1.0 + math.cos(math.pi * min(share, 1.0)))
        self.model.optimizer.learning_rate = self.learning_rate * cosine

    def on_epoch_end(self, epoch, logs=None):
        if self.began is None:
            self.began = time.process_time()
        self.model.stop_training = time.process_time() - self.began >= self.seconds


def _jit() -> bool | str:
    """On a CPU, TensorFlow's own kernels beat XLA for small nets; other backends know best."""
    return "auto" if keras.backend.backend() != "tensorflow" else False
