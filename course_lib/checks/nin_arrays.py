"""What the questions of the nin exercises share that ask for an array.

The reader's function gets arrays, and what it returns is compared with NumPy's.  Known faults are
computed in the same way, to name the mistake.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from course_lib.checks.verdict import WrongAnswer, call, spell

CLOSE = 1e-4  # of the largest value; float32 stays below
Reference = Callable[[str | None], np.ndarray]


def expect_array(
    answer,
    first: Sequence[Any],
    arguments: Mapping[str, Any],
    reference: Reference,
    faults: Mapping[str, str],
    axes: str,
) -> None:
    """Compare what a function makes of arrays with what a reference makes of them.

    Args:
        answer: the reader's function.
        first: arrays and lists of arrays, the positional arguments; the function gets copies.
        arguments: keyword arguments, short enough to print.
        reference: returns the right array for None, and the wrong one of a fault for its name; a
            `ValueError` says that the fault cannot be made of these arrays.
        faults: by name what the reader hears whose function computes the fault.
        axes: what the axes of the array are, in words.

    Raises:
        WrongAnswer: no array, one of another shape, or other values; with the text of the first
            fault that gives the same.
    """
    text = spell(answer, dict(arguments))
    value = call(answer, dict(arguments), *map(_copied, first))
    try:
        found = np.asarray(value, "float64")
    except (TypeError, ValueError):
        raise WrongAnswer(f"{text} returned {value!r}; expected an array of numbers") from None
    want = reference(None)
    if same(found, want):
        return
    for fault, why in faults.items():
        if same(found, made(reference, fault)):
            raise WrongAnswer(f"{text}: {why}")
    if found.shape != want.shape:
        raise WrongAnswer(
            f"{text} returned an array of shape {found.shape}; expected {want.shape}: {axes}"
        )
    at = np.unravel_index(np.nanargmax(np.nan_to_num(abs(found - want), nan=np.inf)), want.shape)
    place = tuple(int(i) for i in at)
    raise WrongAnswer(
        f"{text}: at {place}, that is {axes}, it has {found[at]:.4g} where {want[at]:.4g} is "
        "expected"
    )


def made(reference: Reference, fault: str) -> np.ndarray | None:
    """Return what a fault computes, or None where it cannot be made."""
    try:
        return reference(fault)
    except ValueError:
        return None


def same(found: np.ndarray, want: np.ndarray | None) -> bool:
    """Tell whether two arrays agree, in shape and values."""
    if want is None or found.shape != want.shape:
        return False
    return bool(np.abs(found - want).max() <= CLOSE * np.abs(want).max())  # nor NaN


def _copied(value):
    return [each.copy() for each in value] if isinstance(value, list) else value.copy()
