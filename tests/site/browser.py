"""A headless browser for tests: the system's Chromium or Chrome, driven by Playwright."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import chromium
from chromium import SLOW
from performance_pages import wake


@contextmanager
def launch() -> Iterator:
    """Start the browser; skip the test where the machine has none."""
    if chromium.executable() is None:
        pytest.skip("no Chromium or Chrome on PATH; install one to run the tests in a browser")
    with chromium.launch() as browser:
        yield browser


class Visit:
    """A tab that opens pages of a site, and what the last one asked for or complained about.

    Args:
        page: of a browser.
        site: the folder of the site.
        base: its address; opened from disk where none is given.
    """

    def __init__(self, page, site: Path, base: str = "") -> None:
        self.base = base or site.as_uri()
        self.outside: list[str] = []
        self.errors: list[str] = []
        self.page = page
        page.set_default_timeout(SLOW)
        local = (f"{self.base}/", "data:", "blob:")
        page.on("request", lambda r: r.url.startswith(local) or self.outside.append(r.url))
        page.on("requestfailed", lambda r: self.errors.append(f"failed: {r.url}"))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda m: m.type in ("error", "warning") and self.errors.append(m.text))

    def open(self, name: str) -> "Visit":
        """Open the page of that name, relative to the site, and wait until it has come to life."""
        self.outside.clear()
        self.errors.clear()
        self.page.goto(f"{self.base}/{name}", wait_until="load")
        self.page.wait_for_function(
            """() => !window.MathJax?.startup?.promise
                || window.MathJax.startup.promise.then(() => true)"""
        )
        wake(self.page)
        return self

    def forget(self) -> None:
        """Leave the page and forget what its site stored.

        The browser forgets, not the page: what a page clears may arrive after the next page, in a
        process of its own, has stored something.
        """
        self.page.goto("about:blank")
        session = self.page.context.new_cdp_session(self.page)
        for origin in ("file://", self.base):
            wanted = {"origin": origin, "storageTypes": "local_storage"}
            session.send("Storage.clearDataForOrigin", wanted)
        session.detach()

    def overflow(self) -> int:
        """How many pixels the page is wider than the window."""
        return self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
