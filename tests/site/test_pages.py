"""Every page of the real book and of the sample, in a browser, from file://."""

import subprocess
import sys

import pytest

from tests.site import sample
from tests.site.browser import Visit


@pytest.fixture(scope="module")
def real_site(tmp_path_factory):
    """The site of the whole book, built from the student tree."""
    root = tmp_path_factory.mktemp("book")
    command = [sys.executable, "tools/student.py", str(root / "student")]
    subprocess.run(command, cwd=sample.ROOT, check=True, capture_output=True)
    done = sample.build(root / "student", root)
    assert done.returncode == 0, done.stdout + done.stderr
    return root / "_build" / "html"


def pages(site):
    """Every page but the one at the root, which leads on to the start page."""
    names = (path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    return sorted(name for name in names if name != "index.html")


def test_real_pages_ask_nothing_of_the_network(real_site, browser, record_property):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    seen, complaints = Visit(page, real_site), {}
    for name in pages(real_site):
        seen.open(name)
        if seen.outside or seen.errors:
            complaints[name] = (list(seen.outside), list(seen.errors))
    page.context.close()
    assert complaints == {}
    count = len(pages(real_site))
    record_property("summary", f"site: {count} pages, 0 outside requests, 0 console errors")


def test_real_pages_fit_a_phone(real_site, browser):
    page = browser.new_page(viewport={"width": 375, "height": 720}, color_scheme="dark")
    seen, wide = Visit(page, real_site), {}
    for name in pages(real_site):
        if (pixels := seen.open(name).overflow()) > 0:
            wide[name] = pixels
    page.context.close()
    assert wide == {}


def test_start_page_leads_to_the_book(real_site, browser):
    page = browser.new_page()
    page.goto((real_site / "index.html").as_uri())
    page.wait_for_url("**/book/intro.html")
    assert page.locator("article h1").count() == 1
    page.close()


def test_sample_asks_nothing_of_the_network(visit):
    for name in ("book/sample.html", "book/labs.html", "search.html?q=sample", "genindex.html"):
        seen = visit(name)
        assert (seen.outside, seen.errors) == ([], [])


def test_no_script_of_a_kernel_or_a_content_network(sample_site):
    for file in sample_site.rglob("*.html"):
        text = file.read_text()
        for word in ("require.js", "thebe", "unpkg.com", "jsdelivr", "cdnjs", "mathjax@"):
            assert word not in text, f"{file.name} names {word}"


def test_math_is_typeset(visit):
    page = visit().page
    assert page.locator("article mjx-container").count() == 3
    assert page.locator("mjx-merror").count() == 0


def test_pages_load_only_what_they_use(visit):
    loaded = {}
    for name in ("sample", "labs"):
        page = visit(f"book/{name}.html").page
        sources = page.eval_on_selector_all("script[src]", "nodes => nodes.map((n) => n.src)")
        loaded[name] = " ".join(sources)
    for name, other, parts in (
        ("sample", "labs", ("mathjax", "js/quiz")),
        ("labs", "sample", ("labs/conv.js", "labs/stage.js", "js/labs")),
    ):
        for part in parts:
            assert part in loaded[name]
            assert part not in loaded[other]


def test_dark_mode(visit):
    page = visit("book/labs.html", color_scheme="dark").page
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    grounds = page.evaluate(
        """() => [".lab", ".lab select", ".conv-cell", ".cell_output .text_html", "body"].map(
            (selector) => getComputedStyle(document.querySelector(selector)).backgroundColor)"""
    )
    for colour in grounds:  # rgb(...) or rgba(...); fully transparent is what is behind it
        *channels, last = [float(x) for x in colour.split("(")[1].rstrip(")").split(",")]
        if len(channels) == 2:
            channels.append(last)
        assert max(channels) < 100, colour


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_is_wider_than_the_window(visit, width):
    assert visit("book/labs.html", viewport={"width": width, "height": 800}).overflow() == 0
    seen = visit(viewport={"width": width, "height": 800})
    assert seen.overflow() == 0
    seen.page.locator("a.number-link").last.focus()
    assert seen.page.locator(".number-tip").last.is_visible()
    assert seen.overflow() == 0


def test_number_tells_its_source_by_keyboard(visit):
    page = visit().page
    link = page.locator("a.number-link").first
    link.focus()
    tip = page.locator(".number-tip").first
    assert tip.is_visible()
    assert tip.inner_text() == ("Weights of a toy layer. Source: LeCun et al. 1998, section II.")
    assert link.get_attribute("aria-describedby") == tip.get_attribute("id")
    page.keyboard.press("Escape")
    assert not tip.is_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/appendix/numbers.html#n-toy.weights")
    entry = page.locator("dt[id='n-toy.weights']")
    assert "4,608 weights" in entry.inner_text()
    listed = page.locator("dl.number-ledger").all_inner_texts()
    assert "0.1291" in listed[-1]
    assert "Printed in: Sample." in listed[-1]


def test_set_up_cell_is_folded(visit):
    page = visit("book/labs.html").page
    code = page.get_by_text("anything")
    assert not code.is_visible()
    page.locator("details.set-up summary").focus()
    page.keyboard.press("Enter")
    assert code.is_visible()


def test_print_shows_answers(visit):
    page = visit(own=True).page
    page.emulate_media(media="print")
    assert page.locator("#quiz-weights .quiz-answer").is_visible()
    assert not page.locator("#quiz-weights .quiz-buttons").is_visible()
