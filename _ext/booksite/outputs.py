"""What code cells show as HTML, cleaned: no code, no handler, no address of another machine.

bleach reads an output as a browser does and lets stay what is listed here: text, tables, drawings
and the hosts of the labs. The rest is removed, with a warning that names the cell; where it is
wanted so, `suppress_warnings: [booksite.outputs]` leaves the warning out.
"""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from bleach.css_sanitizer import ALLOWED_CSS_PROPERTIES, ALLOWED_SVG_PROPERTIES, CSSSanitizer
from bleach.sanitizer import Cleaner
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from booksite import markup
from booksite.figures import CodeFigures, is_cell

LOG = logging.getLogger(__name__)
# Lists of words: elements of a text, those of a drawing, attributes that any element may have.
TEXT = """a abbr b blockquote br caption cite code col colgroup dd del details dfn div dl dt em
figcaption figure h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp section small span
strong style sub summary sup table tbody td tfoot th thead time tr u ul var"""
DRAWINGS = """circle clipPath defs desc ellipse g image line linearGradient marker mask path
pattern polygon polyline radialGradient rect stop svg symbol text textPath title tspan use"""
DRAWN = frozenset(DRAWINGS.split())
# The parser knows `clipPath` by that name, the one before it by `clippath`.
ELEMENTS = DRAWN.union(TEXT.split(), DRAWINGS.lower().split())
# An element of these goes with all that it holds; of others only the tags go.
WHOLE = re.compile(
    r"<(script|iframe|object|template|noscript|select|textarea)\b.*?(</\1\s*>|\Z)", re.I | re.S
)
PLAIN_TAG = re.compile(r"</?(?:b|br|code|em|i|kbd|mark|s|small|span|strong|sub|sup|u)\s*/?>", re.I)
NAMES = """alt class cite colspan datetime dir headers height hidden id lang open reversed role
rowspan scope span start style tabindex title type width xmlns"""
ANYWHERE = frozenset(NAMES.split())
BEGINNINGS = ("aria-", "data-")
ADDRESSES = ("href", "src")
# Inside the book: a place on the page, a picture in the output itself, a file beside the page.
INSIDE = re.compile(
    r"#[^\s]*|data:image/(?:png|jpeg|gif|webp);base64,[\w+/=]+|[\w%.-][\w%./-]*(?:#[\w.-]*)?", re.A
)
FETCHING = re.compile(r"""url\((?!\s*["']?#)|image-set|\\|@""", re.I)
# pandas and Matplotlib write these; HTML knows them no more, and nothing is lost without them.
OUTDATED = {"border", "scoped", "xlink"}
# What a style may say, besides what bleach lists; nothing that could cover the page.
STYLES = """aspect-ratio background border border-collapse border-radius border-spacing
clip-path dominant-baseline font-variant-numeric gap image-rendering justify-content list-style
margin margin-bottom margin-left margin-right margin-top mask max-height max-width min-height
min-width opacity overflow-x overflow-y padding padding-bottom padding-left padding-right
padding-top paint-order stroke-dasharray stroke-dashoffset stroke-miterlimit text-anchor
transform transform-origin vector-effect"""
PROPERTIES = ALLOWED_CSS_PROPERTIES.union(ALLOWED_SVG_PROPERTIES, STYLES.split())
XLINK = re.compile(r"(<(?:image|use)\b[^<>]*? )href=")
PROPERTY = re.compile(r"(?:^|;)\s*([\w-]+)\s*:")
SHEET = re.compile(r"<style\b[^<>]*>[^<]*</style>")


class _Rest:
    """A filter for bleach, for what it cannot judge by a name.

    Style sheets hold text only, and none that could fetch something; a picture without an address
    goes.
    """

    def __init__(self, source: Any, removed: list[str]) -> None:
        self._source = source
        self._removed = removed

    def __iter__(self) -> Iterator[dict[str, Any]]:
        inside = False
        for token in self._source:
            if token.get("name") == "img" and (None, "src") not in token["data"]:
                continue
            if token.get("name") == "style":
                inside = token["type"] == "StartTag"
            elif inside:
                text = token.get("data")
                if not isinstance(text, str) or FETCHING.search(text):
                    self._removed.append("rules of <style>")
                    continue
            yield token


def _evened(html: str) -> str:
    """Write attributes with entities in the one way that bleach leaves as it is."""
    return markup.changed(
        html,
        [
            (tag.start, tag.end, tag.text(tag.attributes))
            for tag in markup.tags(html)
            if "&" in html[tag.start : tag.end]
        ],
    )


class Wash:
    """Cleans one output and remembers what it took away.

    Args:
        html: the output.
    """

    def __init__(self, html: str) -> None:
        strange = [tag.name for tag in markup.tags(html) if tag.name not in ELEMENTS]
        self.removed = [f"<{name}>" for name in dict.fromkeys(strange)]
        cleaner = Cleaner(
            tags=ELEMENTS,
            attributes=self._may_stay,
            protocols={"data", "http"},  # a relative address counts as http
            strip=True,
            filters=[partial(_Rest, removed=self.removed)],
            css_sanitizer=CSSSanitizer(PROPERTIES),
        )
        clean = cleaner.clean(_evened(WHOLE.sub("", html)))
        # bleach forgets the name space, without which older readers of EPUB draw nothing, and that
        # a style sheet knows no entities.
        if "xlink:href" in html:
            clean = XLINK.sub(r"\1xlink:href=", clean)
        self.html = SHEET.sub(lambda sheet: sheet[0].replace("&gt;", ">"), clean)

    def _may_stay(self, tag: str, name: str, value: str) -> bool:
        if name in ADDRESSES:
            stays = bool(INSIDE.fullmatch(re.sub(r"\s", "", value)))
        elif name in ANYWHERE or name.startswith(BEGINNINGS):
            stays = name != "style" or not FETCHING.search(value)
            if name == "style" and stays:  # bleach looks at its properties afterwards
                unknown = [word for word in PROPERTY.findall(value) if word not in PROPERTIES]
                self.removed += [f'style="{word}" of <{tag}>' for word in unknown]
        else:
            drawn = tag in DRAWN and not name.startswith("on") and name not in OUTDATED
            stays = drawn and not FETCHING.search(value)
        if not stays and name not in OUTDATED:
            self.removed.append(f'{name}="{value[:60]}" of <{tag}>')
        return stays


class CleanOutputs(SphinxTransform):
    """Clean the HTML in the outputs of a page's code cells."""

    default_priority = CodeFigures.default_priority - 10

    def apply(self, **_kwargs: object) -> None:
        """Replace what is not clean, and tell."""
        for cell in self.document.findall(is_cell):
            for raw in list(cell.findall(nodes.raw)):
                if "html" in raw.get("format", "").split():
                    self._clean(raw)

    def _clean(self, raw: nodes.raw) -> None:
        html = raw.astext()
        if isinstance(raw.parent, nodes.TextElement):  # a single tag in a line of Markdown
            clean = html if PLAIN_TAG.fullmatch(html) else ""
            removed = [] if clean else [html]
        else:
            washed = Wash(html)
            clean, removed = washed.html, washed.removed
        new = nodes.raw("", clean, format="html", classes=raw["classes"])
        new.source, new.line = raw.source, raw.line
        raw.replace_self(new)
        if removed:
            LOG.warning(
                "the output of a cell held what no page may show, and was cleaned: %s",
                ", ".join(removed),
                location=new,
                type="booksite",
                subtype="outputs",
            )


def setup(app: Sphinx) -> None:
    """Register the transform."""
    app.add_transform(CleanOutputs)
