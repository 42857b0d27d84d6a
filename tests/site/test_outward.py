"""Links to other sites are marked for those who see and for those who hear, and for browsers."""

import pytest
from fontTools.ttLib import TTFont

from booksite import outward

WORDS = "(external link)"


@pytest.mark.parametrize(
    "address",
    ["https://example.org/", "http://example.org", "//example.org", " HTTPS://example.org"],
)
def test_a_link_that_leads_out_is_marked_once(address):
    page = outward.marked(f'<p><a href="{address}">there</a></p>')
    assert page.startswith(
        f'<p><a href="{address}" class="outward" rel="noopener noreferrer">there'
    )
    assert page.count(WORDS) == 1
    assert outward.marked(page) == page


@pytest.mark.parametrize(
    "link",
    [
        '<a href="page.html">x</a>',
        '<a href="#here">x</a>',
        '<a href="mailto:a@b">x</a>',
        "<a>x</a>",
    ],
)
def test_other_links_stay_as_they_are(link):
    assert outward.marked(link) == link


def test_what_a_link_has_is_kept():
    page = outward.marked('<a class="x" rel="license noopener" href="//e.org/?a&amp;b">y</a>')
    assert page.startswith(
        '<a class="x outward" rel="license noopener noreferrer" href="//e.org/?a&amp;b">y<span'
    )


def test_pages_of_the_site_mark_theirs(visit):
    page = visit("book/outward.html").page
    article = page.locator("article")
    outside = article.locator("a[href*='example.org']:not([href^=mailto])")
    assert outside.count() == 3
    for link in outside.all():
        assert {"noopener", "noreferrer"} <= set(link.get_attribute("rel").split())
        assert link.locator(".visually-hidden").inner_text().strip() == WORDS
    named = article.get_by_role("link", name=f"site {WORDS}", exact=True)
    assert named.count() == 1
    icon = named.evaluate("link => getComputedStyle(link, '::after').content")
    assert icon.startswith('"\uf35d"')
    assert article.locator("a[href='start.html'] .visually-hidden").count() == 0
    assert article.locator("a[href^=mailto] .visually-hidden").count() == 0


def test_the_words_are_heard_and_not_seen(visit):
    page = visit("book/outward.html", own=True).page
    words = page.locator("article a.outward .outward-words").first
    assert words.bounding_box()["width"] <= 1


def test_the_icon_is_in_the_font_of_the_site(sample_site):
    (font,) = (sample_site / "_static").rglob("fa-solid-900.woff2")
    assert 0xF35D in TTFont(font).getBestCmap()


def test_paper_shows_no_icon(visit):
    page = visit("book/outward.html", own=True).page
    page.emulate_media(media="print")
    link = page.locator("article a.outward").first
    assert link.evaluate("link => getComputedStyle(link, '::after').content") == "none"
