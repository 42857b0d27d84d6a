"""Check the words, numbers, pictures and links of the pages and notebooks under book/.

    python tools/prose.py [PAGE ...]      default: every page and notebook under book/

It reads prose: Markdown without code, math, comments and directive options.

Words.  Refused: simply, obviously, of course, TODO, exclamation marks; "just" outside a quoted
question; "FLOPs" in a paragraph that does not define it as 2 x MACs.  A page stands alone: no
paths of files or folders outside code, no numbers such as #3 of lists that readers do not have.

Numbers.  An architecture number is a number with thousands separators, or one that is followed by
% (percent), k, M, G, T, million, billion, MACs, multiply-adds, multiplications, weights, parameters
or connections.  It is written as a link to its key, `[25,557,032](#n-resnet50.trainable)`, and
agrees with the ledger or the stored results.  A key of the ledger stands on some page; that is
checked when all pages are.  Without a key stay: integers below 100 before one of
the words above from MACs on, 0 % and 100 %, "95 % confidence" and "95 % interval", and the options
of a quiz.

Quotations.  Text in double quotes, and lines that start with `>`, are exempt from all this in a
paragraph that cites (a `cite` role or a link to a web address).  In the section "What people get
wrong" and on the page of errata, numbers and FLOPs in double quotes are exempt: a wrong claim,
quoted to be broken.

Pictures have alternative text, those stored as outputs too.  Links reach a page or a label.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "_ext"))

from booksite import ledger, zoo_file  # noqa: E402
from links import Labels, link_problems, picture_problems  # noqa: E402
from nbfile import read, source, text  # noqa: E402
from visible import BLANK, CHOICE, Paragraph, blank, paragraphs  # noqa: E402

# A folder, notes/, or a file in one, notes/plan.md; no pair such as train/test.
PATH = r"(?<![\w/.-])(?:[\w-]+/)+(?:[\w-]+\.[a-z]{2,5}\b|(?=[\s.,;:)]|$))"
WORDS = {
    r"\bsimply\b": "leave it out",
    r"\bobviously\b": "leave it out, or show it",
    r"\bof course\b": "leave it out",
    r"\bTODO\b": "do it",
    r"!(?!\[)": "end with a full stop",
    PATH: "the pages stand alone: say it here",
    r"(?<![\w&#/])#\d+\b": "the pages stand alone: name the thing",
}
JUST = re.compile(r"\bjust\b", re.IGNORECASE)
BLANKED = re.compile(r"\[\?[^\[\]|]*\]")  # what a reader fills in
FLOPS = re.compile(r"\b[kMGT]?FLOPs?\b", re.IGNORECASE)
TWICE = re.compile(r"(?:\b2|\btwo|\btwice)\b(?=(?s:.)*\b(?:[kMGT]?MACs?|multiply-adds?)\b)")
QUOTED = re.compile('"[^"]*"|\N{LEFT DOUBLE QUOTATION MARK}[^\N{RIGHT DOUBLE QUOTATION MARK}]*.')
QUESTION = re.compile(
    '["\N{LEFT DOUBLE QUOTATION MARK}][^"?.]*\\?["\N{RIGHT DOUBLE QUOTATION MARK}]'
)
BLOCK_QUOTE = re.compile(r"^\s*>.*$", re.MULTILINE)
CITES = re.compile(r"\{cite|\]\(https?://|<https?://")
TARGET = re.compile(r"\]\([^)\s]*\)|<https?://[^>]*>|https?://\S+")
NARROW = "\N{NO-BREAK SPACE}\N{THIN SPACE}\N{NARROW NO-BREAK SPACE}"
SPACE = f"[ {NARROW}]"
GROUPED = re.compile(rf"(?<![\w.,])\d{{1,3}}(?:[,{NARROW}]\d{{3}})+(?:\.\d+)?(?!\w)")
SCALED = re.compile(
    rf"(?<![\w.,])(?<!\w-)(\d+(?:\.\d+)?)(?:{SPACE}|\n|-)?"
    r"(?:(?P<percent>%|per ?cent\b)|(?:[kMGT](?:MACs)?|million|billion)\b"
    r"|(?:(?:trainable|fixed|learned) )?"
    r"(?P<word>MACs?|multiply-adds?|multiplications?|weights?|parameters?|connections?)\b)"
    rf"(?P<level>{SPACE}(?:confidence|interval))?"
)
WRONG_CLAIMS = "What people get wrong"
ERRATA = "errata"


def check(path: Path, root: Path) -> list[str]:
    """Return a line for every violation in the page or notebook at `path`.

    Args:
        path: a .md or .ipynb file.
        root: of the tree whose `book/` holds it; its ledger and labels count.
    """
    found = []
    section = ""
    labels = _labels(root)
    for cell, written, outputs in _texts(path):
        listed = list(paragraphs(written, section))
        section = listed[-1].section if listed else section
        problems = [
            problem
            for paragraph in listed
            for problem in (*_words(paragraph), *_numbers(paragraph, path, root))
        ]
        problems += link_problems(written, path, labels)
        problems += picture_problems(written, outputs)
        where = f"{_name(path, root)}: cell {cell}, line" if cell else f"{_name(path, root)}: line"
        found += [f"{where} {line}: {message}" for line, message in sorted(problems)]
    return found


def unprinted(root: Path) -> list[str]:
    """Return a line for every key of the ledger that no page under `root`/book prints."""
    texts = [written for path in pages(root) for _, written, _ in _texts(path)]
    printed = {key for written in texts for _, key in ledger.links(written)}
    if any(f"{{{name}}}" in written for written in texts for name in zoo_file.DIRECTIVES):
        printed |= zoo_file.keys(root, _ledger(root).entries)
    return [
        f"book/ledger.yml: no page prints {key}; delete the entry, or write [NUMBER](#n-{key})"
        for key in _ledger(root).entries
        if key not in printed
    ]


def pages(root: Path) -> list[Path]:
    """Return the pages and notebooks under `root`/book, sorted."""
    found = (root / "book").rglob("*")
    return sorted(
        path
        for path in found
        if path.suffix in (".md", ".ipynb") and not any(p.startswith(".") for p in path.parts[-2:])
    )


@cache
def _labels(root: Path) -> Labels:
    return Labels.of(
        root / "book", [(p, "\n".join(t for _, t, _ in _texts(p))) for p in pages(root)]
    )


@cache
def _ledger(root: Path) -> ledger.Ledger:
    return ledger.load(root)


def _name(path: Path, root: Path) -> str:
    path = path.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _texts(path: Path) -> Iterator[tuple[int, str, list[str]]]:
    """Yield (cell from 1, or 0 for a page; Markdown; html and picture outputs)."""
    if path.suffix != ".ipynb":
        yield 0, path.read_text(encoding="utf-8"), []
        return
    for number, cell in enumerate(read(path)["cells"], start=1):
        if cell["cell_type"] == "markdown":
            yield number, source(cell), []
        elif cell["cell_type"] == "code":
            data = [output.get("data", {}) for output in cell["outputs"]]
            yield (
                number,
                "",
                [
                    text(value) if mime == "text/html" else f"<{mime}>"
                    for bundle in data
                    for mime, value in bundle.items()
                    if mime == "text/html" or mime.startswith("image/")
                ],
            )


def _prose(paragraph: Paragraph) -> str:
    """Return the prose of a paragraph without what it quotes from a source."""
    prose = paragraph.prose
    if CITES.search(paragraph.source):
        prose = blank(blank(prose, QUOTED), BLOCK_QUOTE)
    return prose


def _line(paragraph: Paragraph, place: int) -> int:
    return paragraph.line + paragraph.prose.count("\n", 0, place)


def _words(paragraph: Paragraph) -> Iterator[tuple[int, str]]:
    prose = blank(_prose(paragraph), TARGET)
    for pattern, advice in WORDS.items():
        for match in re.finditer(pattern, prose, re.IGNORECASE if "TODO" not in pattern else 0):
            yield _line(paragraph, match.start()), f"{match[0]!r}: {advice}"
    for match in JUST.finditer(blank(prose, QUESTION)):
        yield _line(paragraph, match.start()), f"{match[0]!r}: leave it out, or quote the question"


def _numbers(paragraph: Paragraph, path: Path, root: Path) -> Iterator[tuple[int, str]]:
    prose = _prose(paragraph)
    for match in ledger.LINK.finditer(prose):
        if problem := _ledger(root).problem(match[1], match[2]):
            yield _line(paragraph, match.start()), f"{problem}; correct the number or the key"
    prose = blank(blank(prose, ledger.LINK), TARGET)
    if paragraph.section == WRONG_CLAIMS or path.stem == ERRATA:
        prose = blank(prose, QUOTED)
    if paragraph.in_quiz:
        prose = blank(prose, BLANKED)
        prose = "\n".join(BLANK * len(x) if CHOICE.match(x) else x for x in prose.split("\n"))
    for match in FLOPS.finditer(prose):
        if not TWICE.search(paragraph.source):
            yield _line(paragraph, match.start()), f"{match[0]!r}: count MACs, or say 2 x MACs"
    for place, shown in sorted(_unkeyed(prose)):
        message = f"number {shown!r} without a key; write [{shown}](#n-KEY), see book/ledger.yml"
        yield _line(paragraph, place), message


def _unkeyed(prose: str) -> Iterator[tuple[int, str]]:
    yield from ((match.start(), match[0]) for match in GROUPED.finditer(prose))
    for match in SCALED.finditer(blank(prose, GROUPED)):
        number = match[1]
        if match["percent"] and (number in ("0", "100") or match["level"]):
            continue
        if match["word"] and "." not in number and int(number) < 100:
            continue
        yield match.start(), " ".join(match[0].split())


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the pages named, or all; return the exit status."""
    names = sys.argv[1:] if arguments is None else arguments
    found = []
    for path in [Path(name) for name in names] or pages(ROOT):
        found += check(path, ROOT)
    if not names:
        found += unprinted(ROOT)
    if found:
        print("\n".join(found), file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
