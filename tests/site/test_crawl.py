"""The walk over a site sees what is wrong, on a tiny site where everything is."""

import json

import pytest

from tests.site import crawl

NUMBER = {"kind": "number", "id": "one#sum", "answer": 4608.0}
LAB = """<div class="lab-host" data-lab="{name}" data-alive="true" style="min-height: 50px">
<span class="lab-field"><select onchange="{act}"><option>1<option>2</select></span><b>1</b></div>"""
LIVE = "this.closest('.lab-host').querySelector('b').textContent = this.value"
DRAWS = (
    "const pen = this.closest('.lab-host').appendChild(document.createElement('canvas'))"
    ".getContext('2d'); pen.fillRect(0, 0, 9, 9)"
)
QUIZ = f"""<section class="quiz" id="quiz-sum" data-quiz='{json.dumps(NUMBER)}'><form
onsubmit="event.preventDefault(); nextElementSibling.textContent = this[0].value"><input>
<button>Check</button></form><p class="quiz-status"></p></section>"""
GOOD = (
    '<h1 id="top">Good</h1><a href="bad.html#b%C3%A4r">there</a> <a href="#top">up</a> '
    '<a href="https://example.org/">elsewhere</a> <a href="data.txt">a file</a>'
    + LAB.format(name="live", act=LIVE)
    + LAB.format(name="draws", act=DRAWS)
    + LAB.format(name="dead", act="")
    + QUIZ
)
BAD = (
    '<h1 id="b\u00e4r">Bad</h1><a href="gone.html">1</a> <a href="good.html#lost">2</a> '
    '<a href="%2e%2e/above.txt">3</a> <a href="#nowhere">4</a> <a href="good.html?q=1#top">fine</a>'
    '<p style="width: 500px">wide</p><img src="http://127.0.0.1:9/x.png" alt="">'
    "<script>console.error('no good')</script>"
)
PAGE = """<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>x</title>
<link rel="icon" href="data:,"><script>if (matchMedia("(prefers-color-scheme: dark)").matches)
document.documentElement.dataset.theme = "dark"</script>"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny") / "site"
    folder.mkdir()
    for name, body in (("index", ""), ("good", GOOD), ("bad", BAD)):
        (folder / f"{name}.html").write_text(PAGE + body, encoding="utf-8")
    (folder / "data.txt").write_text("1")
    (folder.parent / "above.txt").write_text("not published")
    return folder


@pytest.fixture(scope="module")
def seen(browser, site):
    return crawl.walk(browser, site)


def one(seen, name, look=crawl.LOOKS[0]):
    return next(page for page in seen if (page.name, page.look) == (name, look))


def test_each_page_is_seen_in_each_look(seen):
    assert [(page.name, page.look) for page in seen] == [
        (name, look) for look in crawl.LOOKS for name in ("bad.html", "good.html")
    ]
    assert all(page.theme == page.look.theme for page in seen)


def test_links_that_lead_nowhere_are_found(seen, site):
    found = [line.replace(site.as_uri(), "") for line in crawl.broken_links(seen, site)]
    assert [line.split(" ", 2)[1:] for line in found if line.startswith("bad.html")] == [
        ["/gone.html", "is no file of the site"],
        ["/good.html#lost", "has no such anchor"],
        [site.parent.as_uri() + "/above.txt", "is no file of the site"],
        ["/bad.html#nowhere", "has no such anchor"],
    ]
    assert not [line for line in found if line.startswith("good.html")]


def test_what_a_page_does_wrong_is_seen(seen):
    good, bad = one(seen, "good.html"), one(seen, "bad.html")
    assert (good.outside, good.errors, good.overflow) == ([], [], 0)
    assert bad.outside == ["http://127.0.0.1:9/x.png"]
    assert "no good" in bad.errors
    assert bad.overflow == 0
    assert one(seen, "bad.html", crawl.LOOKS[1]).overflow > 100


def test_labs_and_questions_are_used_in_the_first_look(seen):
    good = one(seen, "good.html")
    assert good.labs == {"0 live": True, "1 draws": True, "2 dead": False}
    assert good.answers == {"quiz-sum": "4608"}
    assert good.rooms.keys() == good.labs.keys()
    kept, own = good.rooms["0 live"]
    assert kept == 50
    assert 10 < own < 50
    later = one(seen, "good.html", crawl.LOOKS[1])
    assert (later.labs, later.answers) == ({}, {})


def test_pictures_of_each_page_in_each_look(browser, site, tmp_path, monkeypatch):
    monkeypatch.setattr(crawl, "SLICE", 600)
    crawl.walk(browser, site, tmp_path / "shots")
    found = {path.name for path in (tmp_path / "shots").iterdir()}
    assert found == {
        f"{name}-{width}-{theme}{part}.png"
        for name in ("good", "bad")
        for width in (1280, 375)
        for theme in ("light", "dark")
        for part in ("", "-2")  # a page is as high as the window, 800 pixels
    }
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in (tmp_path / "shots").iterdir())
