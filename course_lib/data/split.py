"""What every loader returns: images with labels, in three disjoint splits."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Split:
    """Images with their labels.

    Args:
        images: (N, H, W, C), float32 in [0, 1].
        labels: (N,), int32, an index into the class names.
    """

    images: np.ndarray
    labels: np.ndarray

    def __post_init__(self):
        if len(self.images) != len(self.labels):
            raise ValueError(
                f"as many labels as images are needed, got {len(self.labels)} labels for "
                f"{len(self.images)} images"
            )

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, count: int) -> "Split":
        """Return the first `count` images.

        Where classes take turns, as in the fixed splits of `DATASETS`, a multiple of the number of
        classes is balanced.
        """
        if not 1 <= count <= len(self):
            raise ValueError(f"count must be between 1 and {len(self)}, got {count}")
        return Split(self.images[:count], self.labels[:count])


@dataclass(frozen=True)
class Dataset:
    """Three disjoint splits, the names of the classes, and where the images come from.

    Args:
        train: to fit weights.
        validation: to choose settings.
        test: to measure once.
        class_names: one for each label, in order.
        source: a sentence that names the data and counts the images.
        license: a sentence on who made the images and what may be done with them.
    """

    train: Split
    validation: Split
    test: Split
    class_names: tuple[str, ...]
    source: str
    license: str = ""
