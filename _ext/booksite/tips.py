"""Small boxes that tell what a link means: the definition of a term, the whole reference.

Numbers (`numbers.py`) print theirs with the same two functions. The text is part of the page, so it
works from file:// and without JavaScript; `placeTips` in `web/js/site.js` keeps it in the window.
"""

from html import escape

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

LOG = logging.getLogger(__name__)
CITATION = "bibtex-citation"  # class that sphinxcontrib-bibtex gives to what a citation prints
TERM = "std-term"
# What must not stand in a box: a control in it could not be reached, a name would be there twice.
UNWRAPPED = (nodes.reference, nodes.target)


class TipNode(nodes.Inline, nodes.TextElement):
    """A link with a box; attributes `kind`, `href`, `tip` (id of the box) and `box` (its nodes)."""


def open_tip(self: HTML5Translator, kind: str, href: str, tip: str) -> None:
    """Open a link that is described by the box of the id `tip`.

    Args:
        self: what writes the page.
        kind: "number", "term" or "citation".
        href: where the link leads.
        tip: id of the box, unique on the page.
    """
    self.body.append(
        f'<span class="tipped {kind}"><a class="{kind}-link" href="{escape(href)}"'
        f' aria-describedby="{tip}">'
    )


def close_link(self: HTML5Translator, kind: str, tip: str) -> None:
    """Close the link and open its box; `close_tip` closes that."""
    self.body.append(f'</a><span class="tip {kind}-tip" role="tooltip" id="{tip}">')


def close_tip(self: HTML5Translator) -> None:
    """Close the box."""
    self.body.append("</span></span>")


def visit_tip(self: HTML5Translator, node: TipNode) -> None:
    """Open the link."""
    open_tip(self, node["kind"], node["href"], node["tip"])


def depart_tip(self: HTML5Translator, node: TipNode) -> None:
    """Close the link and write the box."""
    close_link(self, node["kind"], node["tip"])
    for child in node["box"]:
        child.walkabout(self)
    close_tip(self)


class Definitions:
    """The definitions of a glossary's terms.

    Args:
        env: of a build that has read all pages.
    """

    def __init__(self, env: BuildEnvironment) -> None:
        self._env = env
        self._pages: dict[str, dict[str, list[nodes.Node]]] = {}

    def find(self, docname: str, target: str) -> list[nodes.Node]:
        """Return copies of what defines the term at `target` of a page; nothing if none does."""
        if docname not in self._pages:
            self._pages[docname] = self._read(docname)
        return [node.deepcopy() for node in self._pages[docname].get(target, [])]

    def _read(self, docname: str) -> dict[str, list[nodes.Node]]:
        found = {}
        for item in self._env.get_doctree(docname).findall(nodes.definition_list_item):
            inline = _first_paragraph(item)
            for term in item.findall(nodes.term):
                found.update(dict.fromkeys(term["ids"], inline))
        return found


def _first_paragraph(item: nodes.definition_list_item) -> list[nodes.Node]:
    """Copy the inline nodes of a definition's first paragraph, links as their text."""
    paragraph = next(iter(item.findall(nodes.paragraph)), None)
    if paragraph is None:
        return []
    copy = paragraph.deepcopy()
    for link in [node for node in copy.findall() if _is_link(node)]:
        link.replace_self(nodes.inline("", "", *link.children))
    for node in copy.findall(nodes.Element):
        node["ids"], node["names"] = [], []
    return list(copy.children)


def _is_link(node: nodes.Node) -> bool:
    return isinstance(node, UNWRAPPED) or getattr(node, "tagname", "") == "pending_xref"


def add_tips(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Give a box to each term and citation of a page."""
    if app.builder.name != "html":
        return
    definitions = Definitions(app.env)
    links = [link for link in doctree.findall(nodes.reference) if link.get("internal", True)]
    count = 0
    for link in links:
        kind, box = _describe(app, link, docname, definitions)
        if not box:
            continue
        count += 1
        href = link.get("refuri") or f"#{link['refid']}"
        tip = f"{kind}-tip-{count}"
        link.replace_self(TipNode("", "", *link.children, kind=kind, href=href, tip=tip, box=box))
        if any(True for node in box for _ in node.findall(nodes.math)):
            app.env.get_domain("math").data["has_equations"][docname] = True  # loads MathJax


def _describe(
    app: Sphinx, link: nodes.reference, docname: str, definitions: Definitions
) -> tuple[str, list[nodes.Node]]:
    """Return the kind of a link and the nodes of its box, none for a link of another kind."""
    if link.get("reftitle") and _is_inside(link, CITATION):
        return "citation", [nodes.Text(link["reftitle"])]
    if any(TERM in node["classes"] for node in link.findall(nodes.inline)):
        page, target = _aim(app, link, docname)
        box = definitions.find(page, target)
        if not box:
            LOG.warning("the term %r has no definition", link.astext(), location=link)
        return "term", box
    return "", []


def _is_inside(node: nodes.Node, name: str) -> bool:
    parent = node.parent
    while parent is not None:
        if isinstance(parent, nodes.Element) and name in parent["classes"]:
            return True
        parent = parent.parent
    return False


def _aim(app: Sphinx, link: nodes.reference, docname: str) -> tuple[str, str]:
    """Return the page and the id that the link of a term leads to."""
    target = link.get("refid") or link["refuri"].partition("#")[2]
    for (kind, _), (page, anchor) in app.env.get_domain("std").objects.items():
        if kind == "term" and anchor == target:
            return page, target
    return docname, target


def setup(app: Sphinx) -> None:
    """Register the node and what makes it."""
    app.add_node(TipNode, html=(visit_tip, depart_tip))
    app.connect("doctree-resolved", add_tips, priority=800)
