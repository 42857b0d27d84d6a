"""The claims of the page of errata, and what each needs: an anchor, a source, a way back."""

import re
from dataclasses import dataclass

import layout
import nbfile
from links import LINK, Labels
from tests.book.names import code_cells

BOOK = layout.ROOT / "book"
PAGE = BOOK / "appendix" / "errata.ipynb"
NAME = "book/appendix/errata"
PROOF = "<!-- proof -->"  # stands for a cell whose output is compared
QUIZ = "Would you have believed it?"
QUESTIONS, TRUE_ONES = 12, 3  # at least
ANCHOR = re.compile(r"[a-z][\w-]*")
CLAIM = re.compile(r'"[^"]+"')
SOURCE = re.compile(r"^\*Source:\* (.+)$", re.MULTILINE)
PAPER = re.compile(r"\{cite:[tp]\}`|\]\(https://")
PLACE = re.compile(r"\b(?:section|table|figure|equation|appendix|abstract|title)")
COUNTED = re.compile(r"\b(?:below|in the chapter)\b")
ALSO = re.compile(r"\bPython 3\b|\bKeras 3\b|\bdictionary\b|\bmeaning of the word\b")
BELIEVE = re.compile(r"^`{3,}\{quiz-choice\} believe-.*?^`{3,}$", re.MULTILINE | re.DOTALL)
TO_ERRATA = re.compile(r"\]\([^)\s]*\berrata\.ipynb#([\w-]+)\)")


@dataclass(frozen=True)
class Row:
    """A claim of the page: its heading, what stands under it, and the topic it belongs to."""

    heading: str
    body: str
    intro: str  # of the topic, which may name the paper whose sections the rows name
    proved: bool  # a compared cell follows in the topic

    @property
    def anchor(self):
        """The anchor that links to the heading use."""
        (anchor,) = Labels.of(BOOK, [(PAGE, f"### {self.heading}")]).headings[PAGE]
        return anchor

    @property
    def chapters(self):
        """Targets of the links that say where the book treats the claim."""
        _, _, chapters = self.body.partition("*Chapter:*")
        return [match[3] for match in LINK.finditer(chapters)]


def with_proofs(notebook):
    """The Markdown of a notebook, with a mark for each cell whose output is compared."""
    compared = {cell.number for cell in code_cells(notebook) if cell.compared}
    texts = [
        nbfile.source(cell) if cell["cell_type"] == "markdown" else PROOF * (number in compared)
        for number, cell in enumerate(notebook["cells"], start=1)
    ]
    return "\n\n".join(texts)


def rows(text):
    """Every claim of a page, topic by topic."""
    found = []
    for topic in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        if topic.startswith(QUIZ):
            continue
        head, *claims = re.split(r"^### ", topic, flags=re.MULTILINE)
        for number, claim in enumerate(claims):
            heading, _, body = claim.partition("\n")
            proved = any(PROOF in later for later in claims[number:])
            found.append(Row(heading.strip(), body, head, proved))
    return found


def row_problems(text):
    """A line for each claim without an anchor to share, or without a source to look up."""
    seen = set()
    for row in rows(text):
        if not CLAIM.fullmatch(row.heading):
            yield f"{row.heading!r} is no claim in quotation marks"
        if not ANCHOR.fullmatch(row.anchor) or row.anchor in seen:
            yield f"{row.heading!r} has no anchor of its own that begins with a letter"
        seen.add(row.anchor)
        yield from (f"{row.heading!r}: {what}" for what in source_problems(row))


def source_problems(row):
    """What the source of a claim lacks."""
    match = SOURCE.search(row.body)
    if not match:
        yield "no paragraph '*Source:* ...'"
        return
    source = match[1].partition("*Chapter:*")[0]
    if not row.body[: match.start()].strip():
        yield "nothing says what is true"
    if not any(pattern.search(source) for pattern in (PAPER, PLACE, COUNTED, ALSO)):
        yield "its source names no paper, page, section or cell"
    if PLACE.search(source) and not PAPER.search(source + row.intro):
        yield "a section of which paper? Cite it here or below the heading of the topic"
    if "below" in source and not row.proved:
        yield "no compared cell follows in its topic"


def link_problems(text, pages, root=layout.ROOT):
    """A line for each link between a claim and a chapter that leads nowhere or one way only."""
    files = [(file_of(name, root), page) for name, page in pages.items()]
    labels, here = Labels.of(root / "book", files), file_of(NAME, root)
    leads = {}
    for row in rows(text):
        leads.setdefault(row.anchor, set())
        for target in row.chapters:
            if problem := labels.problem(target, here):
                yield f"{row.heading!r}: {problem}"
                continue
            file = (here.parent / target.partition("#")[0]).resolve()
            chapter = file.relative_to(root.resolve()).with_suffix("").as_posix()
            leads[row.anchor].add(chapter)
            if row.anchor not in TO_ERRATA.findall(pages.get(chapter, "")):
                yield f"{row.heading!r}: {chapter} has no link back, errata.ipynb#{row.anchor}"
    topics = labels.headings[here.resolve()] - leads.keys()
    for name, page in pages.items():
        for anchor in TO_ERRATA.findall(page) if name != NAME else ():
            if anchor not in topics and name not in leads.get(anchor, ()):
                yield f"{name}: errata.ipynb#{anchor} is no topic, and no claim that leads back"


def file_of(name, root):
    """The file of a page."""
    page = root / f"{name}.md"
    return page if page.is_file() else root / f"{name}.ipynb"


def quiz_problems(text):
    """A line for each way in which the quiz does not draw from the claims."""
    questions = BELIEVE.findall(text)
    anchors = {row.anchor for row in rows(text)}
    if len(questions) < QUESTIONS:
        yield f"{len(questions)} questions, at least {QUESTIONS}"
    true = sum(bool(re.search(r"^- \[x\] I believe it\b", q, re.MULTILINE)) for q in questions)
    if true < TRUE_ONES:
        yield f"{true} of the claims are true, at least {TRUE_ONES}"
    for question in questions:
        targets = re.findall(r"\]\(#([\w-]+)\)", question)
        if not any(target in anchors for target in targets):
            yield f"{question.splitlines()[0]} leads to no claim"
