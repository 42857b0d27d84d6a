"""Let readers of a published site keep the book: the service worker with the list of its files.

The worker is written to the root of the site at the end of the build, because a service worker
serves the folders below its own only; `web/js/offline.js` offers it on the start page. With
`course_offline: false` in `_config.yml` the worker of the next build removes itself, and everything
that was kept, wherever a reader comes back with a connection.
"""

import base64
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

TEMPLATE = Path(__file__).with_name("offline_worker.js")
WORKER = "offline-worker.js"
SIZE = "offline.json"
# The page at the root leads to the start page only.
LEFT_OUT = {WORKER, SIZE, "index.html"}
LAST = 950  # after everything else that changes files at the end of a build


def listing(site: Path) -> dict[str, str]:
    """Return the sha256, in base64, of each file of a built site by its path.

    Args:
        site: its folder; hidden files are not published.
    """
    found = {}
    for path in sorted(site.rglob("*")):
        inside = path.relative_to(site)
        hidden = any(part.startswith(".") for part in inside.parts)
        if path.is_file() and not hidden and inside.as_posix() not in LEFT_OUT:
            digest = hashlib.sha256(path.read_bytes()).digest()
            found[inside.as_posix()] = base64.b64encode(digest).decode()
    return found


def version(files: dict[str, str]) -> str:
    """Return a hash of a list of files."""
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:16]


def worker(files: dict[str, str], start: str) -> str:
    """Write the service worker of a site.

    Args:
        files: as `listing` returns them; empty for the worker that removes itself.
        start: path of the start page.
    """
    text = TEMPLATE.read_text(encoding="utf-8")
    for mark, value in (
        ('"@VERSION@"', json.dumps(version(files) if files else "")),
        ('"@START@"', json.dumps(start)),
        ('"@FILES@"', json.dumps(files, indent=0, sort_keys=True)),
    ):
        text = text.replace(mark, value)
    return text


def finish(app: Sphinx, error: Exception | None) -> None:
    """Write the worker, and for the start page how much there is to keep."""
    if error or app.builder.name != "html":
        return
    site = Path(app.outdir)
    files = listing(site) if app.config.course_offline else {}
    write(site / WORKER, worker(files, f"{app.config.root_doc}.html"))
    total = sum((site / name).stat().st_size for name in files)
    write(site / SIZE, json.dumps({"bytes": total, "version": version(files)}) + "\n")


def write(path: Path, text: str) -> None:
    """Write a file of the site, whole or not at all."""
    partial = path.with_name(f".{path.name}.new-{os.getpid()}")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, path)


def add_script(
    app: Sphinx, page: str, _template: str, _context: dict[str, Any], doctree: Any
) -> None:
    """Offer to keep the book on the start page."""
    if page == app.config.root_doc and doctree is not None and app.config.course_offline:
        app.add_js_file("js/offline.js", loading_method="defer")


def setup(app: Sphinx) -> None:
    """Register the setting, the script and what is written at the end."""
    app.add_config_value("course_offline", True, "html", [bool])
    app.connect("html-page-context", add_script)
    app.connect("build-finished", finish, priority=LAST)
