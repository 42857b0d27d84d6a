"""Photographs of solar cells that glow under current: functional or defective.

Deitsch et al., "Automatic classification of defective photovoltaic module cells in
electroluminescence images", Solar Energy 185, 2019, section 4; the package elpv-dataset, 91 MB.
2,624 cells of 44 modules, each labeled with the probability that it is defective: 0, 1/3, 2/3 or 1.

The package does not say which cells are of one module.  They follow one another: the most similar
other image is fewer than 60 files away for 70 % of them.  So a random split has neighbors of one
module, one exposure, on both sides; `split="blocks"` keeps them together as far as can be known.
"""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from course_lib.data.packages import package_file, verified
from course_lib.data.partition import group_rows, stratified_rows
from course_lib.data.split import Dataset, Split

FRACTIONS = (0.6, 0.15, 0.25)  # to train, validate, test; the paper tests on a quarter, section 4.1
SHA256 = "0abe6fe7700aea571717d7d7dfec005a47c6207b4cde26a4556b6807a115483d"  # of the table
BLOCK = 60  # cells of a usual module
STORED = 300  # side of an image, pixels
SPLITS = ("stratified", "blocks")
CLASS_NAMES = ("functional", "defective")
LICENSE = (
    "ELPV by Buerhop-Lutz, Deitsch and others, ZAE Bayern, CC BY-NC-SA 4.0: name the authors, no "
    "commercial use, share alike."
)


def solar_cells(
    *,
    size: int = 64,
    positive: float = 0.5,
    split: str = "stratified",
    seed: int = 0,
    channels: int = 1,
) -> Dataset:
    """Load the solar cells of the package elpv-dataset.

    Args:
        size: side of the images, pixels, 8 to 300; they are resized by means over areas.
        positive: a cell is labeled defective where its probability is at least this much; between
            0 and 1.
        split: "stratified" draws at random with the same mixture of types (mono- and
            polycrystalline) and probabilities in each part.  "blocks" keeps runs of `BLOCK` files
            of one type together.
        seed: of the draw.
        channels: 1 for grey, 3 to repeat it for nets that take RGB.

    Returns:
        A `Dataset` with images (N, size, size, channels), float32 in [0, 1], and the labels 0
        (functional) and 1 (defective).

    Raises:
        ModuleNotFoundError: the package is not installed; the message has the command that does.
        ValueError: an option is out of its range.
        OSError: a file of the package is missing or damaged.
    """
    if split not in SPLITS:
        raise ValueError(f"split must be one of {SPLITS}, got {split!r}")
    if not 8 <= size <= STORED:
        raise ValueError(f"size must be 8 to {STORED} pixels, got {size}")
    if not 0 < positive <= 1:
        raise ValueError(f"positive must be above 0 and at most 1, got {positive}")
    if channels not in (1, 3):
        raise ValueError(f"channels must be 1 or 3, got {channels}")
    files, probability, kind = table()
    rows = split_rows(probability, kind, split=split, seed=seed)
    images = np.repeat(read_images(files, size), channels, axis=-1)
    labels = (probability >= positive).astype("int32")
    train, validation, test = (Split(images[part], labels[part]) for part in rows)
    source = (
        f"Solar cells (ELPV), {split} split: {len(train):,} training, {len(validation):,} "
        f"validation, {len(test):,} test images; defective from probability {positive:g}."
    )
    return Dataset(train, validation, test, CLASS_NAMES, source, LICENSE)


def split_rows(
    probability: np.ndarray, kind: Sequence[str], *, split: str, seed: int
) -> list[np.ndarray]:
    """Return the rows of `table` to train, validate and test; see `solar_cells` for the options."""
    if split == "blocks":
        return group_rows(blocks(kind), FRACTIONS, seed=seed)
    strata = [f"{k} with probability {p:.2f}" for k, p in zip(kind, probability, strict=True)]
    return stratified_rows(np.array(strata), FRACTIONS, seed=seed)


def blocks(kind: Sequence[str], length: int = BLOCK) -> np.ndarray:
    """Number runs of files of one type, cut after `length` files.

    Args:
        kind: (N,), the type of each module's cells, in the order of the files.
        length: most files in a block.

    Returns:
        (N,), int: the block of each file, from 0.
    """
    starts = [0, *(i for i in range(1, len(kind)) if kind[i] != kind[i - 1]), len(kind)]
    lengths = [
        min(length, end - first)
        for start, end in pairwise(starts)
        for first in range(start, end, length)
    ]
    return np.repeat(np.arange(len(lengths)), lengths)


def table() -> tuple[list[Path], np.ndarray, tuple[str, ...]]:
    """Return the files, their probabilities of a defect, and the types of their modules."""
    path = package_file("elpv_dataset", "data/labels.csv", extra="solar")
    text = verified(path, SHA256, advice="install elpv-dataset again").decode()
    names, probability, kind = zip(*(line.split() for line in text.splitlines()), strict=True)
    return [path.parent / name for name in names], np.array(probability, float), kind


def read_images(files: Sequence[Path], size: int) -> np.ndarray:
    """Return the images at `size` pixels, by means over areas: (N, size, size, 1), float32."""
    from PIL import Image

    images: np.ndarray = np.empty((len(files), size, size, 1), "float32")
    for i, file in enumerate(files):
        try:
            with Image.open(file) as image:
                small = image.convert("L").resize((size, size), Image.Resampling.BOX)
        except (OSError, SyntaxError) as error:
            raise OSError(f"{file} is damaged ({error}); install elpv-dataset again") from error
        images[i, ..., 0] = np.asarray(small)
    return images / np.float32(255)
