"""Layers in plain numpy, for the references that answers are compared with.

A reference is a function `reference(x, take, training, fault, **arguments)` of an array
(B, H, W, C).  It asks `take` for its weights in the order in which it needs them, so that the
same function says which weights there are (with blank ones) and what they compute.
"""

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import as_strided

# What tutorials use in place of ReLU; tanh forms, which stay finite for large values.
ACTIVATIONS = {
    "gelu": lambda x: x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))) / 2,
    "silu": lambda x: x * (1 + np.tanh(x / 2)) / 2,
    "hard_silu": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
    "mish": lambda x: x * np.tanh(np.logaddexp(0, x)),
    "softplus": lambda x: np.logaddexp(0, x),
    "elu": lambda x: np.maximum(x, np.expm1(np.minimum(x, 0))),
    "selu": lambda x: 1.0507 * np.where(x > 0, x, 1.67326 * np.expm1(np.minimum(x, 0))),
    "leaky_relu": lambda x: np.maximum(x, 0.2 * x),
    "LeakyReLU": lambda x: np.maximum(x, 0.3 * x),
    "relu6": lambda x: np.clip(x, 0, 6),
}


class Take:
    """Hands out weights in the order in which a reference asks for them, blank ones at first."""

    def __init__(self, units=None):
        self.units = units
        self.asked: list[tuple[str, tuple[int, ...]]] = []

    def kernel(self, shape):
        """Return the next kernel: (rows, columns, channels read by a filter, filters)."""
        return self._next("kernel", tuple(shape), (np.zeros(shape),))[0]

    def vector(self, size):
        """Return the next bias, coefficient or other weights that form a vector."""
        return self._next("vector", (size,), (np.zeros(size),))[0]

    def norm(self, channels):
        """Return scale, offset, mean and variance of the next batch normalization."""
        return self._next("norm", (channels,), (np.ones(channels),) * 4)

    def _next(self, role, shape, blank):
        self.asked.append((role, shape))
        return blank if self.units is None else self.units[len(self.asked) - 1]


def convolve(x, kernel, stride=1, padding="symmetric"):
    """Convolve (B, H, W, C) with a kernel; channels are split into groups if it reads fewer.

    Args:
        x: array.
        kernel: (rows, columns, C / groups, filters).
        stride: step in pixels.
        padding: zeros around x: "symmetric" (half the kernel on each side), "same" (as in
            Keras: more at the end where the number is odd) or "valid" (none).
    """
    groups = x.shape[3] // kernel.shape[2]
    if groups * kernel.shape[2] != x.shape[3] or kernel.shape[3] % max(groups, 1):
        raise ValueError(f"a kernel {kernel.shape} cannot read {x.shape[3]} channels")
    windows = _windows(x, kernel.shape[:2], stride, padding, 0.0)
    if groups == 1:
        return np.tensordot(windows, kernel, axes=3)
    parts = zip(np.split(windows, groups, 5), np.split(kernel, groups, 3), strict=True)
    return np.concatenate([np.tensordot(part, filters, axes=3) for part, filters in parts], 3)


def pool(x, size, stride=None, how="mean", padding="valid"):
    """Take the mean, sum or maximum of windows; padded places are left out of it."""
    windows = _windows(x, (size, size), stride or size, padding, np.nan)
    reduce: dict[str, Callable] = {"mean": np.nanmean, "sum": np.nansum, "max": np.nanmax}
    return reduce[how](windows, axis=(3, 4))


def normalize(x, norm, training, epsilon=1e-5):
    """Apply batch normalization with the statistics of the batch or the moving ones."""
    gamma, beta, mean, variance = norm
    if training:
        mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2))
    return (x - mean) / np.sqrt(variance + epsilon) * gamma + beta


def relu(x):
    """Replace what is below 0 by 0."""
    return np.maximum(x, 0)


def _windows(x, kernel, stride, padding, fill):
    """Return (B, H', W', rows, columns, C): what the kernel sees at each of its positions."""
    batch, height, width, channels = x.shape
    top, bottom = _padding(height, kernel[0], stride, padding)
    left, right = _padding(width, kernel[1], stride, padding)
    if top + height + bottom < kernel[0] or left + width + right < kernel[1]:
        raise ValueError(f"a {kernel} window does not fit in {height} x {width} pixels")
    padded = np.full((batch, top + height + bottom, left + width + right, channels), fill)
    padded[:, top : top + height, left : left + width] = x
    jumps = padded.strides
    rows = (padded.shape[1] - kernel[0]) // stride + 1
    columns = (padded.shape[2] - kernel[1]) // stride + 1
    return as_strided(
        padded,
        (batch, rows, columns, *kernel, channels),
        (jumps[0], stride * jumps[1], stride * jumps[2], *jumps[1:]),
        writeable=False,
    )


def _padding(size, k, stride, padding):
    if padding == "valid":
        return (0, 0)
    if padding == "symmetric":
        return (k // 2, k // 2)
    total = max((-(-size // stride) - 1) * stride + k - size, 0)
    return (total // 2, total - total // 2)
