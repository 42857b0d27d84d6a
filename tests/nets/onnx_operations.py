"""Operations of ONNX in NumPy, where those of the `onnx` package are slow or wrong.

Maps are (N, C, H, W).
"""

import numpy as np
from onnx.reference.op_run import OpRun


def windows(x, kernel_shape, strides, pads, fill):
    """Give the window at each position, in the last two axes."""
    top, left, bottom, right = pads
    x = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)), constant_values=fill)
    found = np.lib.stride_tricks.sliding_window_view(x, kernel_shape, axis=(2, 3))
    return found[:, :, :: strides[0], :: strides[1]]


class MaxPool(OpRun):
    """The package's own runs in a loop over the windows, which takes minutes."""

    def _run(self, x, kernel_shape=None, strides=None, pads=None, **_):
        return (windows(x, kernel_shape, strides, pads, -np.inf).max(axis=(4, 5)),)


class AveragePool(OpRun):
    """As above; `count_include_pad` is 0 in the files: pixels outside are no part of a mean."""

    def _run(self, x, kernel_shape=None, strides=None, pads=None, count_include_pad=None, **_):
        assert not count_include_pad
        found = windows(x, kernel_shape, strides, pads, np.nan)
        return (np.nanmean(found, axis=(4, 5), dtype=x.dtype),)


class LRN(OpRun):
    """The package's own (1.23) counts images in place of maps."""

    def _run(self, x, alpha=None, beta=None, bias=None, size=None):
        before, after = (size - 1) // 2, size // 2  # adjacent maps, by the definition of ONNX
        squares = np.pad(x**2, ((0, 0), (before, after), (0, 0), (0, 0)))
        energy = sum(squares[:, j : j + x.shape[1]] for j in range(size))
        return ((x / (bias + alpha / size * energy) ** beta).astype(x.dtype),)


class BatchNormalization(OpRun):
    """The package's own (1.23) mixes statistics of the batch in, below opset 14."""

    def _run(self, x, gamma, beta, mean, variance, epsilon=None, **_):
        gamma, beta, mean, variance = (v[:, None, None] for v in (gamma, beta, mean, variance))
        return ((gamma * (x - mean) / np.sqrt(variance + epsilon) + beta).astype(x.dtype),)


OPERATIONS = [MaxPool, AveragePool, LRN, BatchNormalization]
for operation in OPERATIONS:
    operation.op_domain = ""
