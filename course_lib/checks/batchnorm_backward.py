"""Check of the question of the batchnorm exercises that asks for gradients.

What a cohort is asked for, the `variant`, is in `FORWARD`.
"""

from functools import partial

import numpy as np

from course_lib.checks.arrays import expect_arrays
from course_lib.checks.cases import case
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import fresh_cases, passed

FORWARD = {
    "root": "x is divided by the root of the mean of its squares, and no mean is subtracted",
    "held": "the variance counts as a constant, the mean does not",
    "absolute": "the centered x is divided by the mean of its absolute values plus epsilon",
}
PARTS = ("gradient of x", "gradient of gamma", "gradient of beta")
# Kind of case, shape of x, epsilon, whether gamma is 1.
CASES = (
    ("gamma is 1", (3, 2, 4, 5), 0.05, True),
    ("gamma is 1", (2, 3, 3, 4), 0.3, True),
    ("other gammas", (4, 3, 2, 5), 0.2, False),
    ("other gammas", (3, 2, 2, 2), 1e-3, False),
    ("one image", (1, 3, 4, 2), 0.4, False),
    ("one image", (1, 2, 5, 3), 0.1, False),
)

TEXTS = {
    "constants": "the statistics count as constants there. They are made of x, so a change of x "
    "moves them, too: here {own}",
    "full": "that is the gradient of the batch normalization of the chapter. Here {own}",
    "root": f"there {FORWARD['root']}. Here {{own}}",
    "held": f"there {FORWARD['held']}. Here {{own}}",
    "absolute": f"there {FORWARD['absolute']}. Here {{own}}",
    "by image": "its means are those of each image. They are taken over all images and places of "
    "a channel",
    "by place": "its means are those of each place. They are taken over all images and places of "
    "a channel",
    "all channels": "its sums run over all channels. Each channel has its own",
    "sums": "it takes sums where the means of the forward pass leave means: each is divided by the "
    "number of values",
    "added": "what the statistics pass back is added with the wrong sign",
    "mean kept": "the mean of what comes from behind is subtracted, as where the forward pass "
    "subtracts a mean. Here {own}",
    "undivided": "what the statistics pass back is made of x before the division. It takes the "
    "normalized x",
    "no gamma": "gamma is missing: it multiplies what comes from behind before anything else",
    "no divisor": "the division of the forward pass is missing: a smaller divisor makes a larger "
    "gradient",
    "no epsilon": "epsilon is missing in the divisor",
    "raw": "it multiplies by x as it came in. Gamma multiplies the normalized x",
    "output": "it multiplies by the normalized x times gamma. The derivative by gamma is the "
    "normalized x alone",
    "mean": "it takes the mean. Gamma and beta act on each value, so what comes back is a sum",
    "times gamma": "gamma multiplies it. Beta is added after gamma, so gamma has no part in it",
    "unsummed": "it keeps a value for each image. One number for each channel is expected",
}


def batch_norm_backward(answer, variant="root") -> None:
    """Judge `batch_norm_backward(x, gamma, upstream, epsilon)`."""
    chosen(FORWARD, variant)
    rng = fresh_cases()
    for kind, shape, epsilon, plain in CASES:
        channels = shape[-1]
        x = 1.5 * rng.normal(size=channels) + rng.uniform(0.5, 2) * rng.normal(size=shape)
        x = x + 0.5 * rng.normal(size=(shape[0], 1, 1, channels))
        gamma = np.ones(channels)
        if not plain:
            gamma = rng.uniform(0.5, 2, size=channels) * rng.choice((-1, 1), size=channels)
        upstream = rng.normal(size=shape) + 0.7 * rng.normal(size=channels)
        x, gamma, upstream = (one.astype("float32") for one in (x, gamma, upstream))
        with case(kind):
            expect_arrays(
                answer,
                (x, gamma, upstream),
                {"epsilon": epsilon},
                partial(gradients, x, gamma, upstream, epsilon, variant),
                faults(variant),
                PARTS,
            )
    passed("batch_norm_backward", "The statistics are made of x, and pass a part back to it.")


def gradients(x, gamma, upstream, epsilon, variant, fault):
    """Return the gradients of x, gamma and beta, rightly or with one fault of `faults`."""
    x, gamma, upstream = (np.asarray(one, "float64") for one in (x, gamma, upstream))
    form = fault if fault in (*FORWARD, "full") else variant
    mean = _mean_of(fault)
    center = 0.0 if form == "root" else mean(x)
    centered = x - center
    added = 0.0 if fault == "no epsilon" else epsilon
    if form == "absolute":
        divisor = mean(np.abs(centered)) + added
    else:
        divisor = np.sqrt(mean(centered**2) + added)
    normalized = centered / divisor
    back = upstream if fault == "no gamma" else upstream * gamma
    inner = _of_x(back, centered if fault == "undivided" else normalized, form, mean, fault)
    by_x = inner if fault == "no divisor" else inner / divisor
    return by_x, *_of_weights(x, gamma, upstream, normalized, fault)


def _mean_of(fault):
    """Return the function that gives the means of the forward and backward pass."""
    axes = {"by image": (1, 2), "by place": 0, "all channels": (0, 1, 2, 3)}
    return partial(np.mean, axis=axes.get(fault or "", (0, 1, 2)), keepdims=True)


def _of_x(back, normalized, form, mean, fault):
    """Return the gradient of x times the divisor."""
    if fault == "constants":
        return back
    if (fault, form) in (("mean kept", "held"), ("mean kept", "absolute"), ("undivided", "held")):
        raise ValueError("in this form nothing changes by it")
    through = mean(back * normalized)
    shares = {
        "root": normalized * through,
        "held": mean(back),
        "full": mean(back) + normalized * through,
        "absolute": mean(back) + (np.sign(normalized) - mean(np.sign(normalized))) * through,
    }
    share = shares[form]
    if fault == "mean kept":
        share = share + mean(back)
    if fault == "sums":
        share = share * (back.size // back.shape[3])
    return back + share if fault == "added" else back - share


def _of_weights(x, gamma, upstream, normalized, fault):
    """Return the gradients of gamma and beta."""
    factor = {"raw": x, "output": normalized * gamma}.get(fault or "", normalized)
    axes: dict[str, tuple[int, ...]] = {"unsummed": (1, 2), "all channels": (0, 1, 2, 3)}
    total = partial(np.mean if fault == "mean" else np.sum, axis=axes.get(fault or "", (0, 1, 2)))
    by_gamma, by_beta = total(upstream * factor), total(upstream)
    if fault == "all channels":
        by_gamma, by_beta = (np.full(gamma.shape, one) for one in (by_gamma, by_beta))
    if fault == "times gamma":
        by_beta = by_beta * gamma
    return by_gamma, by_beta


def faults(variant: str) -> dict[str, str]:
    """Return what a reader hears whose function computes a known fault."""
    own = FORWARD[variant]
    return {fault: text.format(own=own) for fault, text in TEXTS.items() if fault != variant}
