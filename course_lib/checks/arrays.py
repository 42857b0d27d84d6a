"""Compare the arrays that a reader's function returns with those of NumPy, one after the other.

A reference computes what is expected and, given the name of a fault, what comes of that fault.
The first fault that gives the reader's array names the mistake.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from functools import partial
from itertools import permutations
from typing import Any

import numpy as np

from course_lib.checks.verdict import WrongAnswer, call, spell

CLOSE = 1e-4  # of the largest value; float32 stays below

Reference = Callable[[str | None], Sequence[np.ndarray]]
One = Callable[[str | None], np.ndarray]


def expect_arrays(
    answer: Callable[..., Any],
    first: Sequence[Any],
    arguments: dict[str, Any],
    reference: Reference,
    faults: Mapping[str, str],
    parts: Sequence[str],
    axes: str = "",
) -> None:
    """Compare what a function returns with a reference.

    Args:
        answer: the reader's function.
        first: arrays, or lists of them, that it gets by position.
        arguments: keyword arguments of the call.
        reference: returns the arrays expected; given a fault, those that come of it.  A
            `ValueError` says that these inputs do not allow the fault.
        faults: what the reader hears of each.
        parts: what is returned, in words; where it is one, the function returns it alone.
        axes: what the axes of the arrays are, in words.

    Raises:
        WrongAnswer: other arrays, with the message of the first fault that gives them.
    """
    text = spell(answer, arguments)
    want = [np.asarray(array, "float64") for array in reference(None)]
    value = call(answer, arguments, *deepcopy(list(first)))
    if isinstance(value, np.ndarray) and len({array.shape for array in want}) == 1 < len(want):
        value = list(value)  # arrays of one shape, stacked
    found = _arrays(value, parts, text)
    _refuse_order(found, want, parts, text)
    for i, name in enumerate(parts):
        if not same(found[i], want[i]):
            told = named_fault(found[i], partial(_at, i, reference), faults)
            if told and len(parts) > 1:
                told = f"the {name}: {told}"
            raise WrongAnswer(f"{text}: {told or _difference(found[i], want[i], name, axes)}")


def expect_array(
    answer: Callable[..., Any],
    first: Sequence[Any],
    arguments: dict[str, Any],
    reference: One,
    faults: Mapping[str, str],
    axes: str,
) -> None:
    """Compare the one array that a function returns; see `expect_arrays`.

    Raises:
        WrongAnswer: another array.
    """
    expect_arrays(
        answer, first, arguments, lambda fault: [reference(fault)], faults, ("array",), axes
    )


def made(reference: One, fault: str | None) -> np.ndarray | None:
    """Return what a fault computes, or None where these inputs do not allow it."""
    try:
        return np.asarray(reference(fault), "float64")
    except ValueError:
        return None


def named_fault(found: np.ndarray, reference: One, faults: Mapping[str, str]) -> str:
    """Return what the reader hears of the first fault that gives an array; often nothing."""
    for fault, why in faults.items():
        wrong = made(reference, fault)
        if wrong is not None and same(found, wrong):
            return why
    return ""


def same(found: np.ndarray, want: np.ndarray) -> bool:
    """Tell whether two arrays agree, but for rounding; NaN agrees with nothing."""
    if found.shape != want.shape:
        return False
    return bool(np.abs(found - want).max() <= CLOSE * np.abs(want).max())


def _at(i, reference, fault) -> np.ndarray:
    return reference(fault)[i]


def _arrays(value, parts, text) -> list[np.ndarray]:
    """Return the arrays that a value consists of."""
    values = [value]
    if len(parts) > 1:
        if not isinstance(value, tuple | list) or len(value) != len(parts):
            raise WrongAnswer(
                f"{text} returned {_shown(value)}; expected {len(parts)} arrays in this order: "
                f"{', '.join(parts)}"
            )
        values = list(value)
    found = []
    for name, one in zip(parts, values, strict=True):
        try:
            found.append(np.asarray(one, "float64"))
        except (TypeError, ValueError):
            raise WrongAnswer(
                f"{text}: the {name} is {_shown(one)}; expected an array of numbers"
            ) from None
    return found


def _shown(value) -> str:
    words = repr(value)
    return words if len(words) <= 60 else f"{type(value).__name__} {words[:50]}..."


def _refuse_order(found, want, parts, text) -> None:
    """Refuse the right arrays in another order."""
    places = range(len(parts))
    for order in permutations(places):
        if order != tuple(places) and all(same(found[i], want[j]) for i, j in enumerate(order)):
            given = ", ".join(parts[j] for j in order)
            raise WrongAnswer(
                f"{text} returned the right arrays as {given}; the order is {', '.join(parts)}"
            )


def _difference(found, want, name, axes) -> str:
    """Say where an array differs that no known mistake gives."""
    if found.shape != want.shape:
        told = f": {axes}" if axes else ""
        return f"the {name} has shape {found.shape}; expected {want.shape}{told}"
    difference = np.nan_to_num(np.abs(found - want), nan=np.inf)
    at = tuple(int(n) for n in np.unravel_index(np.argmax(difference), want.shape))
    told = f", that is {axes}," if axes else ""
    return (
        f"the {name} has {found[at]:.4g} at {list(at)}{told} where {want[at]:.4g} is expected, "
        "and no known mistake gives these values"
    )
