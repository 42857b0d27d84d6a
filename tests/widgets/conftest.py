"""Labs in a browser: what a module exports, and a whole lab on a page of its own."""

import pytest

from booksite.labs import wrap
from course_lib.widgets import lab
from tests.site.sample import ROOT

CALL = """async ([source, name, given]) => {
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const module = await import(address);
    return typeof module[name] === "function" ? module[name](...given) : module[name];
}"""
CALL_EACH = """async ([source, name, given]) => {
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const module = await import(address);
    return given.map((one) => module[name](...one));
}"""


@pytest.fixture(scope="session")
def page(browser):
    return browser.new_page()


@pytest.fixture
def call(page):
    """Call what a lab's module exports: `call("conv", "outputs", 32, 1, 0)`."""

    def run(module, name, *given):
        return page.evaluate(CALL, [lab.module(module), name, list(given)])

    return run


@pytest.fixture
def call_each(page):
    """Call a function of a lab once for each list of arguments: thousands in one round trip."""

    def run(module, name, given):
        return page.evaluate(CALL_EACH, [lab.module(module), name, given])

    return run


@pytest.fixture
def alive(browser, tmp_path):
    """Bring a lab to life as the book's pages do: `alive(conv(size=32), width=320)`.

    Returns its element; an error in the browser fails the test at its end.
    """
    errors, tabs = [], []

    def show(one, width=800, **options):
        host = (ROOT / "web" / "js" / "labs.js").read_text(encoding="utf-8")
        script = wrap(lab.module(one.name), lab.style(one.name), one.name)
        path = tmp_path / f"lab{len(tabs)}.html"
        path.write_text(
            '<!doctype html><html lang="en"><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width"><title>Lab</title>'
            f"<main>{one.html()}</main><script>{script}</script><script>{host}</script>",
            encoding="utf-8",
        )
        tab = browser.new_page(viewport={"width": width, "height": 900}, **options)
        tabs.append(tab)
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.on("console", lambda said: said.type == "error" and errors.append(said.text))
        tab.goto(path.as_uri())
        tab.wait_for_selector(".lab-host[data-alive]")
        return tab.locator(".lab-host")

    yield show
    for tab in tabs:
        tab.close()
    assert errors == []
