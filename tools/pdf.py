"""Print the built site as one PDF.

    python tools/pdf.py [SITE] [DEST]

SITE is _build/html and DEST _build/deep-convolutional-models.pdf where they are not given. The PDF
holds a cover, the table of contents, every page in the order of the side bar, and the answers to
the questions.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import chromium
import gather
import pdf_places

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Tab

STYLE = Path(__file__).with_suffix(".css")
SITE = gather.ROOT / "_build" / "html"
DEST = gather.ROOT / "_build" / "deep-convolutional-models.pdf"
PRINTINGS = 4  # page numbers in the contents may move what follows; the second printing settles it
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
        tab.add_style_tag(content=running_heads(entries))
        return sheets(tab)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the PDF; return the exit status."""
    parser = argparse.ArgumentParser(prog="python tools/pdf.py", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("site", nargs="?", type=Path, default=SITE)
    parser.add_argument("dest", nargs="?", type=Path, default=DEST)
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    try:
        with chromium.launch() as browser:
            pdf = printed(browser, options.site, gather.About.read())
    except (gather.BrokenBook, chromium.NoBrowser) as error:
        print(f"no PDF written: {error}", file=sys.stderr)
        return 1
    gather.write(options.dest, pdf)
    told = gather.told(options.dest, time.perf_counter() - start)
    print(f"{told}, {pdf_places.count(pdf)} pages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
