"""Live labs: bring the widget modules of `course_lib` to static pages.

A lab cell's stored output is one `text/html` element, `<div class="lab-host" data-lab="conv" ...>`.
Browsers refuse to load ES modules from file://, so each module travels as a string in a classic
script that registers it under `window.courseLabs`; `web/js/labs.js` imports it from there.
"""

import json
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging

from course_lib.widgets import lab

LOG = logging.getLogger(__name__)
MODULES = Path("course_lib", "widgets")
HOST = re.compile(r"""<div[^>]*\bclass="lab-host"[^>]*\bdata-lab="([a-z_]+)\"""")


def hosts(doctree: nodes.document) -> list[str]:
    """Names of the labs on a page, in alphabetical order."""
    found = set()
    for node in doctree.findall(nodes.raw):
        if node.get("format") == "html":
            found.update(HOST.findall(node.astext()))
    return sorted(found)


def wrap(module: str, css: str, name: str) -> str:
    """Wrap an ES module as a classic script.

    Args:
        module: source of the module, in anywidget's format.
        css: the style sheet that it needs.
        name: of the lab.
    """
    parts = json.dumps({"esm": module, "css": css})
    return f"(window.courseLabs = window.courseLabs || {{}})[{json.dumps(name)}] = {parts};\n"


def generated(app: Sphinx) -> Path:
    """Return the folder of static files that a build makes itself."""
    return Path(app.doctreedir, "booksite")


def add_static_path(app: Sphinx, config: Config) -> None:
    """Let Sphinx copy the wrapped modules like its other static files."""
    generated(app).mkdir(parents=True, exist_ok=True)  # Sphinx warns of a path that is not there
    config.html_static_path.append(str(generated(app)))


def write_scripts(app: Sphinx) -> None:
    """Write `labs/NAME.js` for each widget module."""
    source = Path(app.srcdir, MODULES)
    folder = generated(app) / "labs"
    folder.mkdir(parents=True, exist_ok=True)
    for name in lab.names(source):
        script = wrap(lab.module(name, source), lab.style(name, source), name)
        (folder / f"{name}.js").write_text(script, encoding="utf-8")


def check_hosts(app: Sphinx, doctree: nodes.document) -> None:
    """Warn of a lab that has no module."""
    for name in hosts(doctree):
        if not Path(app.srcdir, MODULES, f"{name}.js").exists():
            LOG.warning(
                "lab %r has no module %s", name, MODULES / f"{name}.js", location=app.env.docname
            )


def add_scripts(
    app: Sphinx, _page: str, _template: str, _context: dict[str, Any], doctree: Any
) -> None:
    """Load the host and the labs on pages that hold one."""
    names = hosts(doctree) if doctree is not None else []
    for name in names:
        app.add_js_file(f"labs/{name}.js", loading_method="defer")
    if names:
        app.add_js_file("js/labs.js", loading_method="defer")


def setup(app: Sphinx) -> None:
    """Prepare the modules and load them where they are used."""
    app.connect("config-inited", add_static_path)
    app.connect("builder-inited", write_scripts)
    app.connect("doctree-read", check_hosts)
    app.connect("html-page-context", add_scripts)
