"""Long settings of labs: a script of their own, which comes when a reader comes to the lab.

The trained net of the lab `digit` weighs more than the rest of its page, and stands below the first
window. A page names such settings with `data-settings`; `web/js/labs.js` asks for the script, since
a page that was opened from disk may not fetch a file. Without it, the static figure stays.
"""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from booksite.lab_places import key
from booksite.labs import hosts
from booksite.offline import write

FOLDER = Path("_static", "labs", "settings")
LONGEST = 50_000  # characters of settings that stand in the page
HOST = re.compile(
    r"""(<div class="lab-host[^"]*" data-lab="([a-z_]+)") data-props=(?:'([^']*)'|"([^"]*)")"""
)


def taken_out(body: str) -> tuple[str, dict[str, str]]:
    """Take long settings out of a page.

    Args:
        body: of the page.

    Returns:
        The body, and the settings as JSON by the key of their lab.
    """
    found: dict[str, str] = {}

    def take(match: re.Match[str]) -> str:
        props = unescape(match[3] or match[4] or "")
        if len(props) <= LONGEST:
            return match[0]
        name = key(match[2], props)
        found[name] = props
        return f'{match[1]} data-settings="{name}"'

    return HOST.sub(take, body), found


def script(name: str, props: str) -> str:
    """Write the script that brings settings.

    Args:
        name: key of the lab.
        props: its settings, JSON.
    """
    place = "(window.courseSettings = window.courseSettings || {})"
    return f"{place}[{json.dumps(name)}] = {props};\n"


def take_out(
    app: Sphinx, _page: str, _template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Take long settings out of a page with labs, and write their scripts."""
    if app.builder.name != "html" or doctree is None or not hosts(doctree):
        return
    context["body"], found = taken_out(context["body"])
    for name, props in found.items():
        path = Path(app.outdir, FOLDER, f"{name}.js")
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, script(name, props))


def setup(app: Sphinx) -> None:
    """Take them out once the labs have their keys, which `lab_places` counts from the settings."""
    app.connect("html-page-context", take_out, priority=600)
