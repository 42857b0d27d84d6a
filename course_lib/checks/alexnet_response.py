"""Check of the question of the alexnet exercises that asks for the response normalization.

A function of the reader's gets arrays, and its outputs are compared with NumPy's.  Known faults are
computed too, to name the mistake.  What a cohort is asked for, the `variant`, is in `RESPONSES`.
"""

from typing import NamedTuple

import numpy as np

from course_lib.checks.cases import case
from course_lib.checks.plain import pool
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import WrongAnswer, call, fresh_cases, passed, spell


class Response(NamedTuple):
    """Whether a window ends with its own map, and whether it gives the mean of its squares."""

    ends: bool
    mean: bool


RESPONSES = {
    "middle": Response(ends=False, mean=False),
    "before": Response(ends=True, mean=False),
    "mean": Response(ends=False, mean=True),
}
CLOSE = 1e-4  # of the largest value; float32 stays below
# Kind of case, maps, n, k, alpha, beta, and the scale of the values.
CASES = (
    ("n odd", 9, 5, 2.0, 1e-4, 0.75, 100.0),
    ("n odd", 8, 3, 1.5, 0.4, 0.6, 2.0),
    ("n even", 10, 4, 1.0, 0.3, 0.5, 2.0),
    ("n even", 7, 2, 2.5, 0.5, 0.8, 2.0),
    ("windows as wide as the maps", 6, 11, 1.5, 0.2, 0.7, 2.0),
)
WINDOW = {
    "middle": "Here the window of a map holds n // 2 maps on each side of it, and itself",
    "before": "Here the window of a map holds the n maps that end with it",
    "mean": "Here the window of a map holds n // 2 maps on each side of it, and itself",
}

TEXTS = {  # of faults that are faults in every variant
    "radius": "n counts the maps on each side there, as TensorFlow's depth_radius does. {window}",
    "all maps": "the window holds all maps. {window}",
    "across pixels": "the window lies over pixels of one map. Here it lies across the maps, at "
    "one pixel",
    "without itself": "the map itself is missing in its window. {window}",
    "whole windows": "at the first and the last maps the window moves inwards to keep its "
    "width. Here it stays where it is and holds fewer maps",
    "around": "after the last map comes the first one again. Here the window holds fewer maps "
    "at the edges",
    "one fewer before": "the window lacks a map at its start. {window}",
    "one more before": "the window holds a map too many at its start. {window}",
    "always five": "the window is that of n = 5; n is an argument. {window}",
    "from its own": "the window begins with its own map. {window}",
    "plain values": "it adds the values as they are, and those below 0 cancel others. Square "
    "them first",
    "absolute": "it adds absolute values. Square them instead",
    "root of the sum": "it takes the root of the sum; the power beta comes later, once",
    "no beta": "beta is missing: the divisor is a power",
    "root": "the divisor is a square root. The power is beta",
    "no k": "k is missing: it keeps the divisor away from 0",
    "k is one": "k is 1 there; it is an argument",
    "alpha squared": "alpha is squared with the values. It multiplies the {total} of squares",
    "no alpha": "alpha is missing: it multiplies the {total} of squares",
    "alpha of all": "alpha multiplies k, too. It multiplies the {total} of squares alone",
    "multiplied": "it multiplies where it should divide: strong neighbours weaken a value",
    "activated": "what is below 0 is lost. The normalization comes after a ReLU in the net, "
    "but has none of its own",
}


def local_response_normalization(answer, variant="middle") -> None:
    """Judge `local_response_normalization(x, n, k, alpha, beta)`."""
    own = chosen(RESPONSES, variant)
    rng = fresh_cases()
    for kind, maps, n, k, alpha, beta, scale in CASES:
        x = (scale * rng.normal(size=(2, 4, 3, maps))).astype("float32")
        drawn = round(float(alpha * rng.uniform(0.8, 1.25)), 6)
        arguments = {"n": n, "k": k, "alpha": drawn, "beta": beta}
        with case(kind):
            _judge(answer, x, arguments, own, faults(variant))
    passed("local_response_normalization", "Each value, divided by what its neighbours say.")


def _judge(answer, x, arguments, own, texts):
    text = spell(answer, arguments)
    value = call(answer, arguments, x.copy())
    try:
        found = np.asarray(value, "float64")
    except (TypeError, ValueError):
        raise WrongAnswer(f"{text} returned {value!r}; expected an array of numbers") from None
    if found.shape != x.shape:
        raise WrongAnswer(
            f"{text} makes {found.shape} of an array {x.shape}; each value is divided, so the "
            "shape stays"
        )
    if _same(found, want := normalized(x, own, None, **arguments)):
        return
    for fault, why in texts.items():
        if _same(found, normalized(x, own, fault, **arguments)):
            raise WrongAnswer(f"{text}: {why}")
    at = np.unravel_index(np.nanargmax(np.nan_to_num(abs(found - want), nan=np.inf)), x.shape)
    raise WrongAnswer(
        f"{text}: map {at[3]} of {x.shape[3]} has {found[at]:.4g} where {want[at]:.4g} is expected "
        f"for the value {x[at]:.4g}"
    )


def _same(found, want) -> bool:
    return bool(np.abs(found - want).max() <= CLOSE * np.abs(want).max())  # nor NaN


def normalized(x, own: Response, fault: str | None, *, n, k, alpha, beta):
    """Return the normalized array, rightly or with one fault of `faults`."""
    x = np.asarray(x, "float64")
    values = {"plain values": x, "absolute": np.abs(x)}.get(fault or "", x**2)
    strength = _strength(values, own, fault, n)
    k = {"no k": 0.0, "k is one": 1.0}.get(fault or "", k)
    beta = {"no beta": 1.0, "root": 0.5}.get(fault or "", beta)
    alpha = {"alpha squared": alpha**2, "no alpha": 1.0}.get(fault or "", alpha)
    divisor = alpha * (k + strength) if fault == "alpha of all" else k + alpha * strength
    divisor = np.maximum(divisor, 1e-12) ** beta
    if fault == "multiplied":
        return x * divisor
    return np.maximum(x, 0) / divisor if fault == "activated" else x / divisor


def _strength(values, own, fault, n):
    """Return what the window of each value gives."""
    if fault == "across pixels":
        return pool(values, n, 1, "sum", "same")
    members = _members(values.shape[3], own, fault, n)
    strength = values @ members.astype(float)
    if fault == "over n" or (fault == "root of the sum"):
        return strength / n if fault == "over n" else np.sqrt(strength)
    mean = own.mean != (fault == "other total")
    return strength / members.sum(0) if mean else strength


def _members(maps, own, fault, n):
    """Return which maps (rows) are in the window of which (columns)."""
    before, behind = (n - 1, 0) if own.ends else (n // 2, n // 2)
    before, behind = {
        "radius": (n, n),
        "all maps": (maps, maps),
        "one fewer before": (before - 1, behind),
        "one fewer behind": (before, max(behind - 1, 0)),
        "one more before": (before + 1, behind),
        "up to its own": (n - 1, 0),
        "from its own": (0, n - 1),
        "always five": (4, 0) if own.ends else (2, 2),
        "in the middle": (n // 2, n // 2),
    }.get(fault or "", (before, behind))
    read, written = np.arange(maps)[:, None], np.arange(maps)
    if fault == "negative start":
        slices = [written[i - before : i + behind + 1] for i in written]
        return np.stack([np.isin(written, part) for part in slices], axis=1)
    if fault == "whole windows":
        first = np.clip(written - before, 0, max(maps - before - behind - 1, 0))
        return (read >= first) & (read <= first + before + behind)
    if fault == "around":
        return (read - written + before) % maps <= before + behind
    inside = (read >= written - before) & (read <= written + behind)
    return inside & (read != written) if fault == "without itself" else inside


def faults(variant: str) -> dict[str, str]:
    """Return what a reader hears whose function computes a known fault."""
    own, window = RESPONSES[variant], WINDOW[variant]
    total = "mean" if own.mean else "sum"
    found = {fault: text.format(window=window, total=total) for fault, text in TEXTS.items()}
    if own.mean:
        found["over n"] = (
            "the sum is divided by n everywhere. The mean divides by the number of maps that the "
            "window holds: fewer at the edges, and one more where n is even"
        )
        found["other total"] = "it takes the sum of the squares. Here a window gives their mean"
    else:
        found["over n"] = (
            "alpha is divided by n, as Caffe and PyTorch do it. Here alpha multiplies the sum"
        )
        found["other total"] = "it takes the mean of the squares. Here alpha multiplies their sum"
        found["negative start"] = (
            "at the first maps the window is not the one asked for. Does a slice there start below "
            "0? Such a number counts from the end; let no slice start before 0"
        )
    if own.ends:
        found["in the middle"] = f"the window lies around its map. {window}"
    else:
        found["one fewer behind"] = f"the window lacks a map at its end. {window}"
        found["up to its own"] = f"the window ends with its own map. {window}"
    return found
