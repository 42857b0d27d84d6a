"""Links and pictures of Markdown pages: do they lead somewhere, can they be read aloud?"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from visible import CODE_BODIES, HEADING, directives, paragraphs

LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(\s*<?([^)\s>]+)>?[^)]*\)")
LABEL = re.compile(r"^\s*\(([\w.:-]+)\)=\s*$|^\s*:(?:label|name):\s*(\S+)\s*$", re.MULTILINE)
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
IMAGE_TAG = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
SVG = re.compile(r"<svg\b[^>]*>(?:\s*<title\b[^>]*>\s*[^<\s])?", re.IGNORECASE)
NAMED = re.compile(r"\baria-label(?:ledby)?\s*=\s*[\"'][^\"'\s]|\baria-hidden=[\"']true|<title")
ALT = re.compile(r"\balt\s*=\s*(\"[^\"]*\S[^\"]*\"|'[^']*\S[^']*')", re.IGNORECASE)


@dataclass(frozen=True)
class Labels:
    """What links can lead to.

    Args:
        book: folder of the pages.
        named: labels of all pages.
        headings: anchors of the headings of each page.
    """

    book: Path
    named: frozenset[str]
    headings: dict[Path, frozenset[str]]

    @classmethod
    def of(cls, book: Path, pages: Iterable[tuple[Path, str]]) -> "Labels":
        """Collect the labels of `pages`, given as (path, Markdown)."""
        named: set[str] = set()
        headings = {}
        for path, text in pages:
            named |= {first or second for first, second in LABEL.findall(text)}
            named |= {f"quiz-{a}" for _, name, a, _ in directives(text) if name.startswith("quiz")}
            lines = (HEADING.match(line) for line in text.split("\n"))
            headings[path.resolve()] = frozenset(_slug(match[2]) for match in lines if match)
        return cls(book.resolve(), frozenset(named), headings)

    def problem(self, target: str, page: Path) -> str | None:
        """Say why a link of `page` leads nowhere, or return None."""
        name, _, anchor = target.partition("#")
        goal = page.resolve()
        if name:
            beside = goal.parent / name
            choices = [Path(f"{beside}{suffix}").resolve() for suffix in ("", ".md", ".ipynb")]
            files = [choice for choice in choices if choice.is_file()]
            if not files:
                return f"link to {target!r}: no such page"
            if not files[0].is_relative_to(self.book):
                return f"link to {target!r}: outside the book; readers do not have that file"
            goal = files[0]
        known = self.named | self.headings.get(goal, frozenset())
        if anchor and anchor not in known:
            return f"link to {target!r}: no label or heading {anchor!r}"
        return None


def link_problems(text: str, page: Path, labels: Labels) -> Iterator[tuple[int, str]]:
    """Yield (line, message) for links of a Markdown text that lead nowhere."""
    for paragraph in paragraphs(text):
        for match in LINK.finditer(paragraph.prose):
            target = match[3]
            if ELSEWHERE.match(target) or target.startswith("#n-"):
                continue
            line = paragraph.line + paragraph.prose.count("\n", 0, match.start())
            if problem := labels.problem(target, page):
                yield line, f"{problem}; correct the target"


def picture_problems(text: str, outputs: list[str]) -> Iterator[tuple[int, str]]:
    """Yield (line, message) for pictures without alternative text.

    Args:
        text: Markdown.
        outputs: stored html of a code cell, or "<image/png>" for a picture of that type.
    """
    advice = "say in words what it shows"
    for paragraph in paragraphs(text):
        for match in LINK.finditer(paragraph.prose):
            if match[1] and not match[2].strip():
                line = paragraph.line + paragraph.prose.count("\n", 0, match.start())
                yield line, f"image {match[3]!r} without alternative text; {advice}"
        for line, message in _tags(paragraph.prose):
            yield paragraph.line + line, f"{message}; {advice}"
    for line, name, argument, options in directives(text):
        if name in ("figure", "image") and name not in CODE_BODIES and not options.get("alt"):
            yield line, f"{name} {argument!r} without :alt:; {advice}"
    for output in outputs:
        if output.startswith("<image/"):
            yield 1, f"output {output} has no alternative text; draw with `plots.show(alt=...)`"
        yield from ((1, f"output: {message}; {advice}") for _, message in _tags(output))


def _tags(html: str) -> Iterator[tuple[int, str]]:
    for match in IMAGE_TAG.finditer(html):
        if not ALT.search(match[0]):
            yield html.count("\n", 0, match.start()), "<img> without alt"
    for match in SVG.finditer(html):
        if not NAMED.search(match[0]):
            yield html.count("\n", 0, match.start()), "<svg> without aria-label or <title>"


def _slug(heading: str) -> str:
    plain = re.sub(r"[^\w\s-]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)|`", r"\1", heading)).lower()
    return re.sub(r"\s", "-", plain.strip())
