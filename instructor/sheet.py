"""A table of a school's system (CSV): read strictly, written back with one column changed.

Whatever is not changed stays as it is, byte for byte: quotes, line ends, a byte order mark.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from instructor.intake import Refused

LARGEST = 64 << 20  # bytes
SEPARATORS = (",", ";", "\t")
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"  # the byte order mark


@dataclass(frozen=True)
class Row:
    """A row: its line in the file, its cells, and where each of them stands in the text."""

    line: int
    cells: list[str]
    spans: list[tuple[int, int]]

    @property
    def blank(self) -> bool:
        """Whether it is an empty line."""
        return self.cells == [""]


class Sheet:
    """A table whose first row names its columns.

    Attributes:
        header: the titles of the columns.
        rows: the others, blank lines left out.

    Args:
        path: of the file.
        wanted: titles that must be among the columns; they tell the separator, too.

    Raises:
        Refused: it cannot be read, or is no such table.
    """

    def __init__(self, path: Path, wanted: Sequence[str]):
        self.path = path
        self.text = _text(path)
        start = len(MARK) if self.text.startswith(MARK) else 0
        self.separator = self._separator(start, {_plain(title) for title in wanted})
        if not self.separator:
            line = self.text[start:].split("\n", 1)[0].strip()[:200]
            raise Refused(
                f"{path}: no columns {', '.join(map(repr, wanted))}; its first line is {line!r}"
            )
        whole = [row for row in self._rows(start, self.separator) if not row.blank]
        self._compare(whole, self.text[start:])
        self.header = whole[0].cells
        self.rows = whole[1:]
        for row in self.rows:
            if len(row.cells) != len(self.header):
                raise Refused(
                    f"{path}: line {row.line} has {len(row.cells)} cells, the first line has "
                    f"{len(self.header)}; export the table once more"
                )

    def _separator(self, start: int, wanted: set[str]) -> str:
        for separator in SEPARATORS:
            try:
                first = next(self._rows(start, separator), None)
            except Refused:  # quotation marks stand elsewhere with another separator
                continue
            if first and wanted <= {_plain(title) for title in first.cells}:
                return separator
        return ""

    def _rows(self, position: int, mark: str) -> Iterator[Row]:
        separator = re.escape(mark)
        cell = re.compile(
            rf'("(?:[^"]|"")*+"|[^"{separator}\r\n][^{separator}\r\n]*|)'
            rf"({separator}|\r\n|\n|\r|\Z)"
        )
        line, below = 1, 1
        cells: list[str] = []
        spans: list[tuple[int, int]] = []
        while position < len(self.text) or cells:
            match = cell.match(self.text, position)
            if match is None:
                where = f"{self.path}: line {line}, cell {len(cells) + 1}"
                raise Refused(f"{where}: a quotation mark opens or closes where it should not")
            raw = match[1]
            cells.append(raw[1:-1].replace('""', '"') if raw.startswith('"') else raw)
            spans.append(match.span(1))
            below += raw.count("\n")
            position = match.end()
            if match[2] != mark:
                yield Row(line, cells, spans)
                line, below = below + 1, below + 1
                cells, spans = [], []

    def _compare(self, rows: list[Row], text: str) -> None:
        """Refuse what Python's own reader reads in another way."""
        try:
            reader = csv.reader(
                io.StringIO(text, newline=""), delimiter=self.separator, strict=True
            )
            same = [row for row in reader if row not in ([], [""])] == [row.cells for row in rows]
        except csv.Error as error:
            raise Refused(f"{self.path}: no CSV: {error}") from error
        if not same:
            raise Refused(f"{self.path}: its cells can be read in two ways; export it once more")

    def column(self, *titles: str) -> int:
        """Return the place of the column that has one of these titles.

        Raises:
            Refused: there is none, or several; the message lists the columns.
        """
        wanted = {_plain(title) for title in titles}
        found = [i for i, title in enumerate(self.header) if _plain(title) in wanted]
        if len(found) != 1:
            raise self.without(f"{len(found) or 'no'} columns {' or '.join(map(repr, titles))}")
        return found[0]

    def without(self, what: str) -> Refused:
        """Return the error for a column that cannot be told; its message lists the columns."""
        columns = "\n".join(f"  {title}" for title in self.header)
        return Refused(f"{self.path}: {what}; the columns are\n{columns}")

    def has(self, title: str) -> bool:
        """Tell whether there is a column of this title."""
        return _plain(title) in map(_plain, self.header)

    def filled(self, column: int, texts: Mapping[int, str]) -> bytes:
        """Return the file with other cells in one column.

        Args:
            column: its place.
            texts: of a row's place in `rows`, its new cell; the other rows stay as they are.
        """
        parts, position = [], 0
        for number in sorted(texts):
            start, end = self.rows[number].spans[column]
            parts += [self.text[position:start], self._quoted(guarded(texts[number]))]
            position = end
        return "".join([*parts, self.text[position:]]).encode("utf-8")

    def _quoted(self, text: str) -> str:
        if not any(mark in text for mark in (self.separator, '"', "\r", "\n")):
            return text
        return '"' + text.replace('"', '""') + '"'


def guarded(text: str) -> str:
    """Return a cell that a spreadsheet does not take for a formula."""
    formula = text.startswith(("=", "+", "-", "@", "\t", "\r")) and not NUMBER.fullmatch(text)
    return f"'{text}" if formula else text


def decimal(value: float) -> str:
    """Return a mark as a cell: at most four places, never with an exponent."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def number(text: str) -> float | None:
    """Return the number of a cell, with a point or a comma; nothing where it is none."""
    text = text.strip()
    return float(text.replace(",", ".")) if NUMBER.fullmatch(text) else None


def _plain(title: str) -> str:
    return " ".join(title.split()).casefold()


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}; name the CSV that was exported") from error
    if len(content) > LARGEST:
        raise Refused(f"{path}: more than {LARGEST >> 20} MiB; that is no table of marks")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(
            f"{path}: not written in UTF-8; export it once more, without a spreadsheet in between"
        ) from error
    if "\0" in text:
        raise Refused(f"{path}: it holds zero bytes; that is no CSV")
    return text
