"""Gradients of a net before or between updates, the same way on every backend."""

from collections.abc import Callable

import keras
import numpy as np

from course_lib.batches import Batches
from course_lib.data import Split


def gradient_norms(
    build: Callable[[], keras.Model], split: Split, *, batch_size: int, seed: int
) -> dict[str, float]:
    """Return the Euclidean norm of the gradient of each weight; see `gradients`."""
    found = gradients(build, split, batch_size=batch_size, seed=seed)
    return {path: float(np.linalg.norm(value)) for path, value in found.items()}


def gradients(
    build: Callable[[], keras.Model], split: Split, *, batch_size: int, seed: int
) -> dict[str, np.ndarray]:
    """Return the gradient of the cross-entropy for one batch, in training mode.

    Args:
        build: returns a classifier that gives probabilities; its weights are lost.
        split: the first batch of it is used.
        batch_size: images in that batch.
        seed: of the weights and of the order of the images.

    Returns:
        The gradient for each trainable weight, by its path, in the net's order.
    """
    batch = Batches(split, batch_size=batch_size, seed=seed)[0]
    keras.utils.set_random_seed(seed)
    model = build()
    model.compile(
        optimizer=_BecomeGradients(1.0),
        loss="sparse_categorical_crossentropy",
        run_eagerly=True,  # one step: compiling would take longer
    )
    model.train_on_batch(*batch)
    return {w.path: keras.ops.convert_to_numpy(w) for w in model.trainable_variables}


class _BecomeGradients(keras.optimizers.Optimizer):
    """Put the gradient in the place of each weight, which is how every backend hands it out."""

    def update_step(self, gradient, variable, learning_rate):
        self.assign(variable, gradient)
