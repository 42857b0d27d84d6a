"""Make an EPUB 3 of the built site; it needs no network and no scripts.

    python tools/epub.py [SITE] [DEST]

SITE is _build/html and DEST _build/deep-convolutional-models.epub where they are not given. Each
page of the site becomes a chapter, its formulas MathML, its labs their static figures; the answers
to the questions are a chapter at the end. The same site gives the same bytes on the same browser.
"""

import sys
import uuid
import zipfile
from collections.abc import Sequence
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

import chromium
import gather
import one_file
from offline_zip import entry

if TYPE_CHECKING:
    from playwright.sync_api import Browser

STYLE = Path(__file__).with_suffix(".css")
DEST = one_file.STEM.with_suffix(".epub")
MODIFIED = "2020-01-01T00:00:00Z"  # a date of today would make other bytes of the same site
COVER_WIDTH, COVER_HEIGHT = 1200, 1800  # what shelves ask for
TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book/content.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""  # noqa: E501
PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="{language}" xml:lang="{language}">
<head><title>{title}</title><link rel="stylesheet" type="text/css" href="book.css"/></head>
<body>
{body}
</body>
</html>
"""  # noqa: E501
PACKAGE = """<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="{language}">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:{id}</dc:identifier>
<dc:title>{title}</dc:title>
<dc:creator>{author}</dc:creator>
<dc:language>{language}</dc:language>
<dc:rights>Text and figures: CC BY 4.0. Code: MIT.</dc:rights>
<meta property="dcterms:modified">{modified}</meta>
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">MathML</meta>
<meta property="schema:accessibilityFeature">structuralNavigation</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityHazard">none</meta>
</metadata>
<manifest>
{manifest}
</manifest>
<spine>
{spine}
</spine>
</package>
"""  # noqa: E501
Files = dict[str, bytes]


def chapters(
    about: gather.About, entries: Sequence[gather.Entry], found: Sequence[dict[str, Any]]
) -> Files:
    """Return the pages of the book, the images that they show, and the table of contents.

    Args:
        about: title and language.
        entries: the contents.
        found: what `gather.files` of the browser returned.

    Raises:
        gather.BrokenBook: an image is missing or of a kind that readers need not know.
    """
    titles = {entry.id: entry.title for entry in entries}
    files: Files = {}
    for page in found:
        files[f"{page['id']}.xhtml"] = _page(about, titles[page["id"]], page["body"])
        for name, address in page["images"].items():
            path = Path(unquote(urlsplit(address).path))
            if path.suffix.lower() not in TYPES or not path.is_file():
                raise gather.BrokenBook(f"image {path.name} of {page['id']}: missing or no image")
            files[name] = path.read_bytes()
    files["nav.xhtml"] = _page(about, "Contents", _navigation(entries))
    files["cover.xhtml"] = _page(
        about,
        about.title,
        f'<p class="cover"><img src="cover.png" alt="{escape(about.title)}"/></p>',
    )
    return files


def _page(about: gather.About, title: str, body: str) -> bytes:
    text = PAGE.format(language=about.language, title=escape(title), body=body)
    return text.encode()


def _navigation(entries: Sequence[gather.Entry]) -> str:
    def address(entry: gather.Entry, goal: str) -> str:
        return f"{entry.id}.xhtml" + ("" if goal == entry.id else f"#{goal}")

    listed = gather.contents_list(entries, address)
    return f'<nav epub:type="toc" id="toc"><h1>Contents</h1>{listed}</nav>'


def package(about: gather.About, files: Files, found: Sequence[dict[str, Any]]) -> str:
    """Write the package document, which lists every file and the order of reading.

    Args:
        about: title, author and language.
        files: everything in the folder of the book but this document.
        found: what `gather.files` of the browser returned.
    """
    holds = {
        f"{page['id']}.xhtml": [
            name for key, name in (("math", "mathml"), ("svg", "svg")) if page[key]
        ]
        for page in found
    } | {"nav.xhtml": ["nav"], "cover.png": ["cover-image"]}
    numbers = {name: f"f{number}" for number, name in enumerate(sorted(files))}
    items = []
    for name, number in numbers.items():
        kind = {".xhtml": "application/xhtml+xml", ".css": "text/css"} | TYPES
        properties = " ".join(holds.get(name, []))
        extra = f' properties="{properties}"' if properties else ""
        media = kind[Path(name).suffix.lower()]
        items.append(f'<item id="{number}" href="{quote(name)}" media-type="{media}"{extra}/>')
    order = ["cover.xhtml", "nav.xhtml", *(f"{page['id']}.xhtml" for page in found)]
    return PACKAGE.format(
        id=uuid.uuid5(uuid.NAMESPACE_URL, f"{about.title} {about.version}"),
        title=escape(about.title),
        author=escape(about.author),
        language=about.language,
        modified=MODIFIED,
        manifest="\n".join(items),
        spine="\n".join(f'<itemref idref="{numbers[name]}"/>' for name in order),
    )


def packed(files: Files) -> bytes:
    """Put the files of a book in an archive: the type first and as it is, as readers expect."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(entry("mimetype", zipfile.ZIP_STORED), b"application/epub+zip")
        archive.writestr(entry("META-INF/container.xml"), CONTAINER)
        for name in sorted(files):
            archive.writestr(entry(f"book/{name}"), files[name])
    return content.getvalue()


def made(browser: "Browser", site: Path, about: gather.About) -> bytes:
    """Return the EPUB of a site.

    Args:
        browser: that reads the site.
        site: its folder.
        about: for the cover and the package.

    Raises:
        gather.BrokenBook: there is no site, or something in it leads nowhere.
    """
    with gather.gathered(browser, site, about, "mathml") as (tab, entries):
        found = tab.evaluate("() => gather.files()")
        files = chapters(about, entries, found)
        tab.set_viewport_size({"width": COVER_WIDTH, "height": COVER_HEIGHT})
        tab.goto(gather.cover(site).as_uri())  # drawn, since few shelves show an SVG
        files["cover.png"] = tab.screenshot()
    files["book.css"] = STYLE.read_bytes()
    files["content.opf"] = package(about, files, found).encode()
    return packed(files)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the EPUB; return the exit status."""

    def make(site: Path, about: gather.About) -> tuple[bytes, str]:
        with chromium.launch() as browser:
            return made(browser, site, about), ""

    return one_file.command(make, "EPUB", DEST, arguments)


if __name__ == "__main__":
    sys.exit(main())
