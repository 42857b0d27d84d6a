"""Look at a data set before training: numbers of its images, and some of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from course_lib.data.images import check_images
from course_lib.data.split import Dataset, Split

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PURPOSES = {"train": "train on", "validation": "validate with", "test": "test with"}


@dataclass(frozen=True)
class Statistics:
    """Numbers of a split; printed, they are a table.

    Args:
        shape: (H, W, C) of an image.
        mean: (C,), of each channel over all images and pixels.
        sd: (C,), the standard deviation, the same way.
        counts: images of each class by its name.
    """

    shape: tuple[int, ...]
    mean: np.ndarray
    sd: np.ndarray
    counts: dict[str, int]

    def __str__(self) -> str:
        height, width, _ = self.shape
        total = sum(self.counts.values())
        channels = (f"{m:.3f} ({s:.3f})" for m, s in zip(self.mean, self.sd, strict=True))
        lines = [
            f"{total:,} images of {height}x{width}; mean (sd) by channel: {', '.join(channels)}"
        ]
        wide = max(map(len, self.counts))
        lines += [
            f"{name:{wide}} {count:6,} {100 * count / total:5.1f} %"
            for name, count in self.counts.items()
        ]
        return "\n".join(lines)


def statistics(split: Split, class_names: tuple[str, ...]) -> Statistics:
    """Compute the numbers to look at first.  Standardize with those of the training split only.

    Args:
        split: at least one image.
        class_names: of the data set.

    Returns:
        A `Statistics`; `keras.layers.Normalization(mean=s.mean, variance=s.sd**2)` takes them.

    Raises:
        ValueError: `check_images` refuses the images, or a label has no name.
    """
    check_images(split.images)
    low, high = int(split.labels.min()), int(split.labels.max())
    if low < 0 or high >= len(class_names):
        raise ValueError(
            f"{len(class_names)} class names have the labels 0 to {len(class_names) - 1}, got "
            f"{low} to {high}; give a name for each class"
        )
    axes = (0, 1, 2)
    mean = split.images.mean(axis=axes, dtype="float64")
    # As `images.std(axes)`, which would copy all images as float64
    square = np.einsum("nhwc,nhwc->c", split.images, split.images, dtype="float64", casting="safe")
    variance = square / (split.images.size / len(mean)) - mean**2
    counts = np.bincount(split.labels, minlength=len(class_names))
    return Statistics(
        split.images.shape[1:],
        mean,
        np.sqrt(variance.clip(min=0.0)),
        dict(zip(class_names, counts.tolist(), strict=True)),
    )


def examples(dataset: Dataset, part: str = "train", *, count: int = 6) -> "tuple[Figure, str, str]":
    """Draw the first images of each class, a row for each.

    Args:
        dataset: what to draw from.
        part: "train", "validation" or "test".
        count: images of each class; fewer where a class has fewer.

    Returns:
        What `plots.show` takes, `plots.show(*examples(data))`: the figure, a sentence for readers
        who cannot see it, and a caption with the source and the license.

    Raises:
        ValueError: there is no such part, `count` is below 1, or a class has no images.
    """
    from course_lib import plots

    if part not in PURPOSES:
        raise ValueError(f"part must be one of {tuple(PURPOSES)}, got {part!r}")
    if count < 1:
        raise ValueError(f"count must be at least 1, got {count}")
    split = getattr(dataset, part)
    rows = [np.flatnonzero(split.labels == label) for label in range(len(dataset.class_names))]
    missing = [name for name, own in zip(dataset.class_names, rows, strict=True) if not len(own)]
    if missing:
        raise ValueError(f"{part} has no images of {', '.join(missing)}")
    count = min(count, *map(len, rows))
    height, width, _ = split.images.shape[1:]
    # One picture with transparent lines between the images: a page shows it in light and dark.
    sheet = np.zeros((len(rows) * (height + 1) - 1, count * (width + 1) - 1, 4), "float32")
    for i, own in enumerate(rows):
        for j, image in enumerate(split.images[own[:count]]):
            y, x = i * (height + 1), j * (width + 1)
            sheet[y : y + height, x : x + width, :3] = image.clip(0.0, 1.0)
            sheet[y : y + height, x : x + width, 3] = 1.0
    figure, axes = plots.figure(height=min(8.0, 5.6 * len(sheet) / sheet.shape[1]))
    axes.imshow(sheet, interpolation="none")
    axes.set_xticks([])
    axes.set_yticks((np.arange(len(rows)) + 0.5) * (height + 1) - 1, dataset.class_names)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    names = ", ".join(dataset.class_names)
    alt = f"A grid of images to {PURPOSES[part]}, a row for each class from the top: {names}."
    return figure, alt, f"{dataset.source} {dataset.license}".strip()
