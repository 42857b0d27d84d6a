"""Show that nothing hidden is in what is published.

    python -m instructor.leaks FOLDER_OR_FILE ... [--secret FILE] [--source ROOT]

Hidden are the solutions and prose answers of the exercises, the right answers of tests/checks, the
secret of the course and the seeds derived from it, and this package.  Published are a student's
tree, the site, a wheel, a source archive, notebooks, pages of feedback.  Each leak is printed as
`name: what of which question`, and the exit status is 1.  A piece that is shown on purpose stands
in `leaks_allowed.yml`, with a reason.

It finds copies: verbatim, re-indented, renamed, in markup, in escapes, in base64 and in archives.
It does not find an answer that is written in another way, or one in a picture.
"""

import argparse
import hashlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path

from instructor import leaks_allowed, leaks_hidden, leaks_places, seeds
from instructor.leaks_allowed import Allowed
from instructor.leaks_hidden import Hidden
from instructor.leaks_index import Index, Piece
from instructor.leaks_search import is_search_index, words_of_solutions
from instructor.leaks_text import decoded, texts

ROOT = Path(__file__).resolve().parents[1]
SHOWN = 70  # characters of a piece in a message
NOTHING = Allowed()


@dataclass(frozen=True)
class Leak:
    """A piece of something hidden in a published file.

    Attributes:
        name: of the file; members of archives as `ARCHIVE!MEMBER`.
        piece: what of which question.
    """

    name: str
    piece: Piece

    def __str__(self) -> str:
        piece = self.piece
        text = piece.text if len(piece.text) <= SHOWN else f"{piece.text[:SHOWN]}..."
        shown = f": {text!r}" if text else ""
        return f"{self.name}: {piece.what} ({piece.source}) of {piece.question}{shown}"


def scan(
    published: Iterable[leaks_places.File], hidden: Hidden, allowed: Allowed = NOTHING
) -> list[Leak]:
    """Search published files for what is hidden.

    Args:
        published: (name, content) of each file; archives are opened.
        hidden: from `leaks_hidden.of_course`.
        allowed: from `leaks_allowed.read`.

    Returns:
        The leaks that are not allowed, in the order of the files.

    Raises:
        leaks_places.Unreadable: a file that cannot be searched.
        leaks_allowed.Refused: an entry of the list matches nothing where it should.
    """
    index = _index(hidden)
    permits = allowed.for_index(index)
    seen: dict[bytes, list[Piece]] = {}
    names, found = [], []
    for name, content in leaks_places.unpack(published):
        names.append(name)
        # The kind is part of it: the same bytes are read in another way as a notebook.
        key = hashlib.sha256(Path(name).suffix.encode() + b"\0" + content).digest()
        if key not in seen:
            seen[key] = _merged(_pieces(name, content, index))
        for piece in chain(index.find_name(name), seen[key]):
            if not permits.permits(name, piece):
                found.append(Leak(name, piece))
    if not found:  # a leak is the more urgent message
        permits.refuse_stale(names)
    return found


def report(leaks: Iterable[Leak]) -> list[str]:
    """Return a line for each file and question: its first leak, and how many more there are."""
    by_place: dict[tuple[str, str, str], list[Leak]] = {}
    for leak in leaks:
        key = leak.name, leak.piece.source, leak.piece.question
        by_place.setdefault(key, []).append(leak)
    return [
        f"{group[0]}{f' and {len(group) - 1} more' if len(group) > 1 else ''}"
        for group in by_place.values()
    ]


@lru_cache(maxsize=1)
def _index(hidden: Hidden) -> Index:
    return Index(hidden)


def _pieces(name: str, content: bytes, index: Index) -> Iterator[Piece]:
    yield from index.find_secrets(content)
    if leaks_places.is_archive(content):
        return  # its members are files of their own, with their own places on the list
    for text in texts(name, content):
        yield from index.find_secrets(text.encode(errors="replace"))
        yield from index.find(text)
    script = decoded(content) if name.endswith(".js") else None
    if script and is_search_index(script):
        try:
            yield from words_of_solutions(script, index.hidden.words)
        except ValueError as error:
            raise leaks_places.Unreadable(f"{name}: {error}") from error


def _merged(pieces: Iterable[Piece]) -> list[Piece]:
    return list(dict.fromkeys(pieces))


def main(arguments: Sequence[str] | None = None) -> int:
    """Scan what is named; return the exit status: 0 clean, 1 a leak, 2 not searched."""
    parser = argparse.ArgumentParser(prog="python -m instructor.leaks", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("published", nargs="+", type=Path, metavar="FOLDER_OR_FILE")
    parser.add_argument("--secret", type=Path, help="from `course secret`: search for it, too")
    parser.add_argument("--source", type=Path, default=ROOT, help="the tree with the solutions")
    options = parser.parse_args(arguments)
    try:
        secret = seeds.read(options.secret) if options.secret else None
        hidden = leaks_hidden.of_course(options.source, secret)
        allowed = leaks_allowed.read()
        files = chain.from_iterable(map(leaks_places.walk, options.published))
        count = [0]
        found = scan(_counted(files, count), hidden, allowed)
    except (ValueError, OSError) as error:
        print(f"not searched: {error}", file=sys.stderr)
        return 2
    for line in report(found):
        print(line)
    secrets = "with" if secret else "without"
    print(
        f"{count[0]} files, {len(found)} leaks; {len(allowed.entries)} entries on the allow-list; "
        f"{secrets} the secret",
        file=sys.stderr,
    )
    return 1 if found else 0


def _counted(files: Iterable[leaks_places.File], count: list[int]) -> Iterator[leaks_places.File]:
    for file in files:
        count[0] += 1
        yield file


if __name__ == "__main__":
    sys.exit(main())
