"""Shuffled batches that depend on a seed and a number only, not on who asks, when or how often."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.data.split import Split

# (images, labels, draw) to images and labels, which may be a tuple for several outputs
Augment = Callable[[np.ndarray, np.ndarray, np.random.Generator], tuple[np.ndarray, Any]]
ORDER, CHANGE = 0, 1  # two streams of random numbers of one seed: the order stays with `augment`


class Batches:
    """Batches of one size without end: each image at most once in a round through the images.

    A round has as many batches as the images fill; what is left over has its turn in another one.

    Args:
        split: images and labels, at least one batch of them.
        batch_size: images a batch.
        seed: of the order, and of what `augment` draws; at least 0.
        augment: changes each batch, as `augment(images, labels, generator)`, and returns images and
            labels; it may change the arrays that it gets, which are copies.

    Raises:
        ValueError: `batch_size` or `seed` is out of its range.

    Example:
        >>> from course_lib.data import fashion_mnist
        >>> images, labels = Batches(fashion_mnist().train, batch_size=64, seed=0)[0]
        >>> images.shape, labels.shape
        ((64, 28, 28, 1), (64,))
    """

    def __init__(self, split: Split, *, batch_size: int, seed: int, augment: Augment | None = None):
        if not 1 <= batch_size <= len(split):
            raise ValueError(f"batch_size must be between 1 and {len(split)}, got {batch_size}")
        if seed < 0:
            raise ValueError(f"seed must be at least 0, got {seed}")
        self.split = split
        self.batch_size = batch_size
        self.seed = seed
        self.augment = augment
        self.in_round = len(split) // batch_size

    def __getitem__(self, number: int) -> tuple[np.ndarray, Any]:
        """Return images and labels of a batch by its number, counted from 0 through all rounds."""
        turn, place = divmod(number, self.in_round)
        order = np.random.default_rng([self.seed, ORDER, turn]).permutation(len(self.split))
        rows = order[place * self.batch_size : (place + 1) * self.batch_size]
        images, labels = self.split.images[rows], self.split.labels[rows]
        if self.augment is None:
            return images, labels
        return self.augment(images, labels, np.random.default_rng([self.seed, CHANGE, number]))
