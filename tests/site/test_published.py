"""Every page of the real book in a browser, from file://: what it asks for, leads to and does.

With COURSE_SCREENSHOTS=FOLDER, pictures of all pages are written there, at two widths and in both
themes (`make test-site SCREENSHOTS=1`).
"""

import json
import os
from pathlib import Path

import pytest

import performance
import performance_pages
import performance_server
from booksite.performance import FILE, GOALS
from tests.site import crawl, sample


@pytest.fixture(scope="module")
def shots():
    """The folder for pictures, or None where nobody asked for them."""
    folder = os.environ.get("COURSE_SCREENSHOTS")
    return Path(folder).resolve() if folder else None


@pytest.fixture(scope="module")
def seen(browser, real_site, shots):
    return crawl.walk(browser, real_site, shots)


def where(page):
    return f"{page.name}, {page.look.width} px, {page.look.theme}"


def test_pages_ask_nothing_of_the_network_and_complain_of_nothing(seen, record_property):
    wrong = {where(page): (page.outside, page.errors) for page in seen}
    assert {name: both for name, both in wrong.items() if any(both)} == {}
    count = len({page.name for page in seen})
    record_property("summary", f"site: {count} pages, 0 outside requests, 0 console errors")


def test_pages_fit_the_window(seen):
    assert {where(page): page.overflow for page in seen if page.overflow > 0} == {}


def test_pages_show_the_theme_of_the_reader(seen):
    assert [where(page) for page in seen if page.theme != page.look.theme] == []


def test_links_and_anchors_lead_somewhere(seen, real_site, record_property):
    assert list(crawl.broken_links(seen, real_site)) == []
    inside = {link for page in seen for link in page.links if link.startswith("file:")}
    assert len(inside) > 100
    record_property("summary", f"site: {len(inside)} links inside, all lead somewhere")


def test_each_lab_answers_a_key(seen, record_property):
    labs = {f"{page.name} {lab}": moved for page in seen for lab, moved in page.labs.items()}
    assert labs
    assert [name for name, moved in labs.items() if not moved] == []
    record_property("summary", f"site: {len(labs)} labs, each answered a key")


def test_pages_keep_room_for_their_labs(seen):
    """So much that a lab moves nothing when it starts; lines may break elsewhere in other fonts."""
    rooms = {f"{where(page)}, {lab}": room for page in seen for lab, room in page.rooms.items()}
    wrong = {lab: room for lab, room in rooms.items() if not -100 <= room[1] - room[0] <= 48}
    assert wrong == {}, "run: make lab-heights, then make book"


def test_each_question_takes_its_right_answer(seen, record_property):
    said = {f"{page.name} {one}": text for page in seen for one, text in page.answers.items()}
    assert said
    assert [name for name, text in said.items() if "\N{CHECK MARK} Right." not in text] == []
    record_property("summary", f"site: {len(said)} questions, each took its right answer")


def test_pictures_are_written_when_asked_for(seen, shots):
    if shots is not None:
        looks = {
            f"{page.name.removesuffix('.html')}-{page.look.width}-{page.look.theme}.png"
            for page in seen
        }
        assert len(looks) == 4 * len({page.name for page in seen})
        assert [name for name in sorted(looks) if not (shots / name).is_file()] == []


def test_start_page_leads_to_the_book(real_site, browser):
    page = browser.new_page()
    page.goto((real_site / "index.html").as_uri())
    page.wait_for_url("**/book/intro.html")
    assert page.locator("article h1").count() == 1
    page.close()


SLACK = 1.05  # a page may grow by so much until the site is measured again


@pytest.fixture(scope="module")
def weights(browser, real_site):
    """The weight of each page, loaded for the first time."""
    names = performance_pages.page_names(real_site)
    with performance_server.serve(real_site) as base:
        return [performance_pages.weigh(browser, base, name) for name in names]


def outgrown(weights, stored):
    """Yield a line for each page that weighs more than its goal and than what was measured."""
    goals = {goal.key: goal.most * goal.scale for goal in GOALS}
    for page in weights:
        goal = goals.get(performance.kind(page), 0)
        most = max(goal, SLACK * stored["pages"].get(page.name, 0))
        if page.size > most:
            yield (
                f"{page.name} takes {page.size / 1000:.0f} KB to load, {most / 1000:.0f} KB at "
                "most; make it lighter, or run `make performance` and say why"
            )


def test_pages_do_not_outgrow_their_bytes(weights, record_property):
    stored = json.loads((sample.ROOT / FILE).read_text(encoding="utf-8"))
    assert list(outgrown(weights, stored)) == []
    heavy = performance.heaviest(weights).values()
    told = " and ".join(f"{page.name} {page.size / 1000:.0f} KB" for page in heavy)
    record_property("summary", f"site: the heaviest pages are {told}")


def test_the_site_does_not_outgrow_its_bytes(real_site):
    most = next(goal.most * goal.scale for goal in GOALS if goal.key == "site")
    assert sum(path.stat().st_size for path in real_site.rglob("*") if path.is_file()) <= most


def test_a_page_that_outgrows_its_bytes_is_found():
    page = performance_pages.Weight
    weights = [
        page("text", 121_000, 0, 0, 0),
        page("known", 121_000, 0, 0, 0),
        page("lab", 449_000, 0, 1, 0),
        page("heavy", 451_000, 0, 0, 1),
    ]
    found = list(outgrown(weights, {"pages": {"known": 120_500, "heavy": 400_000}}))
    assert [line.split()[0] for line in found] == ["text", "heavy"]
    assert "121 KB to load, 120 KB at most" in found[0]
