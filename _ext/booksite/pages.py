"""Repairs of the theme's pages: unused scripts leave, and mark-up that assistive tools reject."""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

UNUSED_SCRIPTS = ("sphinx-thebe", "THEBE_JS_URL", "require.js", "embed-amd.js")
THEBE = ('<script type="text/x-thebe-config">', "<script>kernelName = ")
UNUSED_STYLES = ("sphinx-thebe", "graphviz")
# sphinx-exercise gives these ids to every exercise of a page.
REPEATED = (["exercise-content"], ["solution-content"])
TITLES = {"genindex": "Index", "search": "Search"}  # which the theme prints on paper
REPAIRS = (
    # A list may hold list items only.
    (re.compile(r'(<div class="citation"[^>]*) role="doc-biblioentry"'), r'\1 role="listitem"'),
    # An empty header cell names nothing (pandas prints one in its corner).
    (re.compile(r"<th></th>"), "<td></td>"),
)


def empty_header(_app: Sphinx, config: Config) -> None:
    """Leave the header out: the theme would give its buttons, which are hidden, the menus to open.

    It wires the first button of a kind on a page, and those in sight stand above the article.
    """
    for place in ("start", "center", "end", "persistent"):
        config.html_theme_options[f"navbar_{place}"] = []


def _is_used(file: Any, unused: tuple[str, ...]) -> bool:
    name = str(getattr(file, "filename", file) or "")
    body = getattr(file, "attributes", {}).get("body") or ""
    return not any(word in name or word in body for word in unused)


def repair(_app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    """Drop scripts and style sheets that no page of the book uses, and mend the body."""
    for key, unused in (("script_files", UNUSED_SCRIPTS), ("css_files", UNUSED_STYLES)):
        if files := context.get(key):
            files[:] = [file for file in files if _is_used(file, unused)]  # Sphinx keeps this list
    if page in TITLES:
        context["pagetitle"] = TITLES[page]
    if "body" in context:
        for pattern, better in REPAIRS:
            context["body"] = pattern.sub(better, context["body"])


def drop_thebe(_app: Sphinx, doctree: nodes.document, _docname: str) -> None:
    """Remove the settings that sphinx-thebe leaves on each page, wanted or not."""
    for node in list(doctree.findall(nodes.raw)):
        if node.astext().lstrip().startswith(THEBE):
            node.parent.remove(node)


def unname_exercises(_app: Sphinx, doctree: nodes.document, _docname: str) -> None:
    """Make plain boxes of the sections inside exercises: they have no title, and one id for all."""
    for section in list(doctree.findall(nodes.section)):
        if section["ids"] in REPEATED:
            section["ids"].clear()  # which the box would take over
            section.replace_self(nodes.compound("", *section.children))


def setup(app: Sphinx) -> None:
    """Repair each page after the theme has prepared it."""
    app.connect("config-inited", empty_header)
    app.connect("doctree-resolved", drop_thebe, priority=900)
    app.connect("doctree-resolved", unname_exercises, priority=900)
    app.connect("html-page-context", repair, priority=900)
