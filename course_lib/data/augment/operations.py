"""The colors' half of RandAugment: one image in, one image out, by a fixed strength.

They are the operations of AutoAugment (Cubuk et al., CVPR 2019, table 6), which are Pillow's, on
float32 in [0, 1] instead of whole numbers: a grey level is 1/255.  All take and return (H, W, C).
"""

import numpy as np

LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601, as Pillow's conversion to grey
LEVELS = 256


def autocontrast(image: np.ndarray) -> np.ndarray:
    """Stretch each channel so that its darkest pixel is 0 and its brightest 1."""
    rows = _rows(image)
    width, channels = image.shape[1:]
    low, high = (ends.reshape(width, channels) for ends in (rows.min(axis=0), rows.max(axis=0)))
    low, high = low.min(axis=0), high.max(axis=0)
    flat = high <= low  # a channel of one value stays
    low, span = np.where(flat, 0.0, low), np.where(flat, 1.0, high - low)
    stretched = rows - np.tile(low, width).astype("float32")
    stretched /= np.tile(span, width).astype("float32")
    return np.clip(stretched, 0.0, 1.0, out=stretched).reshape(image.shape)


def equalize(image: np.ndarray) -> np.ndarray:
    """Spread the grey levels of each channel so that all are about equally frequent.

    By Pillow's rule, on 256 grey levels, to which the image is rounded.
    """
    levels = _levels(image)
    result = np.empty_like(image)
    for channel in range(image.shape[-1]):
        histogram = np.bincount(levels[..., channel].ravel(), minlength=LEVELS)
        step = (histogram.sum() - histogram[histogram > 0][-1]) // (LEVELS - 1)
        if step == 0:  # one grey level, or fewer pixels than grey levels
            result[..., channel] = image[..., channel]
            continue
        before = np.cumsum(histogram) - histogram
        table = np.minimum((before + step // 2) // step, LEVELS - 1) / np.float32(LEVELS - 1)
        result[..., channel] = table.astype("float32")[levels[..., channel]]
    return result


def posterize(image: np.ndarray, bits: int) -> np.ndarray:
    """Keep the upper `bits` of the 8 bits of each value; all 8 leave the image as it is."""
    if bits >= 8:
        return image
    return (_levels(image) & (LEVELS - (1 << (8 - bits)))) / np.float32(LEVELS - 1)


def solarize(image: np.ndarray, threshold: float) -> np.ndarray:
    """Invert all values of at least `threshold`, 0 to 1; a threshold above 1 inverts none."""
    return np.where(image >= threshold, np.float32(1.0) - image, image)


def color(image: np.ndarray, factor: float) -> np.ndarray:
    """Move between grey (factor 0), the image (1) and stronger colors (above 1)."""
    grey = np.repeat(_grey(image), image.shape[-1], axis=1).reshape(image.shape)
    return _blend(grey, image, factor)


def contrast(image: np.ndarray, factor: float) -> np.ndarray:
    """Move between the mean grey (factor 0), the image (1) and more contrast (above 1)."""
    return _blend(_grey(image).mean(dtype="float64"), image, factor)


def brightness(image: np.ndarray, factor: float) -> np.ndarray:
    """Move between black (factor 0), the image (1) and a brighter one (above 1)."""
    return _blend(0.0, image, factor)


def sharpness(image: np.ndarray, factor: float) -> np.ndarray:
    """Move between a smoothed image (factor 0), the image (1) and a sharper one (above 1).

    Smoothed is the mean of 3x3 pixels in which the middle one counts five times; pixels of the edge
    are not smoothed.
    """
    smooth = image.copy()
    if min(image.shape[:2]) >= 3:
        rows = image[:-2] + image[1:-1] + image[2:]
        around = rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]
        smooth[1:-1, 1:-1] = (around + np.float32(4.0) * image[1:-1, 1:-1]) / np.float32(13.0)
    return _blend(smooth, image, factor)


def _blend(start, image: np.ndarray, factor: float) -> np.ndarray:
    if factor == 1.0:
        return image  # exactly, not up to rounding
    mixed = image - np.asarray(start, "float32")
    mixed *= np.float32(factor)
    mixed += np.asarray(start, "float32")
    return np.clip(mixed, 0.0, 1.0, out=mixed)


def _grey(image: np.ndarray) -> np.ndarray:
    """Return (H, W): luma where there are three channels, else their mean."""
    if image.shape[-1] == 3:
        return sum(np.float32(w) * image[..., i] for i, w in enumerate(LUMA))
    return image.mean(axis=-1)


def _rows(image: np.ndarray) -> np.ndarray:
    """Return (H, W * C): NumPy is slow where the innermost axis has three entries."""
    return image.reshape(image.shape[0], -1)


def _levels(image: np.ndarray) -> np.ndarray:
    return np.rint(image * np.float32(LEVELS - 1)).astype("uint8")
