"""No script in the head of a page delays its first picture."""

import pytest

from booksite import heads, markup

PAGE = """<html><head><meta charset="utf-8">
<link rel="preload" as="script" href="_static/bootstrap.js?v=1"><link rel="next" href="b.html">
<script src="_static/scripts/fontawesome.js?digest=1" defer></script>
<script src="_static/documentation_options.js?v=2"></script>
<script src="_static/doctools.js?v=3" data-x="&lt;"></script>
<script async src="_static/late.js"></script>
<script>OPTIONS.page = "a";</script>
{more}</head><body><script src="_static/body.js"></script></body></html>
"""


def test_scripts_wait_in_their_order_and_the_options_stand_in_the_page():
    page = heads.without_delay(PAGE.format(more=""), "const OPTIONS = {};")
    scripts = [tag.attributes for tag in markup.tags(page) if tag.name == "script"]
    assert [one for one in scripts if one] == [
        {"src": "_static/doctools.js?v=3", "data-x": "<", "defer": None},
        {"async": None, "src": "_static/late.js"},
        {"src": "_static/body.js"},
    ]
    options, own = page.index("const OPTIONS = {};"), page.index('OPTIONS.page = "a";')
    assert options < own < page.index("doctools.js")
    assert "preload" not in page
    assert '<link rel="next" href="b.html">' in page
    assert "fontawesome" not in page


def test_the_search_page_keeps_its_order():
    page = PAGE.format(more='<script src="_static/searchtools.js"></script>')
    assert heads.without_delay(page, "") == page


def test_mending_twice_changes_nothing():
    once = heads.without_delay(PAGE.format(more=""), "const OPTIONS = {};")
    assert heads.without_delay(once, "const OPTIONS = {};") == once


@pytest.mark.parametrize("name", ["start", "sample", "labs", "questions"])
def test_no_page_of_the_sample_waits_for_a_script(sample_site, name):
    page = (sample_site / "book" / f"{name}.html").read_text()
    head = markup.tags(page[: page.index("</head>")])
    scripts = [tag.attributes for tag in head if tag.name == "script" and "src" in tag.attributes]
    assert len(scripts) > 3
    assert [one["src"] for one in scripts if "defer" not in one] == []
    assert [tag for tag in head if tag.attributes.get("rel") == "preload"] == []


def test_keys_of_the_theme_work(visit):
    page = visit("book/sample.html").page
    assert page.evaluate("DOCUMENTATION_OPTIONS.pagename") == "book/sample"
    assert page.evaluate("typeof Documentation") == "object"
    page.keyboard.press("Control+k")
    assert page.locator("#pst-search-dialog input").is_visible()
