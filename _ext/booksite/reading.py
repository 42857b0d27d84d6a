"""Under the title of a page with code: how long reading it and running it take.

Seconds come from `book/run_seconds.json`, which `tools/execute.py` writes when it runs a notebook
on a CPU; a page that it has not run yet tells its reading time only.
"""

import json
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from booksite.figures import is_cell

FILE = Path("book", "run_seconds.json")
WORDS_A_MINUTE = 200
WORD = re.compile(r"[^\W_]")
NUMBERS = {1: "one core", 2: "two cores", 4: "four cores", 8: "eight cores"}
NO_PROSE = (nodes.literal_block, nodes.raw, nodes.math_block, nodes.Invisible)


def words(node: nodes.Node) -> int:
    """Count the words of prose, code and formulas left out."""
    if isinstance(node, NO_PROSE):
        return 0
    if isinstance(node, nodes.Text):
        return sum(1 for word in node.astext().split() if WORD.search(word))
    return sum(words(child) for child in node.children)


def has_code(doctree: nodes.document) -> bool:
    """Tell whether a page has code to run."""
    return any(is_cell(node) for node in doctree.findall(nodes.container))


def sentence(count: int, run: dict[str, int] | None) -> str:
    """Say how long a page takes.

    Args:
        count: words of prose.
        run: `seconds` and `cores` of a run on a CPU, or None.
    """
    minutes = max(1, round(count / WORDS_A_MINUTE))
    text = f"{minutes} minute{'s' if minutes > 1 else ''} of reading"
    if run is None:
        return f"{text}."
    cores = NUMBERS.get(run["cores"], f"{run['cores']} cores")
    return f"{text}. The code needs no GPU: {run['seconds']} s on {cores}."


def load(source: Path) -> dict[str, dict[str, int]]:
    """Read the measured runs under the root of the sources; none where there is no file."""
    path = source / FILE
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def note_file(app: Sphinx, doctree: nodes.document) -> None:
    """Read a page again when the measurements change."""
    if has_code(doctree):
        app.env.note_dependency(FILE.as_posix())


def add_line(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Print the line under the title."""
    if doctree is None or not has_code(doctree) or app.builder.name != "html":
        return
    run = load(Path(app.srcdir)).get(app.project.doc2path(pagename, absolute=False))
    line = f'</h1>\n<p class="reading-time">{sentence(words(doctree), run)}</p>'
    context["body"] = context["body"].replace("</h1>", line, 1)


def setup(app: Sphinx) -> None:
    """Print the line on pages with code."""
    app.connect("doctree-read", note_file)
    app.connect("html-page-context", add_line)
