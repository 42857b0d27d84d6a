"""Checks of the questions of the batchnorm exercises on a batch that lies on several cards.

`batch_norm_train` asks for the statistics of each card, `batch_norm_inference` for what becomes of
the running averages of the cards.  What a cohort is asked for, the `variant`, is in `DEALS` and
`MERGES`.
"""

from functools import partial

import numpy as np

from course_lib.checks.arrays import expect_arrays
from course_lib.checks.cases import case
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import fresh_cases, passed

DEALS = {
    "runs": "a card has a run of neighbouring images and its own statistics",
    "turns": "the images are dealt in turn, and a card has its own statistics",
    "lead": "the statistics of the first card serve on all cards",
}
MERGES = {
    "merged": "mean and variance are those of all values that the cards have seen together",
    "averaged": "the means are averaged, and so are the variances",
    "turns": "the images are dealt in turn, and each card uses its own averages",
}
# Kind of case, shape of x, cards, epsilon.
TRAINED = (
    ("two cards", (4, 3, 2, 5), 2, 0.2),
    ("two cards", (6, 2, 3, 4), 2, 1e-3),
    ("three cards", (6, 2, 2, 5), 3, 0.5),
    ("three cards", (9, 1, 2, 2), 3, 0.05),
    ("maps of one pixel", (8, 1, 1, 3), 2, 0.3),
)
USED = (
    ("several images", (4, 2, 3, 2), 2, 0.5),
    ("several images", (5, 2, 2, 4), 3, 0.05),
    ("one image", (1, 3, 2, 5), 3, 0.2),
    ("one image", (1, 2, 2, 3), 2, 1e-3),
    ("maps of one pixel", (6, 1, 1, 3), 4, 0.3),
)

LAST = {  # of the last step, the same in both questions
    "epsilon outside": "epsilon is added behind the root. It belongs inside: the root of the "
    "variance plus epsilon",
    "no epsilon": "epsilon is missing: it is added to the variance",
    "no root": "the root is missing: the variance itself divides",
    "not centered": "the mean is not subtracted",
    "scaled offset": "gamma multiplies beta, too. Beta is added at the end",
    "exchanged": "gamma and beta have changed places: gamma multiplies, beta is added",
    "no gamma": "gamma is missing",
    "no beta": "beta is missing",
}
TRAINING = {
    "whole batch": "the statistics are those of the whole batch. Here {own}",
    "runs": f"{DEALS['runs']}. Here {{own}}",
    "turns": f"{DEALS['turns']}. Here {{own}}",
    "lead": f"{DEALS['lead']}. Here {{own}}",
    "piles of cards": "a pile has as many images as there are cards. There are `cards` piles, and "
    "they are equally large. Here {own}",
    "of each image": "each image is normalized by itself. The statistics are taken over all the "
    "images of a card",
    "of each place": "each place of the map has its own statistics. A convolution treats all "
    "places alike, so they are taken over height and width, too",
    "of a pixel": "the statistics are taken over the channels of a pixel. Each channel has its "
    "own, over images and places",
    "all channels": "one mean and one variance for all channels. Each channel has its own",
    "unbiased": "the variance is divided by one less than the number of values. For "
    "normalization it is the biased one: divided by their number",
    "mean of the batch": "the mean is that of the whole batch, the variance that of a card. Here "
    "{own}, for the mean, too",
    "variance of the batch": "the variance is that of the whole batch, the mean that of a card. "
    "Here {own}, for the variance, too",
}
INFERENCE = {
    "batch statistics": "it divides by the statistics of these images. In inference the running "
    "averages are used, so that an image gets the same answer in any company",
    "batch mean": "it subtracts the mean of these images. In inference the running mean is used",
    "batch variance": "it divides by the variance of these images. In inference the running one is "
    "used",
    "merged": f"{MERGES['merged']}. Here {{own}}",
    "averaged": f"{MERGES['averaged']}. Here {{own}}",
    "turns": f"{MERGES['turns']}. Here {{own}}",
    "first card": "it uses the averages of the first card for all. Here {own}",
    "last card": "it uses the averages of the last card for all. Here {own}",
    "runs": "a card gets a run of neighbouring images. Here {own}",
    "unbiased": "the variance of the means is divided by one less than the number of cards. The "
    "cards are all there are, so it is divided by their number",
    "by deviations": "it averages the standard deviations. Here {own}",
    "outputs": "it normalizes with each card's averages and averages what comes out. Here {own}",
    "summed": "the statistics of the cards are added up. Here {own}",
    "variances summed": "the variances of the cards are added up. Here {own}",
    "all channels": "one mean and one variance for all channels. Each channel has its own",
}


def batch_norm_train(answer, variant="runs") -> None:
    """Judge `batch_norm_train(x, gamma, beta, epsilon, cards)`."""
    chosen(DEALS, variant)
    rng = fresh_cases()
    for kind, shape, cards, epsilon in TRAINED:
        first = (_images(rng, shape), *_weights(rng, shape[-1]))
        with case(kind):
            expect_arrays(
                answer,
                first,
                {"epsilon": epsilon, "cards": cards},
                partial(_trained, *first, epsilon, cards, variant),
                faults(TRAINING, variant, DEALS),
                ("output",),
            )
    passed("batch_norm_train", "Each channel by the statistics that belong to its images.")


def batch_norm_inference(answer, variant="merged") -> None:
    """Judge `batch_norm_inference(x, gamma, beta, means, variances, epsilon)`."""
    chosen(MERGES, variant)
    rng = fresh_cases()
    for kind, shape, cards, epsilon in USED:
        means = rng.normal(size=(cards, shape[-1])).astype("float32")
        variances = rng.uniform(0.3, 4, size=means.shape).astype("float32")
        first = (_images(rng, shape), *_weights(rng, shape[-1]), means, variances)
        with case(kind):
            expect_arrays(
                answer,
                first,
                {"epsilon": epsilon},
                partial(_used, first, epsilon, variant),
                faults(INFERENCE, variant, MERGES),
                ("output",),
            )
    passed("batch_norm_inference", "An image gets the same answer in any company.")


def _images(rng, shape) -> np.ndarray:
    """Draw images whose means differ, so that it matters whose statistics are used."""
    images, channels = shape[0], shape[-1]
    own = rng.normal(size=(images, 1, 1, channels)) + 2 * rng.normal(size=channels)
    return (own + rng.uniform(0.4, 1.5) * rng.normal(size=shape)).astype("float32")


def _weights(rng, channels) -> tuple[np.ndarray, np.ndarray]:
    gamma = rng.uniform(0.5, 2, size=channels) * rng.choice((-1, 1), size=channels)
    return gamma.astype("float32"), rng.normal(size=channels).astype("float32")


def _trained(x, gamma, beta, epsilon, cards, variant, fault):
    deal = fault if fault in DEALS else variant
    per_card = len(x) // cards
    if fault == "piles of cards":
        cards, per_card = per_card, cards
    if deal == "turns":
        groups = [np.arange(card, len(x), cards) for card in range(cards)]
    else:
        groups = [np.arange(card * per_card, (card + 1) * per_card) for card in range(cards)]
    x = np.asarray(x, "float64")
    whole, out = _statistics(x, fault), np.empty(x.shape)
    for members in groups:
        source = groups[0] if deal == "lead" else members
        mean, variance = _statistics(x[source], fault)
        if fault in ("of each image", "of a pixel"):
            mean, variance = _statistics(x[members], fault)
        if fault in ("whole batch", "mean of the batch"):
            mean = whole[0]
        if fault in ("whole batch", "variance of the batch"):
            variance = whole[1]
        out[members] = last_step(x[members], mean, variance, epsilon, (gamma, beta), fault)
    return (out,)


def _statistics(x, fault):
    axes = {
        "of each image": (1, 2),
        "of each place": (0,),
        "of a pixel": (3,),
        "all channels": (0, 1, 2, 3),
    }.get(fault or "", (0, 1, 2))
    ddof = 1 if fault == "unbiased" else 0
    return x.mean(axes, keepdims=True), x.var(axes, keepdims=True, ddof=ddof)


def _used(arrays, epsilon, variant, fault):
    x, gamma, beta, means, variances = (np.asarray(one, "float64") for one in arrays)
    cards, own = len(means), fault if fault in MERGES else variant
    if fault == "unbiased" and variant != "merged":
        raise ValueError("no variance of the means here")
    if fault in ("variances summed", "all channels") and own == "turns":
        raise ValueError("each card keeps its own averages here")
    over = None if fault == "all channels" else 0
    mean, variance = means.mean(axis=over), variances.mean(axis=over)
    if fault == "variances summed":
        variance = variances.sum(axis=0)
    elif own == "merged":
        variance = variance + means.var(axis=over, ddof=1 if fault == "unbiased" else 0)
    if own == "turns" or fault == "runs":
        dealt: np.ndarray = np.arange(len(x)) % cards
        at = np.sort(dealt) if fault == "runs" else dealt
        mean, variance = means[at][:, None, None], variances[at][:, None, None]
    if fault in ("first card", "last card"):
        card = 0 if fault == "first card" else -1
        mean, variance = means[card], variances[card]
    elif fault == "by deviations":
        variance = np.sqrt(variances).mean(axis=0) ** 2
    elif fault == "summed":
        mean, variance = means.sum(axis=0), variances.sum(axis=0)
    if fault in ("batch statistics", "batch mean"):
        mean = x.mean(axis=(0, 1, 2))
    if fault in ("batch statistics", "batch variance"):
        variance = x.var(axis=(0, 1, 2))
    weights = (gamma, beta)
    if fault == "outputs":
        pairs = zip(means, variances, strict=True)
        found = [last_step(x, m, v, epsilon, weights, None) for m, v in pairs]
        return (np.mean(found, axis=0),)
    return (last_step(x, mean, variance, epsilon, weights, fault),)


def last_step(x, mean, variance, epsilon, weights, fault):
    """Subtract, divide, scale and add, rightly or with one fault of `LAST`."""
    gamma, beta = weights[::-1] if fault == "exchanged" else weights
    added = 0.0 if fault in ("epsilon outside", "no epsilon") else epsilon
    divisor = variance + added if fault == "no root" else np.sqrt(variance + added)
    if fault == "epsilon outside":
        divisor = divisor + epsilon
    centered = x if fault == "not centered" else x - mean
    out = centered / np.maximum(divisor, 1e-12)
    if fault == "scaled offset":
        return (out + beta) * gamma
    out = out if fault == "no gamma" else out * gamma
    return out if fault == "no beta" else out + beta


def faults(texts, variant, structures) -> dict[str, str]:
    """Return what a reader hears whose function computes a known fault."""
    own = structures[variant]
    return {
        fault: text.format(own=own) for fault, text in (texts | LAST).items() if fault != variant
    }
