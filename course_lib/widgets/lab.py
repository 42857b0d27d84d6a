"""What every lab is: a widget module, its settings, and a static figure for where neither runs."""

import json
import re
import sys
from collections.abc import Callable
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
KIT = re.compile(r'^import \{[^}]*\} from "\./kit\.js";\n', re.MULTILINE)
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class Lab:
    """A lab: the last expression of a cell.

    A notebook stores its HTML: a `div` that names the lab and its settings and holds a static
    figure. The book's pages bring that `div` to life without a kernel; in a notebook with a kernel
    the same module runs as an anywidget.

    Args:
        name: of the module `NAME.js` beside this file, written in anywidget's format.
        settings: what the module starts with; JSON values.
        figure: draws the static figure, as HTML.
    """

    def __init__(self, name: str, settings: dict[str, Any], figure: Callable[[], str]) -> None:
        self.name = name
        self.settings = settings
        self._figure = figure

    def html(self) -> str:
        """Write the element that the book's pages bring to life, the static figure inside."""
        settings = escape(json.dumps(self.settings), quote=False).replace("'", "&#39;")
        return (
            f'<div class="lab-host" data-lab="{self.name}" data-props=\'{settings}\'>'
            f"{self._figure()}</div>"
        )

    @cached_property
    def widget(self) -> Any:
        """The anywidget; its traits are the settings, so a cell can read what was chosen."""
        # Slow to import, and not needed where nothing is shown.
        import anywidget
        import traitlets

        traits = {key: traitlets.Any(value).tag(sync=True) for key, value in self.settings.items()}
        sources = {
            "__module__": __name__,
            "_esm": module(self.name),
            "_css": style(self.name),
        }
        kind = type(f"{self.name.title()}Widget", (anywidget.AnyWidget,), traits | sources)
        return kind()

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, Any]:
        """Show the widget where a kernel runs, the static figure elsewhere.

        The view is written here and not by ipywidgets, whose versions 7 and 8 do it differently.
        """
        if not has_kernel():
            return {"text/html": self.html()}
        view = {"version_major": 2, "version_minor": 0, "model_id": self.widget.model_id}
        # Colab shows the first of several forms that it knows, which would be the figure.
        still = {} if "google.colab" in sys.modules else {"text/html": self.html()}
        return still | {WIDGET_VIEW: view}

    def __repr__(self) -> str:
        """Name the lab; its settings can be long."""
        return f"<lab {self.name!r}>"


def module(name: str, folder: Path = FOLDER) -> str:
    """Return the JavaScript of a lab, with what the labs share in place of its import.

    A browser that opened a page from disk, or an anywidget, could not load a second module.

    Args:
        name: of the lab.
        folder: where the modules lie.

    Raises:
        ValueError: it does not import from `kit.js`.
        FileNotFoundError: there is no such lab.
    """
    kit = (folder / "kit.js").read_text(encoding="utf-8")
    shared = re.sub("^export ", "", kit, flags=re.MULTILINE)
    source = (folder / f"{name}.js").read_text(encoding="utf-8")
    lines = KIT.findall(source)
    if len(lines) != 1 or " as " in lines[0]:
        raise ValueError(
            f'{name}.js: expected one line `import {{ ... }} from "./kit.js";` without `as`'
        )
    return source.replace(lines[0], shared)


def style(name: str, folder: Path = FOLDER) -> str:
    """Return the style sheet of a lab: what the labs share, then its own."""
    parts = [folder / "lab.css", folder / f"{name}.css"]
    return "".join(part.read_text(encoding="utf-8") for part in parts if part.exists())


def names(folder: Path = FOLDER) -> list[str]:
    """Return the names of all labs."""
    return sorted(path.stem for path in folder.glob("*.js") if path.stem != "kit")


def has_kernel() -> bool:
    """Tell whether this Python is a notebook's kernel."""
    if "IPython" not in sys.modules:
        return False
    shell = sys.modules["IPython"].get_ipython()
    return getattr(shell, "kernel", None) is not None


def check_choice(name: str, value: Any, allowed: Any) -> None:
    """Raise `ValueError` unless `value` is one of `allowed`."""
    if value not in allowed:
        raise ValueError(f"{name} must be one of {tuple(allowed)}, got {value!r}")


def check_range(name: str, value: Any, low: int, high: int) -> None:
    """Raise `ValueError` unless `value` is an integer from `low` to `high`."""
    if not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{name} must be an integer from {low} to {high}, got {value!r}")


def check_number(name: str, value: Any, low: float, high: float) -> None:
    """Raise `ValueError` unless `value` is a number from `low` to `high`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{name} must be a number from {low} to {high}, got {value!r}")
