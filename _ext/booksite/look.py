"""What makes the site recognisable: its icon, and the cover on the start page."""

from html import escape
from typing import Any

from sphinx.application import Sphinx

ICONS = (
    ("favicon.png", 'rel="icon" type="image/png" sizes="32x32"'),  # where SVG is not understood
    ("favicon.svg", 'rel="icon" type="image/svg+xml" sizes="any"'),
    ("favicon-large.png", 'rel="apple-touch-icon" sizes="180x180"'),
)


def add_look(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Name the icons in the head of a page; begin the start page with the cover."""
    if app.builder.name != "html":
        return
    pathto = context["pathto"]
    for file, attributes in ICONS:
        address = escape(pathto(f"_static/{file}", 1))
        context["metatags"] = f'{context.get("metatags", "")}\n<link {attributes} href="{address}">'
    if pagename == app.config.root_doc and doctree is not None:
        cover = escape(pathto("_static/cover.svg", 1))
        # The title follows: the picture says nothing more to those who cannot see it.
        picture = f'<img class="cover" src="{cover}" width="640" height="960" alt="">\n'
        context["body"] = f"{picture}{context['body']}"


def setup(app: Sphinx) -> None:
    """Add icons and cover to the pages."""
    app.connect("html-page-context", add_look, priority=900)
