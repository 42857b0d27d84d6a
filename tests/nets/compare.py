"""Compare two nets that should compute the same: random weights, both modes, every part."""

import re

import keras
import numpy as np

TOLERANCE = 1e-4  # of the standard deviation of the reference's output


def randomize(model, seed=0, smallest_variance=0.5):
    """Give every weight a random value; variances and scales stay positive."""
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        shape = tuple(weight.shape)
        if weight.name == "codes":  # the drawings of LeNet-5's output are fixed
            continue
        if weight.name in ("gamma", "coefficient"):
            value = rng.uniform(0.5, 1.5, shape)
        elif weight.name == "moving_variance":
            value = rng.uniform(smallest_variance, 1.5, shape)
        elif weight.name in ("beta", "bias", "moving_mean"):
            value = rng.normal(0, 0.3, shape)
        else:
            value = rng.normal(0, kernel_spread(shape), shape)
        weight.assign(value.astype("float32"))


def kernel_spread(shape):
    """Return the sd with which the variance of a map survives a convolution and a ReLU."""
    depthwise = len(shape) == 4 and shape[-1] == 1  # each filter reads one channel
    values_read = np.prod(shape[:2] if depthwise else shape[:-1])
    return np.sqrt(2 / values_read)


def images(model, count=3, seed=1):
    """Return random images for the input of a model, in [0, 1]."""
    shape = (count, *model.input_shape[1:])
    return np.random.default_rng(seed).uniform(0, 1, shape).astype("float32")


def part_outputs(model):
    """Return the last output of each part (stem, stage1, ...) by name, logits for the heads."""
    last = {}
    for layer in model.layers:
        part = re.match(r"(stem|stage\d+|aux\d+|head)", layer.name)
        if part and not isinstance(layer, keras.layers.Softmax):
            last[part[0]] = layer
    for part, layer in last.items():
        if part == "head" or part.startswith("aux"):
            without_softmax(layer)
    return {part: layer.output for part, layer in last.items()}


def without_softmax(layer):
    """Let a dense layer return logits: a softmax hides differences."""
    if isinstance(layer, keras.layers.Dense):
        layer.activation = keras.activations.linear


def largest_difference(reference, other, outputs, other_outputs, x):
    """Run both nets in inference and in training mode.

    Returns the largest difference of an output, or of a running statistic after the training
    pass, over the standard deviation of the reference's.
    """
    ours = keras.Model(reference.input, outputs)
    theirs = keras.Model(other.input, other_outputs)
    worst = 0.0
    for training in (False, True):
        a, b = ours(x, training=training), theirs(x, training=training)
        for left, right in zip(a, b, strict=True):
            worst = max(worst, _relative(left, right))
    for left, right in zip(_statistics(reference), _statistics(other), strict=True):
        worst = max(worst, _relative(left, right))
    return worst


def _statistics(model):
    """Running statistics, in an order that does not depend on the names of layers."""
    return sorted(
        (w.numpy() for w in model.weights if w.name.startswith("moving_")),
        key=lambda array: (array.size, float(array.mean())),
    )


def _relative(left, right):
    left, right = keras.ops.convert_to_numpy(left), keras.ops.convert_to_numpy(right)
    if left.shape != right.shape or not np.isfinite(right).all():
        return np.inf
    return float(np.abs(left - right).max() / left.std())
