"""The glossary: its words are in use, explained in two sentences, and linked once a page."""

import re
from itertools import pairwise

import pytest

import layout
import nbfile
from visible import paragraphs

GLOSSARY = "book/appendix/glossary"
SUFFIXES = (".md", ".ipynb")
BLOCK = re.compile(r"^```\{glossary\}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROLE = re.compile(r"\{term\}`([^`<]+?)(?:\s*<([^`>]+)>)?`")
LINK = re.compile(r"\[[^\]]+\]\(([^)#]+?)(?:\.md|\.ipynb)?(?:#[\w-]+)?\)")
SENTENCE_END = re.compile(r"[.?](?=\s|$)")
MOST = 2  # sentences that a box beside a link holds without hiding the page


def markdown(path):
    """The Markdown of a page or notebook."""
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    cells = nbfile.read(path)["cells"]
    return "\n\n".join(nbfile.source(c) for c in cells if c["cell_type"] == "markdown")


def all_pages():
    """Markdown of every page of the table of contents, by its path without suffix."""
    names = {layout.ROOT / name: name for name in layout.toc_files(layout.ROOT)}
    files = (
        (path.with_suffix(suffix), name) for path, name in names.items() for suffix in SUFFIXES
    )
    return {name: markdown(file) for file, name in files if file.is_file()}


def entries(text):
    """(names, paragraphs under them) of each entry of a glossary, in its order."""
    found = []
    for block in BLOCK.findall(text):
        for line in block.splitlines():
            if line[:1].strip():  # not indented: a name
                if not found or found[-1][1]:
                    found.append(([], []))
                found[-1][0].append(line)
            elif found:
                found[-1][1].append(line.strip())
    return [
        (names, re.split(r"\n{2,}", "\n".join(lines).strip()) if lines else [""])
        for names, lines in found
    ]


def uses(names, text):
    """Whether the prose of a page holds one of the names, or a plural of it."""
    shown = ROLE.sub(lambda match: match[1], text)
    prose = "\n".join(paragraph.prose for paragraph in paragraphs(shown))
    words = (r"[\s-]+".join(map(re.escape, re.split(r"[\s-]", n.removesuffix("s")))) for n in names)
    return bool(re.search(rf"(?<![\w-])(?:{'|'.join(words)})(?:s|es)?(?!\w)", prose, re.IGNORECASE))


def word_problems(pages):
    """A line for each entry that is not in use, out of order, too long or leads nowhere."""
    listed = entries(pages[GLOSSARY])
    first = [names[0].casefold() for names, _ in listed]
    yield from (f"{b!r} stands behind {a!r}" for a, b in pairwise(first) if b < a)
    every = [name.casefold() for names, _ in listed for name in names]
    yield from (
        f"{name!r} is defined twice" for name in sorted({n for n in every if every.count(n) > 1})
    )
    for names, (*text, last) in listed:
        users = {page for page in pages if page != GLOSSARY and uses(names, pages[page])}
        if len(users) < 2:
            yield f"{names[0]!r} is used by {' and '.join(users) or 'no page'}; two are needed"
        if len(text) != 1 or not 1 <= len(SENTENCE_END.findall(text[0])) <= MOST:
            yield f"{names[0]!r} is not explained by one paragraph of {MOST} sentences at most"
        if goal_of(last) not in users:
            yield f"{names[0]!r} does not end with a link to a page that uses it, but with {last!r}"


def goal_of(line):
    """The page to which a line leads that is a link of the glossary, or None."""
    match = LINK.fullmatch(line)
    if not match:
        return None
    goal = (layout.ROOT / GLOSSARY).parent.joinpath(match[1]).resolve()
    return goal.relative_to(layout.ROOT).as_posix()


def link_problems(pages, page):
    """A line for each {term} of a page that is in no glossary, or that was linked before."""
    entry = {name.casefold(): names[0] for names, _ in entries(pages[GLOSSARY]) for name in names}
    seen = set()
    for shown, target in ROLE.findall(pages[page]):
        word = entry.get((target or shown).casefold())
        if word is None:
            yield f"{target or shown!r} is not in the glossary"
        elif word in seen:
            yield f"{word!r} is linked twice; link its first use"
        seen.add(word)


PAGES = all_pages()


def test_each_word_is_in_use_and_explained():
    assert list(word_problems(PAGES)) == []


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_page_links_each_word_once(page):
    assert list(link_problems(PAGES, page)) == []


def test_chapters_link_words(record_property):
    links = {page: len(ROLE.findall(text)) for page, text in PAGES.items()}
    words = len(entries(PAGES[GLOSSARY]))
    record_property("summary", f"glossary: {words} words, {sum(links.values())} links to them")
    assert all(links[f"book/{name}"] for name in ("classic/lenet", "modern/resnet"))


TINY = """# Words

```{glossary}
feature map
map
  What one filter makes. A grid.

  [Intro](../intro)

stride
  How far a window moves.

  [Net](../modern/net.ipynb#how-far)
```
"""
NET = "# Net\n\nThe {term}`stride` of the Feature\nmaps. One {term}`map`.\n\n```\npadding\n```\n"
SMALL = {GLOSSARY: TINY, "book/intro": "A stride, a map, padding.", "book/modern/net": NET}


def test_a_sound_glossary_passes():
    assert list(word_problems(SMALL)) == []
    assert [line for page in SMALL for line in link_problems(SMALL, page)] == []


@pytest.mark.parametrize(
    ("page", "old", "new", "message"),
    [
        (GLOSSARY, "stride\n", "padding\n", "'padding' is used by book/intro; two are needed"),
        (GLOSSARY, "stride\n", "seed\n", "'seed' is used by no page"),
        (GLOSSARY, "stride\n", "astride\n", "'astride' stands behind 'feature map'"),
        (GLOSSARY, "stride\n", "stride\nMap\n", "'map' is defined twice"),
        (GLOSSARY, "A grid.", "A grid. Of values.", "'feature map' is not explained by one"),
        (GLOSSARY, "A grid.", "A grid.\n\n  More.", "'feature map' is not explained by one"),
        (GLOSSARY, "  How far a window moves.\n", "", "'stride' is not explained by one"),
        (
            GLOSSARY,
            "(../intro)",
            "(../changelog)",
            "'feature map' does not end with a link to a page",
        ),
        (GLOSSARY, "[Intro](../intro)", "Intro", "but with 'Intro'"),
        ("book/modern/net", "stride`", "strides <strides>`", "'strides' is not in the glossary"),
        ("book/modern/net", "Feature\nmaps", "{term}`maps <feature map>`", "'feature map' is link"),
    ],
)
def test_a_fault_is_named(page, old, new, message):
    assert old in SMALL[page]
    pages = SMALL | {page: SMALL[page].replace(old, new)}
    problems = [*word_problems(pages), *link_problems(pages, "book/modern/net")]
    assert any(message in line for line in problems), problems
