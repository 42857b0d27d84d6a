"""Read images between their pixels: at any places (bilinear), or on a grid of another size.

The center of the pixel in row r and column c is the point (r, c).  Both functions are NumPy only:
SciPy, which has the first, is no dependency of the package, and needs more than twice the time for
three channels, as it finds the four neighbors again for each of them.
"""

import numpy as np

STRIP = 64  # rows at once: what is computed for them stays in the cache


def sample(image: np.ndarray, rows: np.ndarray, columns: np.ndarray, fill: float = 0.0):
    """Read one image at any places, bilinearly.

    Around the image lies an endless plane of the value `fill`; within a pixel of the edge, image
    and plane are interpolated like any two neighbors.

    Args:
        image: (H, W, C), float32 in [0, 1].
        rows: (h, w), float32: where to read, in pixels from the center of the first row, down.
        columns: (h, w), float32: in pixels from the center of the first column, to the right.
        fill: value around the image.

    Returns:
        (h, w, C), float32 in [0, 1].
    """
    height, width, channels = image.shape
    # A frame holds the plane: one pixel above and left, two below and right, as the last place that
    # is read, H or W, has a neighbor, too.
    framed = np.full((height + 3, width + 3, channels), fill, "float32")
    framed[1:-2, 1:-2] = image
    result = np.empty((*rows.shape, channels), "float32")
    for start in range(0, len(rows), STRIP):
        strip = slice(start, start + STRIP)
        _sample_framed(framed, rows[strip], columns[strip], result[strip])
    return result


def _sample_framed(framed: np.ndarray, rows: np.ndarray, columns: np.ndarray, result: np.ndarray):
    """Do the work of `sample`, into `result`; the places count from inside the frame."""
    height, width, channels = framed.shape
    y = np.clip(rows, -1.0, height - 3) + np.float32(1.0)
    x = np.clip(columns, -1.0, width - 3) + np.float32(1.0)
    top, left = np.floor(y), np.floor(x)
    y -= top
    x -= left
    values, stride = framed.ravel(), width * channels
    first = top.astype("intp") * stride + left.astype("intp") * channels
    above, before = np.float32(1.0) - y, np.float32(1.0) - x
    weights = (above * before, above * x, y * before, y * x)
    neighbors = (0, channels, stride, stride + channels)
    for channel in range(channels):
        total: np.ndarray = values[channel:].take(first)
        total *= weights[0]
        for weight, offset in zip(weights[1:], neighbors[1:], strict=True):
            read: np.ndarray = values[channel + offset :].take(first)
            read *= weight
            total += read
        # The weights add up to 1 only up to rounding.
        np.minimum(total, 1.0, out=result[..., channel])


def resize(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """Resize one image with a triangle filter, which is bilinear interpolation that does not alias.

    Where the image shrinks, the triangle is as many times wider, so that every pixel counts; this
    is what Pillow calls BILINEAR, and torchvision bilinear with antialias.

    Args:
        image: (H, W, C), float32 in [0, 1].
        height: of the result, pixels.
        width: of the result, pixels.

    Returns:
        (height, width, C), float32 in [0, 1]; the image itself, copied, where the size is its own.
    """
    channels = image.shape[2]
    pixels, weights = _triangle(image.shape[0], height)
    lines = _weighted([image[p] for p in pixels], weights[..., None, None])
    pixels, weights = _triangle(image.shape[1], width)
    # Channels of a line side by side: long lines are multiplied several times faster.
    lines = lines.reshape(height, -1)
    entries = (pixels[..., None] * channels + np.arange(channels)).reshape(len(pixels), -1)
    reads: list[np.ndarray] = [lines.take(e, axis=1) for e in entries]
    result = _weighted(reads, np.repeat(weights, channels, axis=1))
    np.minimum(result, 1.0, out=result)  # weights add up to 1 only up to rounding
    return result.reshape(height, width, channels)


def _weighted(reads: list[np.ndarray], weights: np.ndarray) -> np.ndarray:
    """Return the sum of the arrays, which are overwritten, each times its weights."""
    for read, weight in zip(reads, weights, strict=True):
        np.multiply(read, weight, out=read)
    for read in reads[1:]:
        reads[0] += read
    return reads[0]


def _triangle(size: int, wanted: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the pixels that each new pixel reads, (taps, wanted), and their float32 weights."""
    scale = size / wanted
    reach = max(scale, 1.0)
    centers = (np.arange(wanted) + 0.5) * scale - 0.5
    first = np.floor(centers - reach).astype("intp") + 1
    pixels = first + np.arange(int(np.ceil(2 * reach)))[:, None]
    weights = np.maximum(1.0 - np.abs(pixels - centers) / reach, 0.0)
    weights[(pixels < 0) | (pixels >= size)] = 0.0
    weights /= weights.sum(axis=0)
    used = weights.any(axis=1)
    return np.clip(pixels, 0, size - 1)[used], weights[used].astype("float32")
