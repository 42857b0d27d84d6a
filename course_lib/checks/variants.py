"""Variants of a graded question: what declares them, and which one a cohort gets.

The cell that answers such a question declares them in its metadata, the default first:

    "course": {"variants": [{"name": "first"},
                            {"name": "second", "text": {"the first": "the second"}},
                            {"name": "third", "text": {"the first": "the third"}}]}

`text` changes phrases of the task.  Where a question asks about each of several pieces, `order`
tells which piece stands under each label: in "cabed" piece c stands under the label a.  Such a
variant may have a `text`, too.  The check takes the name as `variant`.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, TypeVar

LEAST = 3  # variants of a question that has any
NAME = re.compile(r"[a-z]+")
LABELS = re.compile(r"[a-z]+|[1-9]+")
COHORT = re.compile(r"\w[\w.-]*( [\w.-]+)*")

Structure = TypeVar("Structure")


def pick(cohort: str, question: str, names: Sequence[str]) -> str:
    """Return the variant that a cohort gets, the same for ever.

    Args:
        cohort: its public name; empty for the default.
        question: its check, such as "alexnet.diagnosis", so that questions of one name in two
            notebooks are picked independently.
        names: of the variants, the default first.

    Raises:
        ValueError: a name of a cohort that is easily written in two ways.
    """
    if not cohort:
        return names[0]
    if not COHORT.fullmatch(cohort):
        raise ValueError(
            f"{cohort!r} names no cohort; write letters, digits, '.', '-' or '_', such as "
            "'autumn-2026'"
        )
    digest = hashlib.sha256(f"{cohort}\0{question}".encode()).digest()
    return names[int.from_bytes(digest) % len(names)]


def declared(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the variants that a cell declares, the default first; often none.

    Args:
        metadata: of the cell that answers a question.

    Raises:
        ValueError: what is declared is malformed.
    """
    if "course" not in metadata:
        return ()
    match metadata["course"]:
        case {"variants": [{"name": str(first)}, *others] as found, **rest} if not rest:
            pass
        case _:
            raise ValueError('its metadata need "course": {"variants": [{"name": ...}, ...]}')
    names: list[Any] = [first, *(one.get("name") for one in others if isinstance(one, dict))]
    if not all(isinstance(name, str) and NAME.fullmatch(name) for name in names):
        raise ValueError(f"a variant's name is a word in small letters, got {names}")
    if len(set(names)) != len(found) or len(found) < LEAST:
        raise ValueError(f"expected {LEAST} variants or more with different names, got {names}")
    if set(found[0]) != {"name"}:
        raise ValueError(f"{first}: the first variant is the text as it stands; it has a name only")
    for one in others:
        _refuse_keys(one)
    _refuse_orders(first, others)
    return tuple(names)


def orders(metadata: Mapping[str, Any]) -> dict[str, str]:
    """Return the order of the pieces in each variant, the default first; often none.

    Args:
        metadata: of the cell that answers a question.

    Raises:
        ValueError: what is declared is malformed.
    """
    names = declared(metadata)
    others = metadata["course"]["variants"][1:] if names else []
    given = [one["order"] for one in others if "order" in one]
    return dict(zip(names, ["".join(sorted(given[0])), *given], strict=True)) if given else {}


def _refuse_keys(one: dict[str, Any]) -> None:
    """Refuse a variant, other than the first, that says too little, too much or no texts."""
    texts = one.get("text")
    if not {"name"} < set(one) <= {"name", "order", "text"} or (
        "text" in one and not (isinstance(texts, dict) and texts)
    ):
        raise ValueError(
            f'{one["name"]}: expected a name and a "text" with phrases, an "order" of the pieces, '
            "or both"
        )
    if texts and not all(old and isinstance(new, str) for old, new in texts.items()):
        raise ValueError(f"{one['name']}: a phrase and what replaces it are texts")


def _refuse_orders(first: str, others: Sequence[dict[str, Any]]) -> None:
    """Refuse orders that are none, or two under which too many pieces have the same label."""
    given = {one["name"]: one["order"] for one in others if "order" in one}
    if not given:
        return
    for one in others:
        order = given.get(one["name"])
        if not isinstance(order, str) or not LABELS.fullmatch(order):
            raise ValueError(
                f'{one["name"]}: expected an "order" of the pieces in letters or digits, such as '
                f"'cabed', as the other variants have one; got {order!r}"
            )
    pieces = sorted(set(given[others[0]["name"]]))
    for name, order in given.items():
        if sorted(order) != pieces:
            raise ValueError(f"{name}: expected {', '.join(pieces)} once each, got {order!r}")
    for (one, left), (other, right) in combinations([(first, "".join(pieces)), *given.items()], 2):
        same = sum(a == b for a, b in zip(left, right, strict=True))
        if 2 * same > len(pieces):
            raise ValueError(
                f"{one} and {other}: {same} of {len(pieces)} pieces have the same label; let half "
                "or fewer have it, so that a copied answer is wrong"
            )


def chosen(variants: Mapping[str, Structure], variant: str) -> Structure:
    """Return what a check knows of a variant.

    Raises:
        ValueError: the question has no variant of that name.
    """
    if variant not in variants:
        raise ValueError(f"variant must be one of {tuple(variants)}, got {variant!r}")
    return variants[variant]
