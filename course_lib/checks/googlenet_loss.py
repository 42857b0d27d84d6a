"""Check of the question of the googlenet exercises that asks for the loss of a net with heads.

What a cohort is asked for, the `variant`, is how the losses of the side heads come together.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import numpy as np

from course_lib.checks.arrays import expect_array
from course_lib.checks.cases import case
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import WrongAnswer, fresh_cases, passed

VARIANTS = {
    "shared": "the mean of the side losses, times `discount`, is added to the main loss",
    "powers": "the last side loss counts `discount`, the one in front of it `discount` to the "
    "power of 2, and so on",
    "largest": "of the side losses of an image the largest, times `discount`, is added to its main "
    "loss",
}
# Kind of case, side heads, images, classes, scale of the scores
CASES = (
    ("two side heads", 2, 4, 5, 2.0),
    ("three side heads", 3, 5, 4, 2.0),
    ("large scores", 2, 3, 6, 900.0),
    ("small scores", 3, 6, 3, 0.5),
)
FAULTS = {
    "sum": "it adds the side losses up, each times `discount`, as the paper does. Here {own}",
    "shared": "it takes the mean of the side losses. Here {own}",
    "powers": "a side loss counts a power of `discount` there. Here {own}",
    "largest": "of each image the largest side loss counts there. Here {own}",
    "full weight": "the side losses count in full; `discount` is missing",
    "all alike": "all heads count alike, the main one, too. The side losses are discounted",
    "main discounted": "`discount` multiplies the main loss, too; that one counts in full",
    "complement": "the main loss counts 1 - discount there. It counts in full",
    "normalized": "the total is divided by the sum of the weights. It is a sum",
    "main last": "it takes the last of the arrays for the main head. The main one comes first",
    "no main": "the main loss is missing",
    "never": "with training=True the side losses are missing",
    "always": "with training=False the side losses count, too. They belong to training; without "
    "it the main loss stands alone",
    "softmax twice": "softmax is applied twice: to the scores, and once more to what comes out. "
    "The loss of such a net cannot come near 0",
    "mixed scores": "it mixes the scores of the heads and takes one loss. Each head has a loss of "
    "its own",
    "base two": "it takes the logarithm to the base of 2; the natural one is meant",
    "clipped": "no probability is smaller than 1e-7 there, as in a loss of Keras that reads "
    "probabilities. Take the loss from the scores: with from_logits=True, or by hand",
    "no logarithm": "it takes 1 less the probability of the label. The cross-entropy is minus its "
    "logarithm",
    "no minus": "the minus is missing: the logarithm of a probability is below 0, and a loss is "
    "above",
    "all images": "it gives every image the mean over the batch. Each image has a loss of its own",
    "mean": "it returns the mean over the images; return the loss of each image",
    "smallest": "it takes the smallest side loss. Here {own}",
    "from the front": "the powers of `discount` grow from the front. Here {own}: a head counts the "
    "less, the earlier it stands",
    "largest of all": "it chooses one head for the whole batch. Each image has a largest side loss "
    "of its own",
}
LOST = re.compile(r" has (?:nan|-?inf) at .*")
LARGE = (
    " holds values that are infinite or no numbers: the exponential of a large score is too large "
    "for a float. Softmax is the same if the largest score of an image is first subtracted from all"
)


def total_loss(answer, variant="shared") -> None:
    """Judge `total_loss(logits, labels, discount, training)`."""
    own = chosen(VARIANTS, variant)
    texts = {name: text.format(own=own) for name, text in FAULTS.items() if name != variant}
    rng = fresh_cases()
    for kind, sides, images, classes, scale in CASES:
        shape = images, classes
        logits = [(scale * rng.normal(size=shape)).astype("float32") for _ in range(sides + 1)]
        labels = rng.integers(classes, size=images)
        discount = round(float(rng.uniform(0.2, 0.45)), 3)
        for training in (True, False):
            arguments = {"discount": discount, "training": training}
            with case(kind), _explained():
                expect_array(
                    answer,
                    (logits, labels),
                    arguments,
                    partial(losses, logits, labels, variant=variant, **arguments),
                    texts,
                    "image",
                )
    passed("total_loss", "Side heads count in training, discounted, and nowhere else.")


@contextmanager
def _explained() -> Iterator[None]:
    """Explain values that were lost because a score was large."""
    try:
        yield
    except WrongAnswer as wrong:
        told, count = LOST.subn(LARGE, str(wrong))
        if count:
            raise WrongAnswer(told) from wrong.__cause__
        raise


def losses(logits, labels, fault, *, discount, training, variant) -> np.ndarray:
    """Return the loss of each image.

    Args:
        logits: of the main head, then of the side heads, each (B, classes).
        labels: of the images.
        fault: None or one of `FAULTS`.
        discount: of the side losses.
        training: whether they count.
        variant: one of `VARIANTS`.

    Raises:
        ValueError: the fault belongs to another variant.
    """
    if (fault, variant) in {("from the front", "shared"), ("from the front", "largest")}:
        raise ValueError("without powers there is no front")
    scores = [np.asarray(each, "float64") for each in logits]
    if fault == "mixed scores" and training:
        return _loss(scores[0] + discount * np.sum(scores[1:], 0), labels, fault)
    each = [_loss(z, labels, fault) for z in scores]
    if fault == "main last":
        each = [each[-1], *each[:-1]]
    heads = {"always": True, "never": False}.get(fault or "", training)
    total = _total(each, fault, discount, variant) if heads else each[0]
    if fault == "all images":
        return np.full(len(total), total.mean())
    return total.mean() if fault == "mean" else total


def _total(each, fault, discount, variant):
    main, sides = each[0], np.array(each[1:])
    weight = 1.0 if fault in ("full weight", "all alike") else discount
    if fault == "all alike":
        return np.mean(each, 0)
    extra = _sides(sides, fault, weight, variant)
    if fault == "normalized":
        parts = 1 + _sides(np.ones_like(sides), fault, weight, variant)
        return (main + extra) / parts
    share = {"main discounted": discount, "complement": 1 - discount, "no main": 0.0}
    return share.get(fault or "", 1.0) * main + extra


def _sides(sides, fault, weight, variant):
    """Return what the side losses (heads, images) add to the main one."""
    how = fault if fault in ("sum", *VARIANTS) else variant
    if fault == "smallest":
        return weight * sides.min(0)
    if fault == "largest of all":
        return weight * sides[sides.mean(1).argmax()]
    if how == "powers":
        order = sides if fault == "from the front" else sides[::-1]
        return sum(weight**power * loss for power, loss in enumerate(order, start=1))
    if how == "largest":
        return weight * sides.max(0)
    return weight * (sides.sum(0) if how == "sum" else sides.mean(0))


def _loss(scores, labels, fault):
    logs = _log_softmax(scores)
    if fault == "softmax twice":
        logs = _log_softmax(np.exp(logs))
    picked = logs[np.arange(len(labels)), labels]
    if fault == "clipped":
        return -np.log(np.maximum(np.exp(picked), 1e-7))
    if fault == "no logarithm":
        return 1 - np.exp(picked)
    picked = picked / np.log(2) if fault == "base two" else picked
    return picked if fault == "no minus" else -picked


def _log_softmax(scores):
    shifted = scores - scores.max(1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
