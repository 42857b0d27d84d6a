"""One style sheet for all pages, which holds the rules that some page can use.

The theme and its extensions ship rules for much that this book has not got, in many files, and one
of them imports another: a browser paints nothing before the last has come. When the site is built,
the sheets of all pages become one, without rules for classes and ids that no page and no script
names. The sheets themselves stay beside it, for a build that finds some pages done already.
"""

import hashlib
import posixpath
import re
from collections.abc import Container, Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import tinycss2
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from booksite import markup, outward
from booksite.offline import write

SHEET = "_static/styles/book.css"
MADE_OF = re.compile(r"/\* made of (.*) \*/")
LAST = 700  # after the icons are thinned and before the policies
DATA = {"search_texts.js", "searchindex.js"}  # scripts that hold words of the book only
CODE = ("vendor/",)  # brings its own styles
WORD = re.compile(r"[A-Za-z_][\w-]*")
# How classes begin that a script makes of parts: `fa-${name}`, "is-" + name
BEGINNING = re.compile(r"""([A-Za-z_][\w-]*-)(?=\$\{|["'`]\s*\+)""")
ADDRESS = re.compile(r"""url\(\s*(["']?)(?!data:|[#/]|\w+:)([^"')]+)\1\s*\)""")
IMPORT = re.compile(r"""@import\s+(?:url\()?["']?([^"')\s;]+)["']?\)?\s*;""")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
LICENCE = re.compile(r"/\*!|copyright|licen[cs]e", re.IGNORECASE)  # in a comment that stays
LOADS = re.compile(r"<script\b[^>]*\ssrc=|</head>")
HOLDS_RULES = {"media", "supports", "layer", "container"}


def sheets(page: str, folder: str) -> list[tuple[markup.Tag, str]]:
    """Return the links to style sheets of a page, each with its path in the site.

    Args:
        page: as it was built.
        folder: that it lies in, a path in the site.
    """
    return [
        (tag, posixpath.normpath(posixpath.join(folder, address.partition("?")[0])))
        for tag in markup.tags(page[: page.find("</head>")])
        if tag.name == "link" and tag.attributes.get("rel") == "stylesheet"
        if ":" not in (address := tag.attributes.get("href") or "")
    ]


def in_one_order(lists: Iterable[Sequence[str]]) -> list[str]:
    """Put names of several lists in one, each behind those that stand before it in its list."""
    found: list[str] = []
    for names in lists:
        place = 0
        for name in names:
            if name in found:
                place = max(place, found.index(name) + 1)
            else:
                found.insert(place, name)
                place += 1
    return found


class Names:
    """Classes and ids that pages name, and words of scripts, which may name some later.

    Args:
        site: folder of the site.
    """

    def __init__(self, site: Path) -> None:
        self._words: set[str] = set()
        self._beginnings: set[str] = set()
        pages = (path.read_text(encoding="utf-8") for path in site.rglob("*.html"))
        for page in (outward.WORDS, *pages):  # the pages get these words afterwards
            for tag in markup.tags(page):
                for name in ("class", "id"):
                    self._words.update((tag.attributes.get(name) or "").split())
        self._words.add(outward.CLASS)
        for path in (site / "_static").rglob("*.js"):
            inside = path.relative_to(site / "_static").as_posix()
            if path.name not in DATA and not inside.startswith(CODE):
                code = path.read_text(encoding="utf-8")
                self._words.update(WORD.findall(code))
                self._beginnings.update(BEGINNING.findall(code))

    def __contains__(self, name: object) -> bool:
        return name in self._words or str(name).startswith(tuple(self._beginnings))


def read(site: Path, sheet: str) -> str:
    """Return a sheet with those that it imports in it, its addresses as `SHEET` needs them."""
    folder = posixpath.dirname(sheet)
    text = (site / sheet).read_text(encoding="utf-8")
    text = COMMENT.sub(lambda found: found[0] if LICENCE.search(found[0]) else "", text)

    def moved(match: re.Match[str]) -> str:
        address = posixpath.join(folder, match[2])
        return f'url("{posixpath.relpath(address, posixpath.dirname(SHEET))}")'

    parts = IMPORT.split(text)  # between the texts stand the names of what they import
    for i, part in enumerate(parts):
        imported = posixpath.normpath(posixpath.join(folder, part))
        parts[i] = read(site, imported) if i % 2 else ADDRESS.sub(moved, part)
    return "".join(parts)


def thin(rules: Iterable[Any], names: Container[str]) -> str:
    """Write the rules of a sheet that can meet something.

    What a browser cannot read, it leaves out; so does this.

    Args:
        rules: as tinycss2 reads them.
        names: of classes and ids that may be on a page.
    """
    kept = []
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [one for one in _selectors(rule.prelude) if _may_meet(one, names)]
            if selectors:
                written = ",".join(tinycss2.serialize(one).strip() for one in selectors)
                kept.append(f"{written}{{{tinycss2.serialize(rule.content).strip()}}}\n")
        elif rule.type == "at-rule" and rule.content and rule.lower_at_keyword in HOLDS_RULES:
            inside = thin(tinycss2.parse_rule_list(rule.content, skip_whitespace=True), names)
            if inside:
                head = f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}"
                kept.append(f"{head}{{\n{inside}}}\n")
        elif rule.type == "comment" or (rule.type == "at-rule" and rule.at_keyword != "charset"):
            kept.append(f"{rule.serialize()}\n")
    return "".join(kept)


def _selectors(prelude: Iterable[Any]) -> list[list[Any]]:
    """Split what stands in front of a rule at its commas."""
    found: list[list[Any]] = [[]]
    for token in prelude:
        if token == ",":
            found.append([])
        else:
            found[-1].append(token)
    return found


def _may_meet(selector: Sequence[Any], names: Container[str]) -> bool:
    """Tell whether all classes and ids of a selector are known; those in brackets do not count."""
    if any(token.type == "error" for token in selector):
        return False
    wanted = [token.value for token in selector if token.type == "hash"]
    for before, token in pairwise(selector):
        if before == "." and token.type == "ident":
            wanted.append(token.value)
    return all(name in names for name in wanted)


def join(site: Path) -> None:
    """Write the one sheet of a built site and name it in all pages.

    A page names it in front of the scripts that it loads, so that a browser asks for it first, and
    behind those that stand in the page, since these would wait for it.

    Raises:
        ExtensionError: a page names a sheet that is not there.
    """
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html"))}
    linked = {
        path: sheets(page, path.parent.relative_to(site).as_posix()) for path, page in pages.items()
    }
    target = site / SHEET
    lists = [[name for _, name in links] for links in linked.values()]
    if any(SHEET in names for names in lists):  # some pages are from an earlier build
        earlier = MADE_OF.match(target.read_text(encoding="utf-8"))
        lists.insert(0, earlier[1].split(" ") if earlier else [])
    order = [name for name in in_one_order(lists) if name != SHEET]
    if lost := [name for name in order if not (site / name).is_file()]:
        raise ExtensionError(f"pages name style sheets that are not there: {', '.join(lost)}")
    names = Names(site)
    parts = [
        thin(tinycss2.parse_stylesheet(read(site, name), skip_whitespace=True), names)
        for name in order
    ]
    whole = f"/* made of {' '.join(order)} */\n{''.join(parts)}"
    target.parent.mkdir(parents=True, exist_ok=True)
    write(target, whole)
    version = hashlib.sha256(whole.encode()).hexdigest()[:8]
    for path, page in pages.items():
        if linked[path]:
            up = posixpath.relpath(SHEET, path.parent.relative_to(site).as_posix())
            link = f'<link rel="stylesheet" href="{up}?v={version}">'
            edits = [(tag.start, tag.end, "") for tag, _ in linked[path]]
            place = next(LOADS.finditer(page)).start()
            write(path, markup.changed(page, [*edits, (place, place, link)]))


def finish(app: Sphinx, error: Exception | None) -> None:
    """Join the sheets at the end of a build."""
    if not error and app.builder.name == "html":
        join(Path(app.outdir))


def setup(app: Sphinx) -> None:
    """Register the end of the build."""
    app.connect("build-finished", finish, priority=LAST)
