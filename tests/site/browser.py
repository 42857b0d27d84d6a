"""A headless browser for tests: the system's Chromium or Chrome, driven by Playwright."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SLOW = 60_000  # milliseconds; a busy machine needs long to start a browser
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def executable() -> str | None:
    """Find a browser, or None."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or (str(MAC) if MAC.exists() else None)


@contextmanager
def launch() -> Iterator:
    """Start the browser; skip the test where the machine has none."""
    path = executable()
    if path is None:
        pytest.skip("no Chromium or Chrome on PATH; install one to run the tests in a browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"], timeout=SLOW
        )
        yield browser
        browser.close()


class Visit:
    """A page and everything it asked for or complained about.

    Args:
        context: a browser context.
        site: the folder of the site.
        name: of the page, relative to it.
    """

    def __init__(self, context, site: Path, name: str) -> None:
        base = site.as_uri()
        self.outside: list[str] = []
        self.errors: list[str] = []
        self.page = context.new_page()
        self.page.set_default_timeout(SLOW)
        local = (f"{base}/", "data:", "blob:")
        self.page.on("request", lambda r: r.url.startswith(local) or self.outside.append(r.url))
        self.page.on("requestfailed", lambda r: self.errors.append(f"failed: {r.url}"))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "console", lambda m: m.type in ("error", "warning") and self.errors.append(m.text)
        )
        self.page.goto(f"{base}/{name}", wait_until="load")
        self.page.wait_for_function(
            """() => !window.MathJax?.startup?.promise
                || window.MathJax.startup.promise.then(() => true)"""
        )
        self.page.wait_for_function(
            """() => [...document.querySelectorAll(".lab-host")].every((h) => h.dataset.alive)"""
        )

    def overflow(self) -> int:
        """How many pixels the page is wider than the window."""
        return self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
