"""One style sheet for all pages, which looks as those that it is made of."""

import re

import pytest

from booksite import markup, styles

# Every value of every element, with what stands in front of it and behind it; variables are there
# for those only.
LOOKS = """() => [...document.querySelectorAll("body, body *")].map((one) =>
  ["", "::before", "::after"].map((part) => {
    const style = getComputedStyle(one, part);
    const names = [...style].filter((name) => !name.startsWith("--"));
    return names.map((name) => `${name}: ${style.getPropertyValue(name)}`).join("; ");
  }).join(" | "))"""
KNOWN = {"known", "id"}


def thin(text, names=KNOWN):
    rules = styles.tinycss2.parse_stylesheet(text, skip_whitespace=True)
    return "".join(styles.thin(rules, names).split())


@pytest.mark.parametrize(
    ("sheet", "kept"),
    [
        ("p, .gone { margin: 0 }", "p{margin:0}"),
        (".known .gone, #id > b:hover { margin: 0 }", "#id>b:hover{margin:0}"),
        (".known#gone {} a.gone::after {}", ""),
        (":is(.gone, p):not(.gone) { margin: 0 }", ":is(.gone,p):not(.gone){margin:0}"),
        ('a[href="#gone"] { x: 1 }', 'a[href="#gone"]{x:1}'),
        ("@media print { .gone { x: 1 } @supports (x: 1) { .gone { x: 1 } } }", ""),
        ("@media print { .gone {} p { x: 1 } }", "@mediaprint{p{x:1}}"),
        ("@layer a, b; @layer a { p { x: 1 } }", "@layera,b;@layera{p{x:1}}"),
        ("@font-face { font-family: f }", "@font-face{font-family:f}"),
        ('@charset "utf-8"; p { x: 1 }', "p{x:1}"),
        (".known { .gone & { x: 1 } }", ".known{.gone&{x:1}}"),
        ("p { x: 1 } } ; b { x: 1 }", "p{x:1}"),  # browsers lose the second rule as well
    ],
)
def test_rules_that_can_meet_nothing_go(sheet, kept):
    assert thin(sheet) == kept


def test_lists_are_put_in_one_order():
    assert styles.in_one_order([["a", "b", "e"], ["a", "c", "e"], ["d"], []]) == list("dacbe")
    assert styles.in_one_order([]) == []


@pytest.fixture
def site(tmp_path):
    static = tmp_path / "_static"
    (static / "css").mkdir(parents=True)
    (static / "styles").mkdir()
    (tmp_path / "book").mkdir()
    (static / "site.css").write_text("/* no */ .made { x: 1 } .is-open { x: 1 } .gone { x: 1 }")
    (static / "css" / "own.css").write_text(
        '@import "../site.css";\n/*! licence */\n'
        'p { background: url(a.png), url("data:x"), url(#b) }'
    )
    (static / "make.js").write_text('add("is-" + name, "made"); // words')
    (static / "search_texts.js").write_text('"gone"')
    for name in ("index", "book/a", "book/b"):
        up = "../" * name.count("/")
        link = (
            "" if name == "index" else f'<link rel="stylesheet" href="{up}_static/css/own.css?v=1">'
        )
        (tmp_path / f"{name}.html").write_text(
            f"<html><head>{link}<script></script><script src='a.js'></script></head></html>"
        )
    return tmp_path


def test_pages_name_one_sheet_between_their_scripts(site):
    styles.join(site)
    first = (site / "book" / "a.html").read_text()
    (link,) = [tag for tag in markup.tags(first) if tag.name == "link"]
    assert re.fullmatch(rf"\.\./{styles.SHEET}\?v=[0-9a-f]{{8}}", link.attributes["href"])
    assert first.index("<script>") < link.start < first.index("<script src")
    assert "<link" not in (site / "index.html").read_text()
    text = (site / styles.SHEET).read_text()
    assert 'url("../css/a.png"), url("data:x"), url(#b)' in text
    assert "/*! licence */" in text
    assert "/* no */" not in text
    assert [".made" in text, ".is-open" in text, ".gone" in text] == [True, True, False]
    assert text.index(".made") < text.index("background")


def test_a_page_that_is_built_again_keeps_the_sheet_of_the_others(site):
    before = (site / "book" / "a.html").read_text()
    styles.join(site)
    text = (site / styles.SHEET).read_text()
    done = (site / "book" / "a.html").read_text()
    styles.join(site)
    assert ((site / styles.SHEET).read_text(), (site / "book" / "a.html").read_text()) == (
        text,
        done,
    )
    (site / "book" / "a.html").write_text(before)
    (site / "book" / "b.html").unlink()
    styles.join(site)
    assert (site / "book" / "a.html").read_text() == done


def test_a_sheet_that_is_missing_stops_the_build(site):
    (site / "_static" / "css" / "own.css").unlink()
    with pytest.raises(styles.ExtensionError, match=r"not there: _static/css/own\.css"):
        styles.join(site)


@pytest.mark.parametrize(
    ("name", "theme"),
    [("sample", "light"), ("labs", "dark"), ("questions", "dark"), ("reading", "light")],
)
def test_a_page_looks_as_with_the_sheets_themselves(browser, sample_site, name, theme):
    path = sample_site / "book" / f"{name}.html"
    page = path.read_text()
    sheets = styles.MADE_OF.match((sample_site / styles.SHEET).read_text())[1].split()
    assert len(sheets) > 8
    links = "".join(f'<link rel="stylesheet" href="../{sheet}">' for sheet in sheets)
    ((tag, _),) = styles.sheets(page, "book")
    apart = path.with_name(f"{name}-{theme}-apart.html")
    apart.write_text(markup.changed(page, [(tag.start, tag.end, links)]))
    looks = []
    for one in (path, apart):
        tab = browser.new_page(color_scheme=theme, java_script_enabled=False)
        tab.goto(one.as_uri())
        looks.append(tab.evaluate(LOOKS))
        tab.close()
    apart.unlink()
    joined, separate = looks
    assert len(joined) > 100
    assert [
        i for i, pair in enumerate(zip(joined, separate, strict=True)) if len(set(pair)) > 1
    ] == []
