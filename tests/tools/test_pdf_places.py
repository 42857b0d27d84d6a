"""Reading where the links of a PDF lead."""

import pytest

import pdf_places

HTML = """<!DOCTYPE html><html lang="en"><title>Tiny</title>
<style>section { break-before: page }</style>
<p><a href="#second--n-a.b">two</a> <a href="#first">one</a></p>
<section><h1 id="first">First (here)</h1></section>
<section><h1 id="second--n-a.b">Zweites, größer →</h1></section>"""


@pytest.fixture(scope="module")
def printed(browser):
    page = browser.new_page()
    page.set_content(HTML)
    content = page.pdf(outline=True, tagged=True)
    page.close()
    return content


def test_places_have_the_number_of_their_page(printed):
    assert pdf_places.places(printed) == {"first": 2, "second--n-a.b": 3}
    assert pdf_places.count(printed) == 3


def test_links_and_bookmarks_are_read(printed):
    assert sorted(pdf_places.links(printed)) == ["first", "second--n-a.b"]
    assert pdf_places.outline(printed) == ["First (here)", "Zweites, größer →"]


def test_a_document_without_links_has_no_places(browser):
    page = browser.new_page()
    page.set_content("<p>Text</p>")
    assert pdf_places.places(page.pdf()) == {}
    page.close()


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4\nnothing", b"<html>"])
def test_another_file_is_refused(content):
    with pytest.raises(ValueError, match="as Chromium writes it"):
        pdf_places.places(content)
