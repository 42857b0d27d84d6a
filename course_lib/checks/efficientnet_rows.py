"""Check of the question of the efficientnet exercises that asks for a larger table."""

from collections.abc import Callable
from functools import partial
from math import ceil, floor
from typing import Any

import numpy as np

from course_lib.checks.arrays import expect_array
from course_lib.checks.cases import case
from course_lib.checks.verdict import fresh_cases, passed

NAMES = ("rows", "width", "depth", "divisor", "fixed")
FIRST = ((16, 1), (24, 2), (40, 3), (112, 4), (320, 2))
SECOND = ((20, 2), (36, 3), (52, 1), (90, 5), (130, 3), (210, 2))
# Kind of case, and the arguments; no product is rounded by a computer
CASES: tuple[tuple[str, tuple], ...] = (
    ("deeper", (FIRST, 1.0, 2.125, 8, ())),
    ("deeper", (SECOND, 1.0, 2.375, 2, ())),
    ("wider", (FIRST, 1.375, 1.0, 12, ())),
    ("wider", (SECOND, 1.625, 1.0, 16, ())),
    ("both", (FIRST, 1.25, 1.625, 8, ())),
    ("both", (SECOND, 1.125, 2.25, 12, ())),
    ("fixed rows", (FIRST, 1.375, 1.75, 8, (0, 4))),
    ("fixed rows", (SECOND, 1.25, 2.625, 12, (1, 3))),
    ("smaller", (SECOND, 0.375, 0.25, 8, (5,))),
    ("smaller", (FIRST, 0.25, 0.375, 16, ())),
)
AXES = "a row for each row, with its channels and repeats"
FAULTS = {
    "down": "repeats are rounded down. A net that is asked to be deeper would stay as deep: round "
    "them up",
    "nearest": "repeats are rounded to the nearest number. Round them up",
    "one more": "repeats are rounded up even where nothing has to be rounded",
    "exchanged": "width and depth are exchanged. The width multiplies channels, the depth repeats",
    "unscaled repeats": "the depth does not change the repeats",
    "unscaled channels": "the width does not change the channels",
    "not rounded": "channels are no multiples of `divisor`",
    "below": "channels are rounded down to a multiple. Take the nearest one, with the guard",
    "above": "channels are rounded up to a multiple. Take the nearest one, with the guard",
    "no guard": "the nearest multiple leaves less than 90 % of what was meant: take the next one",
    "guard of the base": "90 % of the row's old channels are kept. It is 90 % of what is meant, "
    "channels times width",
    "tie": "of two multiples that are equally near, the smaller one is taken. Take the larger",
    "eight": "channels are rounded to multiples of 8, as in the released code. Here it is "
    "`divisor`",
    "fixed ignored": "rows in `fixed` keep their repeats",
    "fixed whole": "rows in `fixed` keep their repeats alone. Their channels grow like all others",
    "ends": "the first and the last row keep their repeats, as in the Lite nets. Here the rows in "
    "`fixed` do",
    "others fixed": "the rows in `fixed` are the ones that keep their repeats, not those that "
    "change them",
    "turned": "the array is turned round: each row has its own pair",
    "order": "in each pair the channels come first, then the repeats",
}


def scaled(answer: Callable) -> None:
    """Judge `scaled(rows, width, depth, divisor, fixed)`."""
    rng = fresh_cases()
    for kind, values in (*CASES, _drawn(rng)):
        asked = dict(zip(NAMES, values, strict=True))
        with case(kind):
            expect_array(answer, [], asked, partial(larger, asked), FAULTS, AXES)
    passed("scaled", "Channels to the nearest multiple that keeps enough, repeats up.")


def _drawn(rng) -> tuple[str, tuple]:
    channels = np.sort(rng.choice(range(11, 300), 5, replace=False))
    rows = tuple((int(c), int(rng.integers(1, 6))) for c in channels)
    width, depth = (int(rng.integers(9, 20)) / 8 + extra for extra in (0, 0.0625))
    divisor = int(rng.choice((6, 10, 12)))
    # 90 % that are met exactly would depend on how a computer rounds
    rows = tuple((c + (9 * c * width % divisor == 0), n) for c, n in rows)
    return "both", (rows, width, depth, divisor, ())


def larger(asked: dict[str, Any], fault: str | None) -> np.ndarray:
    """Return channels and repeats of each row, rightly or with one fault.

    Raises:
        ValueError: the fault leaves the table as it is.
    """
    rows, width, depth, divisor, fixed = (asked[name] for name in NAMES)
    width, depth = (depth, width) if fault == "exchanged" else (width, depth)
    keep = {
        "fixed ignored": set(),
        "ends": {0, len(rows) - 1},
        "others fixed": set(range(len(rows))) - set(fixed),
    }.get(fault or "", set(fixed))
    divisor = 8 if fault == "eight" else divisor
    found = []
    for i, (channels, repeats) in enumerate(rows):
        whole = fault == "unscaled channels" or (fault == "fixed whole" and i in keep)
        wide = channels if whole else _rounded(width * channels, channels, divisor, fault)
        found.append((wide, repeats if i in keep else _repeated(depth * repeats, repeats, fault)))
    table = np.array(found, "float64")
    table = table[:, ::-1] if fault == "order" else table
    return table.T if fault == "turned" else table


def _repeated(meant: float, repeats: int, fault: str | None) -> float:
    return {
        "down": max(1, floor(meant)),
        "nearest": max(1, floor(meant + 0.5)),
        "one more": floor(meant) + 1,
        "unscaled repeats": repeats,
    }.get(fault or "", ceil(meant))


def _rounded(meant: float, base: int, divisor: int, fault: str | None) -> float:
    if fault == "not rounded":
        return meant
    steps = meant / divisor
    if fault in ("below", "above"):
        return max(divisor, divisor * (floor(steps) if fault == "below" else ceil(steps)))
    half = ceil(steps - 0.5) if fault == "tie" else floor(steps + 0.5)
    wide = max(divisor, divisor * half)
    least = 0.9 * (base if fault == "guard of the base" else meant)
    return wide if wide >= least or fault == "no guard" else wide + divisor
