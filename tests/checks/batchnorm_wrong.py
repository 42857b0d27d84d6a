"""Wrong answers to the questions of the batchnorm exercises, and what each must be told.

Most differ from a right answer in one step, which an argument changes.
"""

from functools import partial

import keras
import numpy as np

from course_lib.widgets.norm import normalize as normalize_of_lab
from tests.checks import batchnorm_right as right
from tests.checks.bank_pieces import differing

EVERY = (0, 1, 2)

# update_running


def running(
    keep=lambda momentum: momentum,
    center=lambda batch: batch.mean(EVERY),
    power=lambda batch: batch.var(EVERY, ddof=1),
    take=lambda keep: 1 - keep,
    order=lambda batches: batches,
):
    """Return an answer with one step changed."""

    def update_running(mean, spread, batches, momentum):
        share = keep(momentum)
        for batch in order(batches):
            mean = share * mean + take(share) * center(batch)
            spread = share * spread + take(share) * power(batch)
        return mean, spread

    return update_running


def about_the_running_mean(mean, spread, batches, momentum):
    for batch in batches:
        count = batch.size // len(mean)
        power = ((batch - mean) ** 2).sum(EVERY) / (count - 1)
        mean = momentum * mean + (1 - momentum) * batch.mean(EVERY)
        spread = momentum * spread + (1 - momentum) * power
    return mean, spread


def averaged_first(mean, spread, batches, momentum):
    center = np.mean([batch.mean(EVERY) for batch in batches], axis=0)
    power = np.mean([batch.var(EVERY, ddof=1) for batch in batches], axis=0)
    keep = momentum
    return keep * mean + (1 - keep) * center, keep * spread + (1 - keep) * power


def by_layer(mean, spread, batches, momentum):
    """Use Keras' own layer, which takes the biased variance."""
    layer = keras.layers.BatchNormalization(momentum=momentum)
    layer.build(batches[0].shape)
    layer.set_weights([np.ones(len(mean)), np.zeros(len(mean)), mean, spread])
    for batch in batches:
        layer(batch, training=True)
    return layer.get_weights()[2:]


def images_less_one(batch):
    count = batch.size // batch.shape[3]
    images = max(len(batch) - 1, 1)
    return (
        batch.var(EVERY) * len(batch) / images
        if len(batch) > 1
        else batch.var(EVERY) * count / (count - 1)
    )


RUNNING = {
    "swapped": (running(keep=lambda momentum: 1 - momentum), "weighs the other value"),
    "biased": (running(power=lambda batch: batch.var(EVERY)), "divided by the number of values"),
    "layer of Keras": (by_layer, "divided by the number of values"),
    "by images": (running(power=images_less_one), "correction counts the images"),
    "all channels": (
        running(center=lambda batch: np.full(batch.shape[3], batch.mean())),
        "one number for all channels",
    ),
    "per sample": (
        running(
            power=lambda batch: (
                batch.var((1, 2)).mean(0)
                * (batch.size // batch.shape[3])
                / (batch.size // batch.shape[3] - 1)
            )
        ),
        "what each image has by itself",
    ),
    "per place": (
        running(
            power=lambda batch: (
                batch.var(0).mean((0, 1))
                * (batch.size // batch.shape[3])
                / (batch.size // batch.shape[3] - 1)
            )
        ),
        "what each place has over the images",
    ),
    "deviation": (
        running(power=lambda batch: batch.std(EVERY, ddof=1)),
        "standard deviation is averaged. Here it is the variance",
    ),
    "about the running mean": (about_the_running_mean, "about the running mean"),
    "first alone": (running(order=lambda batches: batches[:1]), "later batches change nothing"),
    "last alone": (running(order=lambda batches: batches[-1:]), "last batch alone counts"),
    "backwards": (running(order=lambda batches: batches[::-1]), "last batch comes first"),
    "pooled": (
        running(order=lambda batches: [np.concatenate(batches)]),
        "put together, or averaged, and move",
    ),
    "averaged": (averaged_first, "put together, or averaged, and move"),
    "replaced": (running(keep=lambda momentum: 0.0), "old running values are lost"),
    "added": (running(take=lambda keep: 1.0), "do not add up to 1"),
    "turned around": (
        lambda *given, **more: running()(*given, **more)[::-1],
        "running spread, running mean; the order is running mean, running spread",
    ),
    "one array": (lambda mean, *_, **__: mean, "expected 2 arrays in this order: running mean"),
    "words": (lambda *_, **__: ("many", "more"), "expected an array of numbers"),
    "a number": (lambda *_, **__: 3, "returned 3; expected 2 arrays"),
    "one mean": (
        running(center=lambda batch: batch.mean(EVERY)[0]),
        "no known mistake gives these values",
    ),
    "columns": (
        lambda mean, spread, *_, **__: (mean[:, None], spread[:, None]),
        r"running mean has shape \(\d, 1\); expected",
    ),
    "stops": (lambda mean, *_, **__: mean.size(), "stopped with TypeError"),
    "nothing returned": (lambda *_, **__: None, "return missing"),
}

# batch_norm_train


def normalize(x, gamma, beta, epsilon, axes=EVERY, **changed):
    """Normalize an array by its statistics over some axes, with one step changed."""
    center = x.mean(axes, keepdims=True)
    power = x.var(axes, keepdims=True, ddof=changed.get("ddof", 0))
    length = changed.get("length", lambda power, epsilon: np.sqrt(power + epsilon))
    out = (x - changed.get("center", center)) / length(power, epsilon)
    return changed.get("last", lambda out, gamma, beta: gamma * out + beta)(out, gamma, beta)


def dealt(axes=EVERY, **changed):
    """Return an answer that normalizes runs of images, with one step changed."""

    def batch_norm_train(x, gamma, beta, epsilon, cards):
        piles = np.split(x, cards)
        return np.concatenate([normalize(p, gamma, beta, epsilon, axes, **changed) for p in piles])

    return batch_norm_train


def of_batch(mean, variance):
    """Return an answer that takes one of the statistics of the whole batch."""

    def batch_norm_train(x, gamma, beta, epsilon, cards):
        out = []
        for pile in np.split(x, cards):
            center = (x if mean else pile).mean(EVERY)
            length = np.sqrt((x if variance else pile).var(EVERY) + epsilon)
            out.append(gamma * (pile - center) / length + beta)
        return np.concatenate(out)

    return batch_norm_train


LAST = {
    "epsilon outside": ({"length": lambda v, e: np.sqrt(v) + e}, "behind the root"),
    "no epsilon": ({"length": lambda v, e: np.sqrt(np.maximum(v, 1e-24))}, "epsilon is missing"),
    "no root": ({"length": lambda v, e: v + e}, "root is missing"),
    "not centered": ({"center": 0.0}, "mean is not subtracted"),
    "beta first": ({"last": lambda out, g, b: g * (out + b)}, "gamma multiplies beta"),
    "exchanged": ({"last": lambda out, g, b: b * out + g}, "changed places"),
    "no gamma": ({"last": lambda out, g, b: out + b}, "gamma is missing"),
    "no beta": ({"last": lambda out, g, b: g * out}, "beta is missing"),
}
TRAIN = {
    "per sample": (dealt((1, 2)), "each image is normalized by itself"),
    "per place": (dealt((0,)), "each place of the map"),
    "per pixel": (dealt((3,)), "over the channels of a pixel"),
    "all channels": (dealt((0, 1, 2, 3)), "for all channels"),
    "unbiased": (dealt(ddof=1), "one less than the number of values"),
    "whole batch": (of_batch(True, True), "those of the whole batch. Here a card has a run"),
    "mean of the batch": (of_batch(True, False), "mean is that of the whole batch"),
    "variance of the batch": (of_batch(False, True), "variance is that of the whole batch"),
    "dealt in turn": (
        lambda *given, **more: right.trained_by_reshape(*given, **more, turns=True),
        "dealt in turn.* Here a card has a run",
    ),
    "first card": (right.led_by_moments, "first card serve on all cards. Here"),
    "piles of cards": (
        lambda x, gamma, beta, epsilon, cards: dealt()(x, gamma, beta, epsilon, len(x) // cards),
        "as many images as there are cards",
    ),
    **{name: (dealt(**changed), idea) for name, (changed, idea) in LAST.items()},
    "piles": (
        lambda x, gamma, beta, epsilon, cards: np.stack(np.split(x, cards)),
        "output has shape",
    ),
    "as it was": (lambda x, *_, **__: x, "no known mistake"),
    "not a number": (lambda x, *_, **__: x * np.nan, "no known mistake"),
    "words": (lambda *_, **__: "normal", "expected an array of numbers"),
    "stops": (lambda x, *_, **__: x.maps, "stopped with AttributeError"),
}

# batch_norm_inference


def used(combine, **changed):
    """Return an answer that makes one pair of averages; `combine(means, variances, x)`."""

    def batch_norm_inference(x, gamma, beta, means, variances, epsilon):
        center, power = combine(means, variances, x)
        length = changed.get("length", lambda power, epsilon: np.sqrt(power + epsilon))
        out = (x - changed.get("center", center)) / length(power, epsilon)
        return changed.get("last", lambda out, gamma, beta: gamma * out + beta)(out, gamma, beta)

    return batch_norm_inference


def merged(means, variances, _):
    return means.mean(0), variances.mean(0) + means.var(0)


def mean_of_outputs(x, gamma, beta, means, variances, epsilon):
    out = [
        gamma * (x - m) / np.sqrt(v + epsilon) + beta for m, v in zip(means, variances, strict=True)
    ]
    return np.mean(out, axis=0)


def by_runs(x, gamma, beta, means, variances, epsilon):
    at = np.sort(np.arange(len(x)) % len(means))
    center, power = means[at][:, None, None], variances[at][:, None, None]
    return gamma * (x - center) / np.sqrt(power + epsilon) + beta


INFERENCE = {
    "batch statistics": (
        used(lambda m, v, x: (x.mean(EVERY), x.var(EVERY))),
        "it divides by the statistics of these images",
    ),
    "batch mean": (
        used(lambda m, v, x: (x.mean(EVERY), merged(m, v, x)[1])),
        "subtracts the mean of these images",
    ),
    "batch variance": (
        used(lambda m, v, x: (m.mean(0), x.var(EVERY))),
        "divides by the variance of these images",
    ),
    "averaged": (
        used(lambda m, v, x: (m.mean(0), v.mean(0))),
        "so are the variances. Here mean and variance are those of all values",
    ),
    "in turn": (right.used_image_by_image, "dealt in turn.* Here mean and variance"),
    "first card": (used(lambda m, v, x: (m[0], v[0])), "averages of the first card"),
    "last card": (used(lambda m, v, x: (m[-1], v[-1])), "averages of the last card"),
    "in runs": (by_runs, "dealt in turn|averages of the first card|run of neighbouring"),
    "unbiased": (
        used(lambda m, v, x: (m.mean(0), v.mean(0) + m.var(0, ddof=1))),
        "one less than the number of cards",
    ),
    "deviations": (
        used(lambda m, v, x: (m.mean(0), np.sqrt(v).mean(0) ** 2)),
        "averages the standard deviations",
    ),
    "outputs": (mean_of_outputs, "averages what comes out"),
    "summed": (used(lambda m, v, x: (m.sum(0), v.sum(0))), "statistics of the cards are added up"),
    "variances summed": (
        used(lambda m, v, x: (m.mean(0), v.sum(0))),
        "variances of the cards are added up",
    ),
    "all channels": (
        used(lambda m, v, x: (m.mean(), v.mean() + m.var())),
        "one mean and one variance for all channels",
    ),
    **{name: (used(merged, **changed), idea) for name, (changed, idea) in LAST.items()},
    "as it was": (lambda x, *_, **__: x, "no known mistake"),
    "a card": (lambda x, g, b, means, *_, **__: means, "output has shape"),
}

# batch_norm_backward


def backward(
    by_x=lambda g, n, mean: g - n * mean(g * n),
    mean=lambda values: values.mean(EVERY, keepdims=True),
    by_gamma=lambda x, g, n, gamma: (g * n).sum(EVERY),
    by_beta=lambda g, gamma: g.sum(EVERY),
    **changed,
):
    """Return an answer that divides by the root of the mean square, with one step changed."""

    def batch_norm_backward(x, gamma, upstream, epsilon):
        added = changed.get("epsilon", epsilon)
        length = np.sqrt(mean(x**2) + added)
        n = x / length
        back = upstream if changed.get("no_gamma") else upstream * gamma
        inner = by_x(back, n, mean)
        first = inner if changed.get("no_divisor") else inner / length
        return first, by_gamma(x, upstream, n, gamma), by_beta(upstream, gamma)

    return batch_norm_backward


def of_chapter(x, gamma, upstream, epsilon):
    """Return the gradients of the batch normalization of the chapter."""
    length = np.sqrt(x.var(EVERY) + epsilon)
    n = (x - x.mean(EVERY)) / length
    by_gamma = (upstream * n).sum(EVERY)
    by_beta = upstream.sum(EVERY)
    count = x.size // x.shape[3]
    return (
        gamma / length * (upstream - by_beta / count - n * by_gamma / count),
        by_gamma,
        by_beta,
    )


def undivided(x, gamma, upstream, epsilon):
    """Put x where the normalized x belongs."""
    length = np.sqrt((x**2).mean(EVERY) + epsilon)
    back = gamma * upstream
    first = (back - x * (back * x).mean(EVERY)) / length
    return first, (upstream * x / length).sum(EVERY), upstream.sum(EVERY)


BACKWARD = {
    "constants": (backward(lambda g, n, mean: g), "gradient of x: the statistics count as const"),
    "of the chapter": (of_chapter, "gradient of x: that is the gradient of the batch norm"),
    "held": (
        lambda *given, **more: right.backward_in_shape(*given, **more, form="held"),
        "gradient of x: there the variance counts as a constant",
    ),
    "absolute": (
        lambda *given, **more: right.backward_in_shape(*given, **more, form="absolute"),
        "gradient of x: there the centered x is divided",
    ),
    "per sample": (
        backward(mean=lambda values: values.mean((1, 2), keepdims=True)),
        "means are those of each image",
    ),
    "per place": (
        backward(mean=lambda values: values.mean(0, keepdims=True)),
        "means are those of each place",
    ),
    "all channels": (
        backward(mean=lambda values: values.mean(keepdims=True)),
        "run over all channels",
    ),
    "sums": (
        backward(lambda g, n, mean: g - n * (g * n).sum(EVERY, keepdims=True)),
        "takes sums where the means",
    ),
    "added": (backward(lambda g, n, mean: g + n * mean(g * n)), "wrong sign"),
    "mean kept": (
        backward(lambda g, n, mean: g - mean(g) - n * mean(g * n)),
        "gradient of x: the mean of what comes from behind is subtracted",
    ),
    "undivided": (undivided, "gradient of x: what the statistics pass back is made of x before"),
    "no gamma": (backward(no_gamma=True), "gamma is missing"),
    "no divisor": (backward(no_divisor=True), "division of the forward pass is missing"),
    "no epsilon": (backward(epsilon=0.0), "epsilon is missing in the divisor"),
    "raw": (
        backward(by_gamma=lambda x, g, n, gamma: (g * x).sum(EVERY)),
        "gradient of gamma: it multiplies by x as it came in",
    ),
    "output": (
        backward(by_gamma=lambda x, g, n, gamma: (g * n * gamma).sum(EVERY)),
        "gradient of gamma: it multiplies by the normalized x times gamma",
    ),
    "mean for gamma": (
        backward(by_gamma=lambda x, g, n, gamma: (g * n).mean(EVERY)),
        "gradient of gamma: it takes the mean",
    ),
    "mean for beta": (
        backward(by_beta=lambda g, gamma: g.mean(EVERY)),
        "gradient of beta: it takes the mean",
    ),
    "gamma on beta": (
        backward(by_beta=lambda g, gamma: gamma * g.sum(EVERY)),
        "gradient of beta: gamma multiplies it",
    ),
    "unsummed": (
        backward(by_beta=lambda g, gamma: g.sum((1, 2))),
        "gradient of beta: it keeps a value for each image",
    ),
    "one beta": (
        backward(by_beta=lambda g, gamma: np.full(len(gamma), g.sum())),
        "gradient of beta: its sums run over all channels",
    ),
    "a number": (backward(by_beta=lambda g, gamma: g.sum()), "gradient of beta has shape"),
    "turned around": (
        lambda *given, **more: backward()(*given, **more)[::-1],
        "as gradient of beta, gradient of gamma, gradient of x; the order is gradient of x",
    ),
    "x alone": (lambda *given, **more: backward()(*given, **more)[0], "expected 3 arrays"),
    "stops": (lambda x, *_, **__: x.grad, "stopped with AttributeError"),
}

# fold_into_conv


def folded(
    scale=lambda gamma, variance, epsilon: gamma / np.sqrt(variance + epsilon),
    shift=lambda beta, mean, scale: beta - mean * scale,
    new=lambda kernel, scale: kernel * scale[:, None],
    total=lambda kernel, shift, scale, bias: np.einsum("hwcf,c->f", kernel, shift) + bias,
):
    """Return an answer for a normalization in front, with one step changed."""

    def fold_into_conv(kernel, bias, gamma, beta, mean, variance, epsilon):
        own = scale(gamma, variance, epsilon)
        lift = np.zeros(kernel.shape[3]) if bias is None else bias
        return new(kernel, own), total(kernel, shift(beta, mean, own), own, lift)

    return fold_into_conv


def fold_of_chapter(kernel, bias, gamma, beta, mean, variance, epsilon):
    """Fold a normalization behind the convolution, as the chapter does."""
    factor = gamma / np.sqrt(variance + epsilon)
    return kernel * factor, beta + ((0 if bias is None else bias) - mean) * factor


FOLD = {
    "no root": (folded(scale=lambda g, v, e: g / (v + e)), "the kernel: the root is missing"),
    "epsilon outside": (folded(scale=lambda g, v, e: g / (np.sqrt(v) + e)), "behind the root"),
    "no epsilon": (folded(scale=lambda g, v, e: g / np.sqrt(v)), "epsilon is missing"),
    "no gamma": (folded(scale=lambda g, v, e: 1 / np.sqrt(v + e)), "gamma is missing"),
    "inverted": (folded(scale=lambda g, v, e: np.sqrt(v + e) / g), "it divides by the scale"),
    "untouched": (folded(new=lambda kernel, scale: kernel), "kernel is not scaled"),
    "mean added": (folded(shift=lambda b, m, s: b + m * s), "the bias: the mean is added"),
    "mean unscaled": (folded(shift=lambda b, m, s: b - m), "the bias: the mean is not scaled"),
    "no mean": (folded(shift=lambda b, m, s: b), "the bias: the mean is missing"),
    "no beta": (folded(shift=lambda b, m, s: -m * s), "the bias: beta is missing"),
    "beta scaled": (folded(shift=lambda b, m, s: (b - m) * s), "the bias: beta is scaled"),
    "old bias lost": (
        folded(total=lambda kernel, shift, scale, bias: np.einsum("hwcf,c->f", kernel, shift)),
        "bias that the convolution had is lost",
    ),
    "bias scaled": (
        folded(
            total=lambda kernel, shift, scale, bias: (
                np.einsum("hwcf,c->f", kernel, shift) + bias * scale[: len(bias)]
            )
        ),
        "the old bias is scaled|no known mistake",
    ),
    "one place": (
        folded(total=lambda kernel, shift, scale, bias: shift @ kernel[0, 0] + bias),
        "the shift is added once",
    ),
    "mean of places": (
        folded(total=lambda kernel, shift, scale, bias: shift @ kernel.mean((0, 1)) + bias),
        "with the mean of the kernel's weights",
    ),
    "one channel": (
        folded(total=lambda kernel, shift, scale, bias: shift.sum() + bias),
        "for every filter alike",
    ),
    "behind": (
        folded(
            new=lambda kernel, scale: kernel * scale[: kernel.shape[3]],
            total=lambda kernel, shift, scale, bias: shift[: len(bias)] + bias,
        ),
        "the kernel: the scale lies along the filters",
    ),
    "of the chapter": (fold_of_chapter, "the kernel: the scale lies along the filters"),
    "scaled twice": (
        folded(total=lambda k, shift, scale, b: b + shift @ (k * scale[:, None]).sum((0, 1))),
        "the bias: the shift is counted with the new kernel",
    ),
    "one to one": (
        folded(total=lambda kernel, shift, scale, bias: bias + shift),
        "the bias: the shift of a map goes to one filter",
    ),
    "bias kept": (
        folded(total=lambda kernel, shift, scale, bias: bias),
        "the bias: the bias is as it was",
    ),
    "turned around": (lambda *given, **more: folded()(*given, **more)[::-1], "as bias, kernel"),
    "flat": (
        folded(new=lambda kernel, scale: (kernel * scale[:, None]).ravel()),
        "the kernel has shape",
    ),
    "bias without batch": (
        lambda kernel, bias, *vectors, **more: folded()(kernel, bias + 0, *vectors, **more),
        "stopped with TypeError",
    ),
}

# diagnosis

table = partial(differing, right.TABLE)
DIAGNOSIS = {
    "sound": (table(b=("nothing", "none")), "Something is wrong"),
    "suspicious": (
        table(c=("bias before normalization", "weights without effect")),
        "have no biases, or none that",
    ),
    "no effect": (table(d=("momentum of another library", "none")), "Something follows"),
    "a word": (table(e="batch statistics in use"), "Expected a pair"),
    "another word": (table(f=("axis", "statistics of rows")), "'axis' is not one of"),
    "turned around": (table(a=right.TABLE["a"][::-1]), "is not one of"),
}

WRONG = {
    "update_running": RUNNING,
    "batch_norm_train": TRAIN,
    "batch_norm_inference": INFERENCE,
    "batch_norm_backward": BACKWARD,
    "fold_into_conv": FOLD,
    "diagnosis": DIAGNOSIS,
}

# What the course itself has: wrong in every variant, since each asks for something else.


def course_train(x, gamma, beta, epsilon, cards):
    settings = {"gamma": gamma, "beta": beta, "epsilon": epsilon}
    return normalize_of_lab(x, (x.mean(EVERY), x.var(EVERY)), settings)


def course_inference(x, gamma, beta, means, variances, epsilon):
    settings = {"gamma": gamma, "beta": beta, "epsilon": epsilon}
    return normalize_of_lab(x, (means[0], variances[0]), settings)


def course_fold(kernel, bias, gamma, beta, mean, variance, epsilon):
    """Fold a normalization behind the convolution, as the chapter does."""
    factor = gamma / np.sqrt(variance + epsilon)
    lift = beta - mean * factor
    return kernel * np.resize(factor, kernel.shape[3]), np.resize(lift, kernel.shape[3])


OF_COURSE = {
    "update_running": [by_layer],
    "batch_norm_train": [course_train],
    "batch_norm_inference": [course_inference],
    "batch_norm_backward": [of_chapter],
    "fold_into_conv": [course_fold],
}

BETWEEN = {
    ("update_running", "unbiased", "moved"): "weighs the other value. Here it is the share of",
    ("update_running", "unbiased", "deviation"): "variance is averaged. Here it is the stand",
    ("update_running", "deviation", "unbiased"): "deviation is averaged. Here it is the var",
    ("batch_norm_train", "runs", "turns"): "a run of neighbouring .* Here the images are dealt",
    ("batch_norm_train", "turns", "lead"): "dealt in turn.* Here the statistics of the first",
    ("batch_norm_inference", "averaged", "merged"): "so are the var.* Here .* of all values",
    ("batch_norm_inference", "merged", "turns"): "seen together. Here the images are dealt",
    ("batch_norm_backward", "root", "held"): "no mean is subtracted. Here the variance counts",
    ("batch_norm_backward", "held", "absolute"): "counts as a constant.* Here the centered x",
    ("fold_into_conv", "front", "shortcut"): "in front of the convolution, without a shortcut",
}
EQUIVALENT = {  # where there are variants, patterns of the variant and the name
    "update_running": {
        r"\w+ order: `every = .*` after `share = .*": "neither reads the other",
        r"\w+ order: `spread = .*` after `mean = .*": "neither reads the other",
    },
    "batch_norm_train": {
        r"(runs|turns) drop: `np\.zeros_like\(x\)` -> `x`": (
            "x is a copy, and each image is read before it is overwritten"
        ),
    },
    "batch_norm_inference": {
        r"turns name: `means` -> `variances`": "there are as many of both",
    },
    "batch_norm_backward": {
        r"root order: `every = .*` after `z = x`": "neither reads the other",
        r"(root|absolute) order: `back = .*` after `lean = .*": "neither reads the other",
    },
    "fold_into_conv": {
        r"\w+ order: `rise = .*` after `given = .*": "neither reads the other",
        r"shortcut name: `steep` -> `rise` #3": "both have a number for each map",
    },
}
