"""Right answers to the questions of the why_resnets exercises, each built in another way."""

from functools import partial
from itertools import product

import numpy as np

from course_lib.checks.why_resnets_diagnosis import GROUNDS, VERDICTS

# paths_of_length


def paths_one_by_one(branches, plain, k):
    """Walk every path."""
    choices = product((0, 1), repeat=len(branches))
    return sum(plain + np.dot(branches, entered) == k for entered in choices)


def paths_by_polynomial(branches, plain, k):
    """Multiply 1 + x to the power of each branch; the coefficient of x to the power k is asked."""
    found = np.eye(1, plain + 1, plain, dtype=int)[0]
    for convolutions in branches:
        found = np.convolve(found, [1, *[0] * (convolutions - 1), 1])
    return int(found[k]) if k < len(found) else 0


# is_identity


def identity_by_channels(kernel, bias, gamma, beta, lowest, relu):
    """Look at one channel after the other."""
    if relu and lowest < 0:
        return False
    for j, scale in enumerate(gamma):
        if scale != 0 and any(row[j] != 0 for row in kernel):
            return False
        if scale * bias[j] != -beta[j]:
            return False
    return True


def identity_by_trial(kernel, bias, gamma, beta, lowest, relu):
    """Feed the branch with 0 and with a 1 in each place, and the sum with its lowest value."""
    inputs = np.concatenate([np.zeros((1, len(kernel))), np.eye(len(kernel))])
    added = (inputs @ np.array(kernel) + bias) * gamma + beta
    total = added + lowest
    return np.all((np.maximum(total, 0) if relu else total) == lowest) and np.all(added == 0)


# gradient_through_identity


def split_by_matrices(jacobians, gradient, keep=1.0):
    """Multiply the derivatives of the blocks out, from the last to the first."""
    eye = keep * np.eye(len(gradient))
    total = np.eye(len(gradient))
    for jacobian in jacobians:
        total = (eye + jacobian) @ total
    direct = keep ** len(jacobians) * np.array(gradient)
    return direct, gradient @ total - direct


def split_by_paths(jacobians, gradient, keep=1.0, most=None):
    """Follow every path."""
    direct, other = 0.0, 0.0
    for entered in product((False, True), repeat=len(jacobians)):
        arrived = gradient
        for enters, jacobian in zip(entered[::-1], jacobians[::-1], strict=True):
            arrived = arrived @ jacobian if enters else keep * arrived
        if not any(entered):
            direct = direct + arrived
        elif most is None or sum(entered) <= most:
            other = other + arrived
    return [direct, other]


def single_by_sum(jacobians, gradient):
    """Add the derivatives up first."""
    return 1.0 * gradient, np.sum(jacobians, axis=0).T.dot(gradient)


TABLE = {
    "a": ("training errors", "refuted"),
    "b": ("norms of the gradient", "refuted"),
    "c": ("derivative of a block", "shown"),
    "d": ("no run of the table", "open"),
    "e": ("training and test errors", "shown"),
    "f": ("no run of the table", "open"),
}
OPTIONS = (GROUNDS, VERDICTS)


def diagnosis_by_table(claim):
    return TABLE[claim]


def diagnosis_as_list(claim):
    return np.array(TABLE[claim]).tolist()


RIGHT = {
    "paths_of_length": [paths_one_by_one, paths_by_polynomial],
    "is_identity": [identity_by_channels, identity_by_trial],
    "gradient_through_identity": [split_by_matrices, split_by_paths],
    "diagnosis": [diagnosis_by_table, diagnosis_as_list],
}
OF_VARIANT = {
    ("gradient_through_identity", "half"): (
        partial(split_by_matrices, keep=0.5),
        partial(split_by_paths, keep=0.5),
    ),
    ("gradient_through_identity", "one"): (single_by_sum, partial(split_by_paths, most=1)),
}
