"""Average the answers of several nets.

The arithmetic mean of probabilities is that of Hansen and Salamon, "Neural Network Ensembles",
IEEE PAMI 12(10), 1990, as nets use it since Krizhevsky et al. 2012.  The mean of logits is the
geometric mean of probabilities, scaled to sum to 1: the product of experts of Hinton, 2002.
"""

from collections.abc import Sequence

import numpy as np

from course_lib.evaluate.calibration import log_probabilities
from course_lib.evaluate.classify import checked_probabilities

MEANS = ("arithmetic", "geometric")


def average(members: Sequence[np.ndarray], *, mean: str = "arithmetic") -> np.ndarray:
    """Average what nets answer for the same images.

    The two means differ where nets disagree.  A net that excludes a class, with a probability
    near 0, has a veto in the geometric mean and one vote of many in the arithmetic one; so one
    net that is sure and wrong spoils the former.  Calibrated nets that agree give nearly the same
    in both.

    Args:
        members: for each net (N, classes), its probabilities; `scipy.special.softmax` makes
            them of logits.
        mean: "arithmetic", or "geometric", which is the mean of logits.

    Returns:
        (N, classes), float64, each row summing to 1.

    Raises:
        ValueError: unknown `mean`, no net, shapes that differ, or no probabilities.
    """
    from scipy.special import softmax

    if mean not in MEANS:
        raise ValueError(f"mean must be one of {MEANS}, got {mean!r}")
    shapes = [np.shape(member) for member in members]
    if not shapes or len(set(shapes)) > 1 or len(shapes[0]) != 2:
        raise ValueError(
            f"for each net probabilities (N, classes) of the same images are needed, got {shapes}"
        )
    if mean == "geometric":
        return softmax(np.mean([log_probabilities(member) for member in members], axis=0), axis=1)
    return np.mean([checked_probabilities(member) for member in members], axis=0)
