"""Gather the pages of a built site in one document of a browser, for the PDF and the EPUB.

The pages are taken as they are published: `tools/gather.js` removes what works on a screen only,
moves the answers to the questions to the end and turns links between pages into links inside.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

import yaml

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Tab

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = Path(__file__).with_suffix(".js")
HOME = re.compile(r'url=([^"]+)\.html')
STYLE = re.compile(r'<link [^>]*href="([^"?]+\.css)')
COVER = "_static/cover.svg"
MATHJAX = "_static/vendor/mathjax/tex-chtml-plain.js"
SHELL = """<!DOCTYPE html>
<html lang="{language}" data-theme="light" data-mode="light">
<head>
<meta charset="utf-8">
<title>{title}</title>
{styles}
<script>window.MathJax = {{startup: {{typeset: false}},
  options: {{enableAssistiveMml: false}}}};</script>
<script src="{mathjax}"></script>
</head>
<body><main></main></body>
</html>
"""


class BrokenBook(Exception):
    """A site that cannot be made into a book; the message says why."""


@dataclass(frozen=True)
class About:
    """What the cover says."""

    title: str
    author: str
    year: str
    version: str
    language: str

    @classmethod
    def read(cls, root: Path = ROOT) -> "About":
        """Read `_config.yml` and `pyproject.toml`."""
        config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        return cls(
            title=config["title"],
            author=config["author"],
            year=config["copyright"],
            version=project["version"],
            language=config["sphinx"]["config"]["language"],
        )


@dataclass(frozen=True)
class Entry:
    """A page in the table of contents.

    Args:
        part: caption of the part of the book, or empty.
        id: of the page in the document.
        title: of the page.
        sections: id and title of each section.
    """

    part: str
    id: str
    title: str
    sections: tuple[tuple[str, str], ...]


def home(site: Path) -> str:
    """Return the name of the start page of a site, such as "book/intro".

    Raises:
        BrokenBook: there is no site.
    """
    index = site / "index.html"
    found = HOME.search(index.read_text(encoding="utf-8")) if index.is_file() else None
    if not found:
        raise BrokenBook(f"{site} holds no site of this book; run: make book")
    return found[1]


def cover(site: Path) -> Path:
    """Return the picture on the cover, an SVG.

    Raises:
        BrokenBook: the site has none.
    """
    path = (site / COVER).resolve()
    if not path.is_file():
        raise BrokenBook(f"{site} holds no {COVER}; run: make book")
    return path


def stylesheets(site: Path) -> list[Path]:
    """List the style sheets of the pages, in the order in which the start page loads them."""
    page = site / f"{home(site)}.html"
    links = STYLE.findall(page.read_text(encoding="utf-8"))
    return [(page.parent / link).resolve() for link in links]


@contextmanager
def gathered(
    browser: "Browser",
    site: Path,
    about: About,
    how: Literal["print", "mathml"],
    styles: Sequence[Path] = (),
) -> "Iterator[tuple[Tab, list[Entry]]]":
    """Open a tab with all pages of a site in one document.

    Args:
        browser: to open it in.
        site: folder of the site.
        about: what the document is called.
        how: formulas are drawn for print, or written as MathML.
        styles: style sheets of the document.

    Raises:
        BrokenBook: there is no site, a link leads nowhere, or a formula cannot be read.
    """
    start, site = home(site), site.resolve()
    links = "\n".join(f'<link rel="stylesheet" href="{path.as_uri()}">' for path in styles)
    shell = SHELL.format(
        language=about.language,
        title=escape(about.title),
        styles=links,
        mathjax=(site / MATHJAX).as_uri(),
    )
    with TemporaryDirectory() as folder:
        file = Path(folder, "book.html")
        file.write_text(shell, encoding="utf-8")
        tab = browser.new_page(color_scheme="light")
        tab.goto(file.as_uri())
        tab.add_script_tag(path=SCRIPT)
        yield tab, _fill(tab, site, start, how)
        tab.close()


def _fill(tab: "Tab", site: Path, start: str, how: str) -> list[Entry]:
    first = (site / f"{start}.html").read_text(encoding="utf-8")
    parts = tab.evaluate("([html, home]) => gather.contents(html, home)", [first, start])
    names = [name for part in parts for name in part["pages"]]
    add = "([html, name, names, base]) => gather.add(html, name, names, base)"
    entries = []
    for part in parts:
        for name in part["pages"]:
            html = (site / f"{name}.html").read_text(encoding="utf-8")
            found = tab.evaluate(add, [html, name, names, f"{site.as_uri()}/"])
            entries.append(_entry(part["part"], found))
    if found := tab.evaluate("() => gather.answers()"):
        entries.append(_entry("", found))
    tab.evaluate("how => MathJax.startup.promise.then(() => gather.typeset(how))", how)
    if problems := tab.evaluate("() => gather.check()"):
        raise BrokenBook("\n".join(problems))
    return entries


def _entry(part: str, found: dict) -> Entry:
    sections = tuple((section["id"], section["title"]) for section in found["sections"])
    return Entry(part, found["id"], found["title"], sections)


def contents_list(
    entries: Sequence[Entry], address: Callable[[Entry, str], str], css: str = ""
) -> str:
    """Write the table of contents as nested lists: parts, pages, sections.

    Args:
        entries: the pages.
        address: gives the address of an id on a page.
        css: class of the links.
    """
    kind = f' class="{css}"' if css else ""

    def link(entry: Entry, goal: str, title: str) -> str:
        return f'<a{kind} href="{escape(address(entry, goal))}">{escape(title)}</a>'

    def item(entry: Entry) -> str:
        sections = (f"<li>{link(entry, *section)}</li>" for section in entry.sections)
        inner = f"<ol>{''.join(sections)}</ol>" if entry.sections else ""
        return f"<li>{link(entry, entry.id, entry.title)}{inner}</li>\n"

    written, part = "", ""
    for entry in entries:
        if entry.part != part:
            written += "</ol></li>\n" if part else ""
            written += f"<li><span>{escape(entry.part)}</span>\n<ol>" if entry.part else ""
            part = entry.part
        written += item(entry)
    return f"<ol>{written}{'</ol></li>' if part else ''}</ol>"
