"""Cut the rows of a data set into parts: with the same mixture in each, or keeping groups whole.

Images of one object, one patient or one day resemble each other.  Where they fall into several
parts, a test measures how well a net knows that object again; `group_rows` keeps them together.
"""

import math
from collections.abc import Sequence

import numpy as np

FRACTIONS = (0.6, 0.2, 0.2)  # to train, validate, test


def stratified_rows(
    strata: np.ndarray, fractions: Sequence[float] = FRACTIONS, *, seed: int = 0
) -> list[np.ndarray]:
    """Cut rows at random into parts that have the same mixture of strata, but for rounding.

    Args:
        strata: (N,), such as the class of each image, or words that name class and camera.
        fractions: of the rows in each part; their sum is 1.
        seed: of the draw.

    Returns:
        The rows of each part, shuffled; together each row once.

    Raises:
        ValueError: the fractions do not add up to 1, or a stratum has too few rows for the parts.
    """
    from sklearn.model_selection import train_test_split

    strata = np.asarray(strata)
    _check(fractions, len(strata))
    names, counts = np.unique(strata, return_counts=True)
    if counts.min() < len(fractions):
        raise ValueError(
            f"stratum {names[counts.argmin()]} has {counts.min()} rows, too few for "
            f"{len(fractions)} parts; join it with another one"
        )
    rows, parts = np.arange(len(strata)), []
    for i in range(len(fractions) - 1, 0, -1):  # the last part first, as it is the one to test
        share = fractions[i] / math.fsum(fractions[: i + 1])
        rows, part = train_test_split(
            rows, test_size=share, stratify=strata[rows], random_state=seed
        )
        parts.append(part)
    return [rows, *reversed(parts)]


def group_rows(
    groups: np.ndarray, fractions: Sequence[float] = FRACTIONS, *, seed: int = 0
) -> list[np.ndarray]:
    """Cut rows at random into parts so that no group is in two of them.

    Args:
        groups: (N,), the group of each row: a number or a name.
        fractions: of the groups in each part; their sum is 1.  Groups of unequal size make the
            parts differ from these fractions of the rows.
        seed: of the draw.

    Returns:
        The rows of each part, in order; together each row once.

    Raises:
        ValueError: the fractions do not add up to 1, or there are fewer groups than parts.
    """
    from sklearn.model_selection import GroupShuffleSplit

    groups = np.asarray(groups)
    _check(fractions, len(groups))
    count = len(np.unique(groups))
    if count < len(fractions):
        raise ValueError(f"{len(fractions)} parts need as many groups, got {count}")
    rows, parts = np.arange(len(groups)), []
    for i in range(len(fractions) - 1, 0, -1):
        share = fractions[i] / math.fsum(fractions[: i + 1])
        left = len(np.unique(groups[rows]))
        # As a number of groups, so that a group stays for each part that is still to come
        taken = min(max(1, round(share * left)), left - i)
        draw = GroupShuffleSplit(1, test_size=taken, train_size=left - taken, random_state=seed)
        kept, part = next(draw.split(rows, groups=groups[rows]))
        parts.append(rows[part])
        rows = rows[kept]
    return [rows, *reversed(parts)]


def _check(fractions, count):
    if len(fractions) < 2 or min(fractions) <= 0 or not math.isclose(math.fsum(fractions), 1):
        raise ValueError(
            f"fractions must be two or more above 0 that add up to 1, got {tuple(fractions)}"
        )
    if not count:
        raise ValueError("there are no rows to cut into parts")
