"""A policy in each page: which scripts may run, and that nothing is asked of another machine.

The policy is written when the pages are final. It names the site's own files, the modules of the
labs, which travel as blobs, and the sha256 of each script that the theme writes into a page. What
somebody manages to add to a text or an output does not run, and cannot send anything away.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from html import escape
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from booksite import markup, outward
from booksite.offline import write

LAST = 940  # after whatever else changes pages, before the worker's list of files and hashes
# A page that was opened from disk has no origin of its own: Chromium takes 'self' for any file
# there, Firefox for none. A page of a server can load no file, so that `file:` allows it nothing.
OWN = "'self' file:"
POLICY = {
    "default-src": OWN,
    "script-src": f"{OWN} blob:",
    "style-src": f"{OWN} 'unsafe-inline'",
    "img-src": f"{OWN} data: blob:",
    "font-src": f"{OWN} data:",
    "connect-src": f"{OWN} data: blob:",
    "form-action": OWN,
    "object-src": "'none'",
    "base-uri": "'self'",
}
META = "content-security-policy"
# What the theme's buttons run; `pressButtons` in web/js/site.js does it, as no attribute may.
PRESSES = {"toggleFullScreen()": "fullscreen", "window.print()": "print"}
ADDRESSES = ("action", "formaction", "href", "src", "xlink:href")
RUNS = re.compile(r"[\x00-\x20]*" + r"[\t\n\r]*".join("javascript:"), re.IGNORECASE)
DATA = re.compile(r"^(?!.*(?:java|ecma)script)\w+/\w+", re.IGNORECASE)  # types that do not run
LEADS_ON = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta http-equiv="refresh" content="0; url={start}">
</head>
<body>
<p><a href="{start}">{title}</a></p>
</body>
</html>
"""


def scripts(page: str) -> tuple[list[str], list[str]]:
    """Return the scripts that stand in a page and would run: the theme's, and those of a text."""
    found = markup.tags(page)
    ends = {start.start: end.start for start, end in markup.spans(found, "script")}
    themes: list[str] = []
    texts: list[str] = []
    depth = 0
    for tag in found:
        if tag.name == "article":
            depth += -1 if tag.closing else 1
        if tag.start not in ends or "src" in tag.attributes:
            continue
        if not DATA.match(tag.attributes.get("type") or ""):
            (texts if depth else themes).append(page[tag.end : ends[tag.start]])
    return themes, texts


def digest(script: str) -> str:
    """Name an inline script as a policy does."""
    code = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"'sha256-{code}'"


def policy(allowed: Iterable[str]) -> str:
    """Return the policy of a page.

    Args:
        allowed: the scripts that stand in the page and may run.
    """
    hashes = dict.fromkeys(digest(script) for script in allowed)  # each once, in their order
    rules = POLICY | {"script-src": " ".join([POLICY["script-src"], *hashes])}
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())


def without_handlers(page: str) -> tuple[str, list[str]]:
    """Take the code out of a page's attributes.

    Args:
        page: as the theme wrote it.

    Returns:
        The page, in which `data-press` names what a button of the theme did, and the code that
        nothing stands for.
    """
    edits, lost = [], []
    for tag in markup.tags(page):
        kept = dict(tag.attributes)
        for name, value in tag.attributes.items():
            code = " ".join((value or "").split())
            if name == "onclick" and code in PRESSES:
                kept["data-press"] = PRESSES[code]
            elif name.startswith("on") or (name in ADDRESSES and RUNS.match(value or "")):
                lost.append(f'<{tag.name} {name}="{code}">')
            else:
                continue
            del kept[name]
        if kept != tag.attributes:
            edits.append((tag.start, tag.end, tag.text(kept)))
    return markup.changed(page, edits), lost


def with_policy(page: str) -> str:
    """Write the policy into a page, in front of all that loads or runs; replace an older one.

    Raises:
        ValueError: the page names no character set, in front of which nothing may stand.
    """
    old = [
        (tag.start, tag.end, "")
        for tag in markup.tags(page)
        if tag.name == "meta" and (tag.attributes.get("http-equiv") or "").lower() == META
    ]
    page = markup.changed(page, old)
    for tag in markup.tags(page):
        if tag.name == "meta" and "charset" in tag.attributes:
            rules = policy(scripts(page)[0])
            meta = f'<meta http-equiv="Content-Security-Policy" content="{rules}">'
            return markup.changed(page, [(tag.end, tag.end, meta)])
    raise ValueError('no <meta charset="utf-8"> in its head')


def finish(app: Sphinx, error: Exception | None) -> None:
    """Make each page of a finished site safe, and write the one that leads to the start page.

    Raises:
        ExtensionError: a page holds code of its own, which its readers' browsers would refuse.
    """
    if error or app.builder.name != "html":
        return
    site, problems = Path(app.outdir), []
    if app.config.root_doc != "index":
        start = escape(f"{app.config.root_doc}.html")
        names = {"language": app.config.language, "title": escape(app.config.html_title)}
        write(site / "index.html", LEADS_ON.format(start=start, **names))
    for path in sorted(site.rglob("*.html")):
        before = path.read_text(encoding="utf-8")
        page, lost = without_handlers(outward.marked(before))
        name = path.relative_to(site).as_posix()
        lost += [f"<script>{code[:60]}" for code in scripts(page)[1]]
        problems += [f"{name} holds {code}" for code in lost]
        try:
            page = with_policy(page)
        except ValueError as reason:
            raise ExtensionError(f"{name} cannot get a policy: {reason}") from reason
        if page != before:
            write(path, page)
    if problems:
        raise ExtensionError(
            f"{'; '.join(problems)}: no code may stand in a text, since readers' browsers refuse "
            "it. Write a script of web/js, or a lab."
        )


def setup(app: Sphinx) -> None:
    """Write the policies at the end of the build."""
    app.connect("build-finished", finish, priority=LAST)
