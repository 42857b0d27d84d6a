"""The layers of nets without normalization over the batch, in NumPy, as the papers define them.

Maps are (H, W, C) of one image.  Nothing here is imported from the package.
"""

from math import ceil

import numpy as np


def convolve(x, kernel, bias, *, stride=1, pad=0, groups=1):
    """Sum the products under each window, filter by filter, and add the biases.

    With groups, filter f reads only its own share of the channels.
    """
    side, _, _, filters = kernel.shape
    x = np.pad(x, ((pad, pad), (pad, pad), (0, 0)))
    rows, cols = ((n - side) // stride + 1 for n in x.shape[:2])
    share, filters_each = x.shape[2] // groups, filters // groups
    y = np.empty((rows, cols, filters))
    for i in range(rows):
        for j in range(cols):
            window = x[i * stride : i * stride + side, j * stride : j * stride + side]
            for f in range(filters):
                first = f // filters_each * share
                y[i, j, f] = (window[:, :, first : first + share] * kernel[..., f]).sum() + bias[f]
    return y


def conv_relu(x, weights, **settings):
    """Convolve with (kernel, bias); padded to keep the map unless `pad` is given."""
    settings = {"pad": weights[0].shape[0] // 2} | settings
    return np.maximum(convolve(x, *weights, **settings), 0)


def pool(x, side, stride, how=np.max):
    """Pool as Caffe does: as many windows as cover the map, each cut off at its edge."""
    rows, cols = (ceil((n - side) / stride) + 1 for n in x.shape[:2])
    y = np.empty((rows, cols, x.shape[2]))
    for i in range(rows):
        for j in range(cols):
            window = x[i * stride : i * stride + side, j * stride : j * stride + side]
            y[i, j] = how(window, axis=(0, 1))
    return y


def response_norm(a, k=2.0, n=5, alpha=1e-4, beta=0.75):
    """The formula of Krizhevsky et al. 2012, section 3.3, with its limits of the sum."""
    maps = a.shape[2]
    b = np.empty(a.shape)
    for i in range(maps):
        first, last = max(0, i - n // 2), min(maps - 1, i + n // 2)
        total = sum(a[:, :, j] ** 2 for j in range(first, last + 1))
        b[:, :, i] = a[:, :, i] / (k + alpha * total) ** beta
    return b


def dense(x, kernel, bias):
    return x.reshape(-1) @ kernel + bias


def class_maps(x, weights):
    """The mean of each class map past its ReLU."""
    return conv_relu(x, weights).mean(axis=(0, 1))


def softmax(logits):
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()
