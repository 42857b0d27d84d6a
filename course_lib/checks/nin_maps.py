"""Check of the question of the nin exercises that asks where the evidence for a class lies."""

from functools import partial

import numpy as np

from course_lib.checks.arrays import expect_array
from course_lib.checks.cases import case
from course_lib.checks.verdict import fresh_cases, passed

DECIDE = "the biases decide"
AHEAD = "another class is just ahead"
# Kind of case, features (B, H, W, C), classes, and the rank of the labels among the scores.  In the
# first a kernel that is read by rows fits, so that its author hears more than that shapes do not.
CASES = (
    ("as many maps as classes", (3, 4, 3, 5), 5, 0),
    ("the label has the highest score", (3, 4, 5, 6), 4, 0),
    ("another class has the highest score", (3, 5, 3, 4), 6, 2),
    ("another class has the highest score", (2, 4, 6, 3), 5, 4),
    (AHEAD, (3, 3, 4, 7), 5, 1),
    ("as many maps as classes", (2, 3, 5, 4), 4, 3),
    (DECIDE, (4, 4, 5, 3), 5, 0),
    (DECIDE, (4, 5, 4, 6), 4, 1),
)
AXES = "image, row, column"
BY_ROWS = "the kernel is read by rows. A column of it holds the weights of a class"
FAULTS = {
    "no rival": "that is the map of the label alone. Subtract the map of its rival",
    "other way round": "it subtracts the map of the label from that of the rival",
    "no bias": "the biases are missing: the mean of a map should be the difference of the scores, "
    "and the scores have them",
    "bias of the label": "it adds the bias of the label and forgets that of the rival",
    "bias shared out": "the biases are divided by the number of pixels. Then the sum of a map is "
    "right; here its mean is the difference of the scores, so each pixel gets them whole",
    "shared out": "the map is divided by the number of pixels, so that its sum is the difference "
    "of the scores. Here its mean is",
    "added up": "the map is multiplied by the number of pixels. Its mean is the difference of the "
    "scores",
    "rival of each pixel": "the rival changes from pixel to pixel. It is one class for an image, "
    "the one with the highest score besides the label",
    "second place": "the rival is the class in second place. Where the label is not in the first, "
    "that class is not its strongest rival, or is the label itself",
    "first place": "the rival is the class with the highest score, even if that is the label. "
    "Leave the label out when you look for it",
    "zero for the label": "the score of the label counts as 0 when the rival is chosen. Where all "
    "others are below 0, the label then wins against them. Leave it out",
    "others": "it subtracts the mean over all other classes; the rival is the strongest one",
    "rival without bias": "the rival is chosen by scores without their biases",
    "first label": "all images get the label of the first one",
    "first rival": "all images get the rival of the first one; each has its own scores",
    "transposed": BY_ROWS,
    "map by rows": BY_ROWS,
    "averaged first": "the features are averaged over the channels first. Each channel has its "
    "own weight",
    "relu": "what speaks for the rival, the values below 0, is cut off",
    "scaled": "the values are rescaled to reach from 0 to 1, which changes their mean",
    "probabilities": "it subtracts probabilities: there is a softmax in it. The map is made of "
    "scores",
}


def class_activation_map(answer) -> None:
    """Judge `class_activation_map(features, kernel, bias, labels)`."""
    rng = fresh_cases()
    for kind, shape, classes, rank in CASES:
        features, kernel, bias, labels = drawn(kind, shape, classes, rank, rng)
        with case(kind):
            expect_array(
                answer,
                (features, kernel, bias),
                {"labels": labels},
                partial(evidence, features, kernel, bias, labels),
                FAULTS,
                AXES,
            )
    passed("class_activation_map", "Where the label beats its rival, pixel by pixel.")


def drawn(kind, shape, classes, rank, rng):
    """Return features, kernel, bias and labels of a case."""
    strengths = rng.uniform(0, 3, (shape[0], 1, 1, shape[3]))  # images that differ in their scores
    features = strengths * np.maximum(rng.normal(0.3, 1.0, shape), 0)
    kernel, bias = rng.normal(size=(shape[3], classes)), rng.normal(size=classes)
    if kind == DECIDE:
        bias = 6.0 * rng.permutation(classes)
    if kind == AHEAD:  # all scores below 0: whoever leaves the label out by a 0 is heard
        bias = bias - scores(features, kernel, bias).max() - 1
    features, kernel, bias = (each.astype("float32") for each in (features, kernel, bias))
    ranked = np.argsort(-scores(features, kernel, bias), axis=1)
    return features, kernel, bias, [int(label) for label in ranked[:, rank]]


def scores(features, kernel, bias) -> np.ndarray:
    """Return the scores (B, classes): a dense layer behind the means of the maps."""
    return features.astype("float64").mean((1, 2)) @ kernel + bias


def evidence(features, kernel, bias, labels, fault=None) -> np.ndarray:
    """Return for each image the map of its label less that of its rival.

    Args:
        features: array (B, H, W, C).
        kernel: array (C, classes).
        bias: array (classes,).
        labels: a class for each image.
        fault: None or one of `FAULTS`.

    Raises:
        ValueError: the fault cannot be computed with these shapes.
    """
    kernel = kernel.T if fault == "transposed" else kernel
    if fault == "averaged first":
        features = np.broadcast_to(features.mean(3, keepdims=True), features.shape)
    own = [labels[0]] * len(labels) if fault == "first label" else labels
    rivals = _rivals(scores(features, kernel, bias), kernel, bias, own, fault)
    pixels = features.shape[1] * features.shape[2]
    lifts = {"no bias": 0 * bias, "bias shared out": bias / pixels}.get(fault or "", bias)
    maps = features.astype("float64") @ (kernel.T if fault == "map by rows" else kernel) + lifts
    if fault == "probabilities":
        maps = np.exp(maps) / np.exp(maps).sum(3, keepdims=True)
    found = [
        _one(image, bias, label, rival, fault)
        for image, label, rival in zip(maps, own, rivals, strict=True)
    ]
    return np.stack(found) * {"shared out": 1 / pixels, "added up": pixels}.get(fault or "", 1)


def _rivals(found, kernel, bias, labels, fault):
    """Return the rival of the label of each image."""
    if fault == "second place":
        return np.argsort(-found, axis=1)[:, 1]
    if fault == "rival without bias":
        found = found - bias
    found = found.copy()
    if fault != "first place":
        found[range(len(labels)), labels] = 0 if fault == "zero for the label" else -np.inf
    rivals = found.argmax(1)
    return [rivals[0]] * len(labels) if fault == "first rival" else rivals


def _one(maps, bias, label, rival, fault):
    """Return the map of one image from those of all classes."""
    others = np.delete(maps, label, axis=2)
    against = {
        "no rival": 0.0,
        "rival of each pixel": others.max(2),
        "others": others.mean(2),
        "bias of the label": maps[:, :, rival] - bias[rival],
    }.get(fault or "", maps[:, :, rival])
    found = maps[:, :, label] - against
    if fault == "scaled":
        return (found - found.min()) / (found.max() - found.min())
    if fault == "other way round":
        return -found
    return np.maximum(found, 0) if fault == "relu" else found
