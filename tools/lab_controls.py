"""The controls of a lab in a browser, and the keys that change each of them."""

from collections.abc import Iterator
from typing import Any

CONTROLS = "select, input, button, canvas[tabindex], [role=application][tabindex]"
KEYS = {
    "select-one": ("ArrowDown", "ArrowUp"),
    "number": ("ArrowUp", "ArrowDown"),
    "range": ("ArrowRight", "ArrowLeft"),
    "checkbox": ("Space",),
    "radio": ("ArrowDown", "Space"),
    "button": ("Enter",),
    "submit": ("Enter",),
}
DRAWN = ("ArrowRight", "ArrowDown", "Space")  # what is drawn, such as a canvas, and other fields


def controls(lab: Any) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Yield each control of a lab that can be used, and the keys to press in it.

    Args:
        lab: the locator of its element.
    """
    for control in lab.locator(CONTROLS).all():
        if control.is_visible() and control.is_enabled():
            kind = control.evaluate("control => control.type || control.localName")
            yield control, KEYS.get(kind, DRAWN)
