"""Variants of a graded question: what declares them, and which one a cohort gets.

The cell that answers such a question declares them in its metadata, the default first:

    "course": {"variants": [{"name": "first"},
                            {"name": "second", "text": {"the first": "the second"}},
                            {"name": "third", "text": {"the first": "the third"}}]}

`text` changes phrases of the task.  The check takes the name as `variant`.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

LEAST = 3  # variants of a question that has any
NAME = re.compile(r"[a-z]+")
COHORT = re.compile(r"\w[\w.-]*( [\w.-]+)*")

Structure = TypeVar("Structure")


def pick(cohort: str, question: str, names: Sequence[str]) -> str:
    """Return the variant that a cohort gets, the same for ever.

    Args:
        cohort: its public name; empty for the default.
        question: name of the function that it asks for.
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
        texts = one.get("text")
        if set(one) != {"name", "text"} or not isinstance(texts, dict) or not texts:
            raise ValueError(f'{one["name"]}: expected a name and a "text" with phrases')
        if not all(old and isinstance(new, str) for old, new in texts.items()):
            raise ValueError(f"{one['name']}: a phrase and what replaces it are texts")
    return tuple(names)


def chosen(variants: Mapping[str, Structure], variant: str) -> Structure:
    """Return what a check knows of a variant.

    Raises:
        ValueError: the question has no variant of that name.
    """
    if variant not in variants:
        raise ValueError(f"variant must be one of {tuple(variants)}, got {variant!r}")
    return variants[variant]
