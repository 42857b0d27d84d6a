"""The system's Chromium or Chrome without a window, driven by Playwright: for tools and tests."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SLOW = 60_000  # milliseconds; a busy machine needs long to start a browser
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


class NoBrowser(Exception):
    """The machine has no browser that could be used."""


def executable() -> str | None:
    """Find a browser, or None."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or (str(MAC) if MAC.exists() else None)


@contextmanager
def launch() -> "Iterator[Browser]":
    """Start the browser.

    Raises:
        NoBrowser: the machine has none.
    """
    path = executable()
    if path is None:
        raise NoBrowser("no Chromium or Chrome on PATH; install one, such as Debian's `chromium`")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"], timeout=SLOW
        )
        yield browser
        browser.close()
