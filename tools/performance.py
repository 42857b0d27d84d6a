"""Measure the built site beside its goals and beside the theme as it comes.

    python tools/performance.py

It reads `_build/html`, which `make book` has just made, builds a small sample twice, writes
`book/site_performance.json`, which the page book/appendix/performance.md prints, and prints the
same table.  Run it on an idle machine.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "_ext"))

import chromium  # noqa: E402
import one_file  # noqa: E402
import performance_pages as measure  # noqa: E402
import performance_sample as small  # noqa: E402
import performance_server  # noqa: E402
from booksite.performance import FILE, GOALS, HEAD, rows  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SITE = ROOT / "_build" / "html"
SEARCH = "search.html"
VERSIONS = ("jupyter-book", "sphinx", "sphinx-book-theme")
Measures = dict[str, float]


def kind(page: measure.Weight) -> str:
    """Return the key of the goal for the bytes of a page; the search page has none."""
    if page.name == SEARCH:
        return ""
    return "lab_page" if page.labs or page.formulas else "text_page"


def heaviest(pages: list[measure.Weight]) -> dict[str, measure.Weight]:
    """Return the heaviest page of each kind."""
    found: dict[str, measure.Weight] = {}
    for page in sorted(pages, key=lambda page: page.size):
        if key := kind(page):
            found[key] = page
    return found


def measure_site(
    browser: "Browser", site: Path, names: list[str]
) -> tuple[Measures, list[measure.Weight]]:
    """Measure pages of a site.

    Args:
        browser: to open them in.
        site: folder of the site.
        names: of the pages.

    Returns:
        What was measured by key of its goal, and the weight of each page.
    """
    with performance_server.serve(site) as base:
        pages = [measure.weigh(browser, base, name) for name in names]
        heavy = heaviest(pages)
        found: Measures = {key: page.size for key, page in heavy.items()}
        found["site"] = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
        found["first_paint"] = max(
            measure.first_paint(browser, base, page.name) for page in heavy.values()
        )
        if alive := [page for page in pages if page.labs]:
            found["layout_shift"] = max(measure.layout_shift(browser, base, p) for p in alive)
            found["lab_answer"] = max(measure.lab_answer(browser, base, p.name) for p in alive)
    return found, pages


def unchanged_build() -> float:
    """Return the seconds of `make book` where nothing has changed since the last time.

    Raises:
        CalledProcessError: it failed.
    """
    start = time.perf_counter()
    subprocess.run(["make", "book"], cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - start


def provenance(browser: "Browser", pages: list[measure.Weight], outside: int) -> dict[str, Any]:
    """Say how the numbers were made.

    Args:
        browser: that measured.
        pages: of the book, with their weights.
        outside: files that the sample asks other servers for where the theme is as it comes.
    """
    heavy = heaviest(pages)
    return {
        "command": "make performance",
        "date": date.today().isoformat(),
        "bytes": "compressed with gzip, with the heads of the answers; 1 KB is 1000 bytes",
        "heaviest_pages": ", ".join(heavy[key].name for key in sorted(heavy)),
        "slow_profile": measure.PROFILE,
        "labs": f"on the machine as it is, in windows {measure.WIDTHS[0]} and "
        f"{measure.WIDTHS[1]} pixels wide",
        "theme_as_it_comes": f"asks others for files of the sample ({outside}), not counted, "
        "and shows a lab as a figure",
        "cores": os.cpu_count(),
        "processes_at_work": round(os.getloadavg()[0], 1),  # more than the cores: times are long
        "versions": {"chromium": browser.version}
        | {name: metadata.version(name) for name in VERSIONS},
    }


def document() -> dict[str, Any]:
    """Measure everything; return what the page prints."""
    values: dict[str, Measures] = {}
    names = [f"{small.TEXT}.html", f"{small.LAB}.html"]
    build = unchanged_build()
    with chromium.launch() as browser, tempfile.TemporaryDirectory(prefix="sample-") as folder:
        values["book"], pages = measure_site(browser, SITE, measure.page_names(SITE))
        values["book"]["build"] = build
        for of in ("sample", "stock"):
            place = Path(folder, of)
            place.mkdir()
            site = small.build(place, stock=of == "stock")
            values[of], weights = measure_site(browser, site, names)
        outside = sum(page.outside for page in weights)  # of the last one
        told = provenance(browser, pages, outside)
    measures = {
        goal.key: {of: found.get(goal.key) for of, found in values.items()} for goal in GOALS
    }
    return {
        "measures": measures,
        "pages": {page.name: round(page.size) for page in pages},
        "provenance": told,
    }


def main() -> int:
    """Store and print what was measured; return the exit status."""
    if not (SITE / "index.html").is_file():
        print(f"{SITE} holds no site; run: make book", file=sys.stderr)
        return 1
    try:
        found = document()
    except (chromium.NoBrowser, small.NotBuilt, subprocess.CalledProcessError) as error:
        print(f"nothing measured: {error}", file=sys.stderr)
        return 1
    one_file.write(ROOT / FILE, (json.dumps(found, indent=1) + "\n").encode())
    for row in [HEAD, *rows(found["measures"])]:
        print(f"{row[0]:58}" + "".join(f"{cell:>20}" for cell in row[1:]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
