"""Refuse to build a site whose pages still hold the solutions of exercises."""

import json
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError

REGION = "### BEGIN SOLUTION"
TAG = "solution"


def solutions_in(path: Path) -> str | None:
    """Say what a page's source would give away, or return None.

    Args:
        path: a notebook or a text file.
    """
    text = path.read_text(encoding="utf-8")
    if REGION in text:
        return f"a region {REGION!r}"
    if path.suffix != ".ipynb":
        return None
    for cell in json.loads(text)["cells"]:
        if TAG in cell["metadata"].get("tags", []):
            return f"a cell tagged {TAG!r}"
    return None


def stop_leaks(_app: Sphinx, env: BuildEnvironment, _docnames: list[str]) -> None:
    """Raise before anything is read when a page of the table of contents holds a solution."""
    found = [
        f"{name} holds {what}"
        for name in sorted(env.found_docs)
        if (what := solutions_in(Path(env.doc2path(name))))
    ]
    if found:
        raise ExtensionError(
            f"not building: {'; '.join(found)}. The site is built from the student tree, "
            "which has no solutions: run `make book`."
        )


def setup(app: Sphinx) -> None:
    """Check the sources before the build."""
    app.connect("env-before-read-docs", stop_leaks)
