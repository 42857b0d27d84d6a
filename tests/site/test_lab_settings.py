"""Long settings of a lab come when the reader comes to it, from disk and from a server."""

import json

import pytest

from booksite import lab_places, lab_settings
from course_lib.widgets import digit
from course_lib.widgets.conv import conv
from tests.site.browser import Visit
from tests.site.server import serving

DIGIT = digit()
KEY = lab_places.key("digit", json.dumps(DIGIT.settings))
ASLEEP = "host => !host.dataset.alive && Boolean(host.querySelector('figure'))"
FAR = "main => main.insertAdjacentHTML('afterbegin', '<p style=\"height: 4000px\"></p>')"


def test_long_settings_leave_the_page():
    body = lab_places.named(conv(size=32).html() + DIGIT.html())
    left, found = lab_settings.taken_out(body)
    assert found.keys() == {KEY}
    assert json.loads(found[KEY]) == DIGIT.settings
    assert f'<div class="lab-host {KEY}" data-lab="digit" data-settings="{KEY}">' in left
    assert left.count("data-props") == 1
    assert lab_settings.taken_out(left) == (left, {})


def test_the_script_of_a_page_holds_its_settings(sample_site):
    script = (sample_site / lab_settings.FOLDER / f"{KEY}.js").read_text()
    assert script == lab_settings.script(KEY, json.dumps(DIGIT.settings))
    assert len((sample_site / "book" / "lab_digit.html").read_text()) < 100_000
    kept = (sample_site / "offline-worker.js").read_text()
    assert f"{lab_settings.FOLDER.as_posix()}/{KEY}.js" in kept


@pytest.fixture(params=["file", "http"])
def tab(request, browser, sample_site):
    """A tab in which the lab stands far below the window, and what was asked for."""
    page = browser.new_page()
    asked = []
    page.on("request", lambda r: asked.append(r.url))
    page.add_init_script(f"""document.addEventListener("readystatechange", () => {{
        ({FAR})(document.querySelector("article"));
    }}, {{ once: true }})""")
    if request.param == "file":
        yield page, sample_site.as_uri(), asked
    else:
        with serving(sample_site) as port:
            yield page, f"http://127.0.0.1:{port}", asked
    page.context.close()


def test_settings_come_when_the_lab_comes_into_sight(tab):
    page, base, asked = tab
    page.goto(f"{base}/book/lab_digit.html", wait_until="networkidle")
    host = page.locator(".lab-host")
    assert host.evaluate(ASLEEP)
    assert [url for url in asked if KEY in url] == []
    host.scroll_into_view_if_needed()
    page.wait_for_selector(".lab-host[data-alive]")
    assert len([url for url in asked if KEY in url]) == 1
    assert "the net reads a 7" in host.locator("[role=status]").inner_text()


def test_a_link_to_settings_wakes_its_lab(tab):
    page, base, _ = tab
    page.goto(f"{base}/book/lab_digit.html#lab=digit&source=%223%22")
    page.wait_for_selector(".lab-host[data-alive]")
    assert "3 of the test images" in page.locator("[role=status]").inner_text()
    assert page.locator(".lab-host").evaluate(
        "host => Math.abs(host.getBoundingClientRect().top) < 100"
    )


def test_without_the_script_the_figure_stays(browser, sample_site, tmp_path):
    (tmp_path / "book").mkdir()
    for name, text in (
        ("book/lab_digit.html", (sample_site / "book" / "lab_digit.html").read_text()),
        (
            "book/evil.html",
            (sample_site / "book" / "lab_digit.html")
            .read_text()
            .replace(f'data-settings="{KEY}"', 'data-settings="/evil"'),
        ),
    ):
        (tmp_path / name).write_text(text)
    static = tmp_path / "_static"
    static.mkdir()
    for path in (sample_site / "_static").iterdir():
        if path.name != "labs":
            (static / path.name).symlink_to(path)
    (static / "labs").mkdir()
    (static / "labs" / "digit.js").symlink_to(sample_site / "_static" / "labs" / "digit.js")
    for name, said in (("lab_digit", "did not arrive"), ("evil", "no such name")):
        page = browser.new_page()
        visit = Visit(page, tmp_path)
        page.goto(f"{visit.base}/book/{name}.html")
        with page.expect_event("console", lambda message, said=said: said in message.text):
            page.reload()
        assert page.locator(".lab-host").evaluate(ASLEEP)
        page.close()
