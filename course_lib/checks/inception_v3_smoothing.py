"""Check of the question of the inception_v3 exercises that asks for smoothed targets."""

from functools import partial

import numpy as np

from course_lib.checks.arrays import expect_array
from course_lib.checks.cases import case
from course_lib.checks.verdict import fresh_cases, passed

# Kind of case, images, people who label each, classes
CASES = (
    ("one person", 6, 1, 7),
    ("two classes", 7, 3, 2),
    ("several people", 5, 4, 6),
    ("many classes", 4, 5, 12),
)
FAULTS = {
    "others": "the epsilon is shared by the other classes only, K - 1 of them. The paper takes a "
    "class from all K, the right one among them: each gets epsilon / K, and the right one keeps "
    "1 - epsilon besides",
    "not for the right one": "the classes that were named get no part of epsilon, and a row does "
    "not sum to 1. Every class gets epsilon / K",
    "no discount": "epsilon / K is added, and nothing is taken away: a row sums to more than 1",
    "whole epsilon": "each class gets the whole epsilon. They share it: epsilon / K each",
    "turned round": "epsilon and 1 - epsilon have changed places",
    "by people": "epsilon is divided by the number of people. All K classes share it",
    "hard": "nothing is smoothed",
    "named only": "only classes that somebody named share epsilon. All K classes do",
    "even": "all classes are equal; the labels are not used",
    "softmax": "a softmax follows. The smoothed targets are probabilities already: what a net "
    "answers passes a softmax, the targets do not",
    "majority": "only the class that most people named counts. Each of them has a share",
    "first": "only the first person of an image counts",
    "last": "only the last person of an image counts",
    "named": "each class that was named counts the same, however many people named it",
    "counts": "the labels are counted, and not divided by the number of people: a row sums to more "
    "than 1",
    "one-based": "the classes are counted from 1. They go from 0 to K - 1",
    "of people": "there is a row for each person. There is one for each image: the mean over its "
    "people",
    "turned": "the rows are classes and the columns images. It is the other way round",
    "all images": "every image gets the mean of all rows. Each has a row of its own",
}


def label_smoothing(answer) -> None:
    """Judge `label_smoothing(y, epsilon, classes)`."""
    rng = fresh_cases()
    for kind, images, people, classes in CASES:
        y = rng.integers(classes, size=(images, people))
        y[0, 0], y[1, -1] = 0, classes - 1
        y[2, : 1 + people // 2] = classes // 2  # most people agree on one image
        arguments = {"epsilon": round(float(rng.uniform(0.15, 0.4)), 3), "classes": classes}
        with case(kind):
            expect_array(
                answer,
                (y,),
                arguments,
                partial(targets, y, **arguments),
                FAULTS,
                "image and class",
            )
    passed("label_smoothing", "Every class gets a part of epsilon, the right one too.")


def targets(y, fault, *, epsilon, classes) -> np.ndarray:
    """Return what a net is to answer for each image, (B, K).

    Args:
        y: class numbers (B, people).
        fault: None or one of `FAULTS`.
        epsilon: share of the smoothing.
        classes: how many there are, K.

    Raises:
        ValueError: the fault cannot be made with these labels.
    """
    named = y - 1 if fault == "one-based" else y
    votes = (named[..., None] == np.arange(classes)).astype("float64")
    shares = _shares(votes, fault)
    smooth = (1 - epsilon) * shares + _spread(shares, fault, epsilon, y.shape[1])
    if fault == "no discount":
        smooth = shares + epsilon / classes
    if fault == "turned round":
        smooth = epsilon * shares + (1 - epsilon) / classes
    if fault == "softmax":
        smooth = np.exp(smooth) / np.exp(smooth).sum(-1, keepdims=True)
    if fault == "hard":
        return shares
    if fault == "even":
        return np.full_like(shares, 1 / classes)
    if fault == "all images":
        return np.broadcast_to(smooth.mean(0), smooth.shape)
    return smooth.T if fault == "turned" else smooth


def _shares(votes, fault):
    """Return the share of an image's people who named each class."""
    if fault == "of people":
        return votes
    if fault == "majority":
        most = votes.sum(1).argmax(1)
        return np.eye(votes.shape[2])[most]
    if fault in ("first", "last"):
        return votes[:, 0 if fault == "first" else -1]
    if fault == "named":
        named = votes.max(1)
        return named / named.sum(1, keepdims=True)
    return votes.sum(1) if fault == "counts" else votes.mean(1)


def _spread(shares, fault, epsilon, people):
    """Return what smoothing adds to each class."""
    classes = shares.shape[-1]
    if fault == "others":
        return epsilon * (1 - shares) / (classes - 1)
    if fault == "not for the right one":
        return epsilon / classes * (shares == 0)
    if fault == "named only":
        return epsilon * (shares > 0) / (shares > 0).sum(-1, keepdims=True)
    return epsilon / {"whole epsilon": 1, "by people": people}.get(fault or "", classes)
