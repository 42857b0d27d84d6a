"""Search finds pages with excerpts, from file:// and http, and there is one way to it."""

import functools
import http.server
import threading
from urllib.parse import quote

import pytest

from tests.site import reading_pages

WIDTHS = [320, 390, 768, 992, 1280]
EXCERPT = "#search-results li .context"


def search(visit, query, **options):
    """Open the search page and wait for Sphinx to be done."""
    opened = visit(f"search.html?q={quote(query)}", **options)
    opened.page.wait_for_function(
        "() => /finished|did not match/.test(document.getElementById('search-results').innerText)"
    )
    return opened


def test_an_excerpt_leads_to_its_section(visit):
    opened = search(visit, "marmalade")
    result = opened.page.locator("#search-results li")
    assert result.count() == 1
    assert "Marmalade is a word that only this section holds" in result.inner_text()
    assert result.locator("mark").all_inner_texts() == ["Marmalade"]
    section = result.locator("a.search-section")
    assert section.inner_text() == "A second section"
    assert (opened.outside, opened.errors) == ([], [])
    section.click()
    opened.page.wait_for_url("**/book/reading.html#a-second-section")


def test_an_excerpt_holds_most_of_the_words(visit):
    opened = search(visit, "kernel receptive outputs")
    shown = opened.page.locator(EXCERPT).first.inner_text()
    assert "square of input pixels" in shown
    assert opened.page.locator("mark").first.inner_text() in ("Receptive", "receptive", "output")


def test_excerpts_are_short_and_cut_at_words(visit):
    text = search(visit, "windows weights").page.locator(EXCERPT).first.inner_text()
    assert 100 < len(text) < 260
    assert text.endswith(" …")
    assert set(text.removesuffix(" …").split()) <= set(reading_pages.PROSE.split())


@pytest.mark.parametrize("query", ["<img src=x onerror=alert(1)>", "c++ (a|b", "\\ [", "of the"])
def test_odd_queries_do_no_harm(visit, query):
    opened = search(visit, query)
    assert opened.errors == []
    assert opened.page.locator("#search-results img").count() == 0


def test_excerpts_give_no_answer_away(sample_site):
    texts = (sample_site / "_static" / "search_texts.js").read_text()
    assert "How many weights has a 3x3 convolution" in texts
    assert "Answer:" not in texts
    assert "See section 4.1" not in texts
    assert "<svg" not in texts


def test_only_the_search_page_loads_the_texts(sample_site):
    loading = {
        path.relative_to(sample_site).as_posix()
        for path in sample_site.rglob("*.html")
        if "search_texts.js" in path.read_text() or "js/search.js" in path.read_text()
    }
    assert loading == {"search.html"}


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_args):
        """Say nothing in the output of the tests."""


def test_excerpts_come_without_a_request_on_http(browser, sample_site):
    handler = functools.partial(Silent, directory=str(sample_site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page, asked = browser.new_page(), []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"http://127.0.0.1:{server.server_address[1]}/search.html?q=marmalade")
        page.locator(EXCERPT).wait_for()
        assert "Marmalade" in page.locator(EXCERPT).inner_text()
        assert not [url for url in asked if "/book/" in url]
        page.close()
        server.shutdown()


@pytest.mark.parametrize("width", WIDTHS)
def test_there_is_one_search_box(visit, width):
    for name in ("book/reading.html", "search.html", "genindex.html"):
        page = visit(name, viewport={"width": width, "height": 800}).page
        boxes = page.locator(".search-button__button:visible, form.bd-search:visible")
        assert boxes.count() == 1, name


@pytest.mark.parametrize("name", ["book/reading.html", "search.html"])
def test_there_is_one_search_box_beside_a_folded_side_bar(visit, name):
    page = visit(name, own=True, viewport={"width": 1280, "height": 800}).page
    page.locator("button.primary-toggle:visible").click()
    page.locator("#pst-primary-sidebar").wait_for(state="hidden")
    boxes = page.locator(".search-button__button:visible, form.bd-search:visible")
    assert boxes.count() == 1


@pytest.mark.parametrize("width", [320, 1280])
def test_search_by_keyboard(visit, width):
    page = visit("book/reading.html", viewport={"width": width, "height": 800}).page
    button = page.locator(".search-button__button:visible")
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("marmalade")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=marmalade")
    page.locator(EXCERPT).wait_for()
