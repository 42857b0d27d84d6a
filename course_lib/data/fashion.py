"""Fashion-MNIST with fixed, disjoint splits: embedded in the package, or the full official files.

Zalando Research, MIT licence (see LICENSE-fashion-mnist.txt beside this file).
"""

import warnings
import zipfile
from pathlib import Path

import numpy as np

from course_lib.data import archive
from course_lib.data.split import Dataset, Split

EMBEDDED = Path(__file__).with_name("fashion_mnist.npz")
SOURCES = ("embedded", "auto", "full")
CLASS_NAMES = (
    "T-shirt/top",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)
LICENSE = "(c) 2017 Zalando SE, MIT license; by Xiao, Rasul and Vollgraf."
VALIDATION = 5_000  # of the 60,000 official training images
SPLIT_SEED = 20_170_828  # the day the data set was published


def fashion_mnist(source: str = "embedded") -> Dataset:
    """Load Fashion-MNIST: 28x28 grey images of ten kinds of clothing.

    The splits are fixed and disjoint, the test images come from the official test file, and every
    embedded split is part of the full one of the same name.

    Args:
        source: "embedded" loads the subset that travels in the package: 8,000 images to train,
            2,000 to validate, 3,000 to test.  "full" loads 55,000, 5,000 and 10,000 from the
            cache of Keras, downloading what is missing or damaged.  "auto" is "full" where that
            cache has the files, and "embedded" elsewhere.

    Returns:
        A `Dataset` with images (N, 28, 28, 1), float32 in [0, 1].

    Raises:
        ValueError: unknown `source`.
        OSError: "full", and a file is neither in the cache nor to be downloaded.
    """
    if source not in SOURCES:
        raise ValueError(f"source must be one of {SOURCES}, got {source!r}")
    if source == "full":
        return _full()
    folder = archive.cache_folder()
    if source == "auto" and any((folder / file.name).exists() for file in archive.FILES.values()):
        try:
            return _full()
        except OSError as error:
            warnings.warn(f"{error}. The embedded subset is used instead.", stacklevel=2)
    return _embedded()


def rows_of_splits(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Choose which official training images train and which validate, by a fixed rule.

    Args:
        labels: (N,), the official training labels, as many of each class.

    Returns:
        Rows to train on and rows to validate on, each balanced and ordered so that ten rows that
        follow one another are one image of each class.
    """
    order = balanced_order(labels)
    share = round(len(labels) * VALIDATION / 60_000)
    return order[share:], order[:share]


def balanced_order(labels: np.ndarray, seed: int = SPLIT_SEED) -> np.ndarray:
    """Return all rows, shuffled so that classes take turns.

    Args:
        labels: (N,), as many of each class.
        seed: of the shuffle.
    """
    # RandomState: numpy promises that its streams never change, unlike those of default_rng.
    draw = np.random.RandomState(seed)
    shuffled = draw.permutation(len(labels))
    classes = np.unique(labels)
    columns = [shuffled[labels[shuffled] == c] for c in classes]
    turns = np.stack(columns, axis=1)  # (N / classes, classes)
    return np.concatenate([draw.permutation(turn) for turn in turns])


def _embedded() -> Dataset:
    try:
        with EMBEDDED.open("rb") as file, np.load(file) as arrays:
            splits = [
                _split(arrays[f"{name}_images"], arrays[f"{name}_labels"])
                for name in ("train", "validation", "test")
            ]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise OSError(
            f"{EMBEDDED.name}, which travels with course_lib, is missing or damaged ({error}); "
            "install course_lib again"
        ) from error
    return _dataset("the subset embedded in course_lib", splits)


def _full() -> Dataset:
    folder = archive.cache_folder()
    images, labels, test_images, test_labels = (
        _official(archive.FILES[key], folder)
        for key in ("train_images", "train_labels", "test_images", "test_labels")
    )
    train, validation = rows_of_splits(labels)
    order = balanced_order(test_labels)
    splits = [
        _split(images[train], labels[train]),
        _split(images[validation], labels[validation]),
        _split(test_images[order], test_labels[order]),
    ]
    return _dataset("the full official files", splits)


def _official(file: archive.Archive, folder: Path) -> np.ndarray:
    try:
        return archive.read(file, folder)
    except archive.Unavailable as found:
        if (folder / file.name).exists():
            warnings.warn(f"{found}; it is downloaded again.", stacklevel=5)
        try:
            return archive.fetch(file, folder)
        except archive.Unavailable as failed:
            raise OSError(
                f"{found}, and {failed}. Connect to the network and try again, put the official "
                f'file into {folder}, or use fashion_mnist("embedded")'
            ) from failed


def _split(images: np.ndarray, labels: np.ndarray) -> Split:
    return Split(images[..., None].astype("float32") / 255.0, labels.astype("int32"))


def _dataset(which: str, splits: list[Split]) -> Dataset:
    train, validation, test = splits
    sentence = (
        f"Fashion-MNIST, {which}: {len(train):,} training, {len(validation):,} validation, "
        f"{len(test):,} test images."
    )
    return Dataset(train, validation, test, CLASS_NAMES, sentence, LICENSE)
