"""Numbers for the figures that code cells draw.

`course_lib` shows a figure as HTML with a caption; here it becomes a figure of Sphinx, counted with
those of the directive `figure`. The cell's tag `fig-NAME` is its label: {numref}`fig-NAME`.
"""

import re
from html import unescape

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

LOG = logging.getLogger(__name__)
FIGURE = re.compile(
    r'\s*<figure class="course-figure"[^>]*>(?P<drawing>.*)'
    r"<figcaption>(?P<caption>.*)</figcaption>\s*</figure>\s*",
    re.DOTALL,
)
TAG = "tag_"  # what MyST-NB puts before the tags of a cell to make classes of them
LABEL = "fig-"


class CodeFigures(SphinxTransform):
    """Turn captioned figures in the outputs of code cells into figure nodes."""

    default_priority = 400  # before labels are collected

    def apply(self, **_kwargs: object) -> None:
        """Number the figures of the page's cells; a label without a figure is a mistake."""
        count = 0
        for cell in list(self.document.findall(is_cell)):
            drawn = [raw for raw in cell.findall(nodes.raw) if FIGURE.fullmatch(raw.astext())]
            names = [name.removeprefix(TAG) for name in cell["classes"]]
            labels = [name for name in names if name.startswith(LABEL)]
            if labels and len(drawn) != 1:
                text = "a cell tagged %r must show one figure with a caption, got %d"
                LOG.warning(text, labels[0], len(drawn), location=cell)
            for raw in drawn:
                count += 1
                raw.replace_self(self._figure(raw, f"code-figure-{count}", labels))

    def _figure(self, raw: nodes.raw, anchor: str, labels: list[str]) -> nodes.figure:
        match = FIGURE.fullmatch(raw.astext())
        assert match is not None  # for the type checker: the caller has looked
        drawing = f'<div class="course-drawing">{match["drawing"]}</div>'
        figure = nodes.figure("", nodes.raw("", drawing, format="html"), classes=raw["classes"])
        figure += nodes.caption("", unescape(match["caption"]))
        figure.source, figure.line = raw.source, raw.line
        figure["names"] = labels[:1]
        if labels:
            self.document.note_explicit_target(figure, figure)
        else:
            figure["ids"] = [anchor]
        return figure


def is_cell(node: nodes.Node) -> bool:
    """Tell whether a node is a code cell of a notebook."""
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def setup(app: Sphinx) -> None:
    """Register the transform."""
    app.add_transform(CodeFigures)
