"""The four official files of Fashion-MNIST: read with their hashes checked, fetched whole.

Xiao, Rasul, Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine learning
algorithms", 2017.  The files live where `keras.datasets.fashion_mnist.load_data()` keeps them, so
either loader finds what the other downloaded.  The hashes are those of the unpacked contents:
distributions pack the same contents with other gzip headers.
"""

import gzip
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from course_lib.data.download import download
from course_lib.data.packages import verified

ORIGIN = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"  # as in Keras


@dataclass(frozen=True)
class Archive:
    """One official file: its name, its size on the server in bytes, the hash of its contents."""

    name: str
    size: int
    sha256: str


FILES = {
    "train_images": Archive(
        "train-images-idx3-ubyte.gz",
        26_421_880,
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    ),
    "train_labels": Archive(
        "train-labels-idx1-ubyte.gz",
        29_515,
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    ),
    "test_images": Archive(
        "t10k-images-idx3-ubyte.gz",
        4_422_102,
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    ),
    "test_labels": Archive(
        "t10k-labels-idx1-ubyte.gz",
        5_148,
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ),
}


class Unavailable(Exception):
    """A file is missing or damaged; the message names it and says why."""


def cache_folder() -> Path:
    """Return the folder in which Keras keeps the files, by Keras' own rule.

    $KERAS_HOME or ~/.keras, or a folder for temporary files where that one cannot be written.
    """
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    existing = next(folder for folder in (home, *home.parents) if folder.exists())
    if not os.access(existing, os.W_OK) and not (home / "datasets" / "fashion-mnist").exists():
        home = Path("/tmp" if os.path.isdir("/tmp") else tempfile.gettempdir()) / ".keras"
    return home / "datasets" / "fashion-mnist"


def read(archive: Archive, folder: Path) -> np.ndarray:
    """Unpack one file and check its hash.

    Args:
        archive: one of `FILES`.
        folder: where the file lies.

    Returns:
        uint8, (N, 28, 28) for images and (N,) for labels.

    Raises:
        Unavailable: the file is missing, cut off, or not the official one.
    """
    try:
        return _idx(verified(folder / archive.name, archive.sha256, unpack=gzip.decompress))
    except OSError as error:
        raise Unavailable(str(error)) from error


def fetch(archive: Archive, folder: Path) -> np.ndarray:
    """Download one file as `course_lib.data.download` does: continued, checked, safe for two.

    Args:
        archive: one of `FILES`.
        folder: where the file shall lie; made if it does not exist.

    Returns:
        The file's contents, as `read` returns them.

    Raises:
        Unavailable: no connection, or what arrived is not the official file.  What lay in the
            folder before is left as it was.
    """
    url = ORIGIN + archive.name
    try:
        return _idx(
            download(url, folder / archive.name, sha256=archive.sha256, unpack=gzip.decompress)
        )
    except OSError as error:
        raise Unavailable(
            f"{archive.name} ({archive.size:,} bytes) could not be downloaded from {ORIGIN}: "
            f"{error}"
        ) from error


def _idx(content: bytes) -> np.ndarray:
    """Read the IDX format: two zero bytes, the type, the number of axes, their lengths, data."""
    axes = content[3]
    shape = np.frombuffer(content, ">u4", count=axes, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)
