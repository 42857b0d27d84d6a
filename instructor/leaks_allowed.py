"""What chapters and course_lib show on purpose, though a solution has it too: a reviewed list.

Each entry of the file names the question, the places (patterns of paths, compared with the end of
a published name), what is shown, and the reason.  An entry whose place was searched, and that
matches nothing there, is stale and refused: it would only hide the next leak.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import yaml

from instructor.leaks_index import Index, Piece

FILE = Path(__file__).with_name("leaks_allowed.yml")
KEYS = {"question", "where", "shown", "reason"}


class Refused(ValueError):
    """A list that cannot be used; the message names the entry."""


@dataclass(frozen=True)
class Entry:
    """One thing that may be shown.

    Attributes:
        question: of whose solution it is a piece; a pattern.
        where: patterns of paths.
        shown: the code or the words.
        reason: why it may be shown.
    """

    question: str
    where: tuple[str, ...]
    shown: str
    reason: str

    def covers(self, name: str) -> bool:
        """Tell whether a published file is one of the places of the entry."""
        path = "/" + name.replace("!", "/")
        return any(fnmatchcase(path, f"*/{pattern}") for pattern in self.where)


@dataclass(frozen=True)
class Allowed:
    """The entries, in the order of the file."""

    entries: tuple[Entry, ...] = ()

    def for_index(self, index: Index) -> "Permits":
        """Return the list as it applies to what is hidden."""
        return Permits([(entry, frozenset(index.find(entry.shown))) for entry in self.entries])


class Permits:
    """Decides on pieces that were found, and remembers which entries were of use."""

    def __init__(self, known: list[tuple[Entry, frozenset[Piece]]]):
        self.known = known
        self.used: set[Entry] = set()

    def permits(self, name: str, piece: Piece) -> bool:
        """Tell whether a piece may stand in a file; secrets, names and marks may not."""
        if piece.source in ("secret", "name", "mark"):
            return False
        for entry, pieces in self.known:
            asked = fnmatchcase(piece.question, entry.question)
            if asked and piece in pieces and entry.covers(name):
                self.used.add(entry)
                return True
        return False

    def refuse_stale(self, names: Iterable[str]) -> None:
        """Raise where a place of an entry was searched in vain.

        Raises:
            Refused: naming the entries.
        """
        names = list(names)
        idle = [entry for entry, _ in self.known if entry not in self.used]
        stale = [entry for entry in idle if any(entry.covers(name) for name in names)]
        if stale:
            listed = "; ".join(f"{e.question} in {', '.join(e.where)}: {e.reason}" for e in stale)
            raise Refused(f"entries of the allow-list that match nothing, take them out: {listed}")


def read(path: Path = FILE) -> Allowed:
    """Read the allow-list.

    Raises:
        Refused: it is no list of entries, or an entry lacks something.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except (OSError, yaml.YAMLError) as error:
        raise Refused(f"{path}: cannot be read: {error}") from error
    if not isinstance(content, list):
        raise Refused(f"{path}: expected a list of entries with {', '.join(sorted(KEYS))}")
    return Allowed(tuple(_entry(path, number, one) for number, one in enumerate(content, start=1)))


def _entry(path: Path, number: int, one: object) -> Entry:
    where = f"{path}: entry {number}"
    if not isinstance(one, dict) or set(one) != KEYS:
        given = sorted(map(str, one)) if isinstance(one, dict) else one
        raise Refused(f"{where}: expected {', '.join(sorted(KEYS))}; given {given}")
    places = one["where"]
    if not isinstance(places, list) or not places or not all(isinstance(p, str) for p in places):
        raise Refused(f"{where}: `where` is a list of patterns of paths")
    for key in ("question", "shown", "reason"):
        if not isinstance(one[key], str) or not one[key].strip():
            raise Refused(f"{where}: `{key}` is a text that is not empty")
    return Entry(one["question"], tuple(places), one["shown"], " ".join(one["reason"].split()))
