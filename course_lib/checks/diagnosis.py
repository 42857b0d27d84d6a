"""What the questions share that ask what is wrong with each of several pieces.

A piece has a label: a letter, or a number.  In a variant of the question the same pieces stand
under other labels, as `course_lib.checks.variants` says; what a check knows of a piece is kept
under its label in the first variant.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from course_lib.checks.verdict import WrongAnswer, call, fingerprint_of, spell

Label = TypeVar("Label", str, int)


def shown(labels: Collection[Label], order: str) -> Iterator[tuple[Label, Label]]:
    """Yield each label, and the label that its piece has in the first variant.

    Args:
        labels: of the pieces, in order.
        order: of the variant.

    Raises:
        ValueError: the order names other pieces, or a piece twice.
    """
    first = {str(label): label for label in labels}
    if sorted(order) != sorted(first):
        raise ValueError(f"expected an order of {', '.join(first)}, got {order!r}")
    return zip(labels, (first[sign] for sign in order), strict=True)


def expect_pair(
    answer,
    arguments: dict[str, Any],
    piece: str,
    options: Sequence[Mapping[str, str]],
    fingerprints: Sequence[str],
    parts: str,
) -> None:
    """Compare a pair of choices; each wrong option has a text of its own.

    Args:
        answer: the reader's function.
        arguments: keyword arguments of the call, with the label that the reader sees.
        piece: its label in the first variant.
        options: for each place of the pair every option, and what the reader hears who chose it
            wrongly.
        fingerprints: for each place `fingerprint_of((piece, *options), right option)`.
        parts: what the pair consists of, in words.

    Raises:
        WrongAnswer: no pair, not an option, or a wrong one.
    """
    value = call(answer, arguments)
    found = f"{spell(answer, arguments)} returned {value!r}."
    pair = value.tolist() if isinstance(value, np.ndarray) else value
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise WrongAnswer(f"{found} Expected a pair: {parts}.")
    for choice, feedback, fingerprint in zip(pair, options, fingerprints, strict=True):
        if not isinstance(choice, str) or choice not in feedback:
            raise WrongAnswer(f"{found} {choice!r} is not one of {', '.join(map(repr, feedback))}.")
        if fingerprint_of((piece, *feedback), choice) != fingerprint:
            raise WrongAnswer(f"{found} {feedback[choice]}")
