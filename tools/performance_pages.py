"""Measure pages of a served site in a browser: bytes, first paint, layout shift, labs' answers."""

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chromium import SLOW
from lab_controls import controls

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession
    from playwright.sync_api import Page as Tab

LATENCY, DOWN, UP = 150, 1_600_000, 750_000  # ms, and bits a second: "slow 4G" of Lighthouse
PROCESSOR = 4  # times slower than this one, as Lighthouse slows it for a telephone
PROFILE = (
    f"{LATENCY} ms until each answer, {DOWN / 1e6:g} Mbit/s down and {UP / 1e6:g} Mbit/s up, "
    f"a processor {PROCESSOR} times slower than the machine's"
)
WIDTHS = (1280, 390)
HEIGHT = 800
LOADS = 3  # of each page for its first paint, of which the median counts
PRESSES = 3  # of a key in each control of a lab, of which the median counts
CONTROLS = 12  # of a lab that are tried: the weights of a kernel are 25 fields of one kind
QUICK = 8.0  # milliseconds; a browser tells of answers that take 16 or more, in steps of 8
HOSTS = "js/labs.js"  # the script that brings the labs of a page to life
SETTLED = """() => !window.MathJax?.startup?.promise
    || window.MathJax.startup.promise.then(() => true)"""
# A lab with long settings asks for them when it comes into sight.
AWAKE = """() => {
  const asleep = [...document.querySelectorAll(".lab-host")].find((lab) => !lab.dataset.alive);
  if (asleep?.dataset.settings) asleep.scrollIntoView({ block: "center", behavior: "instant" });
  return !asleep;
}"""
STARTED = """(no) => [...document.querySelectorAll(".lab-host")].every(
  (lab, i) => lab.dataset.alive || (i !== no && lab.dataset.settings))"""
BACK = "top => window.scrollTo({ top, behavior: 'instant' })"
IDLE = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 60)))"
OBSERVE = """
window.shifted = 0;
window.answered = 0;
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) window.shifted += shift.hadRecentInput ? 0 : shift.value;
}).observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => {
  const durations = list.getEntries().map((event) => event.duration);
  window.answered = Math.max(window.answered, ...durations);
}).observe({ type: "event", durationThreshold: 16 });
"""
PAINTED = """() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null"""
KINDS = """hosts => ({
    lab: document.querySelectorAll(`:has(script[src*="${hosts}"]) .lab-host`).length,
    math: document.querySelectorAll(".math").length,
})"""


@dataclass(frozen=True)
class Weight:
    """What loading a page for the first time takes.

    Args:
        name: of the page.
        size: bytes that the site sends, compressed, with the heads of its answers.
        outside: files that other servers were asked for and did not send.
        labs: on the page, where its script brings them to life.
        formulas: on the page.
    """

    name: str
    size: float
    outside: int
    labs: int
    formulas: int


def page_names(site: Path) -> list[str]:
    """Every page of a site but the one at the root, which leads on to the start page."""
    names = (path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    return sorted(name for name in names if name != "index.html")


@contextmanager
def tab_of(browser: "Browser", base: str, width: int = WIDTHS[0]) -> "Iterator[tuple[Tab, Any]]":
    """Open a tab that has seen nothing, and that nobody but the site answers.

    Args:
        browser: to open it in.
        base: address of the site.
        width: of the window.

    Yields:
        The tab, and its session of the protocol of Chromium's tools.
    """
    context = browser.new_context(viewport={"width": width, "height": HEIGHT})
    tab = context.new_page()
    tab.set_default_timeout(SLOW)
    tab.add_init_script(OBSERVE)
    session = context.new_cdp_session(tab)
    session.send("Network.enable")
    # Not by `route`, which would switch off the browser's own handling of the other requests.
    session.send("Network.setBlockedURLs", {"urls": ["*://*.com/*", "*://*.net/*", "*://*.org/*"]})
    yield tab, session
    context.close()


def wake(tab: "Tab") -> None:
    """Wait until all labs of a page are alive, those out of sight, too."""
    top = tab.evaluate("window.scrollY")
    tab.wait_for_function(AWAKE)
    tab.evaluate(BACK, top)


def weigh(browser: "Browser", base: str, name: str) -> Weight:
    """Load a page for the first time and count what comes."""
    sizes: list[float] = []
    outside: set[str] = set()
    with tab_of(browser, base) as (tab, session):
        session.on("Network.loadingFinished", lambda e: sizes.append(e["encodedDataLength"]))
        tab.on("request", lambda request: outside.update(_away(request.url, base)))
        tab.goto(f"{base}/{name}", wait_until="networkidle")
        kinds = tab.evaluate(KINDS, HOSTS)
        if kinds["math"]:  # its fonts come after it is set
            tab.wait_for_function(SETTLED)
            tab.wait_for_load_state("networkidle")
    return Weight(name, sum(sizes), len(outside), kinds["lab"], kinds["math"])


def _away(address: str, base: str) -> list[str]:
    return [] if address.startswith((f"{base}/", "data:", "blob:")) else [address]


def first_paint(browser: "Browser", base: str, name: str) -> float:
    """Return the seconds until a page shows its first content, on the slow profile."""
    return statistics.median(_first_paint(browser, base, name) for _ in range(LOADS))


def _first_paint(browser: "Browser", base: str, name: str) -> float:
    with tab_of(browser, base) as (tab, session):
        _slow_down(session)
        tab.goto(f"{base}/{name}", wait_until="load")
        tab.wait_for_function(PAINTED)
        return tab.evaluate(PAINTED) / 1000


def _slow_down(session: "CDPSession") -> None:
    network = {
        "offline": False,
        "latency": LATENCY,
        "downloadThroughput": DOWN / 8,
        "uploadThroughput": UP / 8,
    }
    session.send("Network.emulateNetworkConditions", network)
    session.send("Emulation.setCPUThrottlingRate", {"rate": PROCESSOR})


def layout_shift(browser: "Browser", base: str, page: Weight) -> float:
    """Return the largest layout shift when a lab of a page comes to life in the window.

    The page settles without its labs, the window is scrolled to one, and only then their script
    comes: so that nothing else counts.
    """
    shifts = [0.0]
    for width, no in product(WIDTHS, range(page.labs)):
        with tab_of(browser, base, width) as (tab, session):
            session.send("Network.setBlockedURLs", {"urls": [f"*{HOSTS}*"]})
            tab.goto(f"{base}/{page.name}", wait_until="load")
            tab.wait_for_function(SETTLED)
            shifts.append(_shift(tab, session, no))
    return max(shifts)


def _shift(tab: "Tab", session: "CDPSession", no: int) -> float:
    address = tab.locator(f"script[src*='{HOSTS}']").evaluate("script => script.src")
    tab.locator(".lab-host").nth(no).evaluate("lab => lab.scrollIntoView({ block: 'start' })")
    tab.evaluate(IDLE)
    before = tab.evaluate("window.shifted")
    session.send("Network.setBlockedURLs", {"urls": []})
    tab.add_script_tag(url=f"{address}&again")
    tab.wait_for_function(STARTED, arg=no)
    for _ in range(3):
        tab.evaluate(IDLE)
    return tab.evaluate("window.shifted") - before


def lab_answer(browser: "Browser", base: str, name: str) -> float:
    """Return the milliseconds from a key to the next frame, in the slowest control of a page."""
    slowest = QUICK
    with tab_of(browser, base) as (tab, _):
        tab.goto(f"{base}/{name}", wait_until="load")
        tab.wait_for_function(SETTLED)
        wake(tab)
        for lab in tab.locator(".lab-host").all():
            for control, keys in list(controls(lab))[:CONTROLS]:
                taken = [_answer(tab, control, keys[i % len(keys)]) for i in range(PRESSES)]
                slowest = max(slowest, statistics.median(taken))
    return slowest


def _answer(tab: "Tab", control: Any, key: str) -> float:
    tab.evaluate("() => { window.answered = 0; }")
    control.press(key)
    tab.evaluate(IDLE)
    return max(QUICK, tab.evaluate("window.answered"))
