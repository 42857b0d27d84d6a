"""Measure how high each lab of the built book is, at many widths.

    python tools/lab_heights.py

It reads `_build/html` and writes `book/lab_heights.json`, from which the next `make book` keeps
room for each lab.  Run it after a lab or its settings have changed.
"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "_ext"))

import chromium  # noqa: E402
import one_file  # noqa: E402
import performance_pages  # noqa: E402
from booksite import lab_places  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WIDTHS = list(range(200, 901, 20))  # pixels; a page has no wider place
MEASURE = """async (lab, widths) => {
    const heights = {};
    lab.style.minHeight = "0";
    for (const width of widths) {
        lab.style.width = `${width}px`;
        for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
        heights[width] = Math.ceil(lab.getBoundingClientRect().height);
    }
    return heights;
}"""


def measure(browser: "Browser", site: Path) -> dict[str, dict[str, int]]:
    """Return the heights of all labs of a site by width, by the key of the lab."""
    found = {}
    tab = browser.new_page(viewport={"width": 1280, "height": 800})
    tab.set_default_timeout(chromium.SLOW)
    for name in performance_pages.page_names(site):
        path = site / name
        if 'class="lab-host' not in path.read_text(encoding="utf-8"):
            continue
        tab.goto(path.as_uri())
        performance_pages.wake(tab)
        for lab in tab.locator(".lab-host").all():
            key = lab_places.key_of(lab.get_attribute("class") or "")
            found[key] = lab.evaluate(MEASURE, WIDTHS)
    tab.close()
    return found


def main() -> int:
    """Write the file; return the exit status."""
    if not (one_file.SITE / "index.html").is_file():
        print(f"{one_file.SITE} holds no site; run: make book", file=sys.stderr)
        return 1
    try:
        with chromium.launch() as browser:
            found = measure(browser, one_file.SITE)
    except chromium.NoBrowser as error:
        print(f"nothing measured: {error}", file=sys.stderr)
        return 1
    lines = (f'"{lab}": {json.dumps(heights)}' for lab, heights in sorted(found.items()))
    one_file.write(ROOT / lab_places.FILE, ("{\n" + ",\n".join(lines) + "\n}\n").encode())
    print(f"{len(found)} labs in {lab_places.FILE}; run: make book")
    return 0


if __name__ == "__main__":
    sys.exit(main())
