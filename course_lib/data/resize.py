"""Change the side of images without new information: a frame of zeros, or means of squares."""

import numpy as np


def pad_to(images: np.ndarray, side: int) -> np.ndarray:
    """Put a frame of zeros around images, as LeNet-5 does to fit 28x28 into 32x32.

    LeCun et al. 1998, section II-B.

    Args:
        images: (B, H, W, C), H and W at most `side`.
        side: height and width of the result, pixels.

    Returns:
        (B, side, side, C); where the frame is odd, its wider edge is below and to the right.

    Raises:
        ValueError: `side` is smaller than an image.
    """
    height, width = images.shape[1:3]
    if side < max(height, width):
        raise ValueError(f"side must be at least {max(height, width)}, got {side}")
    frame = [((side - size) // 2, side - size - (side - size) // 2) for size in (height, width)]
    return np.pad(images, [(0, 0), *frame, (0, 0)])


def shrink(images: np.ndarray, factor: int) -> np.ndarray:
    """Average squares of `factor` x `factor` pixels.

    Args:
        images: (B, H, W, C), H and W multiples of `factor`.
        factor: side of a square, pixels.

    Returns:
        (B, H / factor, W / factor, C), of the type of `images`.

    Raises:
        ValueError: `factor` does not divide H and W.
    """
    count, height, width, channels = images.shape
    if factor < 1 or height % factor or width % factor:
        raise ValueError(f"factor must divide the {height}x{width} pixels, got {factor}")
    squares = images.reshape(count, height // factor, factor, width // factor, factor, channels)
    return squares.mean(axis=(2, 4), dtype="float64").astype(images.dtype)
