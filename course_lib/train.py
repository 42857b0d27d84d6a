"""Train a net for a fixed number of steps, the same way on every backend.

The learning rate follows half a cosine from its first value to 0 (Loshchilov and Hutter, "SGDR",
ICLR 2017, equation 5 without restarts), so that the last steps settle, whatever the rate.
"""

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np

from course_lib.data.load import Split

OPTIMIZERS: dict[str, Callable[..., keras.Optimizer]] = {
    "momentum": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
    "adam": keras.optimizers.Adam,
}
RECORDS = 20  # points of a training curve, at most


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
        steps: batches that one call of `fit` takes for an epoch.
        seed: of the order.
    """

    def __init__(self, split: Split, *, batch_size: int, steps: int, seed: int):
        super().__init__()
        if not 1 <= batch_size <= len(split):
            raise ValueError(f"batch_size must be between 1 and {len(split)}, got {batch_size}")
        self.split = split
        self.batch_size = batch_size
        self.steps = steps
        self.draw = np.random.default_rng(seed)
        self.rows = np.arange(0)

    @property
    def num_batches(self):
        return self.steps

    def __getitem__(self, index):
        if len(self.rows) < self.batch_size:
            self.rows = self.draw.permutation(len(self.split))
        rows, self.rows = np.split(self.rows, [self.batch_size])
        return self.split.images[rows], self.split.labels[rows]


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
    if optimizer not in OPTIMIZERS:
        raise ValueError(f"optimizer must be one of {tuple(OPTIMIZERS)}, got {optimizer!r}")
    if steps < 1:
        raise ValueError(f"steps must be at least 1, got {steps}")
    records = max(n for n in range(1, RECORDS + 1) if steps % n == 0)
    batches = Batches(split, batch_size=batch_size, steps=steps // records, seed=seed)
    keras.utils.set_random_seed(seed)
    model = build()
    model.compile(
        optimizer=OPTIMIZERS[optimizer](
            keras.optimizers.schedules.CosineDecay(learning_rate, decay_steps=steps)
        ),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=_jit(),
    )
    history = model.fit(batches, epochs=records, shuffle=False, verbose=0).history
    curve = [
        ((i + 1) * batches.steps, float(loss), 1.0 - float(accuracy))
        for i, (loss, accuracy) in enumerate(zip(history["loss"], history["accuracy"], strict=True))
    ]
    return Trained(model, curve)


def gradient_norms(
    build: Callable[[], keras.Model], split: Split, *, batch_size: int, seed: int
) -> dict[str, float]:
    """Measure the gradient of the loss before the first update.

    Plain SGD with learning rate 1 changes each weight by its gradient, on every backend, so the
    norm of the change after one step is the norm of the gradient.

    Args:
        build: returns a fresh classifier that gives probabilities.
        split: the first batch of it is used, in training mode.
        batch_size: images in that batch.
        seed: of the weights and of the order of the images.

    Returns:
        The Euclidean norm for each trainable weight, by its path, in the net's order.
    """
    batch = Batches(split, batch_size=batch_size, steps=1, seed=seed)[0]
    keras.utils.set_random_seed(seed)
    model = build()
    model.compile(
        optimizer=keras.optimizers.SGD(1.0),
        loss="sparse_categorical_crossentropy",
        run_eagerly=True,  # one step: compiling would take longer
    )
    before = [keras.ops.convert_to_numpy(w) for w in model.trainable_variables]
    model.train_on_batch(*batch)
    return {
        weight.path: float(np.linalg.norm(keras.ops.convert_to_numpy(weight) - old))
        for weight, old in zip(model.trainable_variables, before, strict=True)
    }


def _jit() -> bool | str:
    """On a CPU, TensorFlow's own kernels beat XLA for small nets; other backends know best."""
    return "auto" if keras.backend.backend() != "tensorflow" else False
