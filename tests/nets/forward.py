"""EfficientNet-Lite in NumPy, straight from the arrays of the authors' checkpoint.

Maps are (channels, height, width) of one image; names are those of the file.  Nothing here is
imported from the package.
"""

import numpy as np

STRIDED_ROWS = (1, 2, 3, 5)  # of table 1 of Tan & Le 2019, from 0: their first block has stride 2


def probabilities(arrays, image):
    """Return the class probabilities of an image (3, H, W) that is scaled already."""
    x = relu6(normalize(arrays, "_bn0", convolve(image, arrays["_conv_stem.weight"], 2)))
    blocks = {int(name.split(".")[1]) for name in arrays if name.startswith("_blocks.")}
    widths = []  # each row has its own
    for i in sorted(blocks):
        part = {
            name.removeprefix(f"_blocks.{i}."): array
            for name, array in arrays.items()
            if name.startswith(f"_blocks.{i}.")
        }
        after = part["_project_conv.weight"].shape[0]
        stride = 2 if after not in widths and len(widths) in STRIDED_ROWS else 1
        widths += [after] if after not in widths else []
        y = block(part, x, stride)
        x = x + y if stride == 1 and x.shape == y.shape else y
    x = relu6(normalize(arrays, "_bn1", convolve(x, arrays["_conv_head.weight"], 1)))
    logits = arrays["_fc.weight"] @ x.mean(axis=(1, 2)) + arrays["_fc.bias"]
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


def block(part, x, stride):
    if "_expand_conv.weight" in part:
        x = relu6(normalize(part, "_bn0", convolve(x, part["_expand_conv.weight"], 1)))
    x = relu6(normalize(part, "_bn1", convolve(x, part["_depthwise_conv.weight"], stride)))
    return normalize(part, "_bn2", convolve(x, part["_project_conv.weight"], 1))


def convolve(x, kernel, stride):
    """Cross-correlate; each filter reads all channels, or its own where it has one only.

    As many pixels are added as the last window needs, the odd one at the end (TensorFlow's SAME).
    """
    filters, _, side, _ = kernel.shape
    edges, outs = [(0, 0)], []
    for length in x.shape[1:]:
        out = -(-length // stride)
        missing = max(0, (out - 1) * stride + side - length)
        edges.append((missing // 2, missing - missing // 2))
        outs.append(out)
    x = np.pad(x, edges)
    depthwise = kernel.shape[1] == 1 and x.shape[0] == filters
    y = np.zeros((filters, *outs))
    for i in range(side):
        for j in range(side):
            rows = slice(i, i + (outs[0] - 1) * stride + 1, stride)
            columns = slice(j, j + (outs[1] - 1) * stride + 1, stride)
            seen = x[:, rows, columns]
            if depthwise:
                y += kernel[:, 0, i, j, None, None] * seen
            else:
                y += np.tensordot(kernel[:, :, i, j], seen, axes=1)
    return y


def normalize(arrays, name, x):
    gamma, beta, mean, variance = (
        arrays[f"{name}.{part}"][:, None, None]
        for part in ("weight", "bias", "running_mean", "running_var")
    )
    return gamma * (x - mean) / np.sqrt(variance + 1e-3) + beta


def relu6(x):
    return np.clip(x, 0, 6)
