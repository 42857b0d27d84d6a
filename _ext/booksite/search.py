"""The text of the pages for the search page, as a script, since file:// lets nobody fetch a page.

`web/js/search.js` takes the excerpts of Sphinx's results from it, on http as well.
"""

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from booksite.quiz import AnswerNode
from booksite.tips import TipNode

SCRIPT = "search_texts.js"
# Drawings, formulas that nobody would read as TeX, and answers that the page itself hides.
SKIPPED = (nodes.raw, nodes.math_block, nodes.Invisible, nodes.label, AnswerNode)


def plain(node: nodes.Node) -> str:
    """Return the text of a node, its blocks parted by spaces."""
    if isinstance(node, SKIPPED):
        return ""
    if isinstance(node, nodes.Text):
        return node.astext()
    between = "" if isinstance(node, (nodes.TextElement, TipNode)) else " "
    return between.join(plain(child) for child in node.children)


def sections(doctree: nodes.document) -> list[list[str]]:
    """Return anchor, title and text of each section of a page, without its subsections."""
    found = []
    for section in doctree.findall(nodes.section):
        title = next(iter(section.findall(nodes.title)), None)
        parts = [
            plain(child)
            for child in section.children
            if not isinstance(child, (nodes.section, nodes.title))
        ]
        name = plain(title) if title is not None else ""
        anchor = section["ids"][0] if section["ids"] else ""
        found.append([anchor, " ".join(name.split()), " ".join(" ".join(parts).split())])
    return found


def _kept(app: Sphinx) -> Path:
    """Folder with a file for each page: an incremental build writes changed pages only."""
    return Path(app.doctreedir, "search_texts")


def keep_text(
    app: Sphinx, pagename: str, _template: str, _context: dict[str, Any], doctree: Any
) -> None:
    """Keep the text of a page, and load the scripts on the page that searches."""
    if app.builder.name != "html":
        return
    if doctree is not None:
        file = _kept(app) / f"{pagename}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(sections(doctree), ensure_ascii=False), encoding="utf-8")
    elif pagename == "search":
        write_script(app)
        app.add_js_file(SCRIPT, loading_method="defer")
        app.add_js_file("js/search.js", loading_method="defer")


def write_script(app: Sphinx) -> None:
    """Write the script; every page has been written when Sphinx writes its search page."""
    texts = {}
    for name in sorted(app.env.found_docs):
        file = _kept(app) / f"{name}.json"
        if file.exists():
            texts[name] = json.loads(file.read_text(encoding="utf-8"))
    script = f"window.courseTexts = {json.dumps(texts, ensure_ascii=False)};\n"
    Path(app.outdir, "_static", SCRIPT).write_text(script, encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Collect the texts while pages are written."""
    app.connect("html-page-context", keep_text)
