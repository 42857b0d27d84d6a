"""Measuring a site: what is heavy, slow or moves is seen as such, on a tiny site."""

import gzip
import json
import random
import urllib.error
import urllib.request

import pytest

import performance
import performance_pages as measure
import performance_sample
import performance_server
from booksite.performance import GOALS

HEAD = '<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,">'
LAB = """<div class="lab-host" data-lab="toy" style="height: {height}px"></div><p>After it.</p>
<script src="js/labs.js?v=1"></script>"""
SCRIPT = """for (const lab of document.querySelectorAll(".lab-host")) {
  lab.innerHTML = "<input type=range><b>0</b>";
  lab.style.height = "300px";
  lab.querySelector("input").oninput = (event) => {
    const end = performance.now() + WAIT;
    while (performance.now() < end);
    lab.querySelector("b").textContent = event.target.value;
  };
  lab.dataset.alive = "true";
}"""
WORDS = "".join(random.Random(0).choices("abcdefghij", k=20_000))
PAGES = {
    "index": "",
    "text": f"<p>{WORDS}</p>",
    "light": "<p>Text.</p><img src='http://127.0.0.1:9/x.png' alt=''>",
    "grows": LAB.format(height=50),
    "stays": LAB.format(height=300),
    "math": f"<p class='math'>{WORDS * 2}</p>",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    for name, body in PAGES.items():
        (folder / f"{name}.html").write_text(HEAD + body, encoding="utf-8")
    (folder / "js").mkdir()
    (folder / "js" / "labs.js").write_text(SCRIPT.replace("WAIT", "120"))
    return folder


@pytest.fixture(scope="module")
def base(site):
    with performance_server.serve(site) as base:
        yield base


def page(name, size=0, labs=0, formulas=0):
    return measure.Weight(name, size, 0, labs, formulas)


def test_text_is_sent_compressed(base, site):
    with urllib.request.urlopen(f"{base}/text.html?v=1") as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(answer.read()) == (site / "text.html").read_bytes()
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{base}/gone.html")


def test_a_page_weighs_what_was_sent(browser, base, site):
    seen = measure.weigh(browser, base, "text.html")
    sent = len(gzip.compress((site / "text.html").read_bytes(), 6))
    assert sent < seen.size < sent + 500  # the head of the answer
    assert (seen.outside, seen.labs, seen.formulas) == (0, 0, 0)
    lab = measure.weigh(browser, base, "grows.html")
    script = len(gzip.compress((site / "js" / "labs.js").read_bytes(), 6))
    assert lab.size > script
    assert lab.labs == 1
    assert measure.weigh(browser, base, "light.html").outside == 1


def test_the_heaviest_page_of_each_kind_is_found():
    pages = [page("a", 9), page("b", 8), page("c", 5, labs=1), page("d", 7, formulas=2)]
    pages.append(page("search.html", 99))  # it loads the index of the book
    found = performance.heaviest(pages)
    assert {key: one.name for key, one in found.items()} == {"text_page": "a", "lab_page": "d"}


def test_a_slow_network_delays_the_first_paint(browser, base):
    least = measure.LATENCY / 1000 + 8_000 * 8 / measure.DOWN
    assert least < measure.first_paint(browser, base, "text.html") < 5


def test_a_lab_that_grows_shifts_what_stands_below(browser, base):
    assert measure.layout_shift(browser, base, page("grows.html", labs=1)) > 0.001
    assert measure.layout_shift(browser, base, page("stays.html", labs=1)) == 0


def test_a_slow_lab_is_seen(browser, base, site):
    assert 120 <= measure.lab_answer(browser, base, "stays.html") < 2000
    (site / "js" / "quick.js").write_text(SCRIPT.replace("WAIT", "0"))
    quick = (site / "stays.html").read_text().replace("js/labs.js", "js/quick.js")
    (site / "quick.html").write_text(quick)
    assert measure.lab_answer(browser, base, "quick.html") < 120


def test_a_site_is_measured_in_all_but_its_build(browser, site):
    found, pages = performance.measure_site(browser, site, ["text.html", "grows.html"])
    assert found.keys() == {goal.key for goal in GOALS} - {"build"}
    assert found["site"] == sum(file.stat().st_size for file in site.rglob("*") if file.is_file())
    told = performance.provenance(browser, pages, outside=3)
    assert told["heaviest_pages"] == "grows.html, text.html"
    assert "150 ms until each answer, 1.6 Mbit/s down" in told["slow_profile"]
    json.dumps(told)


def test_pages_are_all_but_the_one_that_leads_on(site):
    assert "index.html" not in measure.page_names(site)
    assert {"text.html", "grows.html"} <= set(measure.page_names(site))


def test_without_a_site_nothing_is_measured(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(performance, "SITE", tmp_path)
    assert performance.main() == 1
    assert "run: make book" in capsys.readouterr().err


@pytest.mark.weekly
def test_the_sample_is_built_with_and_without_the_extension(tmp_path):
    for of, stock in (("ours", False), ("stock", True)):
        (tmp_path / of).mkdir()
        site = performance_sample.build(tmp_path / of, stock=stock)
        assert measure.page_names(site) >= [f"{performance_sample.LAB}.html"]
        text = (site / f"{performance_sample.LAB}.html").read_text()
        assert ("_static/js/labs.js" in text) != stock
        assert ("cdn.jsdelivr.net" in text) == stock
        assert "For students" not in text
        assert "Where to run the notebooks" in text


def test_a_sample_that_cannot_be_built_says_why(tmp_path, monkeypatch):
    monkeypatch.setattr(performance_sample, "_write", lambda folder, stock: None)
    with pytest.raises(performance_sample.NotBuilt, match="Table of Contents"):
        performance_sample.build(tmp_path, stock=True)
