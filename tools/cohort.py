"""The edition of a notebook that a cohort gets.

A question with variants names them where `course_lib.checks.variants` says.  For the variant that a
cohort gets, phrases of the task are replaced: in the Markdown cell in front of the answer, and in
the answer's docstring.  Each phrase occurs exactly once in the two.  The region of the solution
begins with a line such as `VARIANT = "first"`, which is set; the check gets the name, too.

Nothing that declares variants is left in an edition, with a cohort or without.
"""

import copy
import re
from collections.abc import Iterator

from course_lib.checks import variants
from hand_in_cell import TAG
from nbfile import Cell, Notebook, source, tags
from regions import BEGIN

CONSTANT = "VARIANT"


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
    cells = copy.deepcopy(notebook["cells"])
    changed = False
    for at, cell in enumerate(cells):
        try:
            if names := variants.declared(cell["metadata"]):
                changed |= _choose(cells, at, names, cohort)
        except ValueError as error:
            raise MalformedVariants(f"cell {at + 1}: {error}") from error
        cell["metadata"].pop("course", None)
    for cell in cells:
        if changed and cell["cell_type"] == "code" and TAG in tags(cell):
            cell["outputs"] = []  # a receipt of other answers
    return notebook | {"cells": cells}


def problems(notebook: Notebook) -> Iterator[str]:
    """Yield what is wrong with the variants of a source."""
    try:
        edition(notebook)
    except MalformedVariants as error:
        yield str(error)


def _choose(cells: list[Cell], at: int, names: tuple[str, ...], cohort: str) -> bool:
    """Write the cohort's variant of a question into its cells; tell whether it is another one."""
    answer, task = cells[at], cells[at - 1]
    if "exercise" not in tags(answer) or at == 0 or task["cell_type"] != "markdown":
        raise ValueError("variants belong to a cell tagged `exercise`, behind its task in Markdown")
    check = next((cell for cell in cells[at:] if "check" in tags(cell)), None)
    call = re.fullmatch(r"check\.(\w+)\(\1\)", source(check).strip() if check else "")
    if check is None or call is None:
        raise ValueError("no cell with check.NAME(NAME) follows")
    line = f'{CONSTANT} = "{names[0]}"'
    if not re.search(rf"^ *{BEGIN}\n *{line}$", source(answer), re.MULTILINE):
        raise ValueError(f"the first line of its solution has to be {line}")
    given = [source(task), source(answer)]
    written = {names[0]: given}
    for one in answer["metadata"]["course"]["variants"][1:]:
        texts = {**one["text"], line: f'{CONSTANT} = "{one["name"]}"'}
        try:
            written[one["name"]] = _replaced(given, texts)
        except ValueError as error:
            raise ValueError(f"{one['name']}: {error}") from error
    chosen = variants.pick(cohort, call[1], names)
    if chosen != names[0]:
        new = [*written[chosen], f'check.{call[1]}({call[1]}, variant="{chosen}")']
        for cell, text in zip((task, answer, check), new, strict=True):
            cell["source"] = text.splitlines(keepends=True)
    return chosen != names[0]


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
