"""Scripts in the head of a page: none keeps a browser from painting the page.

A browser reads no further while it waits for a script without `defer`, and what a page asks to have
early takes the network from its style sheet. The theme has both. No script of a page is needed
before the page can be seen.
"""

from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from sphinx.application import Sphinx

from booksite import icons, markup
from booksite.offline import write

LAST = 690  # after the icons are thinned and before the policies, which hold a hash of each script
SEARCHES = "searchtools.js"  # a page with it keeps its order: some of its scripts are deferred
# It is a few lines, which scripts in the page itself need at once.
OPTIONS = "documentation_options.js"
NEEDLESS = icons.SCRIPT.name


def name(address: str | None) -> str:
    """Return the name of the file at an address."""
    return PurePosixPath(urlsplit(address or "").path).name


def without_delay(page: str, options: str) -> str:
    """Let the scripts in the head of a page wait until the page is read.

    Those that are loaded come last, so that a browser asks for the style sheet first.

    Args:
        page: as it was built.
        options: the script that stands in the page instead of being loaded.
    """
    end = page.find("</head>")
    found = markup.tags(page[:end])
    loaded = [
        (name(tag.attributes["src"]), tag, close)
        for tag, close in markup.spans(found, "script")
        if "src" in tag.attributes
    ]
    if any(file == SEARCHES for file, _, _ in loaded):
        return page
    edits = [
        (tag.start, tag.end, "")
        for tag in found
        if tag.name == "link" and tag.attributes.get("rel") == "preload"
    ]
    later = []
    for file, tag, close in loaded:
        inside = f"<script>{options}</script>" if file == OPTIONS else ""
        edits.append((tag.start, close.end, inside))
        if file not in (OPTIONS, NEEDLESS):
            kind = {} if {"async", "defer"} & tag.attributes.keys() else {"defer": None}
            later.append(f"{tag.text({**tag.attributes, **kind})}</script>")
    edits.append((end, end, "".join(later)))
    return markup.changed(page, edits)


def finish(app: Sphinx, error: Exception | None) -> None:
    """Mend the heads of a finished site."""
    if error or app.builder.name != "html":
        return
    site = Path(app.outdir)
    options = (site / "_static" / OPTIONS).read_text(encoding="utf-8")
    for path in sorted(site.rglob("*.html")):
        page = path.read_text(encoding="utf-8")
        if (mended := without_delay(page, options)) != page:
            write(path, mended)


def setup(app: Sphinx) -> None:
    """Mend the heads at the end of a build."""
    app.connect("build-finished", finish, priority=LAST)
