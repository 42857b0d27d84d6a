"""Pages load what they use and no more."""

import pytest

from booksite import payload

SEARCH = ("searchindex.js", "searchtools.js", "language_data.js")


def loads(site, page, name):
    """How often a page names a script or a style sheet."""
    return (site / page).read_text().count(f"/{name}") + (site / page).read_text().count(f'"{name}')


def test_only_the_search_page_loads_the_index(sample_site):
    for path in sample_site.rglob("*.html"):
        text = path.read_text()
        for name in SEARCH:
            assert text.count(name) == (path.name == "search.html"), (path.name, name)


@pytest.mark.parametrize(
    ("name", "used", "unused"),
    [
        ("copybutton.js", "book/labs.html", "book/start.html"),
        ("clipboard.min.js", "book/labs.html", "book/start.html"),
    ],
)
def test_a_file_stands_on_the_pages_that_use_it(sample_site, name, used, unused):
    assert loads(sample_site, used, name) == 1
    assert loads(sample_site, unused, name) == 0


def test_nobody_needs_tabs_and_cards(sample_site):
    for name in ("start", "sample", "labs", "questions"):
        assert loads(sample_site, f"book/{name}.html", "sphinx-design") == 0
        assert loads(sample_site, f"book/{name}.html", "togglebutton") == 0


@pytest.mark.parametrize(
    ("body", "needed"),
    [
        ("<p>plain: sd-card, toggle, cell</p>", set()),
        ('<div class="sd-card">', {"sphinx-design", "design-tabs"}),
        ('<div class="admonition dropdown">', {"togglebutton"}),
        ('<div class="cell docutils container">', {"mystnb"}),
        ('<div class="miscell">', set()),
        ('<section class="tex2jax_ignore mathjax_ignore">', set()),
        ('<span class="math notranslate">', {"tex-chtml"}),
        ('<p class="x"> highlight</p>', set()),
        ('<div class="highlight-python notranslate">', {"clipboard", "copybutton"}),
    ],
)
def test_classes_tell_what_a_page_needs(body, needed):
    assert set(payload.NEEDED_BY) - set(payload.unneeded(body)) == needed


def test_a_page_scales_to_its_window(sample_site):
    text = (sample_site / "book" / "start.html").read_text()
    assert text.count('name="viewport"') >= 1
    assert "docsearch" not in text
