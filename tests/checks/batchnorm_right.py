"""Right answers to the questions of the batchnorm exercises, each built in another way."""

from functools import partial
from itertools import product

import keras
import numpy as np
from keras import ops

from course_lib.checks.batchnorm_diagnosis import EFFECTS, FAULTS
from tests.checks.bank_pieces import by_table

# update_running


def channels_of(batch):
    """Return the values of each channel of a batch, as lists."""
    return [[float(v) for v in batch[..., c].ravel()] for c in range(batch.shape[-1])]


def running_by_lists(mean, spread, batches, momentum, unbiased=True, kept=True, root=False):
    """Add and square the numbers of each channel one by one."""
    keep = momentum if kept else 1 - momentum
    pairs = [[float(m), float(s)] for m, s in zip(mean, spread, strict=True)]
    for batch in batches:
        for pair, values in zip(pairs, channels_of(batch), strict=True):
            center = sum(values) / len(values)
            total = sum((v - center) ** 2 for v in values)
            total /= len(values) - 1 if unbiased else len(values)
            pair[0] = keep * pair[0] + (1 - keep) * center
            pair[1] = keep * pair[1] + (1 - keep) * (total**0.5 if root else total)
    return tuple(np.array(pairs).T)


def running_by_moments(mean, spread, batches, momentum, unbiased=True, kept=True, root=False):
    """Use `keras.ops`, and the weight that each batch has in the end."""
    keep = momentum if kept else 1 - momentum
    ages = np.arange(len(batches))[::-1]
    weights = (1 - keep) * keep ** ages.astype("float32")
    seen = []
    for batch in batches:
        center, power = ops.moments(ops.convert_to_tensor(batch), [0, 1, 2])
        if unbiased:
            count = batch.size // batch.shape[-1]
            power = power * (count / (count - 1))
        seen.append(ops.stack([center, ops.sqrt(power) if root else power]))
    total = sum(weight * one for weight, one in zip(weights, seen, strict=True))
    left = keep ** len(batches)
    return [left * np.asarray(mean) + total[0], left * np.asarray(spread) + total[1]]


# batch_norm_train


def normalized_by_ops(x, gamma, beta, epsilon):
    """Normalize one pile with `keras.ops`, in 64 bits."""
    x = ops.convert_to_tensor(np.asarray(x, "float64"))
    center = ops.mean(x, axis=(0, 1, 2), keepdims=True)
    power = ops.mean(ops.square(x - center), axis=(0, 1, 2), keepdims=True)
    return np.asarray((x - center) * ops.rsqrt(power + epsilon)) * gamma + beta


def trained_by_reshape(x, gamma, beta, epsilon, cards, turns=False):
    """Give the cards an axis of their own."""
    images, *shape = x.shape
    split = (images // cards, cards) if turns else (cards, images // cards)
    piles = np.asarray(x, "float64").reshape(*split, *shape)
    axes = (0, 2, 3) if turns else (1, 2, 3)
    length = np.sqrt(piles.var(axes, keepdims=True) + epsilon)
    out = (piles - piles.mean(axes, keepdims=True)) / length
    return (out * gamma + beta).reshape(x.shape)


def trained_by_layer(x, gamma, beta, epsilon, cards, turns=False):
    """Let Keras normalize each pile."""
    out = np.zeros(x.shape)
    for card in range(cards):
        mine = [i for i in range(len(x)) if (i % cards if turns else i * cards // len(x)) == card]
        layer = keras.layers.BatchNormalization(epsilon=epsilon)
        layer.build(x.shape)
        layer.set_weights([gamma, beta, 0 * gamma, 0 * gamma])
        out[mine] = np.asarray(layer(x[mine], training=True))
    return out


def led_by_layer(x, gamma, beta, epsilon, cards):
    """Let Keras normalize the whole batch in inference mode."""
    lead = np.split(x, cards)[0]
    layer = keras.layers.BatchNormalization(epsilon=epsilon)
    layer.build(x.shape)
    layer.set_weights([gamma, beta, lead.mean((0, 1, 2)), lead.var((0, 1, 2))])
    return layer(x, training=False)


def led_by_moments(x, gamma, beta, epsilon, cards):
    """Take moments channel by channel."""
    out = np.asarray(x, "float64").copy()
    for c in range(x.shape[3]):
        values = out[: len(x) // cards, :, :, c].ravel()
        power = np.mean(values**2) - np.mean(values) ** 2
        out[..., c] = gamma[c] * (out[..., c] - np.mean(values)) / (power + epsilon) ** 0.5
    return out + beta


# batch_norm_inference


def used_by_layer(x, gamma, beta, means, variances, epsilon, merged=True):
    """Let Keras normalize, with the averages put together by squares."""
    squares = np.mean(variances + means**2, axis=0) - np.mean(means, axis=0) ** 2
    layer = keras.layers.BatchNormalization(epsilon=epsilon)
    layer.build(x.shape)
    power = squares if merged else variances.sum(axis=0) / len(variances)
    layer.set_weights([gamma, beta, means.sum(axis=0) / len(means), power])
    return layer(x)


def used_by_channel(x, gamma, beta, means, variances, epsilon, merged=True):
    """Visit the channels."""
    out = []
    for c in range(x.shape[-1]):
        spread = variances[:, c].mean()
        if merged:
            spread += ((means[:, c] - means[:, c].mean()) ** 2).mean()
        out.append((x[..., c] - means[:, c].mean()) / (spread + epsilon) ** 0.5 * gamma[c])
    return np.stack(out, axis=-1) + beta


def used_image_by_image(x, gamma, beta, means, variances, epsilon):
    """Send each image to its card."""
    out = []
    for i, image in enumerate(x):
        card = i % len(means)
        out.append(gamma * (image - means[card]) * (variances[card] + epsilon) ** -0.5 + beta)
    return np.array(out)


def used_card_by_card(x, gamma, beta, means, variances, epsilon):
    """Let each card take its images."""
    out = np.zeros(x.shape)
    for card, (center, power) in enumerate(zip(means, variances, strict=True)):
        out[card :: len(means)] = ops.batch_normalization(
            x[card :: len(means)], center, power, 3, beta, gamma, epsilon
        )
    return out


# batch_norm_backward


def forward(x, gamma, epsilon, form, held):
    """Return what a relative of batch normalization puts out, without beta, in 64 bits."""
    if form == "root":
        return gamma * x / ((x**2).mean((0, 1, 2)) + epsilon) ** 0.5
    z = x - x.mean((0, 1, 2))
    if form == "absolute":
        return gamma * z / (abs(z).mean((0, 1, 2)) + epsilon)
    return gamma * z / (held + epsilon) ** 0.5


def backward_by_matrix(x, gamma, upstream, epsilon, form="root"):
    """Write down the derivative of each output by each input."""
    x, upstream = (np.asarray(one, "float64").reshape(-1, x.shape[3]) for one in (x, upstream))
    count, shape, by_x = len(x), x.shape, np.zeros(x.shape)
    total = np.zeros((2, shape[1]))
    for c in range(shape[1]):
        pull = np.eye(count) - (0 if form == "root" else 1 / count)
        z = pull @ x[:, c]
        length = (
            np.mean(abs(z)) + epsilon if form == "absolute" else (z @ z / count + epsilon) ** 0.5
        )
        sides = {"root": z / length, "held": 0 * z, "absolute": np.sign(z)}[form]
        table = (np.eye(count) - np.outer(z / length, sides) / count) @ pull / length
        by_x[:, c] = gamma[c] * table.T @ upstream[:, c]
        total[:, c] = upstream[:, c] @ z / length, upstream[:, c].sum()
    return by_x.reshape(-1), *total


def backward_in_shape(x, gamma, upstream, epsilon, form="root"):
    by_x, by_gamma, by_beta = backward_by_matrix(x, gamma, upstream, epsilon, form)
    return np.reshape(by_x, x.shape), by_gamma, by_beta


def backward_by_differences(x, gamma, upstream, epsilon, form="root"):
    """Move each value a little and see what the loss does."""
    given = [np.asarray(array, dtype=float) for array in (x, gamma, upstream)]
    x, gamma, upstream = given
    held, step = x.var((0, 1, 2)), 1e-5
    by_x = np.zeros(x.shape)
    for at in product(*map(range, x.shape)):
        moved = [x.copy(), x.copy()]
        moved[0][at] += step
        moved[1][at] -= step
        losses = [(upstream * forward(one, gamma, epsilon, form, held)).sum() for one in moved]
        by_x[at] = (losses[0] - losses[1]) / (2 * step)
    plain = forward(x, np.ones(len(gamma)), epsilon, form, held)
    axes = (0, 1, 2)
    return [by_x, np.sum(plain * upstream, axis=axes), np.sum(upstream, axis=axes)]


# fold_into_conv


def by_probing(apply, shape):
    """Return kernel and bias of a linear function of a patch, from what it makes of patches."""
    nothing = np.zeros(shape)
    rest = apply(nothing)
    kernel = np.zeros((*shape, len(rest)))
    for at in product(*map(range, shape)):
        nothing[at] = 1
        kernel[at] = apply(nothing) - rest
        nothing[at] = 0
    return kernel, rest


def front_by_probing(kernel, bias, gamma, beta, mean, variance, epsilon):
    """Ask both layers what they make of a single bright pixel."""

    def both(patch):
        y = gamma * (patch - mean) / (variance + epsilon) ** 0.5 + beta
        return np.tensordot(y, kernel, axes=3) + (0 if bias is None else bias)

    return by_probing(both, kernel.shape[:3])


def front_by_loops(kernel, bias, gamma, beta, mean, variance, epsilon):
    """Visit each weight."""
    new = np.zeros(kernel.shape)
    total = np.zeros(kernel.shape[3]) if bias is None else np.array(bias, "float64")
    for row, column, c, f in product(*map(range, kernel.shape)):
        factor = gamma[c] / (variance[c] + epsilon) ** 0.5
        new[row, column, c, f] = kernel[row, column, c, f] * factor
        total[f] += kernel[row, column, c, f] * (beta[c] - factor * mean[c])
    return new, total


def depthwise_by_loops(kernel, bias, gamma, beta, mean, variance, epsilon):
    """Visit each output."""
    new, many = np.array(kernel, "float64"), kernel.shape[3]
    total = []
    for out in range(len(gamma)):
        factor = gamma[out] / (variance[out] + epsilon) ** 0.5
        new[:, :, out // many, out % many] *= factor
        total.append(beta[out] + factor * ((0 if bias is None else bias[out]) - mean[out]))
    return [new, np.array(total)]


def depthwise_flat(kernel, bias, gamma, beta, mean, variance, epsilon):
    """Lay the outputs in a row."""
    root = np.sqrt(np.asarray(variance, "float64") + epsilon)
    flat = kernel.reshape(*kernel.shape[:2], -1) * gamma / root
    before = -mean if bias is None else bias - mean
    return flat.reshape(kernel.shape), before * gamma / root + beta


def shortcut_by_probing(kernel, bias, gamma, beta, mean, variance, epsilon):
    """Ask both layers and the addition what they make of a single bright pixel."""
    middle = kernel.shape[0] // 2

    def block(patch):
        y = np.tensordot(patch, kernel, axes=3) + (0 if bias is None else bias)
        return gamma * (y - mean) / (variance + epsilon) ** 0.5 + beta + patch[middle, middle]

    return by_probing(block, kernel.shape[:3])


def shortcut_by_two_kernels(kernel, bias, gamma, beta, mean, variance, epsilon):
    """Add the kernel of the shortcut."""
    hand_on = np.zeros(kernel.shape)
    for c in range(kernel.shape[2]):
        hand_on[len(kernel) // 2, len(kernel) // 2, c, c] = 1
    factor = gamma * (variance + epsilon) ** -0.5
    inside = (np.zeros(len(gamma)) if bias is None else bias) - mean
    return factor * kernel + hand_on, factor * inside + beta


TABLE = {
    "a": ("one layer in two places", "averages of a mixture"),
    "b": ("bias before normalization", "weights without effect"),
    "c": ("nothing", "none"),
    "d": ("momentum of another library", "averages follow the last batch"),
    "e": ("batch statistics in use", "answers depend on the other images"),
    "f": ("wrong axis", "statistics of rows"),
}
OPTIONS = (FAULTS, EFFECTS)

RIGHT = {
    "update_running": [running_by_lists, running_by_moments],
    "batch_norm_train": [trained_by_reshape, trained_by_layer],
    "batch_norm_inference": [used_by_layer, used_by_channel],
    "batch_norm_backward": [backward_in_shape, backward_by_differences],
    "fold_into_conv": [front_by_probing, front_by_loops],
    "diagnosis": by_table(TABLE),
}


def both(first, second, **changed):
    return partial(first, **changed), partial(second, **changed)


OF_VARIANT = {
    ("update_running", "moved"): both(
        running_by_lists, running_by_moments, unbiased=False, kept=False
    ),
    ("update_running", "deviation"): both(
        running_by_lists, running_by_moments, unbiased=False, root=True
    ),
    ("batch_norm_train", "turns"): both(trained_by_reshape, trained_by_layer, turns=True),
    ("batch_norm_train", "lead"): (led_by_layer, led_by_moments),
    ("batch_norm_inference", "averaged"): both(used_by_layer, used_by_channel, merged=False),
    ("batch_norm_inference", "turns"): (used_image_by_image, used_card_by_card),
    **{
        ("batch_norm_backward", form): both(backward_in_shape, backward_by_differences, form=form)
        for form in ("held", "absolute")
    },
    ("fold_into_conv", "depthwise"): (depthwise_by_loops, depthwise_flat),
    ("fold_into_conv", "shortcut"): (shortcut_by_probing, shortcut_by_two_kernels),
}
