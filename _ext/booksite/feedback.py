"""Prefilled links "report a mistake" and "ask", at the end of each page, where `_config.yml` says.

`course_report_url` and `course_ask_url` are addresses with placeholders, such as
`https://github.com/NAME/REPOSITORY/issues/new?title={section}&body={page}`. Empty means no link.
"""

import re
from html import escape
from typing import Any
from urllib.parse import quote

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

LINKS = {"course_report_url": "Report a mistake", "course_ask_url": "Ask a question"}
SCHEMES = ("https://", "mailto:")
# A page's path such as book/classic/lenet, its file in the repository, the heading of a section.
PLACEHOLDERS = ("page", "file", "section")


def check(_app: Sphinx, config: Config) -> None:
    """Raise where an address cannot be filled in."""
    for name in LINKS:
        address = config[name]
        if address and not address.startswith(SCHEMES):
            raise ConfigError(f"{name} must start with {' or '.join(SCHEMES)}, got {address!r}")
        for placeholder in re.findall(r"\{(.*?)\}", address):
            if placeholder not in PLACEHOLDERS:
                known = ", ".join(f"{{{key}}}" for key in PLACEHOLDERS)
                raise ConfigError(f"{name} knows {known}, got {{{placeholder}}}")


def fill(address: str, values: dict[str, str]) -> str:
    """Put quoted values into an address.

    Args:
        address: with placeholders such as `{page}`.
        values: by placeholder.
    """
    return re.sub(r"\{(.*?)\}", lambda match: quote(values[match[1]], safe=""), address)


def headings(doctree: nodes.document) -> list[str]:
    """Return the title of a page and those of its sections of the second level."""
    first = next(iter(doctree.findall(nodes.section)), None)
    if first is None:
        return []
    sections = [first, *(node for node in first.children if isinstance(node, nodes.section))]
    return [section[0].astext() for section in sections if isinstance(section[0], nodes.title)]


def links(config: Config, page: str, file: str, section: str) -> str:
    """Return the links of a section as HTML, none where no address is set."""
    values = {"page": page, "file": file, "section": section}
    found = [
        f'<a href="{escape(fill(config[name], values))}">{text}</a>'
        for name, text in LINKS.items()
        if config[name]
    ]
    return " ".join(found)


def add_links(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Append the links to a page."""
    titles = headings(doctree) if doctree is not None else []
    if not titles or app.builder.name != "html" or not any(app.config[name] for name in LINKS):
        return
    file = app.project.doc2path(pagename, absolute=False)
    whole, *others = (links(app.config, pagename, file, title) for title in titles)
    items = "".join(
        f"<li><span>{escape(title)}</span> {them}</li>\n"
        for title, them in zip(titles[1:], others, strict=True)
    )
    fold = f"<details><summary>About one section</summary>\n<ul>\n{items}</ul>\n</details>\n"
    context["body"] += (
        f'<aside class="feedback" aria-label="Mistakes and questions">\n<p>{whole}</p>\n'
        f"{fold if items else ''}</aside>\n"
    )


def setup(app: Sphinx) -> None:
    """Register the addresses and the links."""
    for name in LINKS:
        app.add_config_value(name, "", "html", [str])
    app.connect("config-inited", check)
    app.connect("html-page-context", add_links)
