"""Calibration: does a net that says 80 % get 80 % right, and one number that repairs it.

Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks", ICML 2017,
https://arxiv.org/abs/1706.04599.  Equation 3 defines the expected calibration error, section 4.2
temperature scaling.  The confidence of an answer is the probability of the likeliest class.
"""

from typing import NamedTuple

import numpy as np

from course_lib.evaluate.classify import checked_probabilities, checked_scores

TEMPERATURES = (0.01, 100.0)  # the lowest and the highest that is looked at


class Bins(NamedTuple):
    """Answers grouped by confidence.

    Attributes:
        edges: (bins + 1,), from 0 to 1.
        answers: (bins,), how many are in each.
        confidence: (bins,), their mean confidence; NaN in an empty bin.
        accuracy: (bins,), the share of them that is right; NaN in an empty bin.
    """

    edges: np.ndarray
    answers: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray


def reliability_bins(probabilities, labels, *, bins: int = 15) -> Bins:
    """Group answers by confidence into bins of equal width, (0, 1/bins], ..., (1 - 1/bins, 1].

    Guo et al. 2017, section 2: a bin holds its upper edge and not its lower one.

    Args:
        probabilities: (N, classes), each row summing to 1.
        labels: (N,), integers.
        bins: how many.

    Raises:
        ValueError: no probabilities, labels that do not fit them, or bins below 1.
    """
    if not isinstance(bins, int) or bins < 1:
        raise ValueError(f"bins must be an integer of at least 1, got {bins!r}")
    probabilities, labels = checked_scores(checked_probabilities(probabilities), labels)
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    edges = np.linspace(0.0, 1.0, bins + 1)
    # A sum of rounded numbers may exceed 1 by a little
    place = np.searchsorted(edges, confidence.clip(max=1.0), side="left") - 1
    count = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):  # 0 / 0 in an empty bin is the NaN that is wanted
        sums = (np.bincount(place, weights, bins) for weights in (confidence, right))
        return Bins(edges, count, *(total / count for total in sums))


def expected_calibration_error(probabilities, labels, *, bins: int = 15) -> float:
    """Return the mean distance, 0 to 1, between confidence and accuracy, weighted by the answers.

    Guo et al. 2017, equation 3, with the 15 bins of equal width of their tables.  It depends on
    the number of bins, and few images raise it: compare nets on the same images with the same
    bins.  See `reliability_bins` for the arguments and errors.
    """
    found = reliability_bins(probabilities, labels, bins=bins)
    filled = found.answers > 0
    gap = np.abs(found.accuracy - found.confidence)[filled]
    return float(np.average(gap, weights=found.answers[filled]))


def log_probabilities(probabilities) -> np.ndarray:
    """Return logits for a net that gives probabilities, such as those of `course_lib.nets`.

    The logarithm differs from the net's own logits by a constant for each image, which no softmax
    sees, whatever its temperature.  A probability of 0, where float32 gave up, counts as the
    smallest normal float32, 1.2e-38.

    Args:
        probabilities: (..., classes).

    Returns:
        The same shape, float64.

    Raises:
        ValueError: no probabilities.
    """
    return np.log(checked_probabilities(probabilities).clip(min=np.finfo("float32").tiny))


def fit_temperature(logits, labels) -> float:
    """Find the temperature T for which softmax(logits / T) fits held-out labels best.

    Guo et al. 2017, section 4.2: T minimizes the negative log-likelihood.  T above 1 means that
    the net was too sure.  Order is kept, so accuracy stays what it was.  Fit it on validation
    images: a net is surer of its training images than of others.

    Args:
        logits: (N, classes); `log_probabilities` makes them of probabilities.
        labels: (N,), integers.

    Returns:
        T, above 0.

    Raises:
        ValueError: labels that do not fit the logits, or no temperature in `TEMPERATURES` is the
            best: all answers are right, or the net knows nothing.

    Example:
        >>> logits = log_probabilities(probabilities(model, validation.images))
        >>> t = fit_temperature(logits, validation.labels)
        >>> calibrated = scipy.special.softmax(test_logits / t, axis=-1)
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import log_softmax

    logits, labels = checked_scores(logits, labels)
    own = np.arange(len(labels)), labels

    def loss(log_t: float) -> float:
        return -float(log_softmax(logits / np.exp(log_t), axis=1)[own].mean())

    low, high = np.log(TEMPERATURES)  # the loss has one valley in 1 / T, and so in log T
    best = float(minimize_scalar(loss, bounds=(low, high), method="bounded").x)
    at_an_end = min(best - low, high - best) < 1e-2
    if at_an_end or min(loss(low), loss(high)) <= loss(best):  # a loss may be 0 all along
        right = np.mean(logits.argmax(axis=1) == labels)
        raise ValueError(
            f"no temperature between {TEMPERATURES[0]:g} and {TEMPERATURES[1]:g} is the best for "
            f"these {len(labels)} images, of which {right:.1%} are right; take more images, of "
            "which some are wrong, that the net was not trained on"
        )
    return float(np.exp(best))
