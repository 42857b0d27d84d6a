"""Batches of augmented images for `model.fit`, made beside the training.

The order of the images and every draw depend on the seed, the epoch and the batch's number only:
not on who computes a batch, nor when, nor how often.  So any number of threads gives the same
batches, and every epoch gives others.  A generator that each worker owns gives neither.

The threads are this module's own.  With those of `keras.utils.PyDataset`, Keras 3.15 on JAX first
trains on what it has computed ahead while it built the model, so two workers give other batches
than one.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import keras
import numpy as np

from course_lib.batches import Augment, Batches
from course_lib.data.augment.augmentation import check_images, check_whole
from course_lib.data.split import Split

Batch = tuple[np.ndarray, Any]


class AugmentedBatches(keras.utils.PyDataset):
    """Shuffled batches of one size, augmented: each image at most once in a round.

    Pass `shuffle=False` to `fit`: the order is random already, and `fit` would change it by
    numbers of its own.  Keras ends an epoch before the first, while it builds the model, so a net
    is trained from epoch 1 on.

    Args:
        split: images and labels, at least one batch of them.
        augment: called as `augment(images, labels, generator)`, such as an `Augmentation`; it may
            change the arrays that it gets, which are copies, and is called in several threads.
        batch_size: images a batch.
        seed: of the order and of the draws, at least 0.
        steps: batches an epoch; None for as many as the images fill.  An epoch may be shorter or
            longer than one round through the images.
        threads: how many compute batches ahead of the training; with 0 a batch is computed when it
            is asked for.  More than one is of use as NumPy lets others run while it works.
        ahead: batches that wait for the training, at most.

    Raises:
        ValueError: the images are not float32 in [0, 1], or a number is out of its range.

    Example:
        >>> from course_lib.data import fashion_mnist
        >>> from course_lib.data.augment import Mirror
        >>> split = fashion_mnist().train
        >>> batches = AugmentedBatches(split, Mirror(), batch_size=100, seed=0, threads=2)
        >>> images, labels = batches[0]
        >>> len(batches), images.shape, labels.shape
        (80, (100, 28, 28, 1), (100,))
    """

    def __init__(
        self,
        split: Split,
        augment: Augment,
        *,
        batch_size: int,
        seed: int,
        steps: int | None = None,
        threads: int = 1,
        ahead: int = 4,
    ):
        super().__init__()
        check_images(split.images)
        check_whole("batch_size", batch_size, 1, len(split))
        check_whole("seed", seed, 0)
        self.batches = Batches(split, batch_size=batch_size, seed=seed, augment=augment)
        self.steps = self.batches.in_round if steps is None else steps
        check_whole("steps", self.steps, 1)
        check_whole("threads", threads, 0)
        check_whole("ahead", ahead, 1)
        self.epoch = 0
        self.ahead = ahead
        self.pool = ThreadPoolExecutor(threads) if threads else None
        self.waiting: dict[int, Future[Batch]] = {}  # by number, counted through all epochs

    @property
    def num_batches(self):
        return self.steps

    def __len__(self):
        return self.steps

    def __getitem__(self, index):
        if not 0 <= index < self.steps:
            raise IndexError(f"a batch has a number from 0 to {self.steps - 1}, got {index}")
        number = self.epoch * self.steps + index
        if self.pool is None:
            return self.batches[number]
        # Numbers go on in the next epoch, so its first batches may be computed in this one.
        near = range(number, number + self.ahead + 1)
        kept = {n: batch for n, batch in self.waiting.items() if n in near}
        compute = self.batches.__getitem__
        self.waiting = kept | {n: self.pool.submit(compute, n) for n in near if n not in kept}
        return self.waiting.pop(number).result()

    def on_epoch_end(self):
        self.epoch += 1
