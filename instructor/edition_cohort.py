"""The edition of a notebook that a cohort gets.

A question with variants names them where `course_lib.checks.variants` says.  For the variant that a
cohort gets, phrases of the task are replaced: in the Markdown cell in front of the answer, and in
the answer's docstring.  Each phrase occurs exactly once in the two.  The region of the solution
begins with a line such as `VARIANT = "first"`, which is set; the check gets the name, too.

Where a variant has an order, the pieces move that stand between the check before and the answer
(`edition_pieces.py`), and a phrase may stand in any cell but answers and checks of other questions.

Nothing that declares variants is left in an edition, with a cohort or without.
"""

import copy
import re
from collections.abc import Iterator, Sequence

from course_lib.checks import variants
from instructor import edition_pieces
from instructor.edition_file import Cell, Notebook, source, tags
from instructor.edition_hand_in import TAG, assignment_of
from instructor.edition_regions import BEGIN

CONSTANT = "VARIANT"
JUDGED = {"exercise", "check"}  # cells whose outputs are the same for all variants

Texts = dict[int, str]  # source of a cell, by its number from 0


class MalformedVariants(ValueError):
    """A question whose variants cannot be written; the message names the cell."""


def edition(notebook: Notebook, cohort: str = "") -> Notebook:
    """Return a copy of a source as a cohort gets it.

    Args:
        notebook: in normal form.
        cohort: its public name; without one the text stays as it is.

    Raises:
        MalformedVariants: naming the cell, counted from 1.
    """
    changed = _changed(notebook["cells"], cohort)
    cells = copy.deepcopy(notebook["cells"])
    for at, cell in enumerate(cells):
        cell["metadata"].pop("course", None)
        if at in changed:
            cell["source"] = changed[at].splitlines(keepends=True)
        receipt = TAG in tags(cell) and changed
        if cell["cell_type"] == "code" and (
            receipt or (at in changed and not JUDGED & set(tags(cell)))
        ):
            cell["outputs"] = []  # of other code, or a receipt of other answers
    return notebook | {"cells": cells}


def problems(notebook: Notebook) -> Iterator[str]:
    """Yield what is wrong with the variants of a source."""
    try:
        edition(notebook)
    except MalformedVariants as error:
        yield str(error)


def _changed(cells: Sequence[Cell], cohort: str) -> Texts:
    """Return the cells that a cohort gets with another source."""
    changed: Texts = {}
    taken: set[int] = set()
    module = assignment_of([*cells])
    for at, cell in enumerate(cells):
        try:
            if names := variants.declared(cell["metadata"]):
                question, written = _written(cells, at, names)
                own = {number for texts in written.values() for number in texts}
                if twice := sorted(taken & own):
                    raise ValueError(f"variants of two questions change cell {twice[0] + 1}")
                taken |= own
                check = f"{module}.{question}" if module else question
                changed |= written[variants.pick(cohort, check, names)]
        except ValueError as error:
            raise MalformedVariants(f"cell {at + 1}: {error}") from error
    return changed


def _written(
    cells: Sequence[Cell], at: int, names: tuple[str, ...]
) -> tuple[str, dict[str, Texts]]:
    """Return the name of a question, and the cells that each variant changes.

    Args:
        cells: of the source.
        at: number of the cell that answers.
        names: of the variants.
    """
    answer = cells[at]
    if "exercise" not in tags(answer) or at == 0 or cells[at - 1]["cell_type"] != "markdown":
        raise ValueError("variants belong to a cell tagged `exercise`, behind its task in Markdown")
    check = next((n for n in range(at, len(cells)) if "check" in tags(cells[n])), None)
    call = check and re.fullmatch(r"check\.(\w+)\(\1\)", source(cells[check]).strip())
    if check is None or not call:
        raise ValueError("no cell with check.NAME(NAME) follows")
    line = f'{CONSTANT} = "{names[0]}"'
    if not re.search(rf"^ *{BEGIN}\n *{line}$", source(answer), re.MULTILINE):
        raise ValueError(f"the first line of its solution has to be {line}")
    orders = variants.orders(answer["metadata"])
    given = _given(cells, at) if orders else {n: source(cells[n]) for n in (at - 1, at)}
    written: dict[str, Texts] = {names[0]: {}}
    for one in answer["metadata"]["course"]["variants"][1:]:
        name = one["name"]
        phrases = one.get("text", {}) | {line: f'{CONSTANT} = "{name}"'}
        try:
            texts = dict(zip(given, _replaced([*given.values()], phrases), strict=True))
            if orders:
                texts |= _moved(cells, at, texts, orders[name], [*phrases])
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error
        texts[check] = f'check.{call[1]}({call[1]}, variant="{name}")'
        written[name] = {n: text for n, text in texts.items() if text != source(cells[n])}
    return call[1], written


def _given(cells: Sequence[Cell], at: int) -> Texts:
    """Return the cells in which a variant with an order may change phrases."""
    closed = JUDGED | {TAG}
    return {n: source(c) for n, c in enumerate(cells) if n == at or not closed & set(tags(c))}


def _moved(
    cells: Sequence[Cell], at: int, texts: Texts, order: str, phrases: Sequence[str]
) -> Texts:
    """Return the cells that hold the pieces of a question, in the order of a variant.

    Args:
        cells: of the source.
        at: number of the cell that answers.
        texts: of the variant, with its phrases.
        order: of the variant.
        phrases: of the source that the variant changes.
    """
    begin = max((n + 1 for n in range(at) if "check" in tags(cells[n])), default=0)
    near = [n for n in range(begin, at) if n in texts]
    others = [source(cells[n]) for n in texts if n not in near]
    edition_pieces.refuse_names([cells[n] for n in near], order, others, phrases)
    new = edition_pieces.reordered([cells[n] | {"source": texts[n]} for n in near], order)
    return dict(zip(near, new, strict=True))


def _replaced(given: list[str], texts: dict[str, str]) -> list[str]:
    """Replace phrases, each of which occurs once in all that is given."""
    for old in texts:
        if (count := sum(text.count(old) for text in given)) != 1:
            raise ValueError(f"{old!r} occurs {count} times, expected once")
    either = "|".join(map(re.escape, texts))
    pairs = [re.subn(either, lambda found: texts[found[0]], text) for text in given]
    if sum(count for _, count in pairs) != len(texts):
        raise ValueError("two of its phrases overlap")
    return [text for text, _ in pairs]
