"""Outputs of cells are cleaned of code and addresses, and keep what they show."""

import json
from html import unescape

import pytest

from booksite.outputs import Wash
from tests.site.sample import ROOT

# What an output shows, as a browser reads it: elements, attributes, styles, text.
READ = """html => {
    const lines = [];
    const write = (node) => {
        if (node.nodeType === Node.TEXT_NODE) {
            if (node.data.trim()) lines.push(node.data.trim());
            return;
        }
        const said = ({ name, value }) => name === "style"
            ? [...node.style].map((key) => `${key}:${node.style.getPropertyValue(key)}`).sort()
            : `${name}=${value}`;
        const kept = [...node.attributes].filter((one) => !one.name.startsWith("xmlns"));
        lines.push(`${node.namespaceURI} ${node.localName} ${kept.map(said).sort()}`);
        for (const child of node.childNodes) write(child);
    };
    write(new DOMParser().parseFromString(html, "text/html").body);
    return lines;
}"""
DRAWING = (
    '<svg viewBox="0 0 9 9" role="img" aria-label="it&#x27;s"><defs><clipPath id="c">'
    '<path d="M0 0"></path></clipPath><style type="text/css">g > path {stroke-linejoin: round}'
    '</style></defs><g clip-path="url(#c)"><use xlink:href="#c" x="1" style="fill: #f00;"></use>'
    '<image xlink:href="data:image/png;base64,AAAA" preserveAspectRatio="none"></image></g></svg>'
)
TABLE = (
    '<table class="dataframe"><tbody><tr><th scope="row">1 &lt; 2 &amp; é</th></tr></tbody></table>'
)
LAB = """<div class="lab-host" data-lab="conv" data-props="{&quot;a&quot;: &quot;b&quot;}"></div>"""


def outputs():
    """Every HTML output of the book's notebooks."""
    for path in sorted((ROOT / "book").rglob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for no, cell in enumerate(cells):
            for output in cell.get("outputs", []):
                if html := output.get("data", {}).get("text/html"):
                    yield f"{path.name}, cell {no}", "".join(html)


def test_outputs_of_the_book_stay_as_they_are(browser, record_property):
    page = browser.new_page()
    found = dict(outputs())
    assert len(found) >= 20
    for name, html in found.items():
        washed = Wash(html)
        assert washed.removed == [], name
        assert page.evaluate(READ, washed.html) == page.evaluate(READ, html), name
    page.context.close()
    record_property("summary", f"site: {len(found)} outputs of cells, none changed by cleaning")


@pytest.mark.parametrize("html", [DRAWING, TABLE, LAB, "plain &amp; text", "", "<br>"])
def test_clean_outputs_are_not_rewritten(html):
    washed = Wash(html)
    assert washed.removed == []
    assert washed.html == html


def test_settings_of_a_lab_keep_their_quotes():
    props = {"text": 'it\'s "so" & <b>'}
    escaped = json.dumps(props).replace("&", "&amp;").replace("<", "&lt;").replace("'", "&#39;")
    washed = Wash(f'<div class="lab-host" data-lab="x" data-props=\'{escaped}\'></div>')
    assert json.loads(unescape(washed.html.split('data-props="')[1].split('"')[0])) == props


def test_what_pandas_writes_becomes_valid_without_a_word():
    washed = Wash('<style scoped>.dataframe td { top: 0 }</style><table border="1"></table>')
    assert washed.html == "<style>.dataframe td { top: 0 }</style><table></table>"
    assert washed.removed == []


@pytest.mark.parametrize(
    ("html", "clean", "told"),
    [
        ("a<script>go()</script>b", "ab", "<script>"),
        ("a<script>go()", "a", "<script>"),
        ("<svg><script>go()</script></svg>", "<svg></svg>", "<script>"),
        ("<img src=x.png onerror=go()>", '<img src="x.png">', 'onerror="go()" of <img>'),
        ("<p ONCLICK='go()'>a</p>", "<p>a</p>", 'onclick="go()" of <p>'),
        ("<svg onload=go()></svg>", "<svg></svg>", 'onload="go()" of <svg>'),
        ('<a href="javascript:go()">a</a>', "<a>a</a>", 'href="javascript:go()" of <a>'),
        ('<a href="java\nscript:go()">a</a>', "<a>a</a>", 'href="java\nscript:go()" of <a>'),
        ("<a href='&#106;avascript:go()'>a</a>", "<a>a</a>", 'href="javascript:go()" of <a>'),
        ("<a href=data:text/html,x>a</a>", "<a>a</a>", 'href="data:text/html,x" of <a>'),
        ("<img src=//e.org/x>", "", 'src="//e.org/x" of <img>'),
        ("<img src=\\\\e.org\\x>", "", 'src="\\\\e.org\\x" of <img>'),
        ("<img srcset='//e.org/x 2x'>", "", 'srcset="//e.org/x 2x" of <img>'),
        ("<iframe srcdoc='<p>'>x</iframe>", "", "<iframe>"),
        ("<base href=//e.org><p>a</p>", "<p>a</p>", "<base>"),
        ("<form action=//e.org>a</form>", "a", "<form>"),
        (
            "<svg><use href='//e.org#a'></use></svg>",
            "<svg><use></use></svg>",
            'href="//e.org#a" of',
        ),
        ("<svg><set to=go></set></svg>", "<svg></svg>", "<set>"),
        (
            "<p style='background: url(//e.org)'>a</p>",
            "<p>a</p>",
            'style="background: url(//e.org)"',
        ),
        (
            "<p style='position: fixed; top: 0'>a</p>",
            '<p style="">a</p>',
            'style="position" of <p>',
        ),
        (
            "<svg><rect fill='url(//e.org)'/></svg>",
            "<svg><rect></rect></svg>",
            'fill="url(//e.org)"',
        ),
        ("<math><mi>x</mi></math>", "x", "<math>"),
    ],
)
def test_what_could_run_or_ask_goes(html, clean, told):
    washed = Wash(html)
    assert washed.html == clean
    assert any(line.startswith(told) for line in washed.removed), washed.removed


@pytest.mark.parametrize(
    "sheet", ['@import "//e.org"', "p{background:url(//e.org)}", "p{a:\\75rl(x)}"]
)
def test_a_style_sheet_that_could_ask_is_emptied(sheet):
    washed = Wash(f"<style>{sheet}</style><p>a</p>")
    assert washed.html == "<style></style><p>a</p>"
    assert washed.removed == ["rules of <style>"]


@pytest.mark.parametrize(
    "html",
    [
        "<scr<script>ipt>window.ran = 1</script>",
        "<svg><style><img src=x onerror='window.ran = 1'></style></svg>",
        "<math><p></math><style><!--</style><img src onerror='window.ran = 1'>-->",
        "<svg></p><style><a id='</style><img src=1 onerror=window.ran=1>'>",
        "<noscript><p title='</noscript><img src=x onerror=window.ran=1>'>",
        "<svg><title><style><img src=x onerror=window.ran=1></style></title></svg>",
        "<table><td><svg><desc><table><img src=x onerror=window.ran=1>",
        '<img alt="<x" src=x title=">" onerror=window.ran=1 x="">',
    ],
)
def test_no_trick_of_the_parser_runs_code(browser, html):
    page = browser.new_page()
    page.set_content(f"<!DOCTYPE html><body>{Wash(html).html}</body>", wait_until="load")
    page.evaluate("new Promise((done) => setTimeout(done, 50))")
    assert page.evaluate("window.ran ?? null") is None
    page.context.close()


def test_a_page_shows_what_is_left(visit):
    seen = visit("book/outputs.html")
    output = seen.page.locator(".cell_output")
    assert "A line in bold, a link, another." in output.inner_text()
    assert output.locator("table td").inner_text() == "C1 & C3"
    assert output.locator("svg path").evaluate("path => getComputedStyle(path).fill") == (
        "rgb(255, 0, 0)"
    )
    assert output.locator("script, iframe, [onclick], [onload], a[href]").count() == 0
    assert seen.page.evaluate("window.ran ?? null") is None
    assert (seen.outside, seen.errors) == ([], [])
