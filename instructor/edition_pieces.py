"""The pieces that a question asks about, and the same pieces in another order.

A piece has a label, a letter or a digit.  It is a function of a code cell, such as `piece_a`, or
what stands in a Markdown cell from a line that begins with `**Run a.**` to the next such line or
the end of the cell.  All pieces of a question begin with the same word and stand in the order of
their labels.  In the order "cabed" piece c moves to the place of piece a and is called a there; a
class or function beside the pieces stays where it is.

A text that names a piece (`piece_a`, "piece a" or "run a") is wrong in another order, unless it
names them all.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from instructor.edition_file import Cell, source

FUNCTION = re.compile(r"([a-z]+)_([a-z1-9])")
SECTION = re.compile(r"\*\*(\w+) ([a-z1-9])\.\*\*")
HEAD = {"code": "def {}_{}(", "markdown": "**{} {}.**"}


@dataclass(frozen=True)
class Piece:
    """Where a piece stands.

    Attributes:
        word: that it begins with, such as "piece".
        label: a letter or a digit.
        cell: its number, from 0.
        kind: of the cell, "code" or "markdown".
        lines: of the cell that are the piece.
    """

    word: str
    label: str
    cell: int
    kind: str
    lines: slice


def reordered(cells: Sequence[Cell], order: str) -> list[str]:
    """Return the sources of cells with their pieces in another order.

    Args:
        cells: those that may hold the pieces of a question.
        order: label of the piece that each place gets.

    Raises:
        ValueError: a piece is missing, comes twice or stands at another place; or pieces are both
            functions and Markdown.
    """
    found = _found(cells, order)
    lines = [source(cell).split("\n") for cell in cells]
    texts = {piece.label: "\n".join(lines[piece.cell][piece.lines]) for piece in found}
    for piece, label in reversed(list(zip(found, order, strict=True))):  # later lines first
        old, new = (HEAD[piece.kind].format(piece.word, name) for name in (label, piece.label))
        lines[piece.cell][piece.lines] = texts[label].replace(old, new, 1).split("\n")
    return ["\n".join(each) for each in lines]


def refuse_names(
    cells: Sequence[Cell], order: str, texts: Sequence[str] = (), changed: Sequence[str] = ()
) -> None:
    """Refuse what would name another piece in another order.

    Args:
        cells: those that may hold the pieces of a question.
        order: of a variant.
        texts: what else of the notebook may name a piece.
        changed: phrases that the variant changes, outside of the pieces.

    Raises:
        ValueError: a piece names a piece, or a text names some of them and not all.
    """
    found = _found(cells, order)
    labels = {piece.label for piece in found}
    name = re.compile(rf"\b{found[0].word}[ _]([{order}])\b", re.IGNORECASE)
    lines = [source(cell).split("\n") for cell in cells]
    for piece in reversed(found):
        own = "\n".join(lines[piece.cell][piece.lines])
        head = HEAD[piece.kind].format(piece.word, piece.label)
        if match := name.search(own.replace(head, "", 1)):
            raise ValueError(
                f"{piece.word} {piece.label} names {match[0]!r}; no piece may name a piece, since "
                "each gets another label"
            )
        del lines[piece.cell][piece.lines]
    phrases = re.compile("|".join(map(re.escape, changed)) or r"\Z")
    for text in [*map("\n".join, lines), *texts]:
        left = phrases.sub("", text)
        named = {match[0]: match[1].lower() for match in name.finditer(left)}
        if named and set(named.values()) != labels:
            raise ValueError(
                f"{next(iter(named))!r} is another one under this order; change it with a phrase "
                'of "text", or name all pieces or none'
            )


def _found(cells: Sequence[Cell], order: str) -> list[Piece]:
    """Return the pieces of a question, from the first to the last."""
    find = {"code": _functions, "markdown": _sections}
    found = [
        Piece(word, label, at, kind, lines)
        for at, cell in enumerate(cells)
        if (kind := cell["cell_type"]) in find
        for word, label, lines in find[kind](source(cell))
        if label in order
    ]
    labels, names = sorted(order), [f"{piece.word} {piece.label}" for piece in found]
    if [piece.label for piece in found] != labels or len({piece.word for piece in found}) > 1:
        raise ValueError(
            f"expected pieces {', '.join(labels)} in front of the answer, each once and in this "
            f'order, such as "def piece_{labels[0]}(" or "**Run {labels[0]}.**"; found '
            f"{', '.join(names) or 'none'}"
        )
    if len({piece.kind for piece in found}) > 1:
        raise ValueError("pieces are functions or parts of Markdown cells, not both")
    return found


def _functions(code: str) -> Iterator[tuple[str, str, slice]]:
    """Yield word, label and lines of the pieces in a code cell."""
    try:
        body = ast.parse(code).body
    except SyntaxError:  # a command of IPython
        return
    for node in body:
        if isinstance(node, ast.FunctionDef) and (name := FUNCTION.fullmatch(node.name)):
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            yield name[1], name[2], slice(first - 1, node.end_lineno)


def _sections(text: str) -> Iterator[tuple[str, str, slice]]:
    """Yield word, label and lines of the pieces in a Markdown cell."""
    lines = text.split("\n")
    heads = {at: head for at, line in enumerate(lines) if (head := SECTION.match(line))}
    for first, end in pairwise([*heads, len(lines)]):
        last = max(at for at in range(first, end) if lines[at].strip())
        yield heads[first][1], heads[first][2], slice(first, last + 1)
