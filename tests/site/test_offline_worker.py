"""Keeping the book: a reader asks for it, the network goes, the pages stay; and how it ends."""

import json
import shutil

import pytest

from booksite import offline
from tests.site.browser import SLOW
from tests.site.server import serving

START = "book/start.html"
KEEP = "button:has-text('Keep this book offline')"
REMOVE = ".offline button:has-text('Remove')"
STATUS = ".offline-status"


@pytest.fixture
def site(sample_site, tmp_path):
    """A copy of the sample, below the root of its server as on a school's page."""
    shutil.copytree(sample_site, tmp_path / "pages" / "course")
    return tmp_path / "pages" / "course"


@pytest.fixture
def tab(browser):
    page = browser.new_page()
    page.set_default_timeout(SLOW)
    yield page
    page.context.close()


def keep(tab, port):
    tab.goto(f"http://127.0.0.1:{port}/course/{START}")
    tab.locator(KEEP).click()
    tab.locator(REMOVE).wait_for()


def publish(site, *, kept=True, **changes):
    """Change files of a site and write the worker of the changed one, as its build does."""
    for name, text in changes.items():
        (site / "book" / f"{name}.html").write_text(text)
    files = offline.listing(site) if kept else {}
    (site / offline.WORKER).write_text(offline.worker(files, START))


def registrations(tab):
    return tab.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)")


def caches(tab):
    return tab.evaluate("caches.keys()")


def update(tab, port):
    """Come back to the book: the browser looks for another worker, and waits for it."""
    tab.goto(f"http://127.0.0.1:{port}/course/{START}")
    tab.evaluate(
        """async () => {
            const found = await navigator.serviceWorker.getRegistration();
            await found?.update().catch(() => {});
            const fresh = found?.installing ?? found?.waiting;
            while (fresh && !["activated", "redundant"].includes(fresh.state))
                await new Promise((resolve) => setTimeout(resolve, 20));
        }"""
    )


def test_nothing_is_offered_or_kept_on_a_reader_s_disk(visit):
    page = visit(START).page
    assert page.locator(".offline").count() == 0
    assert page.evaluate("navigator.serviceWorker?.controller ?? null") is None


def test_the_button_tells_the_size_on_the_start_page_only(site, tab):
    told = json.loads((site / offline.SIZE).read_text())
    assert told["bytes"] == sum((site / name).stat().st_size for name in offline.listing(site))
    with serving(site.parent) as port:
        tab.goto(f"http://127.0.0.1:{port}/course/{START}")
        assert tab.locator(KEEP).inner_text() == (
            f"Keep this book offline ({told['bytes'] / 1e6:.1f} MB)"
        )
        assert not tab.locator(REMOVE).is_visible()
        assert registrations(tab) == 0
        tab.goto(f"http://127.0.0.1:{port}/course/book/sample.html")
        assert tab.locator(".offline").count() == 0


def test_the_book_stays_without_a_network_until_it_is_removed(site, tab):
    with serving(site.parent) as port:
        keep(tab, port)
        assert "opens without a connection" in tab.locator(STATUS).inner_text()
    for name, shown in (
        (START, "Start"),
        ("", "Start"),
        ("index.html", "Start"),
        ("book/sample.html", "Sample"),
        ("book/sample", "Sample"),
    ):
        tab.goto(f"http://127.0.0.1:{port}/course/{name}")
        tab.locator(f"article h1:has-text('{shown}')").wait_for()
    tab.goto(f"http://127.0.0.1:{port}/course/search.html?q=marmalade")
    tab.locator("#search-results li a").first.wait_for()
    tab.goto(f"http://127.0.0.1:{port}/course/book/sample.html")
    tab.locator("article mjx-container").first.wait_for()  # fonts and scripts are there, too
    tab.goto(f"http://127.0.0.1:{port}/course/{START}")
    tab.locator(REMOVE).click()
    tab.locator(f"{STATUS}:has-text('Removed')").wait_for()
    assert caches(tab) == []
    assert registrations(tab) == 0


def test_the_network_comes_first(site, tab):
    with serving(site.parent) as port:
        keep(tab, port)
        page = site / "book" / "sample.html"
        page.write_text(page.read_text().replace("<title>", "<title>Mended: "))
        tab.goto(f"http://127.0.0.1:{port}/course/book/sample.html")
        assert tab.title().startswith("Mended: ")


def test_a_new_version_takes_the_place_of_the_old_one(site, tab):
    with serving(site.parent) as port:
        keep(tab, port)
        (old,) = caches(tab)
        publish(site, sample="<!DOCTYPE html><title>New</title><h1>New</h1>")
        update(tab, port)
        (new,) = caches(tab)
        assert new != old
    tab.goto(f"http://127.0.0.1:{port}/course/book/sample.html")
    assert tab.title() == "New"


def test_a_version_that_is_published_in_part_is_not_taken(site, tab):
    with serving(site.parent) as port:
        keep(tab, port)
        old = caches(tab)
        whole = (site / "book" / "sample.html").read_text()
        publish(site, sample="<!DOCTYPE html><title>New</title>")
        (site / "book" / "sample.html").write_text(whole)
        update(tab, port)
        assert caches(tab) == old


def test_a_file_that_does_not_arrive_is_told(site, tab):
    (site / "book" / "sample.html").unlink()
    with serving(site.parent) as port:
        tab.goto(f"http://127.0.0.1:{port}/course/{START}")
        tab.locator(KEEP).click()
        tab.locator(f"{STATUS}:has-text('could not be kept')").wait_for()
        assert tab.locator(KEEP).is_enabled()
        assert caches(tab) == []
        assert registrations(tab) == 0


def test_switching_it_off_removes_what_was_kept(site, tab):
    with serving(site.parent) as port:
        keep(tab, port)
        publish(site, kept=False)
        update(tab, port)
        tab.wait_for_function("caches.keys().then((names) => names.length === 0)")
        tab.wait_for_function(
            "navigator.serviceWorker.getRegistrations().then((all) => all.length === 0)"
        )


def test_other_books_of_the_same_host_keep_theirs(site, tab):
    with serving(site.parent) as port:
        tab.goto(f"http://127.0.0.1:{port}/course/{START}")
        other = f"course-offline http://127.0.0.1:{port}/other/ 1"
        tab.evaluate("name => caches.open(name).then(() => true)", other)
        keep(tab, port)
        tab.locator(REMOVE).click()
        tab.locator(f"{STATUS}:has-text('Removed')").wait_for()
        assert caches(tab) == [other]


def test_the_list_names_what_is_published(site):
    files = offline.listing(site)
    (site / ".buildinfo").write_text("hidden")
    assert offline.listing(site) == files
    assert {"book/sample.html", "search.html", "_static/js/offline.js"} <= set(files)
    assert not {"index.html", offline.WORKER, offline.SIZE} & set(files)
    page = site / "book" / "sample.html"
    page.write_text(page.read_text() + " ")
    changed = offline.listing(site)
    assert {name for name in files if files[name] != changed[name]} == {"book/sample.html"}
    assert offline.version(changed) != offline.version(files)


def test_the_worker_of_the_site_is_that_of_its_files(sample_site):
    written = (sample_site / offline.WORKER).read_text()
    assert written == offline.worker(offline.listing(sample_site), START)
    assert '"@' not in written
