"""The directive quiz-overview: which pages ask how many questions.

`web/js/progress.js` adds how many of them this reader has answered right, and lets readers keep
their answers in a file or a link.
"""

import json
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from booksite.quiz import PLAIN, Data, close, domain

SCRIPTS = ("js/answers.js", "js/progress.js")


class OverviewNode(nodes.General, nodes.Element):
    """The list of pages; `questions` holds the questions of each."""


class QuizOverview(SphinxDirective):
    """List the pages that ask something."""

    def run(self) -> list[nodes.Node]:
        """Leave a placeholder: the questions are known after reading."""
        self.env.metadata[self.env.docname]["quiz-overview"] = True
        return [OverviewNode(questions=[])]


def always_write(_app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Write a page with the list at each build: it depends on all others."""
    return [page for page in env.found_docs if "quiz-overview" in env.metadata.get(page, {})]


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """List the pages, in the order of the book."""
    places = list(doctree.findall(OverviewNode))
    if not places:
        return
    asked = domain(app.env).asked
    pages = [page for page in app.env.collect_relations() if page in asked]
    for place in places:
        place["questions"] = [asked[page] for page in pages]
        items = [_item(app, docname, page, len(asked[page])) for page in pages]
        empty = nodes.paragraph("", "No page asks a question yet.")
        listed = nodes.bullet_list("", *items, classes=["quiz-pages"])
        place.append(listed if items else empty)


def _item(app: Sphinx, docname: str, page: str, count: int) -> nodes.list_item:
    uri = app.builder.get_relative_uri(docname, page)
    link = nodes.reference("", app.env.titles[page].astext(), refuri=uri, internal=True)
    words = f" ({count} question{'s' if count > 1 else ''})"
    shown = nodes.inline("", words, classes=["quiz-count"])
    return nodes.list_item("", nodes.paragraph("", "", link, shown))


def visit_overview(self: HTML5Translator, node: OverviewNode) -> None:
    """Open the section; the data attribute carries what is needed to judge answers."""
    questions: list[list[Data]] = node["questions"]
    data = escape(json.dumps(questions))
    self.body.append(
        f'<section class="quiz-overview" aria-label="Questions" data-questions="{data}">\n'
    )


def add_scripts(
    app: Sphinx, _page: str, _template: str, _context: dict[str, Any], doctree: Any
) -> None:
    """Load the scripts on pages with the list."""
    if doctree is not None and next(iter(doctree.findall(OverviewNode)), None):
        for script in SCRIPTS:
            app.add_js_file(script, loading_method="defer")


def setup(app: Sphinx) -> None:
    """Register the directive and what fills its place."""
    app.add_node(OverviewNode, html=(visit_overview, close("section")), **PLAIN)
    app.add_directive("quiz-overview", QuizOverview)
    app.connect("env-updated", always_write)
    app.connect("doctree-resolved", fill)
    app.connect("html-page-context", add_scripts)
