"""Links that lead out of the book are marked: by an icon, in words, and so that nothing is told.

The icon is drawn by `web/css/site.css`; the words stand in the link for those who hear the page.
"""

import re

from booksite import markup

ADDRESS = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
CLASS = "outward"
WORDS = f'<span class="visually-hidden {CLASS}-words"> (external link)</span>'
# The other site gets neither a handle on the reader's tab nor the address of the page.
RELATIONS = ("noopener", "noreferrer")


def marked(page: str) -> str:
    """Return a page with its links to other sites marked; a marked page stays as it is."""
    edits = []
    for start, end in markup.spans(markup.tags(page), "a"):
        classes = (start.attributes.get("class") or "").split()
        if CLASS in classes or not ADDRESS.match(start.attributes.get("href") or ""):
            continue
        relations = (start.attributes.get("rel") or "").split()
        attributes = {
            **start.attributes,
            "class": " ".join([*classes, CLASS]),
            "rel": " ".join(dict.fromkeys([*relations, *RELATIONS])),
        }
        edits.append((start.start, start.end, start.text(attributes)))
        edits.append((end.start, end.start, WORDS))
    return markup.changed(page, edits)
