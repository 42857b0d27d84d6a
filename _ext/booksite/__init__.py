"""Sphinx extension of the book: quizzes, live labs, numbers with a source, no outside request.

One module a concern. `booksite.ledger` is plain Python and works without Sphinx.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

PARTS = (
    "leaks",
    "quiz",
    "quiz_kinds",
    "quiz_table",
    "quiz_line",
    "quiz_overview",
    "labs",
    "lab_places",
    "lab_settings",
    "figures",
    "outputs",
    "numbers",
    "tips",
    "listing",
    "experiments",
    "zoo",
    "performance",
    "addresses",
    "feedback",
    "reading",
    "search",
    "pages",
    "payload",
    "look",
    "icons",
    "heads",
    "styles",
    "safety",
    "offline",
)


def setup(app: "Sphinx") -> dict[str, Any]:
    """Register every part with Sphinx."""
    for part in PARTS:
        import_module(f"booksite.{part}").setup(app)
    return {
        "version": "1",
        "env_version": 2,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
