"""Draw the subset of Fashion-MNIST that travels in the package: course_lib/data/fashion_mnist.npz.

    python tools/embed_fashion_mnist.py [--folder FOLDER] [--out FILE]

FOLDER holds the four official .gz files (default: the cache of Keras); their hashes are checked
against those in course_lib/data/archive.py.  The draw is fixed by the seed in
course_lib/data/fashion.py: the subset is the beginning of each full split, 8,000 images to train,
2,000 to validate and 3,000 to test, as many of each class.
"""

import argparse
import hashlib
import io
import os
from pathlib import Path
from typing import Any

import numpy as np

from course_lib.data import archive, fashion

COUNTS = {"train": 8_000, "validation": 2_000, "test": 3_000}


def subset(folder: Path, counts: dict[str, int]) -> dict[str, np.ndarray]:
    """Return the arrays of the embedded file: images, labels, and rows in the official files."""
    official = {key: archive.read(file, folder) for key, file in archive.FILES.items()}
    train, validation = fashion.rows_of_splits(official["train_labels"])
    rows = {
        "train": train,
        "validation": validation,
        "test": fashion.balanced_order(official["test_labels"]),
    }
    arrays = {}
    for name, count in counts.items():
        file = "test" if name == "test" else "train"
        chosen = rows[name][:count]
        arrays[f"{name}_images"] = official[f"{file}_images"][chosen]
        arrays[f"{name}_labels"] = official[f"{file}_labels"][chosen]
        arrays[f"{name}_rows"] = chosen.astype("uint16")
    return arrays


def main() -> None:
    """Write the file and print its size and hash."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=archive.cache_folder())
    parser.add_argument("--out", type=Path, default=fashion.EMBEDDED)
    options = parser.parse_args()
    buffer = io.BytesIO()
    arrays: dict[str, Any] = subset(options.folder, COUNTS)
    np.savez_compressed(buffer, **arrays)
    partial = options.out.with_suffix(".part")
    partial.write_bytes(buffer.getvalue())
    os.replace(partial, options.out)
    digest = hashlib.sha256(buffer.getvalue()).hexdigest()
    print(f"{options.out.name}: {len(buffer.getvalue()):,} bytes, sha256 {digest}")


if __name__ == "__main__":
    main()
