"""Numbers in prose: where they come from, and when a printed one agrees.

Plain Python with PyYAML, so that `make check` compares numbers without Sphinx or TensorFlow.
A number in a page is a link whose target names its key: `[25,557,032](#n-resnet50.trainable)`.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from booksite import ledger_file

PREFIX = "n-"  # the target of a number link is "#n-" and the key
RESULTS = "results."  # keys that start so are paths into book/results/NAME.json
LINK = re.compile(r"\[([^\]\n]+)\]\(#n-([^)\s]+)\)")

SCALES = {"": 0, "k": 3, "thousand": 3, "M": 6, "million": 6, "G": 9, "billion": 9, "T": 12}
PERCENT = ("%", "percentage points", "points", "point")
TIMES = ("times", "x", "\N{MULTIPLICATION SIGN}")
# Digits, with commas or narrow spaces between groups of three, and an optional fraction.
NUMBER = re.compile(
    "([+\\-\N{MINUS SIGN}]?)"
    "(\\d{1,3}(?:[,_\N{THIN SPACE}\N{NARROW NO-BREAK SPACE}]\\d{3})+|\\d+)(\\.\\d+)?(.*)",
    re.DOTALL,
)


class UnknownNumberError(KeyError):
    """A page names a key that neither the ledger nor the results hold."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class Entry:
    """One number of the book.

    Args:
        key: its name, such as `resnet50.trainable` or `results.resnet.plain.test_error`.
        value: the number itself; fractions are stored as 0-1. A string must be printed as it is.
        meaning: what it counts, for the reader.
        source: a publication with its table, "computed", or the command that measured it.
        unit: the word that may follow the printed number, such as "MACs".
        exact: whether every digit has to be printed.
    """

    key: str
    value: int | float | str
    meaning: str = ""
    source: str = ""
    unit: str = ""
    exact: bool = False

    @property
    def anchor(self) -> str:
        """The id of the entry on the page that lists the numbers."""
        return PREFIX + self.key


@dataclass(frozen=True)
class Ledger:
    """Everything that a number in a page may refer to.

    Args:
        entries: the entries of `book/ledger.yml` by key.
        results: the contents of `book/results/NAME.json` by name.
    """

    entries: dict[str, Entry]
    results: dict[str, Any] = field(default_factory=dict)

    def lookup(self, key: str) -> Entry:
        """Find a number.

        Args:
            key: without the leading "n-".

        Returns:
            The entry; for results one made from the file.

        Raises:
            UnknownNumberError: there is no such key; the message names close ones.
        """
        if key.startswith(RESULTS):
            return self._result(key)
        if key not in self.entries:
            close = get_close_matches(key, self.entries, n=3)
            hint = f"; did you mean {', '.join(close)}?" if close else ""
            raise UnknownNumberError(f"no number {key!r} in book/ledger.yml{hint}")
        return self.entries[key]

    def _result(self, key: str) -> Entry:
        name, *path = key.removeprefix(RESULTS).split(".")
        if name not in self.results:
            raise UnknownNumberError(
                f"{key!r}: no book/results/{name}.json; `python -m course_lib run {name}` writes it"
            )
        value = _descend(self.results[name], path, key)
        if isinstance(value, (dict, list, bool)) or value is None:
            raise UnknownNumberError(f"{key!r} is not a number but {type(value).__name__}")
        return Entry(
            key=key,
            value=value,
            meaning=f"stored experiment {name}: {', '.join(_words(path))}",
            source=f"book/results/{name}.json",
        )

    def problem(self, text: str, key: str) -> str | None:
        """Say what is wrong with a number in a page, or return None.

        Args:
            text: the number as printed, such as "25,557,032" or "12.9 %".
            key: without the leading "n-".
        """
        try:
            entry = self.lookup(key)
        except UnknownNumberError as error:
            return str(error)
        if agrees(text, entry):
            return None
        asked = "in every digit" if entry.exact else "rounded as displayed"
        return f"{text!r} differs from {key} = {entry.value!r} ({asked}), {entry.source}"


def _descend(value: Any, path: list[str], key: str) -> Any:
    """Follow a dotted path; a name in the file may hold dots itself."""
    while path:
        if isinstance(value, list) and path[0].isdigit() and int(path[0]) < len(value):
            value, path = value[int(path[0])], path[1:]
            continue
        names = value if isinstance(value, dict) else {}
        for end in range(len(path), 0, -1):
            if (name := ".".join(path[:end])) in names:
                value, path = names[name], path[end:]
                break
        else:
            raise UnknownNumberError(
                f"{key!r} stops at {path[0]!r}; there: {', '.join(names) or value}"
            )
    return value


def _words(path: list[str]) -> list[str]:
    return [part.replace("_", " ") for part in path]


def load(root: str | Path) -> Ledger:
    """Read the ledger and the stored results.

    Args:
        root: the folder that holds `book/`; a missing ledger counts as an empty one.

    Returns:
        The numbers of the book.

    Raises:
        ValueError: a key stands twice, or an entry lacks one of `value`, `meaning` and `source`.
    """
    entries = {key: _entry(key, item) for key, item in ledger_file.read(root).items()}
    results = {
        file.stem: json.loads(file.read_text(encoding="utf-8"))
        for file in sorted(Path(root, "book", "results").glob("*.json"))
    }
    return Ledger(entries, results)


def _entry(key: str, item: Any) -> Entry:
    missing = [name for name in ("value", "meaning", "source") if name not in (item or {})]
    if missing:
        raise ValueError(f"book/ledger.yml: {key} lacks {', '.join(missing)}")
    rounding = item.get("rounding", "displayed")
    if rounding not in ("displayed", "exact"):
        raise ValueError(
            f"book/ledger.yml: rounding of {key} must be displayed or exact, got {rounding!r}"
        )
    value = item["value"]
    source = str(item["source"])
    if source == "computed" and "compute" in item:
        source = f"computed: {item['compute']}"
    return Entry(
        key=key,
        value=value if isinstance(value, (int, float)) else str(value),
        meaning=str(item["meaning"]),
        source=source,
        unit=str(item.get("unit") or ""),
        exact=rounding == "exact",
    )


def agrees(text: str, entry: Entry) -> bool:
    """Tell whether a printed number is the entry's value, rounded as displayed.

    Understands groups of three ("25,557,032"), fractions printed as percent ("12.9 %") or as
    points, the suffixes k, M, G, T and their words ("3.86 G"), the entry's unit and "9.7x".

    Args:
        text: the number as printed.
        entry: what it should be.
    """
    if isinstance(entry.value, str):
        return text.split() == entry.value.split()
    match = NUMBER.fullmatch(text.strip())
    power = None if match is None else _power(match[4].strip(), entry.unit)
    if match is None or power is None:
        return False
    sign, whole, fraction = match[1], match[2], match[3] or ""
    digits = Decimal(re.sub(r"\D", "", whole) + fraction).scaleb(power)
    shown = digits if sign in ("", "+") else -digits
    try:
        true = Decimal(str(entry.value))
    except InvalidOperation:
        return False
    unit_in_last_place = Decimal(1).scaleb(power - max(len(fraction) - 1, 0))
    slack = Decimal(0) if entry.exact else unit_in_last_place / 2
    return abs(shown - true) <= slack


def _power(suffix: str, unit: str) -> int | None:
    """Power of ten that the text after a number stands for; None where it is not understood."""
    units = (unit, "B") if unit == "bytes" else (unit,)
    for word in (u for u in units if u and suffix.endswith(u)):
        suffix = suffix.removesuffix(word).strip()
        break
    if suffix in PERCENT:
        return -2
    return 0 if suffix in TIMES else SCALES.get(suffix)


def sentence(meaning: str) -> str:
    """Make a sentence of a meaning: a capital in front, a full stop behind."""
    return f"{meaning[:1].upper()}{meaning[1:].rstrip('.')}."


def links(text: str) -> Iterator[tuple[str, str]]:
    """Yield (printed number, key) for every number link of a Markdown text."""
    for match in LINK.finditer(text):
        yield match[1], match[2]
