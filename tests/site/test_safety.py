"""Pages run their own scripts and no others, from disk and from a server, and tell nobody."""

import base64
import hashlib
import re
from contextlib import contextmanager

import pytest

from booksite import safety
from tests.site.browser import Visit
from tests.site.server import serving

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
INLINE = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
HANDLER = re.compile(r"<[^>]*\son[a-z]+\s*=")
HEAD = '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>x</title></head>'
# Code that somebody might bring into a page; each notes that it ran.
RAN = "window.ran = [...(window.ran ?? []), '{}']"
ATTACKS = {
    "inline": "<script>{}</script>",
    "handler": '<img src="data:," alt="" onerror="{}">',
    "drawing": '<svg onload="{}"></svg>',
    "data": '<script src="data:text/javascript,{}"></script>',
    "link": '<a id="attack" href="javascript:void({})">link</a>',
    "timer": '<body onpageshow="{}">',
}


@pytest.fixture(scope="module")
def site(sample_site, tmp_path_factory):
    """A copy of the sample's start page with attacks, with its policy and without it."""
    root = tmp_path_factory.mktemp("safety")
    (root / "site" / "book").mkdir(parents=True)
    for part in ("_static", "offline.json", "search.html", "searchindex.js"):
        (root / "site" / part).symlink_to(sample_site / part)
    for path in (sample_site / "book").iterdir():
        (root / "site" / "book" / path.name).symlink_to(path)
    page = (sample_site / "book" / "sample.html").read_text()
    evil = "\n".join(html.format(RAN.format(name)) for name, html in ATTACKS.items())
    attacked = page.replace("</article>", f"{evil}</article>")
    (root / "site" / "book" / "attacked.html").write_text(attacked)
    (root / "site" / "book" / "bare.html").write_text(POLICY.sub("", attacked))
    return root / "site"


@contextmanager
def address(site, scheme):
    """The address of a site that is opened from disk or served."""
    if scheme == "file":
        yield site.as_uri()
        return
    with serving(site) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(params=["file", "http"])
def tab(request, browser, site):
    """A visit to the site from disk, and one to the site as published."""
    page = browser.new_page()
    with address(site, request.param) as base:
        yield Visit(page, site, base)
        page.context.close()


def hashes(page):
    return [
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        for script in INLINE.findall(page)
    ]


def test_every_page_has_its_policy_in_front_of_what_loads_or_runs(sample_site):
    pages = list(sample_site.rglob("*.html"))
    assert len(pages) > 10
    for path in pages:
        page = path.read_text()
        (rules,) = POLICY.findall(page)
        assert not re.search(r"<(script|link|style|img)\b", page[: page.index(rules)])
        by_name = dict(rule.split(" ", 1) for rule in rules.split("; "))
        assert by_name["object-src"] == "'none'"
        assert by_name["base-uri"] == "'self'"
        assert by_name["default-src"] == "'self' file:"
        scripts = by_name["script-src"].split()
        found = [f"'sha256-{digest}'" for digest in hashes(page)]
        assert scripts == ["'self'", "file:", "blob:", *dict.fromkeys(found)]
        assert "unsafe-eval" not in rules
        assert [name for name, sources in by_name.items() if "unsafe-inline" in sources] == [
            "style-src"
        ]
        assert not HANDLER.search(page), path


def test_what_is_brought_into_a_page_does_not_run(tab):
    tab.open("book/attacked.html")
    tab.page.evaluate("document.getElementById('attack').click()")
    assert tab.page.evaluate("window.ran ?? []") == []
    refused = [text for text in tab.errors if "Content Security Policy" in text]
    assert len(refused) >= len(ATTACKS) - 1
    assert tab.page.locator("article mjx-container").count() == 3  # the page itself is alive


def test_without_the_policy_it_would_run(tab):
    tab.open("book/bare.html")
    tab.page.evaluate("document.getElementById('attack').click()")
    tab.page.evaluate("new Promise((done) => setTimeout(done, 50))")
    ran = set(tab.page.evaluate("window.ran ?? []"))
    assert ran >= {"inline", "handler", "drawing", "data", "link"}


def test_nothing_is_asked_of_another_machine(tab, tmp_path):
    (tmp_path / "pixel.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    ask = """address => Promise.all([
        fetch(address).then(() => "fetched", () => "refused"),
        new Promise((done) => {
            const image = new Image();
            image.onload = () => done("shown");
            image.onerror = () => done("refused");
            image.src = address;
        }),
    ])"""
    with serving(tmp_path) as port:
        other = f"http://127.0.0.1:{port}/pixel.svg"
        tab.open("book/sample.html")
        assert tab.page.evaluate(ask, other) == ["refused", "refused"]
        tab.open("book/bare.html")
        assert tab.page.evaluate(ask, other)[1] == "shown"


@pytest.mark.parametrize(
    "name", ["book/start.html", "book/sample.html", "book/labs.html", "book/questions.html"]
)
def test_pages_work_under_their_policy(tab, name):
    tab.open(name)
    assert (tab.outside, tab.errors) == ([], [])
    assert tab.page.evaluate("document.fonts.ready.then(() => document.fonts.status)") == "loaded"


def test_search_works_under_its_policy(tab):
    tab.open("search.html?q=marmalade")
    tab.page.locator("#search-results li .context").wait_for()
    assert (tab.outside, tab.errors) == ([], [])


def test_buttons_of_the_theme_still_work(tab):
    tab.open("book/sample.html")
    page = tab.page
    page.evaluate("window.print = () => { window.printed = true; }")
    page.locator(".btn-fullscreen-button").first.click()
    page.locator(":root:fullscreen").wait_for()
    page.evaluate("document.exitFullscreen()")
    page.locator(".dropdown-download-buttons > button").click()
    page.locator("[data-press=print]").click()
    assert page.evaluate("window.printed")


def test_the_page_at_the_root_is_one(sample_site):
    page = (sample_site / "index.html").read_text()
    assert 'content="0; url=book/start.html"' in page
    assert "<title>" in page


def test_a_hash_is_the_one_that_browsers_compute():
    # the example of the specification, Content Security Policy Level 2, section 7.17.1
    known = "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"
    assert safety.digest("alert('Hello, world.');") == known


def test_a_policy_replaces_an_older_one():
    first = safety.with_policy(HEAD + "<script>1</script>")
    second = safety.with_policy(first.replace("<script>1", "<script>2"))
    assert len(POLICY.findall(second)) == 1
    assert safety.digest("2") in second
    assert safety.digest("1") not in second
    assert safety.with_policy(second) == second


def test_a_page_without_a_character_set_is_refused():
    with pytest.raises(ValueError, match="charset"):
        safety.with_policy("<html><head></head></html>")


@pytest.mark.parametrize(
    ("page", "themes", "texts"),
    [
        ("<script>1</script><script src=a.js></script>", ["1"], []),
        ("<article><script>1</script></article><script>2</script>", ["2"], ["1"]),
        ('<script type="application/json">{}</script>', [], []),
        ('<script type="text/javascript">1</script>', ["1"], []),
        ("<script type=module>1</script>", ["1"], []),
        ("<script>'<script>'</script>", ["'<script>'"], []),
        ("<script>\n é\r\n</script>", ["\n é\r\n"], []),
        ("<p>none</p>", [], []),
    ],
)
def test_scripts_are_told_apart(page, themes, texts):
    assert safety.scripts(page) == (themes, texts)


@pytest.mark.parametrize(
    ("page", "clean", "lost"),
    [
        (
            '<button onclick="window.print()" class="btn">x</button>',
            '<button class="btn" data-press="print">x</button>',
            [],
        ),
        ('<p onclick="other()">x</p>', "<p>x</p>", ['<p onclick="other()">']),
        ("<img src=x ONERROR=go()>", '<img src="x">', ['<img onerror="go()">']),
        ('<a href=" JavaScript:go()">x</a>', "<a>x</a>", ['<a href="JavaScript:go()">']),
        ('<a href="java\nscript:go()">x</a>', "<a>x</a>", ['<a href="java script:go()">']),
        ('<p title="javascript: a language">x</p>', '<p title="javascript: a language">x</p>', []),
        ('<p title="on=1">one</p>', '<p title="on=1">one</p>', []),
        ("<script>'<p onclick=go()>'</script>", "<script>'<p onclick=go()>'</script>", []),
    ],
)
def test_code_leaves_the_attributes(page, clean, lost):
    assert safety.without_handlers(page) == (clean, lost)
