"""The layers of nets without normalization over the batch, in NumPy, as the papers define them.

Maps are (H, W, C) of one image.  Nothing here is imported from the package.
"""

from math import ceil

import numpy as np


def convolve(x, kernel, bias, *, stride=1, pad=0, groups=1):
    """Sum the products under each window, for each filter, and add its bias.

    With groups, a filter reads only its own share of the channels.
    """
    side, _, _, filters = kernel.shape
    x = np.pad(x, ((pad, pad), (pad, pad), (0, 0)))
    rows, cols = ((n - side) // stride + 1 for n in x.shape[:2])
    share, filters_each = x.shape[2] // groups, filters // groups
    y = np.empty((rows, cols, filters))
    for i in range(rows):
        for j in range(cols):
            window = x[i * stride : i * stride + side, j * stride : j * stride + side]
            for group in range(groups):
                read = slice(group * share, (group + 1) * share)
                written = slice(group * filters_each, (group + 1) * filters_each)
                y[i, j, written] = np.tensordot(window[:, :, read], kernel[..., written], 3)
    return y + bias


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


def by_name(model):
    """Return the weights of a net by the names of its layers."""
    return {layer.name: layer.get_weights() for layer in model.layers if layer.weights}


def alexnet(image, weights, *, groups, norm, padding, loud=1.0):
    """The logits of one image: Krizhevsky et al. 2012, section 3.5, from top to bottom.

    `loud`: the maps of the first convolution are multiplied by it.
    """
    x = np.pad(image.astype("float64"), ((padding, padding), (padding, padding), (0, 0)))
    x = loud * conv_relu(x, weights["stage1_conv"], stride=4, pad=0)
    x = pool(norm(x), 3, 2)
    x = conv_relu(x, weights["stage2_conv"], groups=groups)
    x = pool(norm(x), 3, 2)
    x = conv_relu(x, weights["stage3_block1_conv"])
    x = conv_relu(x, weights["stage3_block2_conv"], groups=groups)
    x = conv_relu(x, weights["stage3_block3_conv"], groups=groups)
    x = pool(x, 3, 2)
    x = np.maximum(dense(x, *weights["head_dense1"]), 0)
    x = np.maximum(dense(x, *weights["head_dense2"]), 0)
    return dense(x, *weights["head_fc"])
