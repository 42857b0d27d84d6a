"""Check of the question of the mobilenet_v2 exercises that asks for points behind a ReLU."""

from functools import partial

import numpy as np

from course_lib.checks.arrays import expect_array
from course_lib.checks.cases import case
from course_lib.checks.verdict import fresh_cases, passed

# Kind of case, channels, and the cap in units of the points' largest distance from 0
CASES = (
    ("many channels", 11, 5.0),
    ("many channels", 8, 5.0),
    ("a cap that is reached", 9, 0.4),
    ("a cap that is reached", 12, 0.3),
    ("few channels", 3, 5.0),
    ("few channels", 2, 5.0),
    ("few channels", 4, 0.35),
    ("one channel", 1, 0.6),
)
POINTS = 23
AXES = "a row for each point, with its two coordinates"
FAULTS = {
    "closed": "closed channels are taken at their word, as on the way back of the paper's figure. "
    "A 0 says that the value was 0 or below, not that it was 0",
    "all": "closed and capped channels are taken at their word. A 0 says that the value was 0 or "
    "below, and the cap that it was as large or larger",
    "capped": "capped channels are taken at their word. The cap says that the value was as large "
    "or larger",
    "doubled": "everything is doubled because a ReLU keeps half. It keeps some channels whole and "
    "says nothing of the others; which ones depends on the point",
    "zeros": "points with fewer than two truthful channels are set to 0. One equation leaves a "
    "line of solutions: return the shortest, which is 0 only where there is no equation",
    "common": "the same channels are used for all points. Which ones tell the truth differs from "
    "point to point",
    "transposed": "the array is turned round: a row belongs to a point",
    "largest": "one channel of each point is used. Take all that tell the truth",
}


def recover(answer) -> None:
    """Judge `recover(outputs, matrix, cap)`."""
    rng = fresh_cases()
    for kind, channels, reach in CASES:
        points = rng.normal(size=(POINTS, 2))
        matrix = directions(channels, rng)
        cap = float(np.round(reach * np.abs(points @ matrix).max(), 3))
        outputs = np.clip(points @ matrix, 0, cap)
        reference = partial(recovered, outputs, matrix, cap)
        with case(kind):
            expect_array(answer, [outputs, matrix], {"cap": cap}, reference, FAULTS, AXES)
    passed("recover", "What is open tells all of a point, or one line; what is shut tells a side.")


def directions(channels, rng) -> np.ndarray:
    """Draw a matrix (2, channels) no two of whose columns nearly lie on one line.

    The angles are those of an odd number of equal parts of a turn, a bit aside.
    """
    turn = 2 * np.pi / (channels + 1 - channels % 2)
    angles = turn * (rng.permutation(channels) + rng.uniform(-0.1, 0.1, channels))
    angles += rng.uniform(0, 2 * np.pi)
    return rng.uniform(0.6, 1.6, channels) * np.stack([np.cos(angles), np.sin(angles)])


def recovered(outputs, matrix, cap, fault) -> np.ndarray:
    """Return the points, rightly or with one fault.

    Raises:
        ValueError: the fault leaves the points as they are.
    """
    outputs, matrix = np.asarray(outputs, "float64"), np.asarray(matrix, "float64")
    if fault in ("all", "doubled"):
        return outputs @ np.linalg.pinv(matrix) * (2 if fault == "doubled" else 1)
    closed, capped = outputs <= 0, outputs >= cap
    honest = ~((closed & (fault != "closed")) | (capped & (fault != "capped")))
    if fault == "common":
        honest = np.broadcast_to(honest.all(0), honest.shape)
    if fault == "largest":
        honest = honest & (outputs == np.where(honest, outputs, 0).max(1, keepdims=True))
    found = np.stack(
        [
            np.linalg.pinv(matrix[:, use].T) @ seen[use]
            for seen, use in zip(outputs, honest, strict=True)
        ]
    )
    if fault == "zeros":
        found[honest.sum(1) < 2] = 0
    return found.T if fault == "transposed" else found
