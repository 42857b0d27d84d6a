"""Buttons that lead out of the book; each appears when its address is set in `_config.yml`.

`course_public_url` is the public repository, whose root is the student tree: repository, issue and
launch buttons. `course_source_url` is where the book is written: an edit link.
"""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

COLAB = "https://colab.research.google.com"
ASKS = "tag_exercise"  # class of a cell that a student fills in


def set_buttons(_app: Sphinx, config: Config) -> None:
    """Turn the theme's buttons on or off."""
    for name in ("course_source_url", "course_public_url"):
        if config[name] and not config[name].startswith("https://"):
            raise ConfigError(f"{name} must start with https://, got {config[name]!r}")
    public = config.course_public_url.rstrip("/")
    options = config.html_theme_options
    options["use_repository_button"] = bool(public)
    # One way to report is enough: the links of `feedback.py` where they are set.
    options["use_issues_button"] = bool(public) and not config.course_report_url
    options["use_edit_page_button"] = False
    if public:
        hub = (options.get("launch_buttons") or {}).get("jupyterhub_url", "")
        options["repository_url"] = public
        options["repository_branch"] = config.course_branch
        options["launch_buttons"] = {
            "notebook_interface": "jupyterlab",
            "colab_url": COLAB,
            "jupyterhub_url": hub,
        }
    else:
        options.pop("repository_url", None)
        options.pop("launch_buttons", None)


def add_edit_link(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Link a page to its source in the repository where the book is written.

    A page with questions has none: its source there holds the solutions.
    """
    source = app.config.course_source_url.rstrip("/")
    if not source or doctree is None or "header_buttons" not in context:
        return
    if any(ASKS in node["classes"] for node in doctree.findall(nodes.container)):
        return
    path = app.project.doc2path(pagename, absolute=False)
    context["header_buttons"].append(
        {
            "type": "link",
            "url": f"{source}/edit/{app.config.course_branch}/{path}",
            "tooltip": "Suggest an edit",
            "text": "",
            "icon": "fas fa-pencil-alt",
            "label": "source-edit-button",
        }
    )


def setup(app: Sphinx) -> None:
    """Register the addresses and the buttons that depend on them."""
    app.add_config_value("course_source_url", "", "env", [str])
    app.add_config_value("course_public_url", "", "env", [str])
    app.add_config_value("course_branch", "main", "env", [str])
    app.connect("config-inited", set_buttons, priority=1)
    app.connect("html-page-context", add_edit_link, priority=900)
