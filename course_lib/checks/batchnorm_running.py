"""Check of the question of the batchnorm exercises that asks for running averages.

What a cohort is asked for, the `variant`, is in `AVERAGES`.
"""

from functools import partial
from typing import NamedTuple

import numpy as np

from course_lib.checks.arrays import expect_arrays
from course_lib.checks.cases import case
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import fresh_cases, passed


class Average(NamedTuple):
    """What a running average is made of.

    Attributes:
        kept: whether the momentum is the share that the old value keeps.
        unbiased: whether the sum of squares is divided by one less than there are values.
        root: whether standard deviations are averaged, not variances.
    """

    kept: bool
    unbiased: bool
    root: bool


AVERAGES = {
    "unbiased": Average(kept=True, unbiased=True, root=False),
    "moved": Average(kept=False, unbiased=False, root=False),
    "deviation": Average(kept=True, unbiased=False, root=True),
}
# Kind of case, images of each batch, (height, width, channels), momentum.
CASES = (
    ("one batch", (3,), (2, 3, 4), 0.9),
    ("one batch", (2,), (1, 3, 5), 0.3),
    ("one image a batch", (1,), (3, 4, 2), 0.25),
    ("one image a batch", (1, 1), (2, 3, 5), 0.8),
    ("several batches", (2, 4, 3), (3, 2, 4), 0.75),
    ("several batches", (4, 2), (2, 2, 3), 0.1),
)
PARTS = ("running mean", "running spread")
SHARES = {True: "the share that the old value keeps", False: "the share of the new value"}
DIVISORS = {True: "one less than the number of values", False: "the number of values"}
ONCE = (
    "the batches are put together, or averaged, and move the running values once. Each batch moves "
    "them once, in turn"
)

TEXTS = {  # of faults that are faults in every variant
    "other share": "the momentum weighs the other value. Here it is {share}; of Keras and PyTorch, "
    "each takes it in one of the two ways",
    "other variance": "the sum of the squares is divided by {other_divisor}. Here it is divided by "
    "{divisor}",
    "images less one": "the correction counts the images. The values of a channel are all its "
    "pixels in all images of the batch",
    "all channels": "one number for all channels. Each channel has its own statistics",
    "of images": "that is the mean of what each image has by itself. Take all images of a batch "
    "together: their means differ, and that is spread, too",
    "of places": "that is the mean of what each place has over the images. Take all places "
    "together",
    "uncentered": "the mean of the batch is not subtracted before squaring",
    "about the running mean": "the squares are taken about the running mean. A batch has a mean "
    "of its own",
    "first alone": "the later batches change nothing. Each batch moves the averages once, in turn",
    "last alone": "the last batch alone counts. Each batch moves the averages once, in turn, from "
    "where the one before left them",
    "pooled": ONCE,
    "averaged": ONCE,
    "backwards": "the last batch comes first. The order counts: later batches weigh more",
    "replaced": "the old running values are lost: they are replaced by those of the batch",
    "added": "the two shares do not add up to 1",
    "other spread": "{other_kind}. Here it is {kind}",
    "other spread and variance": "{other_kind}. Here it is {kind}, and the sum of the squares is "
    "divided by {divisor}",
}
END = (
    "variances are averaged and the root is taken at the end. Here the standard deviations "
    "themselves are averaged"
)


def update_running(answer, variant="unbiased") -> None:
    """Judge `update_running(mean, spread, batches, momentum)`."""
    own = chosen(AVERAGES, variant)
    rng = fresh_cases()
    for kind, sizes, shape, momentum in CASES:
        channels = shape[-1]
        place = 3 * rng.normal(size=channels)
        batches = [
            (place + rng.normal(size=(1, 1, 1, channels)) + rng.normal(size=(n, 1, 1, channels)))
            + rng.uniform(0.5, 2) * rng.normal(size=(n, *shape))
            for n in sizes
        ]
        given = [batch.astype("float32") for batch in batches]
        start = [rng.normal(size=channels), rng.uniform(0.5, 3, size=channels)]
        mean, spread = (one.astype("float32") for one in start)
        drawn = round(float(momentum + rng.uniform(-0.04, 0.04)), 3)
        with case(kind):
            expect_arrays(
                answer,
                (mean, spread, given),
                {"momentum": drawn},
                partial(updated, mean, spread, given, drawn, own),
                faults(variant),
                PARTS,
            )
    passed("update_running", "Each batch moves the averages by its share, channel by channel.")


def updated(mean, spread, batches, momentum, own: Average, fault: str | None):
    """Return both running values after the batches, rightly or with one fault of `faults`."""
    batches = [np.asarray(batch, "float64") for batch in batches]
    if fault in ("first alone", "last alone", "backwards", "pooled"):
        batches = {
            "first alone": batches[:1],
            "last alone": batches[-1:],
            "backwards": batches[::-1],
            "pooled": [np.concatenate(batches)],
        }[fault]
    running = np.array([mean, spread], "float64")
    keep = momentum if own.kept != (fault == "other share") else 1 - momentum
    if fault == "averaged":
        seen = np.mean([_statistics(batch, own, None, running[0]) for batch in batches], axis=0)
        return running + (1 - keep) * (seen - running)
    if fault == "root at the end":
        running[1] **= 2
    for batch in batches:
        seen = _statistics(batch, own, fault, running[0])
        if fault == "added":
            running = keep * running + seen
        else:
            running = seen if fault == "replaced" else running + (1 - keep) * (seen - running)
    if fault == "root at the end":
        running[1] **= 0.5
    return running


def _statistics(batch, own, fault, running_mean):
    """Return mean and spread of a batch, (2, channels)."""
    values = batch.reshape(-1, batch.shape[3])
    mean = values.mean(axis=0)
    center = {"uncentered": 0.0, "about the running mean": running_mean}.get(fault or "", mean)
    squares = np.square(values - center).mean(axis=0)
    if fault == "all channels":
        mean, squares = (np.full_like(mean, one) for one in (batch.mean(), batch.var()))
    elif fault in ("of images", "of places"):
        axes = (1, 2) if fault == "of images" else 0
        squares = batch.var(axis=axes).reshape(-1, batch.shape[3]).mean(axis=0)
    count = len(batch) if fault == "images less one" else len(values)
    if fault == "images less one" or own.unbiased != (
        fault in ("other variance", "other spread and variance")
    ):
        if count == 1:
            raise ValueError("one value has no unbiased variance")
        squares = squares * count / (count - 1)
    other = fault in ("other spread", "other spread and variance")
    root = own.root != other and fault != "root at the end"
    return np.stack([mean, np.sqrt(squares) if root else squares])


def faults(variant: str) -> dict[str, str]:
    """Return what a reader hears whose function computes a known fault."""
    own = AVERAGES[variant]
    kinds = {True: "the standard deviation", False: "the variance"}
    words = {
        "share": SHARES[own.kept],
        "divisor": DIVISORS[own.unbiased],
        "other_divisor": DIVISORS[not own.unbiased],
        "kind": kinds[own.root],
        "other_kind": f"{kinds[not own.root]} is averaged",
    }
    found = {fault: text.format(**words) for fault, text in TEXTS.items()}
    return found | ({"root at the end": END} if own.root else {})
