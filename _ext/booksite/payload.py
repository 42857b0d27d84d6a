"""What a page loads: what it uses, so that the first page of a visit is there soon."""

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

TEMPLATES = Path(__file__).with_name("templates")  # without the search on every page
# Files that extensions put on every page, and how classes begin on those that need them.
NEEDED_BY = {
    "sphinx-design": "sd-",
    "design-tabs": "sd-",
    "togglebutton": "toggle|dropdown",
    "mystnb": "cell",
    "exercise.css": "exercise|solution",
    "clipboard": "highlight",
    "copybutton": "highlight",
    "tex-chtml": r'math(?=[\s"])',
}


def add_templates(_app: Sphinx, config: Config) -> None:
    """Let our templates come before the theme's."""
    config.templates_path = [*config.templates_path, str(TEMPLATES)]


def unneeded(body: str) -> list[str]:
    """Return the names in `NEEDED_BY` that a page can do without.

    Args:
        body: what it shows.
    """
    found = {}
    for classes in set(NEEDED_BY.values()):
        found[classes] = re.search(rf'class="(?:[^"]*\s)?(?:{classes})', body) is not None
    return [name for name, classes in NEEDED_BY.items() if not found[classes]]


def lighten(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    """Take from a page what it does not use."""
    names = unneeded(context.get("body") or "")
    for key in ("script_files", "css_files"):
        if files := context.get(key):
            files[:] = [file for file in files if not _is_one(file, names)]  # Sphinx keeps the list


def _is_one(file: Any, names: list[str]) -> bool:
    address = Path(str(getattr(file, "filename", file) or "")).name
    return address.startswith(tuple(names)) if names else False


def setup(app: Sphinx) -> None:
    """Lighten each page when everything else has been added to it."""
    app.connect("config-inited", add_templates)
    app.connect("html-page-context", lighten, priority=950)
