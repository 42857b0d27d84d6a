"""A table as text, as HTML with headers that a screen reader finds, or as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any


@dataclass(frozen=True, repr=False)
class Table:
    """Rows under a header; the first cell of a row names it.

    Args:
        caption: what the table shows.
        header: names of the columns.
        rows: one value a column; numbers get thousands separators, in text and HTML.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def __str__(self) -> str:
        cells = [list(self.header), *([_cell(value) for value in row] for row in self.rows)]
        wide = [max(map(len, column)) for column in zip(*cells, strict=True)]
        pad = [str.ljust, *[str.rjust] * (len(wide) - 1)]
        return "\n".join(
            "  ".join(p(cell, w) for p, cell, w in zip(pad, row, wide, strict=True))
            for row in cells
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        top = "".join(f'<th scope="col">{escape(name)}</th>' for name in self.header)
        rows = "".join(_row(row) for row in self.rows)
        return (
            f"<table><caption>{escape(self.caption)}</caption>"
            f"<thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table>"
        )

    def to_json(self) -> str:
        """Return a list with one object for each row, numbers as numbers."""
        return json.dumps([dict(zip(self.header, row, strict=True)) for row in self.rows], indent=1)


def _row(row: Sequence[Any]) -> str:
    name, *values = (escape(_cell(value)) for value in row)
    return f'<tr><th scope="row">{name}</th>{"".join(f"<td>{v}</td>" for v in values)}</tr>'


def _cell(value: Any) -> str:
    if isinstance(value, tuple):
        return " x ".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) else str(value)
