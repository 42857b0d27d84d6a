"""Making one document of the pages of a site."""

import pytest

import gather
from tests.tools import tiny_site

ABOUT = gather.About("Tiny", "Somebody", "2026", "1.2.3", "en")


@pytest.fixture
def site(tmp_path):
    return tiny_site.write(tmp_path)


def test_the_cover_is_told_by_the_configuration():
    about = gather.About.read()
    assert about.title == "Deep Convolutional Models"
    assert about.version.count(".") == 2


def test_a_folder_without_a_site_is_refused(tmp_path):
    with pytest.raises(gather.BrokenBook, match="run: make book"):
        gather.home(tmp_path)
    with pytest.raises(gather.BrokenBook, match="cover"):
        gather.cover(tmp_path)


def test_start_page_and_styles_are_found(site):
    assert gather.home(site) == "book/start"
    assert gather.stylesheets(site) == [(site / "_static" / "site.css").resolve()]


def test_pages_come_by_parts_with_links_and_ids_of_their_own(browser, site):
    with gather.gathered(browser, site, ABOUT, "mathml") as (tab, entries):
        assert [(entry.part, entry.id, entry.title) for entry in entries] == [
            ("", "book-start", "Start"),
            ("Part I", "book-one", "One"),
        ]
        assert entries[1].sections == (("book-one--second", "Second"),)
        addresses = tab.eval_on_selector_all(
            "main a", "links => links.map((link) => link.getAttribute('href'))"
        )
        assert addresses == ["#book-one--second", "#book-one", "https://example.org/"]
        assert tab.locator("main :is(script, button, .tip, style)").count() == 0
        assert tab.locator("main a:has-text('notebook')").count() == 0
        assert "the notebook" in tab.locator("#book-start").inner_text()
        assert tab.locator("[id='book-one--second']").count() == 1
        assert tab.locator("main [aria-describedby]").count() == 0


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('<a href="one.html#third">x</a>', "link to book-one--third in book-start"),
        (r'<span class="math">\(\frac{1}\)</span>', "formula"),
    ],
)
def test_what_leads_nowhere_is_named(browser, tmp_path, body, message):
    site = tiny_site.write(tmp_path, body)
    with (
        pytest.raises(gather.BrokenBook, match=message),
        gather.gathered(browser, site, ABOUT, "mathml"),
    ):
        pass


def test_contents_are_nested_by_parts_and_sections():
    entries = [
        gather.Entry("", "start", "Start", ()),
        gather.Entry("I & II", "one", "One", (("one--a", "A"),)),
        gather.Entry("", "answers", "Answers", ()),
    ]
    shown = gather.contents_list(entries, lambda entry, goal: f"{entry.id}/{goal}", css="paged")
    assert shown.replace("\n", "") == (
        '<ol><li><a class="paged" href="start/start">Start</a></li>'
        '<li><span>I &amp; II</span><ol><li><a class="paged" href="one/one">One</a>'
        '<ol><li><a class="paged" href="one/one--a">A</a></li></ol></li></ol></li>'
        '<li><a class="paged" href="answers/answers">Answers</a></li></ol>'
    )


def test_contents_that_end_with_a_part_are_closed():
    shown = gather.contents_list([gather.Entry("I", "one", "One", ())], lambda *_: "#")
    assert shown.count("<ol>") == shown.count("</ol>") == 2
    assert shown.count("<li>") == shown.count("</li>") == 2
