"""Find images of one split in another: the same, pieces of the same, and nearly the same.

Barz, Denzler, "Do we train on test data? Purging CIFAR of near-duplicates", Journal of Imaging
6(6), 2020, found that 3.3 % of the test images of CIFAR-10, and 10 % of those of CIFAR-100, have a
duplicate among the training images.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from course_lib.data.images import check_images, naming
from course_lib.data.split import Split

BLOCK = 8  # side of the blocks of pixels that are looked for, pixels
STEPS = 12  # between neighbors in a block, each way; an edge or a stripe may be equal by chance
THUMBNAIL = 16  # side of the small pictures that are correlated, pixels
NEAR = 0.99  # least correlation of near duplicates
CHUNK = 1 << 22  # numbers at once; only speed and memory depend on it


@dataclass(frozen=True)
class Leakage:
    """What two splits share; printed, it is a summary.

    Args:
        count: images of the second split.
        equal: (K, 2), rows of the first and of the second split whose images are equal.
        pieces: (K, 2), rows whose images share a block of pixels, wherever it lies in each.
        near: (K, 2), rows whose small pictures correlate.
        correlation: (K,), of each pair in `near`, -1 to 1.

    Each list has a row of the second split once, with one partner.  Images that are equal are in
    the other lists, too, unless they are too even or too small to share more than that.
    """

    count: int
    equal: np.ndarray
    pieces: np.ndarray
    near: np.ndarray
    correlation: np.ndarray

    @property
    def rows(self) -> np.ndarray:
        """Rows of the second split that are in one of the lists, sorted."""
        return np.unique(np.concatenate([self.equal, self.pieces, self.near])[:, 1])

    def __str__(self) -> str:
        return (
            f"of {self.count:,} images, {len(self.equal):,} are in the other split, "
            f"{len(self.pieces):,} share a block of pixels with it, {len(self.near):,} look "
            "nearly the same"
        )


def leakage(first: Split, second: Split, *, near: float = NEAR) -> Leakage:
    """Look for images of the second split in the first one.

    A block is 8x8 pixels, and neither even nor a stripe; two pieces of one picture are found where
    15x15 pixels or more are in both.  Near duplicates are found where the images, reduced to
    16x16 grey pixels, correlate: another brightness, contrast, compression or size does not hide
    them, another section does.  Many of them are different things that look alike (trousers, ones):
    look at them before leaving them out.

    Args:
        first: such as the images to train; images (N, H, W, C), in [0, 1].
        second: such as the images to test.
        near: least correlation of near duplicates.

    Returns:
        A `Leakage`.

    Raises:
        ValueError: `near` is not above 0 and at most 1, images have other channels, or
            `check_images` refuses them.
    """
    if not 0 < near <= 1:
        raise ValueError(f"near must be above 0 and at most 1, got {near}")
    for name, split in (("first", first), ("second", second)):
        with naming(name):
            check_images(split.images)
    if first.images.shape[-1] != second.images.shape[-1]:
        raise ValueError(
            f"images with the same channels are needed, got {first.images.shape[-1]} and "
            f"{second.images.shape[-1]}"
        )
    pairs, correlation = _near(first.images, second.images, near)
    return Leakage(
        len(second),
        _equal(first.images, second.images),
        _pieces(first.images, second.images),
        pairs,
        correlation,
    )


def _equal(first, second):
    """Return pairs of rows with equal images, of 8 bits."""
    known: dict[bytes, int] = {}
    for i, image in enumerate(first):
        known.setdefault(_bytes(image), i)
    found = ((known.get(_bytes(image)), j) for j, image in enumerate(second))
    return _pairs([(i, j) for i, j in found if i is not None])


def _bytes(image):
    return repr(image.shape).encode() + _eight_bits(image).tobytes()


def _eight_bits(images):
    return np.round(np.asarray(images) * 255).astype("uint8")


def _pieces(first, second):
    """Return pairs of rows that share a block: any of the first, on a grid of the second."""
    if min(*first.shape[1:3], *second.shape[1:3]) < BLOCK:
        return _pairs([])
    keys, rows = _grid(second)
    wanted = np.unique(keys)
    if not len(wanted):
        return _pairs([])
    partner = np.full(len(wanted), -1)
    for start, images in _chunks(first):
        hashes = _hashes(images).reshape(len(images), -1)
        place = np.searchsorted(wanted, hashes).clip(max=len(wanted) - 1)
        row, column = np.nonzero(wanted[place] == hashes)
        partner[place[row, column]] = start + row
    partners = partner[np.searchsorted(wanted, keys)]
    found, at = np.unique(rows[partners >= 0], return_index=True)
    return np.stack([partners[partners >= 0][at], found], axis=1)


def _grid(images):
    """Return the hashes of blocks beside one another that tell something, and their rows."""
    keys: list[np.ndarray] = []
    rows: list[np.ndarray] = []
    for start, part in _chunks(images):
        hashes = _hashes(part)[:, ::BLOCK, ::BLOCK]
        down, across = hashes.shape[1:]
        grey = _eight_bits(part).sum(axis=-1)[:, : down * BLOCK, : across * BLOCK]
        blocks = grey.reshape(-1, down, BLOCK, across, BLOCK).swapaxes(2, 3)
        steps = [np.count_nonzero(np.diff(blocks, axis=i), axis=(-2, -1)) for i in (-2, -1)]
        telling = np.minimum(*steps) >= STEPS
        keys.append(hashes[telling])
        rows.append(start + np.nonzero(telling)[0])
    return np.concatenate(keys), np.concatenate(rows)


def _hashes(images):
    """Return a number for the block at each place, (N, H - 7, W - 7): equal blocks, equal numbers.

    Sums of products with fixed random odd numbers, modulo 2 to the power 64, along one axis after
    the other.
    """
    draw = np.random.RandomState(0)
    factors = draw.randint(1 << 62, size=(3, BLOCK), dtype="uint64") * np.uint64(2) + np.uint64(1)
    pixels = _eight_bits(images).astype("uint64")
    plane = sum(pixels[..., c] * factors[2, c] for c in range(images.shape[-1]))
    height, width = (side - BLOCK + 1 for side in plane.shape[1:])
    lines = sum(plane[:, :, d : d + width] * factors[0, d] for d in range(BLOCK))
    return sum(lines[:, d : d + height] * factors[1, d] for d in range(BLOCK))


def _near(first, second, near):
    """Return pairs of rows whose thumbnails correlate best, and the correlations."""
    small = _thumbnails(first)
    pairs, correlations = [_pairs([])], []
    step = max(1, CHUNK // len(small))
    thumbnails = _thumbnails(second)
    for start in range(0, len(second), step):
        table = thumbnails[start : start + step] @ small.T
        best = table.argmax(axis=1)
        value = table[np.arange(len(table)), best]
        kept = np.flatnonzero(value >= near - 1e-6)  # float32
        pairs.append(np.stack([best[kept], start + kept], axis=1))
        correlations.append(value[kept])
    return np.concatenate(pairs), np.concatenate(correlations).clip(max=1.0)


def _thumbnails(images):
    """Return small grey pictures with mean 0 and norm 1, (N, 256); even images become zeros."""
    from PIL import Image

    grey = np.asarray(images, "float32").mean(axis=-1)
    side = (THUMBNAIL, THUMBNAIL)
    small = np.stack(
        [np.asarray(Image.fromarray(image).resize(side, Image.Resampling.BOX)) for image in grey]
    ).reshape(len(grey), -1)
    small = small - small.mean(axis=1, keepdims=True)
    norm = np.linalg.norm(small, axis=1, keepdims=True)
    return np.where(norm > 1e-4, small / np.maximum(norm, 1e-4), 0.0)


def _chunks(images) -> Iterator[tuple[int, np.ndarray]]:
    step = max(1, CHUNK // images[0].size)
    for start in range(0, len(images), step):
        yield start, images[start : start + step]


def _pairs(pairs):
    return np.array(pairs, dtype=int).reshape(-1, 2)
