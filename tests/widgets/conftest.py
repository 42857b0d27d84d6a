"""One page for the tests that run a lab's JavaScript."""

import pytest

from course_lib.widgets.lab import FOLDER

CALL = """async ([source, name, given]) => {
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const module = await import(address);
    return typeof module[name] === "function" ? module[name](...given) : module[name];
}"""


@pytest.fixture(scope="session")
def page(browser):
    return browser.new_page()


@pytest.fixture
def call(page):
    """Call what a lab's module exports: `call("conv", "outputs", 32, 1, 0)`."""

    def run(module, name, *given):
        source = (FOLDER / f"{module}.js").read_text(encoding="utf-8")
        return page.evaluate(CALL, [source, name, list(given)])

    return run
