"""Print the built site as one PDF.

    python tools/pdf.py [SITE] [DEST]

SITE is _build/html and DEST _build/deep-convolutional-models.pdf where they are not given. The PDF
holds a cover, the table of contents, every page in the order of the side bar, and the answers to
the questions.
"""

import sys
from collections.abc import Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import chromium
import gather
import one_file
import pdf_places

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Tab

STYLE = Path(__file__).with_suffix(".css")
DEST = one_file.STEM.with_suffix(".pdf")
PRINTINGS = 4  # page numbers in the contents may move what follows; the second printing settles it
# The pages of a part stand below its name in the bookmarks, which go by the levels of headings.
PARTS = """parts => {
  for (const [name, ids] of parts) {
    const pages = ids.map((id) => document.getElementById(id));
    for (const heading of pages.flatMap((page) => [...page.querySelectorAll("h1, h2, h3, h4, h5")]))
      heading.setAttribute("aria-level", Number(heading.localName[1]) + 1);
    const line = document.createElement("p");
    line.className = "book-part";
    line.setAttribute("role", "heading");
    line.setAttribute("aria-level", 1);
    line.textContent = name;
    pages[0].prepend(line);
  }
}"""
FRONT = "html => document.querySelector('main').insertAdjacentHTML('beforebegin', html)"


def front(about: gather.About, cover: Path, entries: Sequence[gather.Entry]) -> str:
    """Write the cover and the table of contents."""
    listed = gather.contents_list(entries, lambda _entry, goal: f"#{goal}", css="paged")
    named = escape(f"{about.title}, {about.author}")
    return (
        f'<section class="book-cover"><img src="{cover.as_uri()}" alt="{named}">'
        f"<p>Version {escape(about.version)}, {escape(about.year)}. "
        "Text and figures: CC BY 4.0. Code: MIT.</p></section>\n"
        f'<nav class="book-contents" aria-label="Contents"><h1>Contents</h1>{listed}</nav>'
    )


def running_heads(entries: Sequence[gather.Entry]) -> str:
    """Write the style rules that print the title of a page of the site at the top of its sheets."""
    rules = []
    for entry in entries:
        title = entry.title.replace("\\", "\\\\").replace('"', '\\"')
        rules.append(f'@page {entry.id} {{ @top-right {{ content: "{title}"; }} }}')
        rules.append(f"#{entry.id} {{ page: {entry.id}; }}")
    return "\n".join(rules)


def parts(entries: Sequence[gather.Entry]) -> list[tuple[str, list[str]]]:
    """Return the name of each part of the book and the ids of its pages."""
    grouped = groupby(entries, key=lambda entry: entry.part)
    return [(name, [entry.id for entry in pages]) for name, pages in grouped if name]


def sheets(tab: "Tab") -> bytes:
    """Print a gathered document until the page numbers in it are right.

    Raises:
        gather.BrokenBook: they do not settle.
    """
    shown: dict[str, int] = {}
    for _ in range(PRINTINGS):
        pdf = tab.pdf(outline=True, tagged=True, print_background=True, prefer_css_page_size=True)
        found = pdf_places.places(pdf)
        if found == shown:
            return pdf
        tab.evaluate("pages => gather.number(pages)", found)
        shown = found
    raise gather.BrokenBook(f"page numbers still moved after {PRINTINGS} printings")


def printed(browser: "Browser", site: Path, about: gather.About) -> bytes:
    """Return the PDF of a site.

    Args:
        browser: that prints it.
        site: folder of the site.
        about: for the cover.

    Raises:
        gather.BrokenBook: there is no site, or something in it leads nowhere.
    """
    styles = [*gather.stylesheets(site), STYLE]
    with gather.gathered(browser, site, about, "print", styles) as (tab, entries):
        tab.evaluate(FRONT, front(about, gather.cover(site), entries))
        tab.evaluate(PARTS, parts(entries))
        tab.add_style_tag(content=running_heads(entries))
        return sheets(tab)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the PDF; return the exit status."""

    def make(site: Path, about: gather.About) -> tuple[bytes, str]:
        with chromium.launch() as browser:
            pdf = printed(browser, site, about)
        return pdf, f", {pdf_places.count(pdf)} pages"

    return one_file.command(make, "PDF", DEST, arguments)


if __name__ == "__main__":
    sys.exit(main())
