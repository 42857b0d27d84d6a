"""Where the tags of a finished page stand, so that a page is changed at those places only."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser

Attributes = Mapping[str, str | None]  # None: the attribute has no value
Edit = tuple[int, int, str]  # from, to, the text that takes the place


@dataclass(frozen=True)
class Tag:
    """A start tag or an end tag.

    Args:
        name: in lower case.
        attributes: with their entities resolved.
        start: where it begins in the page.
        end: behind its last character.
        closing: whether it is an end tag.
        empty: whether it ends in a slash, so that a part of a drawing needs no end tag.
    """

    name: str
    attributes: Attributes
    start: int
    end: int
    closing: bool = False
    empty: bool = False

    def text(self, attributes: Attributes) -> str:
        """Write the start tag with other attributes."""
        parts = [
            name if value is None else f'{name}="{escape(value)}"'
            for name, value in attributes.items()
        ]
        return f"<{' '.join([self.name, *parts])}{'/' if self.empty else ''}>"


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[Tag] = []
        self._page = page
        self._lines = [0]
        for line in page.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self.feed(page)
        self.close()

    def _place(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        start, text = self._place(), self.get_starttag_text() or ""
        attributes: dict[str, str | None] = {}
        for name, value in attrs:
            attributes.setdefault(name, value)  # browsers take the first of two, too
        end = start + len(text)
        self.tags.append(Tag(tag, attributes, start, end, empty=text.endswith("/>")))

    def handle_endtag(self, tag: str) -> None:
        start = self._place()
        end = self._page.find(">", start) + 1 or len(self._page)
        self.tags.append(Tag(tag, {}, start, end, closing=True))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)


def tags(page: str) -> list[Tag]:
    """Return the tags of a page in their order; what stands in a script is none."""
    return _Reader(page).tags


def spans(found: Iterable[Tag], name: str) -> Iterator[tuple[Tag, Tag]]:
    """Yield start tag and end tag of each element of a name that cannot hold another such.

    Args:
        found: what `tags` returned.
        name: such as "script" or "a".
    """
    opened = None
    for tag in found:
        if tag.name != name:
            continue
        if tag.closing and opened:
            yield opened, tag
        opened = None if tag.closing else tag


def changed(page: str, edits: Iterable[Edit]) -> str:
    """Return a page with parts replaced; the parts must not overlap."""
    for start, end, text in sorted(edits, reverse=True):
        page = page[:start] + text + page[end:]
    return page
