"""Room for labs: a page keeps the height that a lab will have, so that its start moves nothing.

`tools/lab_heights.py` measures the labs of the built book at many widths. A lab that it has not
seen, or whose settings have changed since, gets no room.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from booksite.labs import generated, hosts

FILE = Path("book", "lab_heights.json")
STYLE = "labs/rooms.css"
KEY = re.compile(r"[a-z_]+-[0-9a-f]{12}")
HOST = re.compile(
    r"""(<div class="lab-host)(?=" data-lab="([a-z_]+)" data-props=(?:'([^']*)'|"([^"]*)"))"""
)


def key(name: str, props: str) -> str:
    """Return the key of a lab in the file.

    Args:
        name: of the lab.
        props: its settings, as the page holds them.
    """
    return f"{name}-{hashlib.sha256(props.encode()).hexdigest()[:12]}"


def named(body: str) -> str:
    """Give each lab of a page its key as a class.

    Args:
        body: of the page.
    """

    def name(match: re.Match[str]) -> str:
        return f"{match[1]} {key(match[2], unescape(match[3] or match[4] or ''))}"

    return HOST.sub(name, body)


def key_of(classes: str) -> str:
    """Return the key of a lab in a page, or "" where `named` has given it none.

    Args:
        classes: of its element.
    """
    return next((one for one in classes.split() if KEY.fullmatch(one)), "")


def rules(lab: str, heights: Mapping[str, int]) -> str:
    """Write the style rules that keep room for a lab.

    Args:
        lab: its key.
        heights: in pixels, by the width of its place.
    """
    found, last = [], None
    widths = sorted(heights, key=int)
    for width, wider in zip(widths, [*widths[1:], widths[-1]], strict=True):
        height = max(heights[width], heights[wider])  # for what lies between the two
        if height != last:
            rule = f".{lab} {{ min-height: {height}px }}"
            found.append(f"@container lab-place (min-width: {width}px) {{ {rule} }}\n")
        last = height
    return "".join(found)


def write_style(app: Sphinx) -> None:
    """Write the style sheet of all labs that were measured."""
    path = Path(app.srcdir, FILE)
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    sheet = "".join(rules(lab, heights) for lab, heights in known.items())
    target = generated(app) / STYLE
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(f"@media screen {{\n{sheet}}}\n", encoding="utf-8")


def keep_room(
    app: Sphinx, _page: str, _template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Name the labs of a page and keep room for each."""
    if app.builder.name == "html" and doctree is not None and hosts(doctree):
        context["body"] = named(context["body"])
        app.add_css_file(STYLE)


def setup(app: Sphinx) -> None:
    """Keep room on each page with labs."""
    app.connect("builder-inited", write_style)
    app.connect("html-page-context", keep_room)
